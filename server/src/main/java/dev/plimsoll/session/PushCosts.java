package dev.plimsoll.session;

/**
 * How long it took from sending a push to its answer, in whole milliseconds as the reference counts; both -1 when none was
 * answered yet.
 */
public record PushCosts(long average, long longest) {
    private static final PushCosts NONE = new PushCosts(-1, -1);
    private static final long NANOS = 1_000_000;

    static PushCosts of(long answered, long allNanos, long longestNanos) {
        return answered == 0 ? NONE : new PushCosts(allNanos / answered / NANOS, longestNanos / NANOS);
    }
}
