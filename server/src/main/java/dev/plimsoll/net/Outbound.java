package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The account of all bytes on their way out, and those who wait for it to empty. The last eighth is for small answers
 * only: those to beats, health checks and registrations. And a quarter is not for large ones, so that a dozen of them do
 * not bring it to where {@link dev.plimsoll.vitals.Admission} refuses all queries. Any thread.
 */
final class Outbound {
    private static final int SMALL = 4 << 10;
    private static final int LARGE = 64 << 10;

    private final Account account;
    private final Set<Waiter> waiting = ConcurrentHashMap.newKeySet();

    /** Somebody who has bytes to send and found no room. */
    interface Waiter {
        /** There may be room now. Any thread. */
        void wake();
    }

    Outbound(Account account) {
        this.account = account;
    }

    boolean tryReserve(long bytes) {
        long spare = bytes <= SMALL ? 0 : account.limit() / (bytes <= LARGE ? 8 : 4);
        return account.tryReserveLeaving(bytes, spare);
    }

    void release(long bytes) {
        account.release(bytes);
        if (!tight()) {
            wakeAll();
        }
    }

    /** More than half is taken: from here on a peer that does not take its answers gets no more of them. */
    boolean tight() {
        return account.held() > account.limit() / 2;
    }

    /** {@link Waiter#wake} will be called when the account is no longer tight. */
    void await(Waiter waiter) {
        waiting.add(waiter);
        if (!tight()) {
            wakeAll();
        }
    }

    /** {@code waiter} is gone and waits no more. */
    void forget(Waiter waiter) {
        waiting.remove(waiter);
    }

    /** For tests: how many wait. */
    int waiting() {
        return waiting.size();
    }

    long limit() {
        return account.limit();
    }

    String name() {
        return account.name();
    }

    private void wakeAll() {
        waiting.forEach(waiter -> {
            if (waiting.remove(waiter)) {
                waiter.wake();
            }
        });
    }
}
