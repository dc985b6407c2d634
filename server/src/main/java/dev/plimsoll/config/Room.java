package dev.plimsoll.config;

import dev.plimsoll.refusal.OverBudget;

/**
 * What one job holds of the heap for contents passing through, such as a page of them or an archive. Used by one thread at
 * a time; closing gives all of it back, and it may be used again.
 */
public final class Room implements AutoCloseable {
    private final Contents contents;
    private long held;

    Room(Contents contents) {
        this.contents = contents;
    }

    /** Before the bytes are allocated. */
    public void take(long bytes) {
        if (!contents.reserve(bytes)) {
            throw new OverBudget(contents.full(bytes));
        }
        held += bytes;
    }

    /** After they were let go. */
    public void giveBack(long bytes) {
        contents.release(bytes);
        held -= bytes;
    }

    @Override
    public void close() {
        giveBack(held);
    }
}
