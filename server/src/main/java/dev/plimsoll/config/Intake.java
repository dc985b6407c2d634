package dev.plimsoll.config;

import dev.plimsoll.refusal.Conflict;
import dev.plimsoll.refusal.OverBudget;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Publishes many configurations, from an archive or from another namespace. A few are under way at a time, so that they
 * share commits and hold little; in between the read thread is handed back. What was published stays, whatever becomes of
 * the rest. Any thread.
 */
public final class Intake {
    private static final int BATCH = 32;
    private static final int BATCH_BYTES = 1 << 20;

    private final Configs configs;
    private final Catalog catalog;

    public Intake(Configs configs, Catalog catalog) {
        this.configs = configs;
        this.catalog = catalog;
    }

    /** What to do about a configuration that exists. */
    public enum Policy {
        /** It and all that follow are left out. */
        ABORT,
        /** It is left out. */
        SKIP,
        /** It is replaced. */
        OVERWRITE
    }

    /** Where they come from. Used by one thread at a time. */
    public interface Source extends AutoCloseable {
        /** All of them, in order. */
        List<ConfigKey> keys();

        /**
         * What to publish under the key of that number; null when it has gone. Called on a read thread and in ascending
         * order, but some numbers may be left out.
         *
         * @param room to take from before a content is allocated
         */
        @Nullable
        Publish read(int number, Room room);

        @Override
        void close();
    }

    /**
     * What became of them.
     *
     * @param skips as the reference counts them: what an abort left out is not among them
     */
    public record Outcome(int succeeded, int skips, List<ConfigKey> skipped, List<ConfigKey> failed) {}

    /** Takes all that {@code source} has, and closes it. */
    public CompletionStage<Outcome> run(Source source, Policy policy) {
        var run = new Run(source, policy);
        run.proceed();
        return run.done.minimalCompletionStage();
    }

    private record Underway(ConfigKey key, CompletableFuture<ConfigEntry> published) {}

    /** Touched by one thread at a time: a read thread, or where the publishes of a batch complete. */
    private final class Run {
        private final Source source;
        private final Policy policy;
        private final List<ConfigKey> keys;
        private final Room room = catalog.room();
        private final List<ConfigKey> skipped = new ArrayList<>();
        private final List<ConfigKey> failed = new ArrayList<>();
        private final CompletableFuture<Outcome> done = new CompletableFuture<>();
        private int next;
        private int succeeded;
        private int skips;

        Run(Source source, Policy policy) {
            this.source = source;
            this.policy = policy;
            this.keys = source.keys();
        }

        void proceed() {
            try {
                catalog.turns().proceed(this::batch);
            } catch (OverBudget e) {
                end(e);
            }
        }

        private void batch() {
            var batch = new ArrayList<Underway>();
            RuntimeException failure = null;
            try {
                publish(batch);
            } catch (RuntimeException e) {
                failure = e; // those of the batch are under way already
            }
            RuntimeException broken = failure;
            CompletableFuture.allOf(batch.stream().map(Underway::published).toArray(CompletableFuture<?>[]::new))
                    .whenComplete((nothing, ignored) -> settle(batch, broken));
        }

        private void publish(List<Underway> batch) {
            Set<ConfigKey> mine = new HashSet<>();
            long bytes = 0;
            while (next < keys.size() && batch.size() < BATCH && bytes < BATCH_BYTES) {
                ConfigKey key = keys.get(next);
                if (policy != Policy.OVERWRITE && (configs.entry(key) != null || mine.contains(key))) {
                    present(key);
                    continue;
                }
                Publish publish = source.read(next, room);
                next++;
                if (publish == null) {
                    failed.add(key);
                    continue;
                }
                mine.add(key);
                bytes += publish.content().length;
                Publish command = policy == Policy.OVERWRITE ? publish : publish.ifAbsent();
                batch.add(new Underway(key, configs.publish(command).toCompletableFuture()));
            }
        }

        private void present(ConfigKey key) {
            next++;
            if (policy == Policy.SKIP) {
                skips++;
                skipped.add(key);
            } else {
                failed.add(key);
                skipped.addAll(keys.subList(next, keys.size()));
                next = keys.size();
            }
        }

        private void settle(List<Underway> batch, @Nullable RuntimeException broken) {
            Throwable failure = broken;
            boolean abort = false;
            for (Underway underway : batch) {
                Throwable cause = failure(underway.published());
                if (cause == null) {
                    succeeded++;
                } else if (cause instanceof Conflict && policy == Policy.SKIP) { // published by another meanwhile
                    skips++;
                    skipped.add(underway.key());
                } else if (cause instanceof Conflict) {
                    failed.add(underway.key());
                    abort = true;
                } else if (failure == null) {
                    failure = cause;
                }
            }
            if (abort) {
                skipped.addAll(keys.subList(next, keys.size()));
                next = keys.size();
            }
            room.close();
            if (failure != null || next == keys.size()) {
                end(failure);
            } else {
                proceed();
            }
        }

        private void end(@Nullable Throwable failure) {
            room.close();
            source.close();
            if (failure != null) {
                done.completeExceptionally(failure);
            } else {
                done.complete(new Outcome(succeeded, skips, List.copyOf(skipped), List.copyOf(failed)));
            }
        }
    }

    private static @Nullable Throwable failure(CompletableFuture<?> stage) {
        Throwable failure = stage.handle((value, thrown) -> thrown).join();
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
