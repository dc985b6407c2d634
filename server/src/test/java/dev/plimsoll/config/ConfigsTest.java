package dev.plimsoll.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.refusal.Conflict;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.ConfigHead;
import dev.plimsoll.store.HistoryEntry;
import dev.plimsoll.store.MemoryJournal;
import dev.plimsoll.store.StoredConfig;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConfigsTest {
    private static final ConfigKey APP = ConfigKey.of("", "DEFAULT_GROUP", "app.yaml");
    private static final ConfigKey OTHER = ConfigKey.of("dev", "DEFAULT_GROUP", "other.json");
    private static final Author ALICE = new Author("alice", "10.0.0.1");
    private static final int MAX_CONTENT = 20_000;

    private final ManualLoop loop = new ManualLoop();
    private final MemoryJournal journal = new MemoryJournal();
    private final Deque<Runnable> reads = new ArrayDeque<>();
    private final List<String> notices = new ArrayList<>();
    private final MemoryBudget budget = new MemoryBudget(400_000, 0);
    private final Account index = budget.heap("config index", 0.25);
    private final Account contents = budget.heap("config contents", 0.25);
    private final Account listeners = budget.heap("listeners", 0.5);
    private boolean listenerBreaks;
    private Configs configs = configs();

    private Configs configs() {
        return new Configs(
                loop,
                journal,
                task -> {
                    if (reads.size() >= 4) {
                        throw new RejectedExecutionException();
                    }
                    reads.add(task);
                },
                new ConfigAccounts(index, contents, listeners),
                new ConfigSettings(MAX_CONTENT, 200),
                (key, watchers) -> {
                    for (Watcher watcher : watchers) {
                        notices.add(watcher + " " + key.dataId());
                    }
                    if (listenerBreaks) {
                        throw new IllegalStateException("a listener breaks");
                    }
                });
    }

    // publishing

    @Test
    void a_published_config_is_visible_when_it_is_on_disk_and_not_before() {
        CompletionStage<ConfigEntry> answer = configs.publish(Publish.of(APP, "a: 1", "yaml", ALICE));
        loop.runAll();

        assertThat(configs.entry(APP)).isNull();
        assertThat(isDone(answer)).isFalse();

        settle();
        assertThat(result(answer)).isEqualTo(configs.entry(APP));
        assertThat(result(answer).type()).isEqualTo("yaml");
        assertThat(result(answer).md5()).isEqualTo(Md5.of(bytes("a: 1")));
        assertThat(text(configs.content(APP))).isEqualTo("a: 1");
    }

    @Test
    void md5_is_that_of_the_utf8_bytes() {
        assertThat(Md5.of(bytes("a"))).isEqualTo("0cc175b9c0f1b6a831c399e269772661");
        publish(APP, "naïve 文 \uD83D\uDE00");

        assertThat(text(configs.content(APP))).isEqualTo("naïve 文 \uD83D\uDE00");
        assertThat(entry(APP).contentBytes()).isEqualTo(15);
    }

    @Test
    void what_a_client_gave_is_what_is_stored() {
        result(settled(configs.publish(new Publish(
                APP,
                bytes("x"),
                "json",
                "shop",
                "a description",
                "a,b",
                "use",
                "effect",
                "{}",
                "key-1",
                null,
                ALICE))));

        ConfigHead head = journal.config("public", "DEFAULT_GROUP", "app.yaml")
                .orElseThrow()
                .head();
        long now = loop.currentTimeMillis();
        assertThat(head)
                .isEqualTo(new ConfigHead(
                        "public",
                        "DEFAULT_GROUP",
                        "app.yaml",
                        Md5.of(bytes("x")),
                        1,
                        "json",
                        "shop",
                        "a description",
                        "a,b",
                        "use",
                        "effect",
                        "{}",
                        "key-1",
                        now,
                        now));
        assertThat(entry(APP).encryptedDataKey()).isEqualTo("key-1");
    }

    @Test
    void replacing_keeps_the_time_of_creation() {
        publish(APP, "a: 1");
        long created = loop.currentTimeMillis();
        loop.advance(Duration.ofMinutes(1));
        publish(APP, "a: 2");

        assertThat(entry(APP).createdMillis()).isEqualTo(created);
        assertThat(entry(APP).modifiedMillis()).isEqualTo(created + 60_000);
    }

    @Test
    void content_over_the_limit_is_refused() {
        assertThat(failure(configs.publish(Publish.of(APP, "x".repeat(MAX_CONTENT + 1), "text", ALICE))))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("invalid content, over 20000");
        assertThat(journal.waiting()).isZero();
    }

    @Test
    void content_of_exactly_the_limit_comes_back_whole() {
        String large = "x".repeat(MAX_CONTENT);
        publish(APP, large);

        assertThat(readText(APP)).isEqualTo(large);
    }

    @Test
    void all_that_was_stored_is_there_after_a_restart() {
        publish(APP, "a: 1");
        publish(OTHER, "{}");
        index.release(index.held());

        Configs restarted = configs();
        restarted.load();

        assertThat(restarted.size()).isEqualTo(2);
        assertThat(restarted.entry(APP))
                .usingRecursiveComparison()
                .ignoringFields("revision")
                .isEqualTo(entry(APP));
        configs = restarted;
        assertThat(readText(OTHER)).isEqualTo("{}");
    }

    // compare and set

    @Test
    void expecting_the_present_md5_replaces() {
        publish(APP, "a: 1");

        assertThat(result(settled(configs.publish(cas("a: 2", "a: 1")))).md5()).isEqualTo(Md5.of(bytes("a: 2")));
    }

    @Test
    void expecting_another_md5_is_a_conflict_and_changes_nothing() {
        publish(APP, "a: 1");

        assertThat(failure(settled(configs.publish(cas("a: 3", "a: 2")))))
                .isInstanceOf(Conflict.class)
                .hasMessage("Cas publish fail, server md5 may have changed.");
        assertThat(text(configs.content(APP))).isEqualTo("a: 1");
        assertNothingWaits();
    }

    @Test
    void expecting_any_md5_of_a_missing_config_creates_it() {
        assertThat(result(settled(configs.publish(cas("a: 1", "whatever"))))).isEqualTo(configs.entry(APP));
    }

    @Test
    void of_two_that_expect_the_same_exactly_one_wins() {
        publish(APP, "a: 1");
        CompletionStage<ConfigEntry> first = configs.publish(cas("a: 2", "a: 1"));
        CompletionStage<ConfigEntry> second = configs.publish(cas("a: 3", "a: 1"));
        loop.runAll();
        assertThat(isDone(second)).isFalse();
        settle();

        assertThat(result(first).md5()).isEqualTo(Md5.of(bytes("a: 2")));
        assertThat(failure(second)).isInstanceOf(Conflict.class);
        assertThat(text(configs.content(APP))).isEqualTo("a: 2");
        assertNothingWaits();
    }

    @Test
    void the_second_wins_when_the_disk_refuses_the_first() {
        publish(APP, "a: 1");
        CompletionStage<ConfigEntry> first = configs.publish(cas("a: 2", "a: 1"));
        CompletionStage<ConfigEntry> second = configs.publish(cas("a: 3", "a: 1"));
        loop.runAll();
        journal.failNext();
        settle();

        assertThat(failure(first)).isInstanceOf(Unavailable.class);
        assertThat(result(second).md5()).isEqualTo(Md5.of(bytes("a: 3")));
        assertThat(readText(APP)).isEqualTo("a: 3");
        assertNothingWaits();
    }

    @Test
    void one_that_expects_what_the_disk_then_refuses_fails_too() {
        publish(APP, "a: 1");
        CompletionStage<ConfigEntry> first = configs.publish(Publish.of(APP, "a: 2", "text", ALICE));
        CompletionStage<ConfigEntry> second = configs.publish(cas("a: 3", "a: 2"));
        loop.runAll();
        journal.failNext();
        settle();

        assertThat(failure(first)).isInstanceOf(Unavailable.class);
        assertThat(failure(second)).isInstanceOf(Conflict.class);
        assertThat(readText(APP)).isEqualTo("a: 1");
    }

    @Test
    void changes_of_one_key_happen_in_the_order_they_were_asked_for() {
        configs.publish(Publish.of(APP, "a: 1", "text", ALICE));
        configs.remove(APP, ALICE);
        CompletionStage<ConfigEntry> created = configs.publish(cas("a: 2", "gone by then"));
        settle();

        assertThat(result(created)).isEqualTo(configs.entry(APP));
        assertThat(history(APP)).extracting(HistoryEntry::operation).containsExactly('I', 'D', 'I');
    }

    @Test
    void different_keys_do_not_wait_for_each_other() {
        configs.publish(Publish.of(APP, "a", "text", ALICE));
        configs.publish(Publish.of(OTHER, "b", "text", ALICE));
        loop.runAll();

        assertThat(journal.waiting()).isEqualTo(2);
    }

    // failures

    @Test
    void a_write_the_disk_refuses_leaves_nothing_and_the_next_works() {
        listen("w", new Watch(APP, ""));
        CompletionStage<ConfigEntry> refused = configs.publish(Publish.of(APP, "a: 1", "text", ALICE));
        loop.runAll();
        journal.failNext();
        loop.runAll();

        assertThat(failure(refused)).isInstanceOf(Unavailable.class);
        assertThat(configs.entry(APP)).isNull();
        assertThat(index.held()).isZero();
        assertThat(notices).isEmpty();

        publish(APP, "a: 1");
        assertThat(text(configs.content(APP))).isEqualTo("a: 1");
        assertThat(notices).containsExactly("w app.yaml");
    }

    @Test
    void a_removal_the_disk_refuses_leaves_the_config() {
        publish(APP, "a: 1");
        CompletionStage<Boolean> refused = configs.remove(APP, ALICE);
        loop.runAll();
        journal.failNext();
        loop.runAll();

        assertThat(failure(refused)).isInstanceOf(Unavailable.class);
        assertThat(text(configs.content(APP))).isEqualTo("a: 1");
    }

    @Test
    void a_full_journal_refuses_and_gives_the_room_back() {
        journal.refuseBeyond(0);

        assertThat(failure(settled(configs.publish(Publish.of(APP, "a", "text", ALICE)))))
                .isInstanceOf(OverBudget.class);
        assertThat(index.held()).isZero();

        journal.refuseBeyond(1);
        publish(APP, "a");
        assertThat(entry(APP).md5()).isEqualTo(Md5.of(bytes("a")));
    }

    @Test
    void a_listener_that_breaks_costs_nobody_the_answer() {
        listen("w", new Watch(APP, ""));
        listenerBreaks = true;
        CompletionStage<ConfigEntry> first = configs.publish(Publish.of(APP, "a: 1", "text", ALICE));
        CompletionStage<ConfigEntry> second = configs.publish(Publish.of(APP, "a: 2", "text", ALICE));
        loop.runAll();
        journal.commitNext();
        assertThatThrownBy(loop::runAll).hasMessage("a listener breaks");
        listenerBreaks = false;
        settle();

        assertThat(result(first).md5()).isEqualTo(Md5.of(bytes("a: 1")));
        assertThat(result(second).md5()).isEqualTo(Md5.of(bytes("a: 2")));
    }

    @Test
    void those_waiting_for_one_key_hold_no_more_than_their_part() {
        int asked = 40;
        List<CompletionStage<ConfigEntry>> answers = IntStream.range(0, asked)
                .mapToObj(i -> configs.publish(Publish.of(APP, i + "x".repeat(990), "text", ALICE)))
                .toList();
        loop.runAll();
        assertThat(contents.held()).isBetween(contents.limit() / 8, contents.limit() / 4);
        settle();

        long refused = answers.stream()
                .filter(answer -> failedWith(answer, OverBudget.class))
                .count();
        long done = answers.stream()
                .filter(answer -> !toFuture(answer).isCompletedExceptionally())
                .count();
        assertThat(refused).isEqualTo(asked - done).isGreaterThan(5);
        assertThat(done).isGreaterThan(5);
        result(settled(configs.remove(APP, ALICE)));
        assertThat(contents.held()).isZero();
        assertThat(index.held()).isZero();
    }

    // the index

    @Test
    void the_index_is_full_at_its_bound_and_empty_when_all_are_removed() {
        List<ConfigKey> accepted = new ArrayList<>();
        int i = 0;
        while (true) {
            ConfigKey key = ConfigKey.of("", "flood", "config-" + i++);
            CompletionStage<ConfigEntry> answer = settled(configs.publish(Publish.of(key, "x", "text", ALICE)));
            assertThat(index.held()).isLessThanOrEqualTo(index.limit());
            if (toFuture(answer).isCompletedExceptionally()) {
                assertThat(failure(answer)).isInstanceOf(OverBudget.class).hasMessageStartingWith("config index");
                break;
            }
            accepted.add(key);
        }
        assertThat(accepted).hasSizeBetween(100, 1_000);
        ConfigKey first = accepted.get(0);
        publish(first, "an accepted one can still be changed");

        accepted.forEach(key -> result(settled(configs.remove(key, ALICE))));
        assertThat(index.held()).isZero();
        assertThat(contents.held()).isZero();
        publish(APP, "room again");
    }

    @Test
    void a_longer_key_is_charged_and_given_back() {
        publish(APP, "x");
        long plain = index.held();
        result(settled(configs.publish(Publish.of(APP, "x", "text", ALICE).encryptedWith("k".repeat(1_000)))));
        assertThat(index.held()).isGreaterThanOrEqualTo(plain + 2_000);
        publish(APP, "x");
        assertThat(index.held()).isEqualTo(plain);
    }

    // removal and history

    @Test
    void removing_what_is_absent_succeeds_silently() {
        listen("w", new Watch(APP, ""));
        result(settled(configs.remove(APP, ALICE)));

        assertThat(notices).isEmpty();
        assertThat(history(APP)).isEmpty();
    }

    @Test
    void a_removed_config_is_not_found_and_its_watchers_hear() {
        publish(APP, "a: 1");
        listen("w", new Watch(APP, entry(APP).md5()));
        result(settled(configs.remove(APP, ALICE)));

        assertThat(failure(configs.content(APP))).isInstanceOf(NotFound.class).hasMessage("config data not exist");
        assertThat(notices).containsExactly("w app.yaml");
        assertThat(listen("w", new Watch(APP, Md5.of(bytes("a: 1"))))).containsExactly(APP);
        publish(APP, "a: 2");
        assertThat(notices).containsExactly("w app.yaml", "w app.yaml");
    }

    @Test
    void every_change_is_entered_in_the_history() {
        publish(APP, "a: 1");
        publish(APP, "a: 1");
        result(settled(configs.remove(APP, ALICE)));

        assertThat(history(APP)).extracting(HistoryEntry::operation).containsExactly('D', 'U', 'I');
        assertThat(history(APP))
                .allMatch(past -> past.user().equals("alice") && past.ip().equals("10.0.0.1"));
        assertThat(failure(configs.archive().history(APP, 0, 501))).isInstanceOf(InvalidRequest.class);
        assertThat(failure(configs.archive().history(APP, -1, 1))).isInstanceOf(InvalidRequest.class);
    }

    // listening

    @Test
    void listening_lists_what_differs() {
        assertThat(listen("w", new Watch(APP, ""))).isEmpty();
        assertThat(listen("w", new Watch(APP, "0cc175b9c0f1b6a831c399e269772661")))
                .containsExactly(APP);

        publish(APP, "a");
        assertThat(listen("w", new Watch(APP, "0cc175b9c0f1b6a831c399e269772661"), new Watch(OTHER, "")))
                .isEmpty();
        assertThat(listen("w", new Watch(APP, ""))).containsExactly(APP);
        assertThat(notices).containsExactly("w app.yaml");
    }

    @Test
    void a_change_is_either_listed_or_noticed() {
        CompletionStage<ConfigEntry> publishing = configs.publish(Publish.of(APP, "a", "text", ALICE));
        loop.runAll();
        journal.commitNext(); // on disk, its turn not yet taken
        CompletionStage<List<ConfigKey>> listed = configs.listen(watcher("w"), List.of(new Watch(APP, "")));
        loop.runAll();

        assertThat(isDone(publishing)).isTrue();
        assertThat(result(listed)).containsExactly(APP);
        assertThat(notices).isEmpty();
    }

    @Test
    void identical_content_renews_the_time_and_tells_nobody() {
        publish(APP, "a");
        listen("w", new Watch(APP, entry(APP).md5()));
        loop.advance(Duration.ofSeconds(5));
        long before = entry(APP).modifiedMillis();
        publish(APP, "a");

        assertThat(entry(APP).modifiedMillis()).isEqualTo(before + 5_000);
        assertThat(notices).isEmpty();
    }

    @Test
    void the_same_key_listened_twice_is_one_watch() {
        listen("w", new Watch(APP, ""));
        long once = listeners.held();
        listen("w", new Watch(APP, "x"), new Watch(APP, ""));

        assertThat(listeners.held()).isEqualTo(once);
        publish(APP, "a");
        assertThat(notices).containsExactly("w app.yaml");
    }

    @Test
    void one_that_unlistens_or_closes_does_not_disturb_others() {
        TestWatcher leaving = watcher("leaving");
        TestWatcher closing = watcher("closing");
        for (TestWatcher watcher : List.of(leaving, closing, watcher("staying"))) {
            result(turned(configs.listen(watcher, List.of(new Watch(APP, ""), new Watch(OTHER, "")))));
        }
        result(turned(configs.unlisten(leaving, List.of(APP, ConfigKey.of("", "g", "never-listened")))));
        closing.closed = true;
        configs.forget(closing);
        publish(APP, "a");
        publish(OTHER, "b");

        assertThat(notices).containsExactlyInAnyOrder("staying app.yaml", "staying other.json", "leaving other.json");
    }

    @Test
    void a_listen_call_overtaken_by_the_disconnect_leaves_nothing() {
        TestWatcher gone = watcher("gone");
        gone.closed = true;
        configs.forget(gone);
        assertThat(result(turned(configs.listen(gone, List.of(new Watch(APP, "x"))))))
                .isEmpty();

        publish(APP, "a");
        assertThat(notices).isEmpty();
        assertThat(listeners.held()).isZero();
    }

    @Test
    void one_watcher_watches_no_more_than_its_limit_and_keeps_what_it_had() {
        TestWatcher greedy = watcher("greedy");
        result(turned(configs.listen(greedy, keys("first", 199))));
        long before = listeners.held();

        assertThat(failure(turned(configs.listen(greedy, keys("second", 2)))))
                .isInstanceOf(OverBudget.class)
                .hasMessage("listened configs: 201 on one connection (expected: at most 200)");
        assertThat(listeners.held()).isEqualTo(before);
        assertThat(result(turned(configs.listen(greedy, keys("first", 199))))).isEmpty();
        result(turned(configs.listen(greedy, keys("second", 1))));
        publish(ConfigKey.of("", "second", "key-1"), "x");
        publish(ConfigKey.of("", "first", "key-198"), "x");
        assertThat(notices).containsExactly("greedy key-198");
    }

    @Test
    void many_watchers_hold_no_more_than_the_account_and_leave_nothing() {
        List<TestWatcher> all = new ArrayList<>();
        boolean full = false;
        while (!full) {
            TestWatcher watcher = watcher("w" + all.size());
            all.add(watcher);
            full = failedWith(turned(configs.listen(watcher, keys("group-" + all.size(), 100))), OverBudget.class);
            assertThat(listeners.held()).isLessThanOrEqualTo(listeners.limit());
        }
        assertThat(all).hasSizeBetween(3, 20);
        publish(ConfigKey.of("", "group-1", "key-7"), "x");
        assertThat(notices).containsExactly("w0 key-7");

        all.forEach(configs::forget);
        loop.runAll();
        assertThat(listeners.held()).isZero();
    }

    // reading

    @Test
    void those_who_read_the_same_share_one_read() {
        publishPastCache(APP);
        CompletionStage<ConfigContent> first = configs.content(APP);
        CompletionStage<ConfigContent> second = configs.content(APP);

        assertThat(reads).hasSize(1);
        runReads();
        assertThat(result(first)).isSameAs(result(second));
        assertThat(journal.reads()).isEqualTo(1);
        assertThat(contents.held()).isZero();
    }

    @Test
    void a_read_after_a_notice_does_not_join_one_from_before() {
        publishPastCache(APP);
        CompletionStage<ConfigContent> early = configs.content(APP);
        var late = new ArrayList<CompletionStage<ConfigContent>>();
        journal.afterNextRead(() -> {
            publish(APP, "new " + "y".repeat(15_000));
            late.add(configs.content(APP));
        });
        runReads();

        assertThat(text(early)).startsWith("xxx");
        assertThat(result(early).entry().md5()).isEqualTo(Md5.of(result(early).utf8()));
        assertThat(text(late.get(0))).startsWith("new ");
    }

    @Test
    void what_is_read_often_is_read_from_disk_once() {
        publish(APP, "a: 1");
        configs = restart();
        readText(APP);
        readText(APP);

        assertThat(journal.reads()).isEqualTo(1);
    }

    @Test
    void too_many_reads_are_refused() {
        for (int i = 0; i < 5; i++) {
            publishPastCache(ConfigKey.of("", "g", "large-" + i));
        }
        var answers = new ArrayList<CompletionStage<ConfigContent>>();
        for (int i = 0; i < 5; i++) {
            answers.add(configs.content(ConfigKey.of("", "g", "large-" + i)));
        }
        assertThat(failure(answers.get(4))).isInstanceOf(OverBudget.class);
        runReads();
        assertThat(readText(ConfigKey.of("", "g", "large-4"))).startsWith("xxx");
        assertThat(answers.subList(0, 4)).allMatch(answer -> text(answer).startsWith("xxx"));
    }

    @Test
    void a_damaged_content_is_refused_and_not_passed_on() {
        publish(APP, "a: 1");
        configs = restart();
        StoredConfig stored =
                journal.config("public", "DEFAULT_GROUP", "app.yaml").orElseThrow();
        journal.overwrite(new StoredConfig(stored.head(), bytes("a: 9")));

        CompletionStage<ConfigContent> answer = configs.content(APP);
        runReads();
        assertThat(failure(answer))
                .isInstanceOf(Unavailable.class)
                .hasMessageStartingWith("stored content of app.yaml+DEFAULT_GROUP: damaged");
        assertThat(contents.held()).isZero();
    }

    @Test
    void the_cache_never_holds_more_than_its_account() {
        for (int i = 0; i < 230; i++) {
            publish(ConfigKey.of("", "flood", "k" + i), "x".repeat(1 + (i * 397) % 12_000));
            assertThat(contents.held()).isLessThanOrEqualTo(contents.limit());
        }
        assertThat(contents.held()).isGreaterThan(contents.limit() / 2);
        for (int i = 0; i < 230; i++) {
            assertThat(readText(ConfigKey.of("", "flood", "k" + i))).hasSize(1 + (i * 397) % 12_000);
            assertThat(contents.held()).isLessThanOrEqualTo(contents.limit());
        }
    }

    @Test
    void a_full_cache_makes_way_for_a_large_content() {
        for (int i = 0; i < 50; i++) {
            publish(ConfigKey.of("", "fill", "k" + i), "x".repeat(10_000));
        }
        publishPastCache(APP);
        assertThat(contents.held() + MAX_CONTENT).isGreaterThan(contents.limit());

        assertThat(readText(APP)).hasSize(MAX_CONTENT);
    }

    // helpers

    private static final class TestWatcher implements Watcher {
        private final String name;
        private Caller caller = Caller.ANYBODY;
        private boolean closed;

        TestWatcher(String name) {
            this.name = name;
        }

        @Override
        public boolean closed() {
            return closed;
        }

        @Override
        public Caller caller() {
            return caller;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private final List<TestWatcher> watchers = new ArrayList<>();

    private TestWatcher watcher(String name) {
        return watchers.stream()
                .filter(known -> known.name.equals(name))
                .findFirst()
                .orElseGet(() -> {
                    var fresh = new TestWatcher(name);
                    watchers.add(fresh);
                    return fresh;
                });
    }

    private List<ConfigKey> listen(String name, Watch... watches) {
        return result(turned(configs.listen(watcher(name), List.of(watches))));
    }

    private static List<Watch> keys(String group, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Watch(ConfigKey.of("", group, "key-" + i), ""))
                .toList();
    }

    private static Publish cas(String content, String expectedContent) {
        return Publish.of(APP, content, "text", ALICE).expecting(Md5.of(bytes(expectedContent)));
    }

    private void publish(ConfigKey key, String content) {
        result(settled(configs.publish(Publish.of(key, content, "text", ALICE))));
    }

    /** A content too large for the cache. */
    private void publishPastCache(ConfigKey key) {
        publish(key, "x".repeat(MAX_CONTENT));
    }

    private Configs restart() {
        index.release(index.held());
        contents.release(contents.held());
        Configs restarted = configs();
        restarted.load();
        return restarted;
    }

    private ConfigEntry entry(ConfigKey key) {
        ConfigEntry entry = configs.entry(key);
        return Objects.requireNonNull(entry);
    }

    private List<HistoryEntry> history(ConfigKey key) {
        CompletionStage<Archive.Page> page = configs.archive().history(key, 0, 100);
        runReads();
        return result(page).changes();
    }

    private String readText(ConfigKey key) {
        CompletionStage<ConfigContent> content = configs.content(key);
        runReads();
        return text(content);
    }

    private void runReads() {
        while (!reads.isEmpty()) {
            reads.remove().run();
        }
    }

    /** Commits and turns until nothing is left to do. */
    private void settle() {
        loop.runAll();
        while (journal.waiting() > 0) {
            journal.commitAll();
            loop.runAll();
        }
    }

    private <T> CompletionStage<T> settled(CompletionStage<T> stage) {
        settle();
        return stage;
    }

    private <T> CompletionStage<T> turned(CompletionStage<T> stage) {
        loop.runAll();
        return stage;
    }

    private void assertNothingWaits() {
        assertThat(journal.waiting()).isZero();
        publish(APP, "the key is free again");
    }

    private static boolean isDone(CompletionStage<?> stage) {
        return toFuture(stage).isDone();
    }

    private static <T> CompletableFuture<T> toFuture(CompletionStage<T> stage) {
        return stage.toCompletableFuture();
    }

    private static <T> T result(CompletionStage<T> stage) {
        assertThat(isDone(stage)).isTrue();
        return toFuture(stage).join();
    }

    private static Throwable failure(CompletionStage<?> stage) {
        assertThat(isDone(stage)).isTrue();
        try {
            toFuture(stage).join();
        } catch (CompletionException e) {
            return Objects.requireNonNull(e.getCause());
        }
        throw new AssertionError("expected a refusal");
    }

    private static boolean failedWith(CompletionStage<?> stage, Class<? extends Throwable> type) {
        return toFuture(stage).isCompletedExceptionally() && type.isInstance(failure(stage));
    }

    private static String text(CompletionStage<ConfigContent> content) {
        return new String(result(content).utf8(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
