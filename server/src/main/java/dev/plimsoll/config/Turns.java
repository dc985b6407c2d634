package dev.plimsoll.config;

import dev.plimsoll.refusal.OverBudget;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Lets long reads of the store into the pool of readers one at a time, in the order they came: whoever searches waits for
 * others who search, and never keeps a client from reading. Any thread.
 */
final class Turns {
    private final Executor reads;
    private final int maxWaiting;
    private final Deque<Runnable> waiting = new ArrayDeque<>(); // guarded by this
    private boolean busy; // guarded by this

    Turns(Executor reads, int maxWaiting) {
        this.reads = reads;
        this.maxWaiting = maxWaiting;
    }

    /** Runs {@code task}, which throws nothing; {@link OverBudget} when too many wait already. */
    void begin(Runnable task) {
        enter(task, maxWaiting);
    }

    /** As {@link #begin}, for the next step of what was begun: the number of those is bounded by what they hold. */
    void proceed(Runnable task) {
        enter(task, Integer.MAX_VALUE);
    }

    private synchronized void enter(Runnable task, int most) {
        if (waiting.size() >= most) {
            throw new OverBudget("config searches: " + waiting.size() + " waiting (expected: fewer than " + most
                    + "); try again later");
        }
        waiting.add(task);
        if (!busy) {
            busy = true;
            try {
                reads.execute(this::run);
            } catch (RejectedExecutionException e) {
                busy = false;
                waiting.removeLast();
                throw Readings.tooMany();
            }
        }
    }

    /** All that wait, one after the other: handing the thread back in between would let them be refused half way. */
    private void run() {
        for (Runnable task = next(); task != null; task = next()) {
            task.run();
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable next = waiting.poll();
        busy = next != null;
        return next;
    }
}
