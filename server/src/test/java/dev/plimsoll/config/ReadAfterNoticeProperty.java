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
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Who reads after a notice sees at least what the notice was about. Every change of a key has a number, carried by its
 * author's name and by the content; the steps happen in any order, and a read may be overtaken half-way.
 */
class ReadAfterNoticeProperty {
    private static final int KEYS = 12;

    enum Action {
        PUBLISH,
        REMOVE,
        COMMIT,
        FAIL,
        TURN,
        READ,
        RUN_READ,
        RUN_READ_OVERTAKEN
    }

    record Step(Action action, int key) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Action> actions = Arbitraries.frequency(
                Tuple.of(5, Action.PUBLISH),
                Tuple.of(1, Action.REMOVE),
                Tuple.of(4, Action.COMMIT),
                Tuple.of(1, Action.FAIL),
                Tuple.of(5, Action.TURN),
                Tuple.of(6, Action.READ),
                Tuple.of(4, Action.RUN_READ),
                Tuple.of(2, Action.RUN_READ_OVERTAKEN));
        return Combinators.combine(actions, Arbitraries.integers().between(0, KEYS - 1))
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

    private static final class Run implements Watcher {
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
                (key, watchers) -> noticed(key));
        private final Map<ConfigKey, Deque<Integer>> committed = new HashMap<>(); // in order, not yet noticed
        private final Map<ConfigKey, List<Integer>> removals = new HashMap<>(); // committed
        private final Map<ConfigKey, Integer> noticed = new HashMap<>();
        private int number;
        private int outstanding;
        private int readsChecked;
        private final List<AssertionError> failures = new ArrayList<>(); // a stage would swallow them

        Run() {
            for (int i = 0; i < KEYS; i++) {
                configs.listen(this, List.of(new Watch(key(i), "")));
            }
            loop.runAll();
        }

        @Override
        public boolean closed() {
            return false;
        }

        void take(Step step) {
            ConfigKey key = key(step.key);
            switch (step.action) {
                case PUBLISH -> {
                    number++;
                    String content = number + " " + "x".repeat(number * 37 % 500);
                    configs.publish(Publish.of(key, content, "text", author()));
                }
                case REMOVE -> {
                    number++;
                    configs.remove(key, author());
                }
                case COMMIT -> commit();
                case FAIL -> {
                    if (journal.waiting() > 0) {
                        journal.failNext();
                    }
                }
                case TURN -> loop.runAll();
                case READ -> read(key);
                case RUN_READ -> runRead();
                case RUN_READ_OVERTAKEN -> {
                    journal.afterNextRead(() -> {
                        for (int i = 0; i < KEYS; i++) {
                            take(new Step(Action.PUBLISH, i));
                        }
                        settle();
                        for (int i = 0; i < KEYS; i++) {
                            read(key(i));
                        }
                    });
                    runRead();
                    journal.afterNextRead(() -> {});
                }
            }
            assertThat(contents.held()).isLessThanOrEqualTo(contents.limit());
        }

        /** Everything comes to rest; nothing is left waiting, and what is on disk is what is read. */
        void finish() {
            settle();
            for (int i = 0; i < KEYS; i++) {
                read(key(i));
            }
            while (!reads.isEmpty()) {
                runRead();
            }
            assertThat(outstanding).isZero();
            assertThat(readsChecked).isGreaterThanOrEqualTo(KEYS);
            for (int i = 0; i < KEYS; i++) {
                configs.remove(key(i), author());
            }
            settle();
            assertThat(index.held()).isZero();
            assertThat(contents.held()).isZero();
        }

        private void settle() {
            loop.runAll();
            while (journal.waiting() > 0) {
                commit();
                loop.runAll();
            }
        }

        private void read(ConfigKey key) {
            int atLeast = noticed.getOrDefault(key, 0);
            ConfigEntry known = configs.entry(key);
            outstanding++;
            CompletionStage<ConfigContent> answer = configs.content(key);
            answer.whenComplete((content, failure) -> {
                outstanding--;
                readsChecked++;
                try {
                    check(key, atLeast, known, content, failure);
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
                int atLeast,
                @Nullable ConfigEntry known,
                @Nullable ConfigContent content,
                @Nullable Throwable failure) {
            if (failure != null) {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                assertThat(cause).isInstanceOf(NotFound.class);
                List<Integer> removed = removals.getOrDefault(key, List.of());
                assertThat(known == null || removed.stream().anyMatch(n -> n > atLeast))
                        .isTrue();
                return;
            }
            Objects.requireNonNull(content);
            Objects.requireNonNull(known);
            String text = new String(content.utf8(), StandardCharsets.UTF_8);
            assertThat(Integer.parseInt(text.substring(0, text.indexOf(' ')))).isGreaterThanOrEqualTo(atLeast);
            assertThat(content.entry().md5()).isEqualTo(Md5.of(content.utf8()));
            assertThat(content.entry().revision()).isGreaterThanOrEqualTo(known.revision());
        }

        private void commit() {
            if (journal.waiting() == 0) {
                return;
            }
            Write write = journal.commitNext();
            if (write instanceof Write.PutConfig put) {
                ConfigKey key = ConfigKey.of(
                        put.head().namespace(), put.head().group(), put.head().dataId());
                committed
                        .computeIfAbsent(key, k -> new ArrayDeque<>())
                        .add(Integer.parseInt(put.author().user()));
            } else if (write instanceof Write.DeleteConfig delete) {
                ConfigKey key = ConfigKey.of(delete.namespace(), delete.group(), delete.dataId());
                int n = Integer.parseInt(delete.author().user());
                committed.computeIfAbsent(key, k -> new ArrayDeque<>()).add(n);
                removals.computeIfAbsent(key, k -> new ArrayList<>()).add(n);
            }
        }

        private void noticed(ConfigKey key) {
            noticed.put(key, Objects.requireNonNull(committed.get(key)).remove());
        }

        private void runRead() {
            Runnable next = reads.poll();
            if (next != null) {
                next.run();
                rethrow();
            }
        }

        private Author author() {
            return new Author(String.valueOf(number), "");
        }

        private static ConfigKey key(int i) {
            return ConfigKey.of("", "g", "key-" + i);
        }
    }
}
