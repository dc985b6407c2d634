package dev.plimsoll.vitals;

import java.util.Arrays;
import java.util.List;

/** Makes one row of several, each column in its own way; what is NaN does not count. */
final class Folding {
    private final List<Column> columns;
    private final double[] sums;
    private final int[] counts;
    private boolean empty = true;

    Folding(List<Column> columns) {
        this.columns = columns;
        this.sums = new double[columns.size()];
        this.counts = new int[columns.size()];
    }

    void add(float[] values) {
        empty = false;
        for (int i = 0; i < values.length; i++) {
            float value = values[i];
            if (Float.isNaN(value)) {
                continue;
            }
            if (columns.get(i).fold() == Fold.MEAN) {
                sums[i] += value;
            } else {
                sums[i] = counts[i] == 0 ? value : Math.max(sums[i], value);
            }
            counts[i]++;
        }
    }

    boolean isEmpty() {
        return empty;
    }

    float[] folded() {
        var row = new float[sums.length];
        for (int i = 0; i < row.length; i++) {
            int by = columns.get(i).fold() == Fold.MEAN ? counts[i] : 1;
            row[i] = counts[i] == 0 ? Float.NaN : (float) (sums[i] / by);
        }
        return row;
    }

    /** As if nothing had been added. */
    void clear() {
        Arrays.fill(sums, 0);
        Arrays.fill(counts, 0);
        empty = true;
    }
}
