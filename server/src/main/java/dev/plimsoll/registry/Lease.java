package dev.plimsoll.registry;

/** The hold of a beating address on one service. Changed on the registry's loop only. */
final class Lease {
    final OwnerId owner;
    final ServiceKey service;
    private long renewedNanos;

    /** The wheel's note of when to look at it. */
    long dueSecond;

    Lease(OwnerId owner, ServiceKey service, long nowNanos) {
        this.owner = owner;
        this.service = service;
        this.renewedNanos = nowNanos;
    }

    void renew(long nowNanos) {
        renewedNanos = nowNanos;
    }

    long silentMillis(long nowNanos) {
        return (nowNanos - renewedNanos) / 1_000_000;
    }
}
