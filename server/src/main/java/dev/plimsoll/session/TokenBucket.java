package dev.plimsoll.session;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * So many at once, and as many again in each period. Any thread; one atomic number holds it all: the moment at which the
 * bucket will be full again.
 */
final class TokenBucket {
    private final long nanosPerToken;
    private final long periodNanos;
    private final AtomicLong fullAgain;

    /** Full at {@code nowNanos}. */
    TokenBucket(int tokens, Duration period, long nowNanos) {
        this.periodNanos = period.toNanos();
        this.nanosPerToken = periodNanos / tokens;
        this.fullAgain = new AtomicLong(nowNanos);
    }

    /** Takes a token; false when there is none. */
    boolean take(long nowNanos) {
        while (true) {
            long before = fullAgain.get();
            long after = (before - nowNanos > 0 ? before : nowNanos) + nanosPerToken;
            if (after - nowNanos > periodNanos) {
                return false;
            }
            if (fullAgain.compareAndSet(before, after)) {
                return true;
            }
        }
    }
}
