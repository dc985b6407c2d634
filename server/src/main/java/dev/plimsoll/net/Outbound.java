package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The account of all bytes on their way out, and the gates that wait for it to empty. The last eighth is for small answers
 * only: those to beats, health checks and registrations. Any thread.
 */
final class Outbound {
    private static final int SMALL = 4 << 10;

    private final Account account;
    /** Each gate is in it at most once. */
    private final Queue<Gate> waiting = new ConcurrentLinkedQueue<>();

    Outbound(Account account) {
        this.account = account;
    }

    boolean tryReserve(long bytes) {
        return account.tryReserveLeaving(bytes, bytes <= SMALL ? 0 : account.limit() / 8);
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

    /** {@link Gate#wake} will be called when the account is no longer tight. */
    void await(Gate gate) {
        waiting.add(gate);
        if (!tight()) {
            wakeAll();
        }
    }

    String name() {
        return account.name();
    }

    private void wakeAll() {
        Gate gate;
        while ((gate = waiting.poll()) != null) {
            gate.wake();
        }
    }
}
