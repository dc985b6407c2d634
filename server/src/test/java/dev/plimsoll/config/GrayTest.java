package dev.plimsoll.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.refusal.Conflict;
import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.HistoryEntry;
import dev.plimsoll.store.MemoryJournal;
import dev.plimsoll.store.PastConfig;
import dev.plimsoll.store.StoredRule;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Versions of a configuration for some: who sees which, who hears of what, and what they hold. */
class GrayTest {
    private static final ConfigKey APP = ConfigKey.of("", "DEFAULT_GROUP", "app.yaml");
    private static final ConfigKey OTHER = ConfigKey.of("dev", "DEFAULT_GROUP", "other.json");
    private static final Author ALICE = new Author("alice", "10.0.0.9");
    private static final GrayRule BETA = GrayRule.Beta.of("10.0.0.1,10.0.0.2");
    private static final GrayRule TAG = new GrayRule.Tag("blue");

    private static final Seer AT_1 = new Seer("10.0.0.1", "");
    private static final Seer AT_3 = new Seer("10.0.0.3", "");
    private static final Seer BLUE = new Seer("10.0.0.3", "blue");
    private static final Seer BLUE_AT_1 = new Seer("10.0.0.1", "blue");

    private final ManualLoop loop = new ManualLoop();
    private final MemoryJournal journal = new MemoryJournal();
    private final Deque<Runnable> reads = new ArrayDeque<>();
    private final List<Watcher> told = new ArrayList<>();
    private final MemoryBudget budget = new MemoryBudget(400_000, 0);
    private final Account index = budget.heap("config index", 0.25);
    private final Account contents = budget.heap("config contents", 0.25);
    private final Account listeners = budget.heap("listeners", 0.5);
    private Configs configs = configs();

    private Configs configs() {
        return new Configs(
                loop,
                journal,
                reads::add,
                new ConfigAccounts(index, contents, listeners),
                new ConfigSettings(20_000, 200, 3),
                (key, watchers) -> told.addAll(watchers));
    }

    /** One who listens. */
    private record Seer(String ip, String tag) implements Watcher {
        @Override
        public boolean closed() {
            return false;
        }

        @Override
        public Caller caller() {
            return new Caller(ip, tag);
        }
    }

    // who sees what

    @Test
    void clients_at_the_addresses_see_beta_those_with_the_tag_its_version_and_all_others_the_formal_one() {
        publish("formal");
        publish("for two", BETA);
        publish("for blue ones", TAG);

        assertThat(read(AT_1)).isEqualTo("for two");
        assertThat(read(BLUE_AT_1)).isEqualTo("for two");
        assertThat(read(BLUE)).isEqualTo("for blue ones");
        assertThat(read(AT_3)).isEqualTo("formal");
        assertThat(text(configs.content(APP))).isEqualTo("formal");
    }

    @Test
    void one_who_asks_for_a_tag_gets_that_version_or_nothing_unless_beta_is_for_it() {
        publish("formal");
        publish("for two", BETA);
        publish("for blue ones", TAG);

        assertThat(text(tagged(AT_3, "blue"))).isEqualTo("for blue ones");
        assertThat(text(tagged(AT_1, "blue"))).isEqualTo("for two");
        assertThat(failure(tagged(AT_3, "green"))).isInstanceOf(NotFound.class);
        assertThat(failure(tagged(BLUE, "green"))).isInstanceOf(NotFound.class);
    }

    @Test
    void without_a_formal_version_only_those_a_gray_one_is_for_find_anything() {
        publish("for two", BETA);

        assertThat(read(AT_1)).isEqualTo("for two");
        assertThat(failure(content(AT_3))).isInstanceOf(NotFound.class);
        assertThat(configs.entry(APP)).isNull();
        assertThat(configs.count("public")).isZero();
    }

    @Test
    void a_formal_publish_and_removal_leave_gray_versions_alone() {
        publish("formal");
        publish("for two", BETA);
        publish("formal anew");
        assertThat(read(AT_1)).isEqualTo("for two");
        assertThat(read(AT_3)).isEqualTo("formal anew");

        result(settled(configs.remove(APP, ALICE)));
        assertThat(read(AT_1)).isEqualTo("for two");
        assertThat(failure(content(AT_3))).isInstanceOf(NotFound.class);
    }

    @Test
    void a_stopped_version_gives_way_to_the_one_below() {
        publish("formal");
        publish("for two", BETA);
        publish("for blue ones", TAG);

        assertThat(stop("beta")).isTrue();
        assertThat(read(BLUE_AT_1)).isEqualTo("for blue ones");
        assertThat(stop("tag_blue")).isTrue();
        assertThat(read(BLUE_AT_1)).isEqualTo("formal");
        assertThat(stop("beta")).isFalse();
    }

    @Test
    void new_addresses_replace_the_old_ones() {
        publish("formal");
        publish("for two", BETA);
        publish("for one", GrayRule.Beta.of("10.0.0.3"));

        assertThat(read(AT_1)).isEqualTo("formal");
        assertThat(read(AT_3)).isEqualTo("for one");
    }

    // who hears

    @Test
    void exactly_those_hear_who_see_another_content_now() {
        publish("formal");
        listen(AT_1, AT_3, BLUE, BLUE_AT_1);

        publish("for two", BETA);
        assertThat(heard()).containsExactlyInAnyOrder(AT_1, BLUE_AT_1);
        publish("for blue ones", TAG);
        assertThat(heard()).containsExactly(BLUE);
        publish("formal anew");
        assertThat(heard()).containsExactly(AT_3);
        publish("for one", GrayRule.Beta.of("10.0.0.3"));
        assertThat(heard()).containsExactlyInAnyOrder(AT_1, AT_3, BLUE, BLUE_AT_1);
        stop("beta");
        assertThat(heard()).containsExactlyInAnyOrder(AT_3, BLUE);
        result(settled(configs.remove(APP, ALICE)));
        assertThat(heard()).containsExactlyInAnyOrder(AT_1, AT_3);
    }

    @Test
    void a_gray_version_of_the_same_content_changes_nobodys_view() {
        publish("formal");
        listen(AT_1, AT_3);
        publish("formal", BETA);
        assertThat(heard()).isEmpty();
        assertThat(read(AT_1)).isEqualTo("formal");
        stop("beta");
        assertThat(heard()).isEmpty();
    }

    @Test
    void what_a_client_holds_is_compared_with_what_it_would_see() {
        publish("formal");
        publish("for two", BETA);
        var formal = List.of(new Watch(APP, Md5.of(bytes("formal"))));
        var beta = List.of(new Watch(APP, Md5.of(bytes("for two"))));

        assertThat(configs.outdated(formal, AT_3.caller())).isEmpty();
        assertThat(configs.outdated(beta, AT_3.caller())).containsExactly(APP);
        assertThat(configs.outdated(formal, AT_1.caller())).containsExactly(APP);
        assertThat(result(turned(configs.listen(AT_1, formal)))).containsExactly(APP);
        assertThat(result(turned(configs.listen(AT_1, beta)))).isEmpty();
    }

    // compare and set

    @Test
    void a_compare_and_set_of_a_gray_version_looks_at_that_version() {
        publish("formal");
        result(settled(configs.publish(put("for two").expecting("whatever"), BETA))); // there is none: it is created

        assertThat(failure(settled(configs.publish(put("x").expecting(Md5.of(bytes("formal"))), BETA))))
                .isInstanceOf(Conflict.class)
                .hasMessage("Cas publish gray config fail, server md5 may have changed.");
        result(settled(configs.publish(put("anew").expecting(Md5.of(bytes("for two"))), BETA)));
        assertThat(read(AT_1)).isEqualTo("anew");
        assertThat(failure(settled(configs.publish(put("x").expecting(Md5.of(bytes("anew"))), TAG))))
                .as("of a version that is missing it creates")
                .isNull();
    }

    // bounds

    @Test
    void one_config_has_no_more_than_so_many_gray_versions() {
        publish("1", BETA);
        publish("2", TAG);
        publish("3", new GrayRule.Tag("green"));
        long held = index.held();

        assertThat(failure(settled(configs.publish(put("4"), new GrayRule.Tag("red")))))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("gray config version is over max count :3");
        assertThat(index.held()).isEqualTo(held);
        publish("anew", TAG);
        stop("beta");
        publish("4", new GrayRule.Tag("red"));
        assertThat(failure(settled(configs.publish(put("5"), BETA)))).isInstanceOf(InvalidRequest.class);
        result(settled(configs.publish(Publish.of(OTHER, "x", "text", ALICE), BETA)));
    }

    @Test
    void the_index_is_full_at_its_bound_and_empty_when_all_is_gone() {
        GrayRule many = GrayRule.Beta.of(String.join(
                ",", IntStream.range(0, 200).mapToObj(i -> "10.0.1." + i).toList()));
        int accepted = 0;
        while (true) {
            ConfigKey key = ConfigKey.of("", "flood", "config-" + accepted);
            CompletionStage<ConfigEntry> answer = settled(configs.publish(Publish.of(key, "x", "text", ALICE), many));
            assertThat(index.held()).isLessThanOrEqualTo(index.limit());
            if (failure(answer) != null) {
                assertThat(failure(answer)).isInstanceOf(OverBudget.class).hasMessageStartingWith("config index");
                break;
            }
            accepted++;
        }
        assertThat(accepted).isBetween(3, 10);
        for (int i = 0; i < accepted; i++) {
            ConfigKey key = ConfigKey.of("", "flood", "config-" + i);
            assertThat(result(settled(configs.remove(key, versions -> versions.gray("beta"), ALICE))))
                    .isTrue();
        }
        assertThat(index.held()).isZero();
        assertThat(contents.held()).isZero();
    }

    @Test
    void a_shorter_rule_gives_room_back() {
        publish("x", GrayRule.Beta.of("10.0.0.1"));
        long one = index.held();
        publish("x", GrayRule.Beta.of("10.0.0.1,10.0.0.2,10.0.0.3"));
        assertThat(index.held()).isGreaterThan(one);
        publish("x", GrayRule.Beta.of("10.0.0.2"));
        assertThat(index.held()).isEqualTo(one);
    }

    @Test
    void rules_are_refused_that_no_client_could_match() {
        assertThatThrownBy(() -> GrayRule.of(" , ,", "")).isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> GrayRule.of("10.0.0.1,a b", "")).hasMessage("invalid betaIps : a b");
        assertThatThrownBy(() -> GrayRule.of("1".repeat(65), ""))
                .hasMessage("too long betaIps, over 64 in one address");
        assertThatThrownBy(() -> new GrayRule.Beta(Set.of())).hasMessage("betaIps: 0 addresses (expected: 1 to 1000)");
        assertThatThrownBy(() -> GrayRule.of("", "t".repeat(17))).hasMessage("too long tag, over 16");
        assertThatThrownBy(() -> GrayRule.of("", "a/b")).hasMessage("invalid tag : a/b");
        assertThatThrownBy(() -> GrayRule.Beta.of(String.join(
                        ",", IntStream.range(0, 100_000).mapToObj(i -> "h" + i).toList())))
                .hasMessage("betaIps: 1001 addresses (expected: 1 to 1000)");
        assertThat(GrayRule.of(" ", " ")).isNull();
        assertThat(GrayRule.of(" 10.0.0.1 , 10.0.0.1", "t")).isEqualTo(GrayRule.Beta.of("10.0.0.1"));
    }

    @Test
    void every_kind_of_rule_is_the_same_after_it_was_stored() {
        for (GrayRule rule : List.of(BETA, TAG)) {
            assertThat(GrayRule.of(rule.stored())).isEqualTo(rule);
        }
        assertThat(List.of(BETA, TAG))
                .extracting(rule -> (Object) rule.getClass())
                .containsExactlyInAnyOrder((Object[]) GrayRule.class.getPermittedSubclasses());
        assertThat(BETA.stored().toJson())
                .isEqualTo("{\"type\":\"beta\",\"version\":\"1.0.0\",\"expr\":\"10.0.0.1,10.0.0.2\","
                        + "\"priority\":2147483647}");
        assertThat(TAG.stored().toJson())
                .isEqualTo("{\"type\":\"tag\",\"version\":\"1.0.0\",\"expr\":\"blue\",\"priority\":2147483646}");
        assertThatThrownBy(() -> GrayRule.of(new StoredRule("moon", "full", 1))).isInstanceOf(Unavailable.class);
    }

    // the store

    @Test
    void gray_versions_are_there_after_a_restart() {
        publish("formal");
        publish("for two", BETA);
        publish("for blue ones", TAG);
        restart();

        assertThat(configs.versions(APP).grays()).hasSize(2);
        assertThat(read(BLUE_AT_1)).isEqualTo("for two");
        assertThat(read(BLUE)).isEqualTo("for blue ones");
        assertThat(read(AT_3)).isEqualTo("formal");
    }

    @Test
    void a_write_the_disk_refuses_leaves_nothing() {
        publish("formal");
        long held = index.held();
        CompletionStage<ConfigEntry> refused = configs.publish(put("for two"), BETA);
        loop.runAll();
        journal.failNext();
        loop.runAll();

        assertThat(failure(refused)).isInstanceOf(Unavailable.class);
        assertThat(index.held()).isEqualTo(held);
        assertThat(read(AT_1)).isEqualTo("formal");
    }

    @Test
    void a_read_that_finds_its_version_stopped_gives_what_is_seen_without_it() {
        publish("formal");
        publish("for two", BETA);
        restart();
        CompletionStage<ConfigContent> before = configs.content(APP, versions -> versions.seenBy(AT_1.caller()));
        configs.remove(APP, versions -> versions.gray("beta"), ALICE);
        loop.runAll();
        journal.commitNext(); // on disk, its turn not yet taken
        runReads();
        assertThat(text(before)).isEqualTo("formal");

        loop.runAll();
        assertThat(read(AT_1)).isEqualTo("formal");
    }

    @Test
    void changes_of_gray_versions_are_in_the_history_with_their_contents() {
        publish("formal");
        publish("for two", BETA);
        publish("anew", BETA);
        stop("beta");
        long held = contents.held();

        List<HistoryEntry> changes =
                result(run(configs.archive().history(APP, 0, 10))).changes();
        assertThat(changes).extracting(HistoryEntry::operation).containsExactly('D', 'U', 'I', 'I');
        assertThat(changes).extracting(HistoryEntry::grayName).containsExactly("beta", "beta", "beta", "");
        assertThat(changes.stream().map(change -> result(run(configs.archive().past(APP, change.id())))
                        .map(PastConfig::content)
                        .map(utf8 -> new String(utf8, StandardCharsets.UTF_8))
                        .orElseThrow()))
                .containsExactly("anew", "for two", "for two", "formal");
        assertThat(contents.held()).isEqualTo(held);
    }

    @Test
    void a_past_content_is_not_given_to_one_who_names_another_config() {
        publish("secret");
        long id = result(run(configs.archive().history(APP, 0, 1)))
                .changes()
                .get(0)
                .id();

        assertThat(failure(run(configs.archive().past(OTHER, id))))
                .isInstanceOf(Forbidden.class)
                .hasMessage("Please check dataId, group or namespaceId.");
        assertThat(result(run(configs.archive().past(APP, id + 1)))).isEmpty();
    }

    @Test
    void a_past_content_takes_its_room_before_it_is_read() {
        publish("x".repeat(20_000));
        stop("none");
        long id = result(run(configs.archive().history(APP, 0, 1)))
                .changes()
                .get(0)
                .id();
        long all = contents.limit() - contents.held();
        contents.reserve(all);

        assertThat(failure(run(configs.archive().past(APP, id)))).isInstanceOf(OverBudget.class);
        contents.release(all);
        assertThat(result(run(configs.archive().past(APP, id)))).isPresent();
        assertThat(contents.held()).isZero();
    }

    // helpers

    private static Publish put(String content) {
        return Publish.of(APP, content, "yaml", ALICE);
    }

    private void publish(String content) {
        result(settled(configs.publish(put(content))));
    }

    private void publish(String content, GrayRule rule) {
        result(settled(configs.publish(put(content), rule)));
    }

    private boolean stop(String name) {
        return result(settled(configs.remove(APP, versions -> versions.gray(name), ALICE)));
    }

    private void listen(Seer... seers) {
        Arrays.stream(seers).forEach(seer -> result(turned(configs.listen(seer, List.of(new Watch(APP, ""))))));
    }

    private List<Watcher> heard() {
        var heard = List.copyOf(told);
        told.clear();
        return heard;
    }

    private CompletionStage<ConfigContent> content(Seer seer) {
        return run(configs.content(APP, versions -> versions.seenBy(seer.caller())));
    }

    private CompletionStage<ConfigContent> tagged(Seer seer, String tag) {
        return run(configs.content(APP, versions -> versions.taggedFor(seer.caller(), tag)));
    }

    private String read(Seer seer) {
        return text(content(seer));
    }

    private void restart() {
        index.release(index.held());
        contents.release(contents.held());
        configs = configs();
        configs.load();
    }

    private void runReads() {
        while (!reads.isEmpty()) {
            reads.remove().run();
        }
    }

    private <T> CompletionStage<T> run(CompletionStage<T> stage) {
        runReads();
        return stage;
    }

    private <T> CompletionStage<T> settled(CompletionStage<T> stage) {
        loop.runAll();
        while (journal.waiting() > 0) {
            journal.commitAll();
            loop.runAll();
        }
        return stage;
    }

    private <T> CompletionStage<T> turned(CompletionStage<T> stage) {
        loop.runAll();
        return stage;
    }

    private static <T> T result(CompletionStage<T> stage) {
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }

    /** Null for none. */
    private static @Nullable Throwable failure(CompletionStage<?> stage) {
        assertThat(stage.toCompletableFuture().isDone()).isTrue();
        try {
            stage.toCompletableFuture().join();
            return null;
        } catch (CompletionException e) {
            return Objects.requireNonNull(e.getCause());
        }
    }

    private static String text(CompletionStage<ConfigContent> content) {
        return new String(result(content).utf8(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
