package dev.plimsoll.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;

/** A loop that a test turns by hand, with a clock that only the test moves. */
public final class ManualLoop implements Loop {
    private static final long START_MILLIS = 1_700_000_000_000L;

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private long nanos;
    private long sequence;
    private long setBackMillis;

    /** Runs everything that is due now, and what that gives rise to. */
    public void runAll() {
        while (true) {
            Alarm next = alarms.peek();
            if (next != null && next.dueNanos <= nanos) {
                alarms.poll();
                if (!next.cancelled) {
                    tasks.add(next.task);
                }
                continue;
            }
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            task.run();
        }
    }

    /** Moves the clock on, stopping at each task that falls due on the way. */
    public void advance(Duration time) {
        runAll();
        long end = nanos + time.toNanos();
        Alarm next = alarms.peek();
        while (next != null && next.dueNanos <= end) {
            nanos = Math.max(nanos, next.dueNanos);
            runAll();
            next = alarms.peek();
        }
        nanos = end;
        runAll();
    }

    /** Sets the time of day back, as an operator or a time service does; {@link #nanoTime} knows nothing of it. */
    public void setBack(Duration time) {
        setBackMillis += time.toMillis();
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void submit(Runnable task) {
        execute(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        var alarm = new Alarm(nanos + delay.toNanos(), sequence++, task);
        alarms.add(alarm);
        return alarm;
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long currentTimeMillis() {
        return START_MILLIS - setBackMillis + nanos / 1_000_000;
    }

    private static final class Alarm implements Timer, Comparable<Alarm> {
        private final long dueNanos;
        private final long sequence;
        private final Runnable task;
        private boolean cancelled;

        Alarm(long dueNanos, long sequence, Runnable task) {
            this.dueNanos = dueNanos;
            this.sequence = sequence;
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Alarm other) {
            int byTime = Long.compare(dueNanos, other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
