package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The account of all bytes on their way out, and those who wait for it to empty. The last eighth is for small answers
 * only: those to beats, health checks and registrations. And a quarter is not for large ones, so that a dozen of them do
 * not bring it to where {@link dev.plimsoll.vitals.Admission} refuses all queries. Any thread.
 */
final class Outbound {
    private static final int SMALL = 4 << 10;
    private static final int LARGE = 64 << 10;

    private final Account account;
    /** Each is in it at most once. */
    private final Queue<Waiter> waiting = new ConcurrentLinkedQueue<>();

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

    long limit() {
        return account.limit();
    }

    String name() {
        return account.name();
    }

    private void wakeAll() {
        Waiter waiter;
        while ((waiter = waiting.poll()) != null) {
            waiter.wake();
        }
    }
}
