package dev.plimsoll.net;

import dev.plimsoll.loop.FairQueue;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS handshakes under way, and their arithmetic, which is done on a thread of its own in steps: addresses take turns,
 * so that who comes from elsewhere waits for one step of each and not for all of a flood.
 *
 * <p>Whoever sends the first bytes of one has cost us an engine and its keys, and need not go on; so there is a bound on
 * them that is far below what connections may hold, and when it is reached one whose peer is silent gives way: first of the
 * address that has the most, so that who comes from elsewhere finds a place at once, else of all. One that waits for our own
 * arithmetic is not silent, and gives way only to an address that has fewer such. When there is none, whoever
 * comes is refused. Any thread.
 *
 * <p>Of four places {@code A} has three and {@code B} one; {@code C} comes, and the oldest of {@code A} goes.
 */
final class Handshakes {
    private static final Logger log = LoggerFactory.getLogger(Handshakes.class);

    /** A peer across the world answers in a third of this. */
    static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    /** With those of an address that has more than its share. */
    static final long LITTLE_PATIENCE = TimeUnit.MILLISECONDS.toNanos(250);

    static final long NEVER = Long.MAX_VALUE;

    /** That wait; at two milliseconds each. One handshake has one at a time. */
    static final int MOST_STEPS = 1_024;

    /** One that is under way. */
    interface Handshake {
        /** Where its peer is. */
        String address();

        /**
         * Since when it is the peer's turn: bytes that make nothing whole do not count, or one a second would do.
         * {@link #NEVER} while it is ours.
         */
        long silentSince();

        /** Does the step that waits, on the thread of all of them. */
        void work();

        /** Others need its place: its connection is to be closed. */
        void giveWay();
    }

    private final int most;
    private final Executor thread;
    private final FairQueue<String, Handshake> steps =
            new FairQueue<>(); // of some of those; guarded by this, as is the next
    private boolean working; // the thread has a task, one for all steps
    private final Set<Handshake> underWay = new LinkedHashSet<>(); // guarded by this; the first began first
    private final Map<String, Integer> ofAddress = new HashMap<>(); // guarded by this; of those under way

    /** @param thread does the arithmetic; has one task at a time from here */
    Handshakes(int most, Executor thread) {
        this.most = most;
        this.thread = thread;
    }

    /** Takes a place for one more, perhaps another's; false when there is none. */
    boolean begin(Handshake handshake, long nanoTime) {
        Handshake victim = null;
        synchronized (this) {
            if (underWay.size() >= most) {
                victim = victim(handshake.address(), nanoTime);
                if (victim == null) {
                    return false;
                }
                end(victim);
            }
            underWay.add(handshake);
            ofAddress.merge(handshake.address(), 1, Integer::sum);
        }
        if (victim != null) {
            victim.giveWay();
        }
        return true;
    }

    private @Nullable Handshake victim(String comer, long nanoTime) {
        String fullest = "";
        int mostOfOne = 0;
        for (Map.Entry<String, Integer> address : ofAddress.entrySet()) {
            if (address.getValue() > mostOfOne) {
                fullest = address.getKey();
                mostOfOne = address.getValue();
            }
        }
        // Else two addresses would take each other's places for ever.
        boolean unfair = mostOfOne > 2 * (ofAddress.getOrDefault(comer, 0) + 1);
        Handshake victim = unfair ? silent(fullest, nanoTime - LITTLE_PATIENCE) : null;
        if (victim == null) {
            victim = silent(null, nanoTime - PATIENCE);
        }
        return victim == null ? steps.displace(comer) : victim;
    }

    /** @param address null for any */
    private @Nullable Handshake silent(@Nullable String address, long before) {
        for (Handshake handshake : underWay) {
            long since = handshake.silentSince();
            if (since != NEVER && since - before <= 0 && (address == null || address.equals(handshake.address()))) {
                return handshake;
            }
        }
        return null;
    }

    /**
     * Has the next step of its arithmetic done in its turn.
     *
     * @throws RejectedExecutionException when too many wait and none of them for an address that has more than this one
     */
    void work(Handshake handshake) {
        Handshake displaced = null;
        boolean begins;
        synchronized (this) {
            if (steps.size() >= MOST_STEPS) {
                displaced = steps.displace(handshake.address());
                if (displaced == null) {
                    throw new RejectedExecutionException(MOST_STEPS + " steps of handshakes wait");
                }
            }
            steps.add(handshake.address(), handshake);
            begins = !working;
            working = true;
        }
        if (displaced != null) {
            displaced.giveWay();
        }
        if (begins) {
            thread.execute(this::next);
        }
    }

    private void next() {
        Handshake handshake;
        synchronized (this) {
            handshake = steps.poll();
            working = handshake != null;
        }
        if (handshake != null) {
            try {
                handshake.work();
            } finally {
                goOn();
            }
        }
    }

    private void goOn() {
        try {
            thread.execute(this::next);
        } catch (RejectedExecutionException e) {
            log.debug("handshakes: the server stops");
        }
    }

    /** Its connection is gone, and what it waits for with it. */
    synchronized void forget(Handshake handshake) {
        steps.remove(handshake.address(), handshake);
        end(handshake);
    }

    /** It is over, whatever came of it; also when it had no place. */
    synchronized void end(Handshake handshake) {
        if (underWay.remove(handshake)) {
            ofAddress.computeIfPresent(handshake.address(), (address, n) -> n == 1 ? null : n - 1);
        }
    }

    synchronized int count() {
        return underWay.size();
    }
}
