package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Parts of request heads, frames and records, of which the peer may never send the rest. When their account is used up, who
 * has waited longest without getting on makes way and is closed, so that thousands who send half a request cannot keep out
 * one who sends a whole one in two pieces. Any thread.
 */
final class Unfinished {
    /** Of the account, for who comes while those that make way are still there. */
    private static final int SPARE = 8;

    private final Account account;
    private final Set<Part> longestFirst =
            new LinkedHashSet<>(); // guarded by this, as the next and the parts' own numbers
    private long leaving; // bytes of those that make way

    /** @param account direct, and of nothing else */
    Unfinished(Account account) {
        this.account = account;
    }

    /** A place for what one reader of {@code connection} holds; it holds nothing yet. */
    Part of(TcpConnection connection) {
        return new Part(connection);
    }

    private synchronized boolean hold(Part part, long bytes, boolean gotOn) {
        if (gotOn) {
            longestFirst.remove(part);
        }
        longestFirst.add(part);
        long more = bytes - part.charged;
        if (more <= 0) {
            charge(part, more);
            account.release(-more);
            return true;
        }
        while (account.held() - leaving + more > account.share() - account.share() / SPARE) {
            if (!makeWay(part, more)) {
                return false;
            }
        }
        if (!account.tryReserve(more)) {
            return false;
        }
        charge(part, more);
        return true;
    }

    /** Who holds less than is wanted stays: large frames do not drive out small heads. */
    private boolean makeWay(Part forPart, long bytes) {
        for (Part longest : longestFirst) {
            if (longest != forPart && !longest.leaves && longest.charged >= bytes) {
                longestFirst.remove(longest);
                longest.leaves = true;
                leaving += longest.charged;
                longest.connection.giveWay(longest.full());
                return true;
            }
        }
        return false;
    }

    private synchronized void drop(Part part) {
        longestFirst.remove(part);
        account.release(part.charged);
        charge(part, -part.charged);
        part.leaves = false;
    }

    private void charge(Part part, long bytes) {
        part.charged += bytes;
        if (part.leaves) {
            leaving += bytes;
        }
    }

    /** What one reader holds. Its connection's loop only. */
    final class Part {
        private final TcpConnection connection;
        private long charged;
        private boolean leaves; // its connection was closed to make way
        private long held; // loop, as the next
        private int unread;

        private Part(TcpConnection connection) {
            this.connection = connection;
        }

        /**
         * It takes {@code bytes} now, of which {@code unread} wait for the rest; 0 and 0 when nothing waits. False when there
         * is no room: then the connection is to be closed.
         */
        boolean holds(long bytes, int unread) {
            if (unread == 0) {
                drop();
                return true;
            }
            boolean gotOn = unread <= this.unread; // for more has come since, and something of it was read
            this.unread = unread;
            if (bytes == held && !gotOn) {
                return true;
            }
            held = bytes;
            return hold(this, bytes, gotOn);
        }

        /** Nothing waits any more. May be called again. */
        void drop() {
            unread = 0;
            if (held > 0) {
                held = 0;
                Unfinished.this.drop(this);
            }
        }

        /** Why it is closed. */
        String full() {
            return account.name() + ": full, and the rest of a request did not come";
        }
    }
}
