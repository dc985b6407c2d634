package dev.plimsoll.registry;

import dev.plimsoll.loop.TimerWheel;

/**
 * The hold of a beating address on one service. Changed on the registry's loop only, but any thread renews it: most beats
 * change nothing else, and so need no turn of that loop.
 */
final class Lease extends TimerWheel.Entry {
    /** The instance names no time between beats: the server's is meant. */
    static final long NO_INTERVAL = 0;

    final OwnerId owner;
    final Key key;
    private volatile long renewedNanos;

    /** The instance is there and healthy, so that a beat has nothing to change. */
    private volatile boolean settled;

    private volatile long interval;

    /** Whom a beat is of. */
    record Key(ServiceKey service, String ip, int port) {}

    Lease(OwnerId owner, Key key, long nowNanos) {
        this.owner = owner;
        this.key = key;
        this.renewedNanos = nowNanos;
    }

    /** The instance it holds is now this one. */
    void holds(Instance instance) {
        interval = instance.beatInterval();
        settled = instance.healthy();
    }

    /** The instance is about to become unhealthy, or to go. A renewal that went before is seen after this. */
    void unsettle() {
        settled = false;
    }

    /** Any thread. */
    void renew(long nowNanos) {
        renewedNanos = nowNanos;
    }

    /** Any thread; asked after {@link #renew}: the renewal counts, and nothing else is to be done. */
    boolean settled() {
        return settled;
    }

    /** Milliseconds between beats, or {@link #NO_INTERVAL}. Any thread. */
    long interval() {
        return interval;
    }

    long silentMillis(long nowNanos) {
        return (nowNanos - renewedNanos) / 1_000_000;
    }
}
