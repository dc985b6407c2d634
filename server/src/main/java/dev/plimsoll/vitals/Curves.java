package dev.plimsoll.vitals;

import java.util.List;

/**
 * How things were over a stretch of time.
 *
 * @param fromMillis when the first step begins
 * @param stepMillis the length of each
 */
public record Curves(long fromMillis, long stepMillis, int points, List<Curve> curves) {
    public long toMillis() {
        return fromMillis + points * stepMillis;
    }

    /** @param values one for each step; NaN where nothing was sampled */
    public record Curve(String name, String unit, Fold fold, float[] values) {}
}
