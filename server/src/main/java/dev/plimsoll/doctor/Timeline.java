package dev.plimsoll.doctor;

import java.util.Arrays;

/**
 * Counts over time in a fixed number of steps. When a moment lies outside, steps are joined in pairs until it fits: a
 * minute is seen by the second, a year by the day, in the same few kilobytes. Events may come in any order.
 */
final class Timeline {
    static final int STEPS = 512;

    private final long[][] counts;
    private long step;
    private long from = LogTime.NONE; // a multiple of step

    /**
     * @param finest milliseconds of a step at first
     */
    Timeline(int series, long finest) {
        this.counts = new long[series][STEPS];
        this.step = finest;
    }

    void add(int series, long millis, long count) {
        if (from == LogTime.NONE) {
            from = Math.floorDiv(millis, step) * step;
        }
        while (millis < from) {
            if (!shift(millis)) {
                join();
            }
        }
        while (millis >= from + STEPS * step) {
            join();
        }
        counts[series][(int) ((millis - from) / step)] += count;
    }

    /** Moves everything later by steps that are free at the end, so that there is room for {@code millis} before. */
    private boolean shift(long millis) {
        long steps = Math.floorDiv(from - millis + step - 1, step);
        if (steps > STEPS - used()) {
            return false;
        }
        for (long[] each : counts) {
            System.arraycopy(each, 0, each, (int) steps, STEPS - (int) steps);
            Arrays.fill(each, 0, (int) steps, 0);
        }
        from -= steps * step;
        return true;
    }

    private void join() {
        long wider = step * 2;
        long start = Math.floorDiv(from, wider) * wider;
        int offset = (int) ((from - start) / step); // 0 or 1
        for (int s = 0; s < counts.length; s++) {
            long[] joined = new long[STEPS];
            for (int i = 0; i < STEPS; i++) {
                joined[(i + offset) / 2] += counts[s][i];
            }
            counts[s] = joined;
        }
        from = start;
        step = wider;
    }

    boolean isEmpty() {
        return from == LogTime.NONE;
    }

    long from() {
        return from;
    }

    long step() {
        return step;
    }

    /** Steps up to the last that holds anything. */
    int used() {
        for (int i = STEPS - 1; i >= 0; i--) {
            for (long[] each : counts) {
                if (each[i] != 0) {
                    return i + 1;
                }
            }
        }
        return 0;
    }

    long[] values(int series) {
        return Arrays.copyOf(counts[series], used());
    }
}
