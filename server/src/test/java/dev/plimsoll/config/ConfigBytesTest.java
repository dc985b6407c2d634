package dev.plimsoll.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.store.ConfigHead;
import dev.plimsoll.vitals.MemoryBudget;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** What the accounts say against what the index of configurations and the cache of contents measure. */
class ConfigBytesTest {
    private static final int COUNT = 2_000;
    private static final double AT_MOST_TIMES = 2;

    private static ConfigEntry entry(int i, String dataId, String encryptedDataKey) {
        return ConfigEntry.of(
                new ConfigHead(
                        unique("development"),
                        unique("DEFAULT_GROUP"),
                        dataId + (10_000 + i),
                        Md5.of(Integer.toString(i).getBytes(StandardCharsets.US_ASCII)),
                        1,
                        unique("yaml"),
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        unique(encryptedDataKey),
                        1L,
                        2L),
                i);
    }

    private static String unique(String text) {
        return new String(text.toCharArray());
    }

    private static void assertCharged(long charged, long measured) {
        assertThat(charged / COUNT).as("charged against measured bytes each").isBetween(measured / COUNT, (long)
                (measured * AT_MOST_TIMES / COUNT));
    }

    private static void assertIndexCharged(String dataId, String encryptedDataKey) {
        var index = new ConcurrentHashMap<ConfigKey, ConfigEntry>();
        long empty = GraphLayout.parseInstance(index).totalSize();
        long charged = 0;
        for (int i = 0; i < COUNT; i++) {
            ConfigEntry entry = entry(i, dataId, encryptedDataKey);
            index.put(entry.key(), entry);
            charged += entry.heapBytes();
        }
        assertCharged(charged, GraphLayout.parseInstance(index).totalSize() - empty);
    }

    @Test
    void an_entry_of_the_index() {
        assertIndexCharged("application-", "");
    }

    @Test
    void an_entry_with_a_long_name_and_an_encryption_key() {
        assertIndexCharged("a".repeat(200), "k".repeat(300));
    }

    @Test
    void a_cached_content_beside_its_entry_in_the_index() {
        var account = new MemoryBudget(100 << 20, 0).heap("config contents", 1);
        var contents = new Contents(account);
        var index = new ConcurrentHashMap<ConfigKey, ConfigEntry>();
        for (int i = 0; i < COUNT; i++) {
            ConfigEntry entry = entry(i, "application-", "");
            index.put(entry.key(), entry);
        }
        long before = GraphLayout.parseInstance(contents, index).totalSize();

        index.values().forEach(entry -> contents.keep(new ConfigContent(entry, new byte[100])));

        assertCharged(account.held(), GraphLayout.parseInstance(contents, index).totalSize() - before);
    }
}
