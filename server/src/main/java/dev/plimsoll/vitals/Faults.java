package dev.plimsoll.vitals;

import java.util.concurrent.atomic.LongAdder;

/** Errors by where they arise, as the reference's dashboards ask for them. Any thread. */
public final class Faults {
    private final LongAdder illegal = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder unwrittenNaming = new LongAdder();
    private final LongAdder unwrittenOther = new LongAdder();

    /**
     * A request about configurations was answered by an error that is neither their absence nor want of room.
     *
     * @param isIllegal the request itself was wrong
     */
    void ofConfigs(boolean isIllegal) {
        (isIllegal ? illegal : failed).increment();
    }

    /** The store could not write something. */
    public void unwritten(boolean ofNaming) {
        (ofNaming ? unwrittenNaming : unwrittenOther).increment();
    }

    /** Requests about configurations that were wrong themselves. */
    public long illegal() {
        return illegal.sum();
    }

    /** Those that failed for another reason. */
    public long failed() {
        return failed.sum();
    }

    /** Writes about services and instances that failed. */
    public long unwrittenNaming() {
        return unwrittenNaming.sum();
    }

    /** All others that failed. */
    public long unwrittenOther() {
        return unwrittenOther.sum();
    }
}
