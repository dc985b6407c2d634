package dev.plimsoll.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.store.Write.DeleteConfig;
import dev.plimsoll.store.Write.DeleteInstance;
import dev.plimsoll.store.Write.DeleteService;
import dev.plimsoll.store.Write.PutConfig;
import dev.plimsoll.store.Write.PutGray;
import dev.plimsoll.store.Write.PutInstance;
import dev.plimsoll.store.Write.PutService;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every journal keeps to. */
abstract class JournalContract {
    private static final StoredOverlay.Laying LAYING = new StoredOverlay.Laying(new Author("olga", "10.0.0.99"), 77);

    static final Author ALICE = new Author("alice", "10.0.0.7");
    static final Author BOB = new Author("bob", "10.0.0.8");
    private static final StoredService ORDERS =
            new StoredService("public", "DEFAULT_GROUP", "orders", false, 0.25, Map.of("tier", "gold", "ä\"\\\n", "值"));
    private static final StoredInstance HOST_1 = new StoredInstance(
            "public", "DEFAULT_GROUP", "orders", "10.0.0.1", 8080, "c1", "id-1", 2.5, true, false, Map.of("v", "1"));

    @TempDir
    Path directory;

    Account account = account(64L << 20);
    Journal journal;

    abstract Journal open(Path directory, Account account);

    static Account account(long bytes) {
        return new MemoryBudget(bytes, 0).heap("journal", 1);
    }

    @BeforeEach
    void open() {
        journal = open(directory, account);
    }

    @AfterEach
    void close() {
        journal.close();
        assertThat(account.held()).isZero();
    }

    @Test
    void config_is_read_back_with_every_field() {
        byte[] content = utf8("server.port=8080");
        ConfigHead head = new ConfigHead(
                "tenant",
                "group",
                "app.yaml",
                "md5-1",
                content.length,
                "yaml",
                "shop",
                "what it is",
                "a,b",
                "use",
                "effect",
                "schema",
                "key",
                1_000,
                2_000);
        write(new PutConfig(head, content, ALICE));
        StoredConfig stored = journal.config("tenant", "group", "app.yaml").orElseThrow();
        assertThat(stored.head()).isEqualTo(head);
        assertThat(stored.content()).isEqualTo(content);
        assertThat(heads()).containsExactly(head);
    }

    @Test
    void app_name_and_tags_are_replaced_or_kept_as_the_write_says() {
        ConfigHead first = withAppAndTags("shop", "a,b");
        write(new PutConfig(first, utf8("1"), ALICE));
        write(new PutConfig(withAppAndTags("", ""), utf8("2"), ALICE, true, true));
        assertThat(heads()).containsExactly(first);
        write(new PutConfig(withAppAndTags("", "c"), utf8("3"), ALICE, true, false));
        assertThat(heads()).containsExactly(withAppAndTags("shop", "c"));
        write(new PutConfig(withAppAndTags("", ""), utf8("4"), ALICE, false, true));
        assertThat(heads()).containsExactly(withAppAndTags("", "c"));
    }

    @Test
    void what_is_to_be_kept_of_a_config_that_is_new_is_empty() {
        write(new PutConfig(withAppAndTags("", ""), utf8("1"), ALICE, true, true));
        assertThat(heads()).containsExactly(withAppAndTags("", ""));
    }

    private static ConfigHead withAppAndTags(String app, String tags) {
        return new ConfigHead("public", "g", "a", "m", 1, "text", app, "", tags, "", "", "", "", 1_000, 2_000);
    }

    @Test
    void absent_config_is_empty() {
        write(put("a", "x", ALICE));
        assertThat(journal.config("public", "g", "b")).isEmpty();
        assertThat(journal.config("public", "other", "a")).isEmpty();
        assertThat(journal.config("other", "g", "a")).isEmpty();
        assertThat(journal.config("public", "g", "A")).isEmpty();
    }

    @Test
    void later_content_replaces_the_earlier_one() {
        write(put("a", "one", ALICE));
        write(put("a", "two", BOB));
        assertThat(content("a")).isEqualTo(utf8("two"));
        assertThat(heads()).hasSize(1);
    }

    @Test
    void contents_are_kept_byte_for_byte() {
        byte[] large = new byte[5 << 20];
        new Random(7).nextBytes(large);
        for (byte[] content : List.of(new byte[0], utf8("naïve 配置 🚢\r\n\0end"), new byte[] {(byte) 0xff, 0}, large)) {
            write(new PutConfig(head("a", "m", content.length), content, ALICE));
            assertThat(content("a")).isEqualTo(content);
            assertThat(heads().get(0).contentBytes()).isEqualTo(content.length);
        }
    }

    @Test
    void names_may_be_of_any_script() {
        write(put("配置-ж-🚢", "x", new Author("användare", "::1")));
        assertThat(content("配置-ж-🚢")).isEqualTo(utf8("x"));
        assertThat(journal.history("public", "g", "配置-ж-🚢", 0, 1).get(0).user())
                .isEqualTo("användare");
    }

    @Test
    void deleted_config_is_gone_and_may_come_back() {
        write(put("a", "one", ALICE));
        write(new DeleteConfig("public", "g", "a", 5_000, BOB));
        assertThat(journal.config("public", "g", "a")).isEmpty();
        write(put("a", "two", ALICE));
        assertThat(content("a")).isEqualTo(utf8("two"));
    }

    @Test
    void every_change_is_in_the_history_newest_first() {
        write(put("a", "one", ALICE));
        write(put("a", "two", BOB));
        write(new DeleteConfig("public", "g", "a", 5_000, ALICE));
        List<HistoryEntry> history = journal.history("public", "g", "a", 0, 10);
        assertThat(history).extracting(HistoryEntry::operation).containsExactly('D', 'U', 'I');
        assertThat(history).extracting(HistoryEntry::user).containsExactly("alice", "bob", "alice");
        assertThat(history).extracting(HistoryEntry::ip).containsExactly("10.0.0.7", "10.0.0.8", "10.0.0.7");
        assertThat(history).extracting(HistoryEntry::md5).containsExactly("md5 two", "md5 one", "md5 one");
        assertThat(history.get(0).atMillis()).isEqualTo(5_000);
        assertThat(journal.history("public", "g", "a", 1, 1)).containsExactly(history.get(1));
        assertThat(journal.history("public", "g", "b", 0, 10)).isEmpty();
    }

    @Test
    void deleting_what_is_absent_does_nothing() {
        write(new DeleteConfig("public", "g", "a", 5_000, ALICE));
        write(new DeleteService("public", "g", "none"));
        write(new DeleteInstance("public", "g", "none", "10.0.0.1", 80));
        assertThat(journal.history("public", "g", "a", 0, 10)).isEmpty();
    }

    @Test
    void service_is_kept_replaced_and_deleted() {
        write(new PutService(ORDERS));
        assertThat(services()).containsExactly(ORDERS);
        var changed = new StoredService("public", "DEFAULT_GROUP", "orders", true, 0, Map.of());
        write(new PutService(changed));
        assertThat(services()).containsExactly(changed);
        write(new DeleteService("public", "DEFAULT_GROUP", "orders"));
        assertThat(services()).isEmpty();
    }

    @Test
    void instance_is_known_by_service_and_address() {
        write(new PutInstance(HOST_1));
        var otherPort = new StoredInstance(
                "public", "DEFAULT_GROUP", "orders", "10.0.0.1", 8081, "c1", "id-2", 1, false, true, Map.of());
        write(new PutInstance(otherPort));
        assertThat(instances()).containsExactlyInAnyOrder(HOST_1, otherPort);
        var changed = new StoredInstance(
                "public", "DEFAULT_GROUP", "orders", "10.0.0.1", 8080, "c2", "id-3", 9, false, true, Map.of());
        write(new PutInstance(changed));
        assertThat(instances()).containsExactlyInAnyOrder(changed, otherPort);
        write(new DeleteInstance("public", "DEFAULT_GROUP", "orders", "10.0.0.1", 8081));
        assertThat(instances()).containsExactly(changed);
    }

    @Test
    void what_operators_set_is_kept_replaced_and_deleted_with_its_service() {
        var cluster = new StoredCluster(
                "public", "g", "s", "c", Map.of("type", "HTTP", "path", "/"), 81, false, Map.of("a", "ä"));
        var other = new StoredCluster("public", "g", "s", "d", Map.of("type", "TCP"), 80, true, Map.of());
        write(new Write.PutCluster(other, true));
        write(new Write.PutCluster(cluster, false));
        assertThat(clusters()).containsExactlyInAnyOrder(cluster, other);
        assertThat(services()).containsExactly(new StoredService("public", "g", "s", true, 0, Map.of()));
        var first = new StoredOverlay("public", "g", "s", "10.0.0.1", 80, "c", 2.5, false, Map.of("k", "v"), LAYING);
        var second = new StoredOverlay("public", "g", "s", "10.0.0.2", 80, "c", null, null, Map.of("k", "v"), LAYING);
        write(new Write.PutOverlays(List.of(first, second)));
        var changed = new StoredOverlay("public", "g", "s", "10.0.0.1", 80, "c", null, true, Map.of(), null);
        write(new Write.PutOverlays(List.of(changed)));
        assertThat(overlays()).containsExactlyInAnyOrder(changed, second);
        var nothing = new StoredOverlay("public", "g", "s", "10.0.0.2", 80, "c", null, null, Map.of(), LAYING);
        write(new Write.PutOverlays(List.of(nothing)));
        assertThat(overlays()).containsExactly(changed);
        write(new Write.PutSwitch("check", "false"));
        write(new Write.PutSwitch("check", "true"));
        journal.close();
        journal = open(directory, account);
        assertThat(clusters()).hasSize(2);
        assertThat(overlays()).containsExactly(changed);
        var switches = new HashMap<String, String>();
        journal.eachSwitch(switches::put);
        assertThat(switches).isEqualTo(Map.of("check", "true"));
        write(new DeleteService("public", "g", "s"));
        assertThat(clusters()).isEmpty();
        assertThat(overlays()).isEmpty();
    }

    private List<StoredCluster> clusters() {
        var clusters = new ArrayList<StoredCluster>();
        journal.eachCluster(clusters::add);
        return clusters;
    }

    private List<StoredOverlay> overlays() {
        var overlays = new ArrayList<StoredOverlay>();
        journal.eachOverlay(overlays::add);
        return overlays;
    }

    @Test
    void all_is_there_after_reopening() {
        write(put("a", "one", ALICE));
        write(put("a", "two", BOB));
        write(putGray("a", "beta", "for some", BOB));
        write(new PutService(ORDERS));
        write(new PutInstance(HOST_1));
        journal.close();
        journal = open(directory, account);
        assertThat(journal.gray("public", "g", "a", "beta").orElseThrow().content())
                .isEqualTo(utf8("for some"));
        assertThat(content("a")).isEqualTo(utf8("two"));
        assertThat(heads()).extracting(ConfigHead::md5).containsExactly("md5 two");
        assertThat(journal.history("public", "g", "a", 0, 10)).hasSize(3);
        assertThat(services()).containsExactly(ORDERS);
        assertThat(instances()).containsExactly(HOST_1);
    }

    @Test
    void stages_complete_in_the_order_of_appending() {
        var completed = new CopyOnWriteArrayList<Integer>();
        var stages = new ArrayList<CompletionStage<Void>>();
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            stages.add(journal.append(put("a" + i % 7, "content " + i, ALICE)).thenRun(() -> completed.add(number)));
        }
        stages.forEach(JournalContract::await);
        assertThat(completed).hasSize(1_000).isSorted();
        assertThat(content("a6")).isEqualTo(utf8("content 993"));
    }

    @Test
    void what_was_appended_before_closing_is_committed() {
        var stages = new ArrayList<CompletionStage<Void>>();
        for (int i = 0; i < 300; i++) {
            stages.add(journal.append(put("a" + i, "x", ALICE)));
        }
        journal.close();
        stages.forEach(JournalContract::await);
        assertThatThrownBy(() -> write(put("b", "x", ALICE))).isInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> journal.config("public", "g", "a")).isInstanceOf(Unavailable.class);
        journal = open(directory, account);
        assertThat(heads()).hasSize(300);
    }

    @Test
    void flood_is_refused_at_the_account_and_what_was_taken_is_kept() {
        journal.close();
        account = account(1 << 20);
        journal = open(directory, account);
        CountDownLatch hold = new CountDownLatch(1);
        Thread test = Thread.currentThread();
        boolean standsStill = false;
        while (!standsStill) { // a write that is done before it is asked about is told here
            var told = new CompletableFuture<Boolean>();
            journal.append(put("first", "x", ALICE)).thenRun(() -> {
                told.complete(Thread.currentThread() != test);
                if (Thread.currentThread() != test) {
                    awaitLatch(hold); // the journal's thread stands still, as on a slow disk
                }
            });
            standsStill = told.orTimeout(30, TimeUnit.SECONDS).join();
        }
        var taken = new ArrayList<CompletionStage<Void>>();
        PutConfig write = new PutConfig(head("a", "m", 10_000), new byte[10_000], ALICE);
        int most = (int) ((1 << 20) / write.weight());
        for (int i = 0; i < most; i++) {
            taken.add(journal.append(write));
        }
        assertThat(account.held()).isEqualTo(most * write.weight());
        assertThatThrownBy(() -> journal.append(write)).isInstanceOf(OverBudget.class);
        assertThat(account.held()).isEqualTo(most * write.weight());
        assertThat(account.refused()).isOne();
        hold.countDown();
        taken.forEach(JournalContract::await);
        assertThat(account.held()).isZero();
        write(write);
    }

    void write(Write write) {
        await(journal.append(write));
    }

    byte[] content(String dataId) {
        return journal.config("public", "g", dataId).orElseThrow().content();
    }

    List<ConfigHead> heads() {
        var heads = new ArrayList<ConfigHead>();
        journal.eachConfig(heads::add);
        return heads;
    }

    List<StoredService> services() {
        var services = new ArrayList<StoredService>();
        journal.eachService(services::add);
        return services;
    }

    private List<StoredInstance> instances() {
        var instances = new ArrayList<StoredInstance>();
        journal.eachInstance(instances::add);
        return instances;
    }

    static PutConfig put(String dataId, String content, Author author) {
        byte[] bytes = utf8(content);
        return new PutConfig(head(dataId, "md5 " + content, bytes.length), bytes, author);
    }

    static PutGray putGray(String dataId, String grayName, String content, Author author) {
        PutConfig put = put(dataId, content, author);
        var rule = new StoredRule("tag", grayName, 7);
        return new PutGray(new GrayHead(grayName, rule, put.head()), put.content(), author);
    }

    static ConfigHead head(String dataId, String md5, int bytes) {
        return head(dataId, md5, bytes, 2_000);
    }

    static ConfigHead head(String dataId, String md5, int bytes, long modifiedMillis) {
        return new ConfigHead("public", "g", dataId, md5, bytes, "", "", "", "", "", "", "", "", 1_000, modifiedMillis);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Throws what the stage failed with. */
    static void await(CompletionStage<Void> stage) {
        try {
            stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
