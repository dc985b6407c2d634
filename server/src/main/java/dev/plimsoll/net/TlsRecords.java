package dev.plimsoll.net;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of all connections that are encrypted and not yet taken by a socket. What is sent to many is shared until
 * it is encrypted, and then each has its own; so a connection has one record at a time, and all together a
 * part of the outbound account. When that is full, connections wait in line, and of those whose record nobody takes the one that
 * has stood still the longest is closed. Any thread.
 */
final class TlsRecords {
    /** Of a record's buffer, as the allocator rounds it up: the JDK's engine asks for room for the largest, always. */
    static final int RECORD_BYTES = 20 << 10;

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);
    private static final long LOGGED_EVERY = TimeUnit.SECONDS.toNanos(10);
    private static final Logger log = LoggerFactory.getLogger(TlsRecords.class);

    /** A connection that sends records. */
    interface Sender extends Outbound.Waiter {
        /** Since when its record has waited for the socket. Any thread. */
        long stuckSince();

        /** Its room is needed by others: it is to be closed. Any thread. */
        void eject();
    }

    private final Outbound outbound;
    private final long most;
    private final Set<Sender> waiting =
            new LinkedHashSet<>(); // guarded by this, as are the next four; the first came first
    private final Set<Sender> stuck = new LinkedHashSet<>(); // the first since the longest time
    private long taken;
    private long closed;
    private @Nullable Long loggedAt;

    TlsRecords(Outbound outbound) {
        this.outbound = outbound;
        this.most = Math.max(1, outbound.limit() * 3 / 8 / RECORD_BYTES);
    }

    /** Room for one record; false when there is none, and then the sender is woken when there is. */
    boolean tryTake(Sender sender, long nanoTime) {
        Sender victim;
        synchronized (this) {
            if (taken < most && outbound.tryReserve(RECORD_BYTES)) {
                taken++;
                return true;
            }
            if (taken < most) {
                outbound.await(sender);
                return false;
            }
            waiting.add(sender);
            victim = stuck.isEmpty() ? null : stuck.iterator().next();
            if (victim != null && nanoTime - victim.stuckSince() > PATIENCE) {
                stuck.remove(victim);
                closed++;
                if (loggedAt == null || nanoTime - loggedAt > LOGGED_EVERY) {
                    loggedAt = nanoTime;
                    log.warn(
                            "{} records wait for sockets: {}, which took nothing for {} s, is closed; {} so far",
                            taken,
                            victim,
                            TimeUnit.NANOSECONDS.toSeconds(nanoTime - victim.stuckSince()),
                            closed);
                }
            } else {
                victim = null;
            }
        }
        if (victim != null) {
            victim.eject();
        }
        return false;
    }

    /** The record is gone. */
    void give(Sender sender) {
        Sender next;
        synchronized (this) {
            stuck.remove(sender);
            taken--;
            next = nextWaiting();
        }
        outbound.release(RECORD_BYTES);
        if (next != null) {
            next.wake();
        }
    }

    /** The socket did not take the record at once. */
    synchronized void stuck(Sender sender) {
        stuck.add(sender);
    }

    /** The sender waits no more. */
    void forget(Sender sender) {
        outbound.forget(sender);
        Sender next;
        synchronized (this) {
            waiting.remove(sender);
            next = taken < most ? nextWaiting() : null; // it may have been woken for room it does not take
        }
        if (next != null) {
            next.wake();
        }
    }

    private @Nullable Sender nextWaiting() {
        Iterator<Sender> all = waiting.iterator();
        if (!all.hasNext()) {
            return null;
        }
        Sender next = all.next();
        all.remove();
        return next;
    }
}
