package dev.plimsoll.store;

import static dev.plimsoll.store.JournalContract.ALICE;
import static dev.plimsoll.store.JournalContract.BOB;
import static dev.plimsoll.store.JournalContract.put;
import static dev.plimsoll.store.JournalContract.putGray;
import static dev.plimsoll.store.JournalContract.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.store.Write.DeleteConfig;
import dev.plimsoll.store.Write.DeleteGray;
import dev.plimsoll.store.Write.PutConfig;
import dev.plimsoll.store.Write.PutGray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every journal keeps of gray versions, and of the past. */
abstract class VersionsContract {
    @TempDir
    Path directory;

    private Journal journal;

    abstract Journal open(Path directory);

    @BeforeEach
    void open() {
        journal = open(directory);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void gray_version_is_read_back_with_every_field() {
        byte[] content = utf8("for some");
        ConfigHead config = new ConfigHead(
                "tenant",
                "group",
                "app.yaml",
                "md5-1",
                content.length,
                "yaml",
                "shop",
                "",
                "",
                "",
                "",
                "",
                "key",
                1,
                2);
        var rule = new StoredRule("beta", "10.0.0.1,\"ä,10.0.0.2", Integer.MAX_VALUE);
        write(new PutGray(new GrayHead("beta", rule, config), content, ALICE));
        StoredGray stored = journal.gray("tenant", "group", "app.yaml", "beta").orElseThrow();
        assertThat(stored.head()).isEqualTo(new GrayHead(stored.head().id(), "beta", rule, config));
        assertThat(stored.head().id()).isPositive();
        assertThat(stored.author()).isEqualTo(ALICE);
        assertThat(stored.content()).isEqualTo(content);
        assertThat(grays()).containsExactly(stored.head());
        assertThat(journal.config("tenant", "group", "app.yaml")).isEmpty();
        assertThat(heads()).isEmpty();
    }

    @Test
    void gray_versions_are_apart_from_each_other_and_from_the_formal_one() {
        write(put("a", "formal", ALICE));
        write(putGray("a", "beta", "for some", ALICE));
        write(putGray("a", "tag_t", "tagged", ALICE));
        write(putGray("a", "tag_t", "tagged anew", BOB));
        assertThat(content("a")).isEqualTo(utf8("formal"));
        assertThat(grayContent("a", "beta")).isEqualTo(utf8("for some"));
        assertThat(grayContent("a", "tag_t")).isEqualTo(utf8("tagged anew"));
        assertThat(journal.gray("public", "g", "b", "beta")).isEmpty();
        assertThat(journal.gray("public", "g", "a", "tag_T")).isEmpty();

        write(new DeleteConfig("public", "g", "a", 5_000, BOB));
        write(new DeleteGray("public", "g", "a", "beta", 6_000, BOB));
        assertThat(journal.gray("public", "g", "a", "beta")).isEmpty();
        assertThat(grays()).extracting(GrayHead::name).containsExactly("tag_t");
    }

    @Test
    void changes_of_gray_versions_are_in_the_history_of_their_config() {
        write(put("a", "formal", ALICE));
        write(putGray("a", "beta", "one", ALICE));
        write(putGray("a", "beta", "two", BOB));
        write(new DeleteGray("public", "g", "a", "beta", 5_000, ALICE));
        List<HistoryEntry> history = journal.history("public", "g", "a", 0, 10);
        assertThat(history).extracting(HistoryEntry::operation).containsExactly('D', 'U', 'I', 'I');
        assertThat(history).extracting(HistoryEntry::grayName).containsExactly("beta", "beta", "beta", "");
        assertThat(history)
                .extracting(HistoryEntry::md5)
                .containsExactly("md5 two", "md5 one", "md5 one", "md5 formal");
        assertThat(history).extracting(HistoryEntry::user).containsExactly("alice", "bob", "alice", "alice");
        assertThat(history.get(0).atMillis()).isEqualTo(5_000);
        assertThat(journal.past(history.get(0).id()).orElseThrow().content()).isEqualTo(utf8("two"));
        assertThat(journal.historyLength("public", "g", "a")).isEqualTo(4);
    }

    @Test
    void a_past_state_is_read_by_the_id_of_its_change() {
        ConfigHead first = new ConfigHead(
                "public", "g", "a", "md5-1", 3, "yaml", "shop", "what", "a,b", "use", "effect", "schema", "key", 1, 2);
        write(new PutConfig(first, utf8("one"), ALICE));
        write(put("a", "two", BOB));
        HistoryEntry update = journal.history("public", "g", "a", 0, 1).get(0);
        PastConfig past = journal.past(update.id()).orElseThrow();
        assertThat(past.entry()).isEqualTo(update);
        assertThat(past.content()).isEqualTo(utf8("one"));
        assertThat(past.head())
                .isEqualTo(new ConfigHead(
                        "public", "g", "a", "md5-1", 3, "yaml", "shop", "what", "a,b", "use", "effect", "schema", "key",
                        2_000, 2_000));
        assertThat(journal.historyEntry(update.id())).contains(update);
        assertThat(update.contentBytes()).isEqualTo(3);
        assertThat(journal.historyEntry(update.id() + 1)).isEmpty();
        assertThat(journal.past(-1)).isEmpty();
    }

    @Test
    void the_last_replaced_state_is_found_by_the_id_of_the_config() {
        write(put("a", "one", ALICE));
        write(put("a", "two", ALICE));
        write(put("a", "three", ALICE));
        write(putGray("a", "beta", "for some", ALICE));
        write(putGray("a", "beta", "for others", ALICE));
        HistoryEntry second = journal.history("public", "g", "a", 2, 1).get(0);
        assertThat(second.operation()).isEqualTo('U');
        assertThat(second.md5()).isEqualTo("md5 two");
        long configId = second.configId();
        assertThat(configId).isPositive();
        assertThat(journal.lastReplaced("public", "g", "a", configId)).contains(second);
        assertThat(journal.lastReplaced("public", "g", "b", configId)).isEmpty();
        assertThat(journal.lastReplaced("public", "g", "a", configId + 1_000)).isEmpty();
        assertThat(journal.lastReplaced("public", "g", "a", 0))
                .as("what was inserted replaced nothing")
                .isEmpty();
    }

    @Test
    void deleting_a_gray_version_that_is_absent_does_nothing() {
        write(new DeleteGray("public", "g", "a", "beta", 5_000, ALICE));
        assertThat(journal.historyLength("public", "g", "a")).isZero();
    }

    private void write(Write write) {
        JournalContract.await(journal.append(write));
    }

    private byte[] content(String dataId) {
        return journal.config("public", "g", dataId).orElseThrow().content();
    }

    private byte[] grayContent(String dataId, String grayName) {
        return journal.gray("public", "g", dataId, grayName).orElseThrow().content();
    }

    private List<ConfigHead> heads() {
        var heads = new ArrayList<ConfigHead>();
        journal.eachConfig(heads::add);
        return heads;
    }

    private List<GrayHead> grays() {
        var grays = new ArrayList<GrayHead>();
        journal.eachGray(grays::add);
        return grays;
    }
}
