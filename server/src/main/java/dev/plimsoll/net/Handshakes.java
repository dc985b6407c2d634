package dev.plimsoll.net;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The TLS handshakes under way. Whoever sends the first bytes of one has cost us an engine and its keys, and need not go on;
 * so there is a bound on them that is far below what connections may hold, and when it is reached the one whose peer has
 * been silent the longest gives way. One that waits for our own arithmetic is not silent. When nobody has been silent for
 * long enough, whoever comes is refused. Any thread.
 */
final class Handshakes {
    /** A peer across the world answers in a third of this. */
    static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    /** One that is under way. */
    interface Handshake {
        /**
         * Since when it is the peer's turn: bytes that make nothing whole do not count, or one a second would do.
         * {@link #NEVER} while it is ours.
         */
        long silentSince();

        /** Others need its place: its connection is to be closed. */
        void giveWay();
    }

    static final long NEVER = Long.MAX_VALUE;

    private final int most;
    private final Set<Handshake> underWay = new LinkedHashSet<>(); // guarded by this; the first began first
    private long refused; // guarded by this, as is the next
    private long gaveWay;

    Handshakes(int most) {
        this.most = most;
    }

    /** Takes a place for one more, perhaps another's; false when there is none. */
    boolean begin(Handshake handshake, long nanoTime) {
        Handshake victim = null;
        synchronized (this) {
            if (underWay.size() >= most) {
                victim = silent(nanoTime);
                if (victim == null) {
                    refused++;
                    return false;
                }
                gaveWay++;
            }
            underWay.add(handshake);
        }
        if (victim != null) {
            victim.giveWay();
        }
        return true;
    }

    private @Nullable Handshake silent(long nanoTime) {
        for (Iterator<Handshake> all = underWay.iterator(); all.hasNext(); ) {
            Handshake handshake = all.next();
            long since = handshake.silentSince();
            if (since != NEVER && nanoTime - since >= PATIENCE) {
                all.remove();
                return handshake;
            }
        }
        return null;
    }

    /** It is over, whatever came of it; also when it had no place. */
    synchronized void end(Handshake handshake) {
        underWay.remove(handshake);
    }

    synchronized int count() {
        return underWay.size();
    }

    synchronized long refused() {
        return refused;
    }

    synchronized long gaveWay() {
        return gaveWay;
    }
}
