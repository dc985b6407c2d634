package dev.plimsoll.vitals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The newest of what happened: so many entries at most, and so many bytes; the oldest make way. Any thread, under the lock
 * of this object; nothing is done there but to enter one, or to copy the references of all.
 */
public final class Trail<T> {
    private static final long PLACE_BYTES = 40; // the entry and its reference

    private final Account account;
    private final int places;
    private final long bytes;
    private final Deque<Entry<T>> entries = new ArrayDeque<>(); // the newest first
    private long held;
    private long forgotten;

    /**
     * @param account pays for the entries, and shares itself with others: no more than a third of it is taken
     * @param places entries at most; 0 for none
     */
    public Trail(Account account, int places) {
        this.account = account;
        this.places = places;
        this.bytes = account.limit() / 3;
    }

    private record Entry<T>(T what, long charged) {}

    /**
     * Enters one, or forgets it at once when there is no room for it alone.
     *
     * @param charge heap bytes it holds, its place excluded
     */
    public synchronized void enter(T what, long charge) {
        long cost = charge + PLACE_BYTES;
        while (entries.size() >= places || held + cost > bytes || !account.tryReserve(cost)) {
            forgotten++;
            Entry<T> oldest = entries.pollLast();
            if (oldest == null) {
                return;
            }
            account.release(oldest.charged);
            held -= oldest.charged;
        }
        entries.addFirst(new Entry<>(what, cost));
        held += cost;
    }

    /** All there are, the newest first. */
    public synchronized List<T> newestFirst() {
        var all = new ArrayList<T>(entries.size());
        entries.forEach(entry -> all.add(entry.what));
        return all;
    }

    /** How many there were and are no more. */
    public synchronized long forgotten() {
        return forgotten;
    }
}
