package dev.plimsoll.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.config.Caller;
import dev.plimsoll.config.ConfigAccounts;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.ConfigSettings;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.Md5;
import dev.plimsoll.config.Publish;
import dev.plimsoll.config.Watch;
import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.store.MemoryJournal;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

class LongPollsTest {
    private static final ConfigKey APP = ConfigKey.of("", "DEFAULT_GROUP", "app.yaml");
    private static final ConfigKey OTHER = ConfigKey.of("dev", "DEFAULT_GROUP", "other.json");
    private static final Author ALICE = new Author("alice", "10.0.0.1");
    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);
    private static final long MIB = 1 << 20;

    private final ManualLoop loop = new ManualLoop();
    private final MemoryJournal journal = new MemoryJournal();
    private final MemoryBudget budget = new MemoryBudget(40 * MIB, 0);
    private final Account listeners = budget.heap("listeners", 0.1);
    private final Configs configs = new Configs(
            loop,
            journal,
            Runnable::run,
            new ConfigAccounts(budget.heap("index", 0.1), budget.heap("contents", 0.4), listeners),
            new ConfigSettings(20_000, 200),
            new ConfigPush());
    private final LongPolls polls = new LongPolls(loop, configs, listeners, new SplittableRandom(7));
    private final List<String> answers = new ArrayList<>();

    @Test
    void a_change_ends_the_poll_with_the_one_that_changed() {
        hold(HALF_A_MINUTE, APP, OTHER);
        publish(OTHER, "{}");
        assertThat(answers).containsExactly("other.json");
        publish(APP, "a: 1");
        assertThat(answers).hasSize(1);
        assertNothingIsHeld();
    }

    @Test
    void what_differs_already_is_answered_at_once() {
        publish(APP, "a: 1");
        publish(OTHER, "{}");
        hold(HALF_A_MINUTE, APP, OTHER);
        assertThat(answers).containsExactly("app.yaml other.json");
        assertNothingIsHeld();
    }

    @Test
    void a_poll_ends_empty_when_its_time_is_up_and_not_more_than_a_sixteenth_before() {
        hold(HALF_A_MINUTE, APP);
        loop.advance(
                HALF_A_MINUTE.minus(HALF_A_MINUTE.dividedBy(LongPolls.JITTER)).minus(LongPolls.TICK));
        assertThat(answers).isEmpty();
        loop.advance(HALF_A_MINUTE.dividedBy(LongPolls.JITTER).plus(LongPolls.TICK));
        assertThat(answers).containsExactly("");
        assertNothingIsHeld();
    }

    @Test
    void polls_that_came_together_do_not_end_together() {
        for (int i = 0; i < 200; i++) {
            hold(HALF_A_MINUTE, APP);
        }
        loop.advance(HALF_A_MINUTE.minus(HALF_A_MINUTE.dividedBy(LongPolls.JITTER)));
        int most = 0;
        for (int i = 0; i < 25; i++) {
            int before = answers.size();
            loop.advance(LongPolls.TICK);
            most = Math.max(most, answers.size() - before);
        }
        assertThat(answers).hasSize(200);
        assertThat(most).isLessThan(40);
    }

    @Test
    void a_time_longer_than_the_wheel_is_cut() {
        hold(Duration.ofHours(9), APP);
        loop.advance(LongPolls.LONGEST.plus(LongPolls.TICK));
        assertThat(answers).containsExactly("");
    }

    @Test
    void the_clock_of_the_wheel_is_right_after_a_pause_without_polls() {
        hold(HALF_A_MINUTE, APP);
        loop.advance(HALF_A_MINUTE);
        loop.advance(Duration.ofHours(1));
        hold(HALF_A_MINUTE, APP);
        loop.advance(Duration.ofSeconds(27));
        assertThat(answers).hasSize(1);
        loop.advance(Duration.ofSeconds(3));
        assertThat(answers).hasSize(2);
    }

    @Test
    void nothing_is_left_of_a_poll_whose_peer_has_gone() {
        LongPolls.Poll onTheWheel = hold(HALF_A_MINUTE, APP);
        LongPolls.Poll beforeItsComparison =
                polls.hold(Caller.ANYBODY, watches(OTHER), HALF_A_MINUTE, 0, this::answered);
        beforeItsComparison.gone();
        onTheWheel.gone();
        loop.runAll();
        publish(APP, "a: 1");
        publish(OTHER, "{}");
        loop.advance(HALF_A_MINUTE);
        assertThat(answers).isEmpty();
        assertNothingIsHeld();
    }

    @Test
    void polls_beyond_the_account_are_refused_and_those_there_are_still_answered() {
        int held = 0;
        while (true) {
            try {
                hold(HALF_A_MINUTE, APP);
                if (!answers.isEmpty()) {
                    break;
                }
                held++;
            } catch (OverBudget e) {
                break;
            }
        }
        assertThat(held).isGreaterThan(1_000);
        assertThat(listeners.held()).isLessThanOrEqualTo(listeners.limit());
        int refused = answers.size();
        publish(APP, "a: 1");
        assertThat(answers).hasSize(refused + held);
        assertNothingIsHeld();
    }

    @Test
    void more_keys_than_one_watcher_may_have_are_refused_and_cost_nothing() {
        ConfigKey[] many = new ConfigKey[201];
        for (int i = 0; i < many.length; i++) {
            many[i] = ConfigKey.of("", "g", "d" + i);
        }
        hold(HALF_A_MINUTE, many);
        assertThat(answers).hasSize(1);
        assertThat(answers.get(0)).startsWith("refused: listened configs: 201");
        assertNothingIsHeld();
    }

    @Test
    void a_poll_measures_what_it_is_charged_and_with_a_few_keys_less_than_a_kilobyte() {
        long before = GraphLayout.parseInstance(polls).totalSize();
        int count = 500;
        String md5 = Md5.of(new byte[] {1});
        publish(APP, "\u0001"); // so that the poll waits, and what it holds is noted
        for (int i = 0; i < count; i++) {
            polls.hold(Caller.ANYBODY, List.of(new Watch(APP, md5)), HALF_A_MINUTE, 0, this::answered);
            loop.runAll();
        }
        long each = (GraphLayout.parseInstance(polls).totalSize() - before) / count;
        long charged = listeners.held() / count;
        // The answer's lambda and the test's own list are counted; a call without its head is measured apart.
        assertThat(charged).isBetween(each, 1024L);
        assertThatThrownBy(() -> listeners.release(listeners.held() + 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_poll_of_several_keys_is_charged_no_less_than_it_measures() {
        String md5 = Md5.of(new byte[] {1});
        for (int keys = 2; keys <= 8; keys *= 2) {
            var watches = new ArrayList<List<Watch>>();
            for (int i = 0; i < 200; i++) {
                var some = new ArrayList<Watch>();
                for (int k = 0; k < keys; k++) {
                    var key = ConfigKey.of("tenant", "group-" + i, keys + "-" + k);
                    publish(key, "\u0001"); // so that the poll waits, and what it holds is noted
                    some.add(new Watch(key, md5));
                }
                watches.add(some);
            }
            long before = GraphLayout.parseInstance(polls).totalSize();
            long heldBefore = listeners.held();
            watches.forEach(some -> polls.hold(Caller.ANYBODY, some, HALF_A_MINUTE, 0, this::answered));
            loop.runAll();
            long each = (GraphLayout.parseInstance(polls).totalSize() - before) / 200;
            assertThat((listeners.held() - heldBefore) / 200)
                    .as("%d keys", keys)
                    .isBetween(each, each * 5 / 2);
        }
    }

    private LongPolls.Poll hold(Duration patience, ConfigKey... keys) {
        LongPolls.Poll poll = polls.hold(Caller.ANYBODY, watches(keys), patience, 0, this::answered);
        loop.runAll();
        return poll;
    }

    private static List<Watch> watches(ConfigKey... keys) {
        var watches = new ArrayList<Watch>();
        for (ConfigKey key : keys) {
            watches.add(new Watch(key, ""));
        }
        return watches;
    }

    private void answered(List<ConfigKey> changed, @Nullable Throwable failure) {
        answers.add(
                failure != null
                        ? "refused: " + failure.getMessage()
                        : String.join(
                                " ", changed.stream().map(ConfigKey::dataId).toList()));
    }

    private void publish(ConfigKey key, String content) {
        configs.publish(Publish.of(key, content, "text", ALICE));
        loop.runAll();
        journal.commitAll();
        loop.runAll();
    }

    private void assertNothingIsHeld() {
        loop.runAll();
        assertThat(polls.waiting()).isZero();
        assertThat(listeners.held()).isZero();
    }
}
