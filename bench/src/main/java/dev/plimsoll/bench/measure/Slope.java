package dev.plimsoll.bench.measure;

import java.util.Arrays;

/**
 * How steeply values rise, by the median of the slopes between pairs (Theil and Sen), so that a few outliers do not
 * tilt it.
 */
public final class Slope {
    private static final int MOST_POINTS = 600;

    private Slope() {}

    /** Rise of {@code y} for each unit of {@code x}; 0 for fewer than two points. */
    public static double robust(double[] x, double[] y) {
        int step = Math.max(1, (x.length + MOST_POINTS - 1) / MOST_POINTS);
        int points = (x.length + step - 1) / step;
        double[] slopes = new double[points * (points - 1) / 2];
        int count = 0;
        for (int i = 0; i < x.length; i += step) {
            for (int j = i + step; j < x.length; j += step) {
                if (x[j] != x[i]) {
                    slopes[count++] = (y[j] - y[i]) / (x[j] - x[i]);
                }
            }
        }
        if (count == 0) {
            return 0;
        }
        Arrays.sort(slopes, 0, count);
        return count % 2 == 1 ? slopes[count / 2] : (slopes[count / 2 - 1] + slopes[count / 2]) / 2;
    }
}
