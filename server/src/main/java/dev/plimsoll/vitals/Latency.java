package dev.plimsoll.vitals;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long things took: a count for each of so many spans, four to the doubling from a microsecond to a minute. Any thread
 * adds, for the price of two uncontended additions; a few threads share a row of counts. Nothing is allocated.
 */
public final class Latency {
    /** Spans begin at 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20 ... microseconds; the last has no end. */
    static final int SPANS = 104;

    static final long HEAP_BYTES = Latency.ROWS * (SPANS * 8L + 64) + 256;

    private static final int ROWS = 4; // as many as event loops there are at most; a power of two

    private final AtomicLongArray[] rows = new AtomicLongArray[ROWS];
    private final LongAdder nanos = new LongAdder();

    public Latency() {
        for (int i = 0; i < ROWS; i++) {
            rows[i] = new AtomicLongArray(SPANS);
        }
    }

    /** Counts one. */
    public void took(long tookNanos) {
        nanos.add(tookNanos);
        int row = (int) Thread.currentThread().getId() & (ROWS - 1);
        rows[row].getAndIncrement(span(tookNanos));
    }

    /** How many there have been. */
    public long count() {
        long count = 0;
        for (int span = 0; span < SPANS; span++) {
            count += count(span);
        }
        return count;
    }

    /** How long they took together. */
    public double seconds() {
        return nanos.sum() / 1e9;
    }

    /** What the longest took at most, in milliseconds; 0 when there were none. */
    public double longestMillis() {
        for (int span = SPANS - 1; span >= 0; span--) {
            if (count(span) > 0) {
                return begin(span + 1) / 1_000;
            }
        }
        return 0;
    }

    long count(int span) {
        long count = 0;
        for (AtomicLongArray row : rows) {
            count += row.get(span);
        }
        return count;
    }

    static int span(long nanos) {
        long micros = nanos / 1_000;
        if (micros < 4) {
            return (int) Math.max(0, micros);
        }
        int octave = 63 - Long.numberOfLeadingZeros(micros);
        int quarter = (int) (micros >> (octave - 2)) & 3;
        return Math.min(SPANS - 1, (octave - 1) * 4 + quarter);
    }

    /** The middle of a span, in milliseconds. */
    static double middle(int span) {
        return (begin(span) + begin(span + 1)) / 2 / 1_000;
    }

    private static double begin(int span) {
        return span < 4 ? span : Math.scalb(1 + (span & 3) / 4.0, span / 4 + 1);
    }

    /** Remembers where the counts stood, to tell of those added since. One thread. */
    static final class Window {
        private final Latency latency;
        private final long[] before = new long[SPANS];

        Window(Latency latency) {
            this.latency = latency;
        }

        /** What 99 of 100 since the last call took at most, in milliseconds; NaN when there were none. */
        double slowest() {
            var since = new long[SPANS];
            long all = 0;
            for (int span = 0; span < SPANS; span++) {
                long now = latency.count(span);
                since[span] = now - before[span];
                before[span] = now;
                all += since[span];
            }
            long left = all / 100; // may have taken longer
            for (int span = SPANS - 1; span >= 0; span--) {
                left -= since[span];
                if (left < 0) {
                    return middle(span);
                }
            }
            return Double.NaN;
        }
    }
}
