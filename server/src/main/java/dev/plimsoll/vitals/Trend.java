package dev.plimsoll.vitals;

import java.util.Arrays;

/**
 * The straight line through points of which some may lie anywhere: its slope is the median of the slopes between all pairs
 * (Theil and Sen), so that neither a burst nor a restart in between turns it.
 *
 * @param perStep the slope
 * @param rising the share of pairs that rise less the share that fall, -1 to 1 (Kendall): 1 when each is higher than the
 *     one before, about 0 for what goes up and down around a level
 * @param last the median of the last tenth of the points
 */
record Trend(double perStep, double rising, double last, int points) {
    /** The trend of the values that are numbers. */
    static Trend of(float[] values) {
        var at = new int[values.length];
        int n = 0;
        for (int i = 0; i < values.length; i++) {
            if (!Float.isNaN(values[i])) {
                at[n++] = i;
            }
        }
        if (n < 2) {
            return new Trend(0, 0, n == 0 ? Double.NaN : values[at[0]], n);
        }
        var slopes = new double[n * (n - 1) / 2];
        int pairs = 0;
        int up = 0;
        for (int i = 0; i < n; i++) {
            for (int k = i + 1; k < n; k++) {
                double rise = (double) values[at[k]] - values[at[i]];
                slopes[pairs++] = rise / (at[k] - at[i]);
                up += rise > 0 ? 1 : rise < 0 ? -1 : 0;
            }
        }
        int tail = Math.max(1, n / 10);
        var last = new double[tail];
        for (int i = 0; i < tail; i++) {
            last[i] = values[at[n - tail + i]];
        }
        return new Trend(median(slopes), (double) up / pairs, median(last), n);
    }

    private static double median(double[] numbers) {
        Arrays.sort(numbers);
        int middle = numbers.length / 2;
        return numbers.length % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
    }
}
