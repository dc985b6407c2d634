package dev.plimsoll.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.store.NamespaceJournal.StoredNamespace;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.store.Write.DeleteConfig;
import dev.plimsoll.store.Write.DeleteNamespace;
import dev.plimsoll.store.Write.PutConfig;
import dev.plimsoll.store.Write.PutNamespace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Namespaces, and configurations as rows. */
class SqliteCatalogTest {
    private static final Author ALICE = new Author("alice", "10.0.0.7");

    @TempDir
    Path directory;

    private SqliteJournal journal;

    @BeforeEach
    void open() {
        journal = SqliteJournal.open(
                StoreSettings.in(directory), JournalContract.account(64L << 20), InstantSource.system());
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private void put(String namespace, String dataId, String app, String tags, String type, String content) {
        byte[] utf8 = content.getBytes(StandardCharsets.UTF_8);
        var head = new ConfigHead(
                namespace, "g", dataId, "m", utf8.length, type, app, "desc", tags, "use", "effect", "schema", "", 1, 2);
        JournalContract.await(journal.append(new PutConfig(head, utf8, ALICE)));
    }

    private List<String> found(ConfigFilter filter) {
        var found = new ArrayList<String>();
        journal.eachKey(filter, (id, namespace, group, dataId) -> found.add(dataId));
        return found;
    }

    private long id(String dataId) {
        return journal.row("public", "g", dataId).orElseThrow().id();
    }

    @Test
    void namespaces_are_kept_replaced_and_deleted_over_restarts() {
        var dev = new StoredNamespace("dev", "Development", "what for", 5, 6);
        var test = new StoredNamespace("test", "\u6d4b\u8bd5", "", 4, 4);
        JournalContract.await(journal.append(new PutNamespace(dev)));
        JournalContract.await(journal.append(new PutNamespace(test)));
        journal.close();
        open();
        var all = new ArrayList<StoredNamespace>();
        journal.eachNamespace(all::add);
        assertThat(all).containsExactly(test, dev);
        var renamed = new StoredNamespace("dev", "Dev", "", 5, 7);
        JournalContract.await(journal.append(new PutNamespace(renamed)));
        JournalContract.await(journal.append(new DeleteNamespace("test")));
        JournalContract.await(journal.append(new DeleteNamespace("none")));
        all.clear();
        journal.eachNamespace(all::add);
        assertThat(all).containsExactly(renamed);
    }

    @Test
    void a_filter_lets_through_what_it_says_and_in_the_order_of_ids() {
        put("public", "c", "shop", "a,b", "text", "port=1");
        put("public", "a", "", "b", "json", "{\"port\":2}");
        put("public", "b", "shop", "bb", "yaml", "port: 3\nname: \u6d4b");
        put("dev", "a", "shop", "a", "text", "port=4");
        assertThat(found(ConfigFilter.of("public"))).containsExactly("c", "a", "b");
        assertThat(found(ConfigFilter.of("dev"))).containsExactly("a");
        assertThat(found(filter("a", "", List.of(), List.of(), List.of()))).containsExactly("a");
        assertThat(found(filter("", "shop", List.of(), List.of(), List.of()))).containsExactly("c", "b");
        assertThat(found(filter("", "", List.of("b"), List.of(), List.of()))).containsExactly("c", "a");
        assertThat(found(filter("", "", List.of("bb", "a"), List.of(), List.of())))
                .containsExactly("c", "b");
        assertThat(found(filter("", "", List.of(), List.of("json", "yaml"), List.of())))
                .containsExactly("a", "b");
        assertThat(found(filter("", "", List.of(), List.of(), List.of("port", "\u6d4b"))))
                .containsExactly("b");
        assertThat(found(filter("", "", List.of(), List.of(), List.of("PORT")))).isEmpty();
    }

    @Test
    void nothing_that_is_asked_for_is_part_of_the_statement() {
        put("public", "a", "shop", "a", "text", "x");
        String evil = "' OR 1=1 --";
        assertThat(found(new ConfigFilter(evil, evil, evil, evil, List.of(evil), List.of(evil), List.of(evil))))
                .isEmpty();
        assertThat(found(filter("", "", List.of("%"), List.of(), List.of()))).isEmpty();
        assertThat(found(filter("", "", List.of(), List.of(), List.of("%")))).isEmpty();
    }

    @Test
    void a_visitor_may_have_enough() {
        IntStream.range(0, 10).forEach(i -> put("public", "c" + i, "", "", "text", "x"));
        var seen = new ArrayList<String>();
        journal.eachKey(ConfigFilter.of("public"), (id, namespace, group, dataId) -> {
            seen.add(dataId);
            return seen.size() < 3;
        });
        assertThat(seen).containsExactly("c0", "c1", "c2");
    }

    @Test
    void rows_are_found_by_id_and_leave_the_schema_out() {
        IntStream.range(0, 2_500).forEach(i -> journal.append(new PutConfig(head("c" + i), new byte[] {'x'}, ALICE)));
        put("public", "last", "shop", "a,b", "text", "port=1");
        var ids = new ArrayList<Long>();
        journal.eachKey(ConfigFilter.of("public"), (id, namespace, group, dataId) -> ids.add(id));
        assertThat(ids).hasSize(2_501).isSorted();
        ids.add(999_999L);
        List<ConfigRow> rows = journal.rows(ids);
        assertThat(rows).hasSize(2_501);
        ConfigRow last = rows.get(2_500);
        assertThat(last.id()).isEqualTo(id("last"));
        assertThat(last.author()).isEqualTo(ALICE);
        assertThat(last.head().schema()).isEmpty();
        assertThat(last.head().tags()).isEqualTo("a,b");
        assertThat(last.head().contentBytes()).isEqualTo(6);
        assertThat(journal.row("public", "g", "last").orElseThrow().head().schema())
                .isEqualTo("schema");
        assertThat(journal.row("dev", "g", "last")).isEmpty();
        assertThat(journal.rows(List.of())).isEmpty();
    }

    @Test
    void an_id_is_kept_by_a_publish_and_never_given_again() {
        put("public", "a", "", "", "text", "1");
        long first = id("a");
        put("public", "a", "", "", "text", "2");
        assertThat(id("a")).isEqualTo(first);
        JournalContract.await(journal.append(new DeleteConfig("public", "g", "a", 5, ALICE)));
        put("public", "a", "", "", "text", "3");
        assertThat(id("a")).isGreaterThan(first);
    }

    private static ConfigHead head(String dataId) {
        return new ConfigHead("public", "g", dataId, "m", 1, "text", "", "", "", "", "", "", "", 1, 2);
    }

    private static ConfigFilter filter(
            String dataId, String app, List<String> tags, List<String> types, List<String> parts) {
        return new ConfigFilter("public", dataId, "", app, tags, types, parts);
    }
}
