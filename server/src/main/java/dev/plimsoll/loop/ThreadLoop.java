package dev.plimsoll.loop;

import dev.plimsoll.refusal.OverBudget;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop on a thread of its own. A task that throws is logged and the loop goes on: one bad command must not end the
 * registry. After {@link #close} tasks already given still run; later ones are dropped.
 */
public final class ThreadLoop implements Loop, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadLoop.class);

    private final String name;
    private final int maxQueued;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicBoolean sleeping = new AtomicBoolean();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(); // this thread only
    private volatile boolean closed;

    /**
     * @param maxQueued tasks waiting before {@link #submit} refuses
     */
    public ThreadLoop(String name, int maxQueued) {
        this.name = name;
        this.maxQueued = maxQueued;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void submit(Runnable task) {
        if (queued.get() >= maxQueued) {
            throw new OverBudget(name + ": " + maxQueued + " tasks waiting (expected: fewer); try again later");
        }
        execute(task);
    }

    @Override
    public void execute(Runnable task) {
        queued.incrementAndGet();
        tasks.add(task);
        if (sleeping.get() && sleeping.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        var alarm = new Alarm(nanoTime() + delay.toNanos(), task);
        if (Thread.currentThread() == thread) {
            alarms.add(alarm);
        } else {
            execute(() -> alarms.add(alarm));
        }
        return alarm;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis();
    }

    /** Runs what was given before, then ends; waits for that at most {@code patience}. */
    public void close(Duration patience) {
        execute(() -> closed = true);
        try {
            thread.join(patience.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }

    private void run() {
        while (!closed) {
            runDueAlarms();
            Runnable task = tasks.poll();
            if (task == null) {
                sleep();
            } else {
                queued.decrementAndGet();
                runSafely(task);
            }
        }
    }

    private void runDueAlarms() {
        Alarm next = alarms.peek();
        while (next != null && next.dueNanos - nanoTime() <= 0) {
            alarms.poll();
            if (!next.cancelled) {
                runSafely(next.task);
            }
            next = alarms.peek();
        }
    }

    private void sleep() {
        sleeping.set(true);
        if (tasks.isEmpty()) {
            Alarm next = alarms.peek();
            if (next == null) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, Math.max(1, next.dueNanos - nanoTime()));
            }
        }
        sleeping.set(false);
    }

    private void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError | AssertionError e) {
            LOG.error("a task of loop {} failed", name, e);
        }
    }

    private static final class Alarm implements Timer, Comparable<Alarm> {
        private final long dueNanos;
        private final Runnable task;
        private volatile boolean cancelled;

        Alarm(long dueNanos, Runnable task) {
            this.dueNanos = dueNanos;
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Alarm other) {
            return Long.compare(dueNanos - other.dueNanos, 0);
        }
    }
}
