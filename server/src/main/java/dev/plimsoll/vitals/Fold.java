package dev.plimsoll.vitals;

/** What becomes of several samples when they are shown, or kept, as one. */
public enum Fold {
    MEAN,
    /** Of sizes: a line is crossed by a peak and not by a mean. */
    MAX
}
