package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Bodies and messages of which a part has come and holds memory. A peer may be slow, and may never send the rest; so when
 * little of their account is left, those that have not got on for a while make way, who stood still longest first, and
 * their calls are refused as if they came now. Any thread.
 */
final class Arrivals {
    /** Fewer bytes in a while are as good as none. */
    static final int STEP = 4 << 10;

    /** A network that loses what is sent has sent it again by then. */
    static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);

    /** Of the account, for who comes. */
    private static final int SPARE = 8;

    private final Account account;
    private final Set<Arrival> longestFirst = new LinkedHashSet<>(); // guarded by this, as the numbers of each
    private long leaving; // bytes of those that make way

    /** @param account direct, of bodies, whole and not */
    Arrivals(Account account) {
        this.account = account;
    }

    /** Whoever is called gets rid of the body, on its own loop, if it is not whole by then. */
    Arrival begin(Runnable giveWay, long nanoTime) {
        var arrival = new Arrival(giveWay, nanoTime);
        synchronized (this) {
            longestFirst.add(arrival);
        }
        return arrival;
    }

    /** Sees to it that there is room for who comes next, as far as there is somebody to make way. */
    void relieve(long nanoTime) {
        List<Arrival> victims = new ArrayList<>();
        synchronized (this) {
            Iterator<Arrival> all = longestFirst.iterator();
            while (account.available() + leaving < account.limit() / SPARE && all.hasNext()) {
                Arrival longest = all.next();
                if (nanoTime - longest.since < PATIENCE) {
                    break;
                }
                all.remove();
                longest.leaves = true;
                leaving += longest.bytes;
                victims.add(longest);
            }
        }
        victims.forEach(victim -> victim.giveWay.run());
    }

    /** One body of which not all has come. Its connection's loop only. */
    final class Arrival {
        private final Runnable giveWay;
        private long since; // it got on
        private long bytes; // charged
        private boolean leaves;
        private int steppedAt; // loop

        private Arrival(Runnable giveWay, long nanoTime) {
            this.giveWay = giveWay;
            this.since = nanoTime;
        }

        /**
         * More has come, but not all.
         *
         * @param length of what is there
         * @param charged to the account
         */
        void gotOn(int length, long charged, long nanoTime) {
            boolean isStep = length - steppedAt >= STEP;
            if (isStep) {
                steppedAt = length;
            }
            synchronized (Arrivals.this) {
                if (leaves) {
                    leaving += charged - bytes;
                } else if (isStep) {
                    since = nanoTime;
                    longestFirst.remove(this);
                    longestFirst.add(this);
                }
                bytes = charged;
            }
        }

        /** It is whole, or gone. May be called again. */
        void end() {
            synchronized (Arrivals.this) {
                longestFirst.remove(this);
                if (leaves) {
                    leaving -= bytes;
                    leaves = false;
                }
                bytes = 0;
            }
        }
    }
}
