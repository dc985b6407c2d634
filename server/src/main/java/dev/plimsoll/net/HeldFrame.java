package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;

/**
 * What a frame or record that is not whole yet keeps in memory: the peer may never send the rest. For want of room it is not
 * charged, but then the rest must come soon. Connection's loop only.
 */
final class HeldFrame {
    private final Account account;
    private final long patienceNanos;
    private long charged;
    private boolean uncharged;
    private long unchargedSince;

    HeldFrame(Net net) {
        this.account = net.inbound();
        this.patienceNanos = net.settings().timeouts().head().toNanos();
    }

    /** So many bytes are held now; 0 when all frames are whole. */
    void holds(long bytes, long nanoTime) {
        if (bytes <= charged) {
            account.release(charged - bytes);
            charged = bytes;
            uncharged = false;
        } else if (account.tryReserve(bytes - charged)) {
            charged = bytes;
        } else if (!uncharged) {
            uncharged = true;
            unchargedSince = nanoTime;
        }
    }

    /** There was no room for it, and its rest did not come. */
    boolean late(long nanoTime) {
        return uncharged && nanoTime - unchargedSince > patienceNanos;
    }

    /** Why it is closed. */
    String reason() {
        return account.name() + ": full, and a frame that is not whole";
    }
}
