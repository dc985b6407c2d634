package dev.plimsoll.loop;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Looks at each of many things when its time has come, to the second. Changed on {@code loop} only.
 *
 * <p>Three rings of 64 slots: of a second each, of 64 seconds, of 4,096. A thing lies in the ring that its time is within,
 * and moves inwards as the hand comes near: to put it, to move it and to forget it costs the same however many there are.
 * What is due beyond three days lies in the outermost ring until it is not. Whoever renews something a thousand times
 * need not touch the wheel: when its old time comes it is looked at, and then put off.
 *
 * @param <E> what is looked at
 */
public final class TimerWheel<E extends TimerWheel.Entry> {
    /** Due things looked at in one turn of the loop; what else the loop has to do comes between. */
    static final int LOOKS_PER_TURN = 1_000;

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int RINGS = 3;
    private static final int BITS = 6;
    private static final int SLOTS = 1 << BITS;
    private static final long FARTHEST = (SLOTS - 1L) << ((RINGS - 1) * BITS);

    private final Loop loop;
    private final Class<E> type;
    private final Examiner<E> examiner;
    private final Runnable turnEnds;
    private final Slot[] slots = new Slot[RINGS * SLOTS];
    private final Slot due = new Slot();
    private long hand; // the second that was last looked at
    private int entries;
    private boolean ticking;
    private boolean draining;

    /**
     * @param examiner decides what a thing's time has brought
     * @param turnEnds is run after each turn in which something was looked at
     */
    public TimerWheel(Loop loop, Class<E> type, Examiner<E> examiner, Runnable turnEnds) {
        this.loop = loop;
        this.type = type;
        this.examiner = examiner;
        this.turnEnds = turnEnds;
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot();
        }
    }

    /** Something with a place in one wheel. The links are the wheel's. */
    public abstract static class Entry {
        private @Nullable Entry before;
        private @Nullable Entry after;
        private long dueSecond;
    }

    /** What an entry's time means. */
    public interface Examiner<E> {
        /** Milliseconds after which to look again; 0 or less to forget the entry, as if {@link #remove} had been called. */
        long examine(E entry, long nowNanos);
    }

    /** The head of a list of entries. */
    private static final class Slot extends Entry {
        Slot() {
            super.before = this;
            super.after = this;
        }
    }

    /** Looks at {@code entry} in {@code millis} from now, and no longer when it was to be looked at before. */
    public void put(E entry, long millis) {
        remove(entry);
        long now = loop.nanoTime() / 1_000_000;
        if (entries == 0) {
            hand = Math.floorDiv(now, 1_000L);
        }
        Entry linked = entry;
        linked.dueSecond = Math.floorDiv(now + millis, 1_000L) + 1;
        place(linked);
        entries++;
        tickLater();
    }

    /** Forgets {@code entry}, if it is there. */
    public void remove(E entry) {
        Entry linked = entry;
        if (linked.after != null) {
            unlink(linked);
            entries--;
        }
    }

    public boolean isEmpty() {
        return entries == 0;
    }

    private void tickLater() {
        if (!ticking && entries > 0) {
            ticking = true;
            loop.schedule(TICK, this::tick);
        }
    }

    private void tick() {
        ticking = false;
        tickLater();
        long second = Math.floorDiv(loop.nanoTime() / 1_000_000, 1_000L);
        while (hand < second) {
            hand++;
            for (int ring = RINGS - 1; ring > 0; ring--) {
                if ((hand & ((1L << (ring * BITS)) - 1)) == 0) {
                    spread(slot(ring, hand));
                }
            }
            Slot now = slot(0, hand);
            for (Entry entry = next(now); entry != now; entry = next(now)) {
                unlink(entry);
                link(due, entry);
            }
        }
        drain();
    }

    /** Looks at what is due. One that fails ends the turn only. */
    private void drain() {
        if (draining || next(due) == due) {
            return;
        }
        long now = loop.nanoTime();
        try {
            for (int looks = 0; looks < LOOKS_PER_TURN && next(due) != due; looks++) {
                E entry = type.cast(next(due));
                remove(entry);
                long again = examiner.examine(entry, now);
                if (again > 0) {
                    put(entry, again);
                }
            }
        } finally {
            if (next(due) != due) {
                draining = true;
                loop.execute(() -> {
                    draining = false;
                    drain();
                });
            }
            turnEnds.run();
        }
    }

    private void spread(Slot slot) {
        for (Entry entry = next(slot); entry != slot; entry = next(slot)) {
            unlink(entry);
            place(entry);
        }
    }

    private void place(Entry entry) {
        long second = Math.min(entry.dueSecond, hand + FARTHEST);
        long away = second - hand;
        int ring = away < SLOTS ? 0 : away < SLOTS << BITS ? 1 : 2;
        link(away < 0 ? due : slot(ring, second), entry);
    }

    private Slot slot(int ring, long second) {
        return slots[ring * SLOTS + (int) ((second >> (ring * BITS)) & (SLOTS - 1))];
    }

    private static Entry next(Entry entry) {
        Entry next = entry.after;
        if (next == null) {
            throw new IllegalStateException("an entry in no slot has no next");
        }
        return next;
    }

    private static void link(Slot slot, Entry entry) {
        Entry head = slot;
        Entry last = head.before;
        entry.before = last;
        entry.after = head;
        head.before = entry;
        if (last != null) {
            last.after = entry;
        }
    }

    private static void unlink(Entry entry) {
        Entry before = entry.before;
        Entry after = entry.after;
        if (before != null && after != null) {
            before.after = after;
            after.before = before;
        }
        entry.before = null;
        entry.after = null;
    }
}
