package dev.plimsoll.vitals;

import dev.plimsoll.refusal.OverBudget;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A named part of the memory line with a bound. Reserve before allocating, release after freeing. Any thread.
 */
public final class Account {
    private final String name;
    private final long limit;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    Account(String name, long limitBytes) {
        if (limitBytes < 0) {
            throw new IllegalArgumentException("limit of " + name + ": " + limitBytes + " (expected: >= 0)");
        }
        this.name = name;
        this.limit = limitBytes;
    }

    /** Takes {@code bytes} if they fit under the limit; false, and nothing taken, when they do not. */
    public boolean tryReserve(long bytes) {
        long before;
        do {
            before = held.get();
            if (bytes > limit - before) {
                refused.incrementAndGet();
                return false;
            }
        } while (!held.compareAndSet(before, before + bytes));
        return true;
    }

    /** As {@link #tryReserve}, but refuses in words. */
    public void reserve(long bytes) {
        if (!tryReserve(bytes)) {
            throw new OverBudget(
                    name + ": " + bytes + " bytes more than the " + held() + " held (limit: " + limit + ")");
        }
    }

    /** Gives back {@code bytes} that were reserved. */
    public void release(long bytes) {
        long after = held.addAndGet(-bytes);
        if (after < 0) {
            throw new IllegalStateException(name + ": released " + -after + " bytes that were never reserved");
        }
    }

    public String name() {
        return name;
    }

    /** Bytes. */
    public long limit() {
        return limit;
    }

    /** Bytes now reserved. */
    public long held() {
        return held.get();
    }

    /** How often a reservation did not fit. */
    public long refused() {
        return refused.get();
    }
}
