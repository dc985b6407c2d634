package dev.plimsoll.loop;

import dev.plimsoll.refusal.OverBudget;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * One thread at a time runs the tasks of a loop, in the order they were given. State owned by a loop needs no lock.
 * Tests turn a loop by hand; so all time is asked of it.
 */
public interface Loop extends Executor {
    /**
     * Runs {@code task} later. Never refused: for duties whose number something else bounds (a disconnect, a commit
     * that finished).
     */
    @Override
    void execute(Runnable task);

    /**
     * Runs {@code task} later on behalf of a client.
     *
     * @throws OverBudget when the loop is so far behind that more work would only wait
     */
    void submit(Runnable task);

    /** Runs {@code task} once, not before {@code delay} has passed. */
    Timer schedule(Duration delay, Runnable task);

    /** Nanoseconds on a clock that never goes back; only differences mean anything. */
    long nanoTime();

    /** Milliseconds since the epoch. */
    long currentTimeMillis();

    /** As {@link #submit}; the stage completes on the loop with the result or with what was thrown. */
    default <T> CompletionStage<T> call(Supplier<T> work) {
        var result = new CompletableFuture<T>();
        submit(() -> {
            T value;
            try {
                value = work.get();
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
                return;
            }
            result.complete(value);
        });
        return result;
    }

    /** A task that was scheduled and may be called off. */
    interface Timer {
        /** The task will not run, unless it has already begun. */
        void cancel();
    }
}
