package dev.plimsoll.vitals;

import dev.plimsoll.refusal.OverBudget;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A named part of the memory line with a bound. Reserve before allocating, release after freeing. Any thread.
 *
 * <p>An account may draw on a common one when its own share is used up: whichever of them needs it first gets it, and
 * each still has its own share when the others have taken all of the common one.
 */
public final class Account {
    private final String name;
    private final long share;
    private final @Nullable Account common;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    Account(String name, long shareBytes, @Nullable Account common) {
        if (shareBytes < 0) {
            throw new IllegalArgumentException("share of " + name + ": " + shareBytes + " (expected: >= 0)");
        }
        this.name = name;
        this.share = shareBytes;
        this.common = common;
    }

    /** Takes {@code bytes} if they fit under the limit; false, and nothing taken, when they do not. */
    public boolean tryReserve(long bytes) {
        return tryReserveLeaving(bytes, 0);
    }

    /** As {@link #tryReserve}, for one who must leave {@code spare} bytes to others, which they could have at once. */
    public boolean tryReserveLeaving(long bytes, long spare) {
        if (bytes < 0) {
            throw new IllegalArgumentException(name + ": " + bytes + " bytes (expected: >= 0)");
        }
        while (true) {
            long before = held.get();
            if (bytes > available(before) - spare) {
                refused.incrementAndGet();
                return false;
            }
            long drawn = drawn(before + bytes) - drawn(before);
            if (drawn > 0 && common != null && !common.tryReserve(drawn)) {
                refused.incrementAndGet();
                return false;
            }
            if (held.compareAndSet(before, before + bytes)) {
                return true;
            }
            giveBack(drawn);
        }
    }

    /** As {@link #tryReserve}, but refuses in words. */
    public void reserve(long bytes) {
        if (!tryReserve(bytes)) {
            throw new OverBudget(full(bytes));
        }
    }

    /** Gives back {@code bytes} that were reserved. */
    public void release(long bytes) {
        while (true) {
            long before = held.get();
            if (bytes < 0 || bytes > before) {
                throw new IllegalStateException(
                        name + ": " + bytes + " bytes released (expected: of the " + before + " that are reserved)");
            }
            if (held.compareAndSet(before, before - bytes)) {
                giveBack(drawn(before) - drawn(before - bytes));
                return;
            }
        }
    }

    /** Why {@code bytes} more were refused. */
    public String full(long bytes) {
        String drawing = common == null
                ? ""
                : ", of which " + common.limit() + " shared with other accounts, which leave " + free(common);
        return name + ": " + bytes + " bytes more than the " + held() + " held (limit: " + limit() + drawing + ")";
    }

    public String name() {
        return name;
    }

    /** Its name as one word: {@code config-contents}. */
    public String word() {
        return name.replace(' ', '-');
    }

    /** Bytes that can be reserved at best, the common account's included. */
    public long limit() {
        return common == null ? share : share + common.share;
    }

    /** Bytes that nobody else can take. */
    public long share() {
        return share;
    }

    /** Bytes now reserved. */
    public long held() {
        return held.get();
    }

    /** How often a reservation did not fit. */
    public long refused() {
        return refused.get();
    }

    /** Bytes that could be reserved now, whatever others hold of the common account. */
    public long available() {
        return available(held.get());
    }

    private long available(long held) {
        return Math.max(0, share - held) + (common == null ? 0 : free(common));
    }

    private static long free(Account account) {
        return account.share - account.held.get();
    }

    /** What of {@code held} bytes lies beyond the share. */
    private long drawn(long held) {
        return Math.max(0, held - share);
    }

    private void giveBack(long drawn) {
        if (drawn > 0 && common != null) {
            common.release(drawn);
        }
    }
}
