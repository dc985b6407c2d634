package dev.plimsoll.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.vitals.Account;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Acknowledged means on disk, whenever the process dies. */
class JournalKillTest {
    private static final int KILLS = 10;

    @TempDir
    Path directory;

    @Test
    void killed_journal_keeps_every_acknowledged_config() throws IOException, InterruptedException {
        var acknowledged = new ArrayList<String>();
        Account account = JournalContract.account(1 << 20);
        for (int kill = 1; kill <= KILLS; kill++) {
            List<String> keys = publishAndKill(200 + 37 * kill);
            acknowledged.addAll(keys);
            boolean last = kill == KILLS;
            try (Journal journal = SqliteJournal.open(StoreSettings.in(directory), account, SqliteJournalTest.EARLY)) {
                (last ? acknowledged : keys).forEach(key -> assertWhole(journal, key));
            }
        }
        assertThat(acknowledged).hasSizeGreaterThan(KILLS * 200);
    }

    private static void assertWhole(Journal journal, String key) {
        StoredConfig config = journal.config("public", "g", key).orElseThrow(() -> new AssertionError("lost: " + key));
        assertThat(config.content()).isEqualTo(JournalLoad.contentOf(key));
        assertThat(config.head().md5()).isEqualTo(Integer.toHexString(Arrays.hashCode(config.content())));
        assertThat(journal.history("public", "g", key, 0, 2)).hasSize(1);
    }

    /** The keys a process acknowledged until it was killed, some time after the first {@code atLeast}. */
    private List<String> publishAndKill(int atLeast) throws IOException, InterruptedException {
        Process process = JournalLoad.start(directory);
        var keys = new ArrayList<String>();
        try (BufferedReader out = process.inputReader()) {
            boolean killed = false;
            StringBuilder line = new StringBuilder();
            for (int c = out.read(); c >= 0; c = out.read()) {
                if (c == '\n') {
                    keys.add(line.toString());
                    line.setLength(0);
                } else {
                    line.append((char) c);
                }
                if (!killed && keys.size() >= atLeast) {
                    process.toHandle().destroyForcibly(); // leaves the pipe open: what it said last counts too
                    killed = true;
                }
            }
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor()).as("exit status of a killed process").isEqualTo(137);
        return keys;
    }
}
