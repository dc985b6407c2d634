package dev.plimsoll.registry;

import dev.plimsoll.loop.TimerWheel;

/**
 * The hold of a beating address on one service. Changed on the registry's loop only. A beat notes its time here and touches
 * nothing else.
 */
final class Lease extends TimerWheel.Entry {
    final OwnerId owner;
    final ServiceKey service;
    private long renewedNanos;

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
