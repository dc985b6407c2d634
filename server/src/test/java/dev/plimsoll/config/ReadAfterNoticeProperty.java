package dev.plimsoll.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.store.MemoryJournal;
import dev.plimsoll.store.Write;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Who reads after a notice sees at least what the notice was about, whichever version of a configuration it sees; and a
 * notice goes to exactly those who see something else. Every content is unlike all others, the states of a configuration
 * that were on disk are remembered in order, and the steps happen in any order: a read may be overtaken half-way.
 */
class ReadAfterNoticeProperty {
    private static final int KEYS = 8;
    private static final GrayRule BETA = GrayRule.Beta.of("10.0.0.1");
    private static final GrayRule TAG = new GrayRule.Tag("t");
    private static final List<Seer> SEERS =
            List.of(new Seer("", ""), new Seer("10.0.0.1", ""), new Seer("", "t"), new Seer("10.0.0.1", "t"));

    enum Action {
        PUBLISH,
        REMOVE,
        PUBLISH_BETA,
        STOP_BETA,
        PUBLISH_TAG,
        STOP_TAG,
        COMMIT,
        FAIL,
        TURN,
        READ,
        RUN_READ,
        RUN_READ_OVERTAKEN
    }

    private static final List<Action> CHANGES = List.of(
            Action.PUBLISH, Action.REMOVE, Action.PUBLISH_BETA, Action.STOP_BETA, Action.PUBLISH_TAG, Action.STOP_TAG);

    record Step(Action action, int key, int seer) {}

    /** One who listens to every configuration. */
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

    /** The contents of one configuration's versions by their names, that of the formal one is "". */
    private record State(Map<String, String> contents) {
        static final State NOTHING = new State(Map.of());

        State with(String name, @Nullable String content) {
            var next = new HashMap<>(contents);
            if (content == null) {
                next.remove(name);
            } else {
                next.put(name, content);
            }
            return new State(next);
        }

        /** The name of the version that the rules of the protocol give this seer. */
        String pick(Seer seer) {
            if (!seer.ip.isEmpty() && contents.containsKey("beta")) {
                return "beta";
            }
            return !seer.tag.isEmpty() && contents.containsKey("tag_t") ? "tag_t" : "";
        }

        /** Null for nothing. */
        @Nullable
        String seen(Seer seer) {
            return contents.get(pick(seer));
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Action> actions = Arbitraries.frequency(
                Tuple.of(5, Action.PUBLISH),
                Tuple.of(1, Action.REMOVE),
                Tuple.of(2, Action.PUBLISH_BETA),
                Tuple.of(1, Action.STOP_BETA),
                Tuple.of(2, Action.PUBLISH_TAG),
                Tuple.of(1, Action.STOP_TAG),
                Tuple.of(5, Action.COMMIT),
                Tuple.of(1, Action.FAIL),
                Tuple.of(6, Action.TURN),
                Tuple.of(7, Action.READ),
                Tuple.of(4, Action.RUN_READ),
                Tuple.of(2, Action.RUN_READ_OVERTAKEN));
        return Combinators.combine(
                        actions,
                        Arbitraries.integers().between(0, KEYS - 1),
                        Arbitraries.integers().between(0, SEERS.size() - 1))
                .as(Step::new)
                .list()
                .ofMinSize(20)
                .ofMaxSize(300);
    }

    @Property(tries = 300)
    void a_read_after_a_notice_sees_what_it_was_about(@ForAll("steps") List<Step> steps) {
        var run = new Run();
        steps.forEach(run::take);
        run.finish();
    }

    private static final class Run {
        private final ManualLoop loop = new ManualLoop();
        private final MemoryJournal journal = new MemoryJournal();
        private final Deque<Runnable> reads = new ArrayDeque<>();
        private final MemoryBudget budget = new MemoryBudget(1_000_000, 0);
        private final Account index = budget.heap("config index", 0.5);
        private final Account contents = budget.heap("config contents", 0.006); // too little for all
        private final Account listeners = budget.heap("listeners", 0.1);
        private final Configs configs = new Configs(
                loop,
                journal,
                reads::add,
                new ConfigAccounts(index, contents, listeners),
                new ConfigSettings(1_000, 100),
                this::noticed);
        private final Map<ConfigKey, List<State>> states = new HashMap<>(); // on disk, the newest last
        private final Map<ConfigKey, Integer> visible = new HashMap<>(); // which of them is
        private int number;
        private int outstanding;
        private int readsChecked;
        private final List<AssertionError> failures = new ArrayList<>(); // a stage would swallow them

        Run() {
            for (int i = 0; i < KEYS; i++) {
                states.put(key(i), new ArrayList<>(List.of(State.NOTHING)));
                visible.put(key(i), 0);
                for (Seer seer : SEERS) {
                    configs.listen(seer, List.of(new Watch(key(i), "")));
                }
            }
            loop.runAll();
        }

        void take(Step step) {
            ConfigKey key = key(step.key);
            switch (step.action) {
                case PUBLISH -> configs.publish(next(key));
                case REMOVE -> configs.remove(key, author());
                case PUBLISH_BETA -> configs.publish(next(key), BETA);
                case STOP_BETA -> configs.remove(key, versions -> versions.gray("beta"), author());
                case PUBLISH_TAG -> configs.publish(next(key), TAG);
                case STOP_TAG -> configs.remove(key, versions -> versions.tagged("t"), author());
                case COMMIT -> commit();
                case FAIL -> {
                    if (journal.waiting() > 0) {
                        journal.failNext();
                    }
                }
                case TURN -> turn();
                case READ -> read(key, SEERS.get(step.seer));
                case RUN_READ -> runRead();
                case RUN_READ_OVERTAKEN -> {
                    journal.afterNextRead(() -> overtake(step));
                    runRead();
                    journal.afterNextRead(() -> {});
                }
            }
            assertThat(contents.held()).isLessThanOrEqualTo(contents.limit());
        }

        /** All that can happen to a read while it is under way happens to every key. */
        private void overtake(Step step) {
            Action change = step.seer % 2 == 0 ? CHANGES.get(step.key % CHANGES.size()) : Action.PUBLISH;
            for (int i = 0; i < KEYS; i++) {
                take(new Step(change, i, 0));
            }
            settle();
            for (int i = 0; i < KEYS; i++) {
                read(key(i), SEERS.get(step.seer));
            }
        }

        /** Everything comes to rest; nothing is left waiting, and what is on disk is what is read. */
        void finish() {
            settle();
            for (int i = 0; i < KEYS; i++) {
                for (Seer seer : SEERS) {
                    read(key(i), seer);
                }
            }
            while (!reads.isEmpty()) {
                runRead();
            }
            assertThat(outstanding).isZero();
            assertThat(readsChecked).isGreaterThanOrEqualTo(KEYS * SEERS.size());
            for (Action removal : List.of(Action.REMOVE, Action.STOP_BETA, Action.STOP_TAG)) {
                for (int i = 0; i < KEYS; i++) {
                    take(new Step(removal, i, 0));
                }
                settle(); // those of one key would wait for each other, and for that there is little room
            }
            assertThat(index.held()).isZero();
            assertThat(contents.held()).isZero();
        }

        private void settle() {
            turn();
            while (journal.waiting() > 0) {
                commit();
                turn();
            }
        }

        /** After a turn all that is on disk is visible, and everybody who sees another content has been told. */
        private void turn() {
            loop.runAll();
            rethrow();
            states.forEach((key, all) ->
                    assertThat(visible.get(key)).as("told of " + key).isEqualTo(all.size() - 1));
        }

        private void read(ConfigKey key, Seer seer) {
            int from = Objects.requireNonNull(visible.get(key));
            ConfigEntry known = configs.versions(key).seenBy(seer.caller());
            outstanding++;
            configs.content(key, versions -> versions.seenBy(seer.caller())).whenComplete((content, failure) -> {
                outstanding--;
                readsChecked++;
                try {
                    check(key, seer, from, known, content, failure);
                } catch (AssertionError e) {
                    failures.add(e);
                }
            });
            rethrow();
        }

        private void rethrow() {
            if (!failures.isEmpty()) {
                throw failures.get(0);
            }
        }

        private void check(
                ConfigKey key,
                Seer seer,
                int from,
                @Nullable ConfigEntry known,
                @Nullable ConfigContent content,
                @Nullable Throwable failure) {
            String found = null;
            if (failure != null) {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                assertThat(cause).isInstanceOf(NotFound.class);
            } else {
                Objects.requireNonNull(content);
                found = new String(content.utf8(), StandardCharsets.UTF_8);
                assertThat(content.entry().md5()).isEqualTo(Md5.of(content.utf8()));
                if (known != null && content.entry().version().equals(known.version())) {
                    assertThat(content.entry().revision()).isGreaterThanOrEqualTo(known.revision());
                }
            }
            List<State> all = Objects.requireNonNull(states.get(key));
            assertThat(explains(all.subList(from, all.size()), seer, found))
                    .as("%s found %s, from %s", seer, found, all.subList(from, all.size()))
                    .isTrue();
        }

        /** Whether a read during these states may have found this: a version was picked, and read then or later. */
        private static boolean explains(List<State> during, Seer seer, @Nullable String found) {
            for (int picked = 0; picked < during.size(); picked++) {
                String name = during.get(picked).pick(seer);
                if (found == null && !name.isEmpty()) {
                    continue; // a gray version that is gone meanwhile leaves what is seen without it
                }
                for (State state : during.subList(picked, during.size())) {
                    if (Objects.equals(state.contents.get(name), found)) {
                        return true;
                    }
                }
            }
            return false;
        }

        private void commit() {
            if (journal.waiting() == 0) {
                return;
            }
            Write write = journal.commitNext();
            if (write instanceof Write.PutConfig put) {
                committed(put.head().dataId(), "", put.content());
            } else if (write instanceof Write.DeleteConfig delete) {
                committed(delete.dataId(), "", null);
            } else if (write instanceof Write.PutGray put) {
                committed(put.head().config().dataId(), put.head().name(), put.content());
            } else if (write instanceof Write.DeleteGray delete) {
                committed(delete.dataId(), delete.grayName(), null);
            }
        }

        private void committed(String dataId, String name, byte @Nullable [] content) {
            List<State> all = Objects.requireNonNull(states.get(ConfigKey.of("", "g", dataId)));
            String text = content == null ? null : new String(content, StandardCharsets.UTF_8);
            all.add(all.get(all.size() - 1).with(name, text));
        }

        private void noticed(ConfigKey key, Collection<Watcher> told) {
            List<State> all = Objects.requireNonNull(states.get(key));
            int now = Objects.requireNonNull(visible.get(key)) + 1;
            State before = all.get(now - 1);
            State after = all.get(now);
            visible.put(key, now);
            try {
                assertThat(told)
                        .containsExactlyInAnyOrderElementsOf(SEERS.stream()
                                .filter(seer -> !Objects.equals(before.seen(seer), after.seen(seer)))
                                .toList());
            } catch (AssertionError e) {
                failures.add(e);
            }
        }

        private void runRead() {
            Runnable next = reads.poll();
            if (next != null) {
                next.run();
                rethrow();
            }
        }

        private Publish next(ConfigKey key) {
            number++;
            String content = number + " " + "x".repeat(number * 37 % 500);
            return Publish.of(key, content, "text", author());
        }

        private static Author author() {
            return new Author("", "");
        }

        private static ConfigKey key(int i) {
            return ConfigKey.of("", "g", "key-" + i);
        }
    }
}
