package dev.plimsoll.bench.measure;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;

/** Times of one kind of operation, in microseconds up to ten minutes. Any thread. */
public final class Latency {
    private static final double MICROS_PER_MILLI = 1_000;

    private final ConcurrentHistogram micros = new ConcurrentHistogram(1, TimeUnit.MINUTES.toMicros(10), 3);

    public void record(long nanos) {
        micros.recordValue(Math.min(Math.max(1, nanos / 1_000), micros.getHighestTrackableValue()));
    }

    public long count() {
        return micros.getTotalCount();
    }

    public double percentileMillis(double percentile) {
        return micros.getValueAtPercentile(percentile) / MICROS_PER_MILLI;
    }

    public double maxMillis() {
        return micros.getMaxValue() / MICROS_PER_MILLI;
    }
}
