package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Looks at each lease when it may have run out, to the second. Changed on {@code loop} only. A beat touches nothing
 * here: the lease is looked at when its old time comes and is then put off, so 100,000 beating instances cost one look
 * each per time-out, not one per beat.
 */
final class LeaseWheel {
    private static final Duration TICK = Duration.ofSeconds(1);

    private final Loop loop;
    private final Examiner examiner;
    private final TreeMap<Long, List<Lease>> leasesBySecond = new TreeMap<>();
    private boolean ticking;

    /** @param examiner decides what a lease's time has brought */
    LeaseWheel(Loop loop, Examiner examiner) {
        this.loop = loop;
        this.examiner = examiner;
    }

    interface Examiner {
        /** Milliseconds after which to look again; 0 or less to forget the lease. */
        long examine(Lease lease, long nowNanos);
    }

    /** Looks at {@code lease} in {@code millis} from now. */
    void add(Lease lease, long millis) {
        long second = Math.floorDiv(loop.nanoTime() / 1_000_000 + millis, 1_000L) + 1;
        leasesBySecond.computeIfAbsent(second, s -> new ArrayList<>()).add(lease);
        if (!ticking) {
            ticking = true;
            loop.schedule(TICK, this::tick);
        }
    }

    private void tick() {
        long now = loop.nanoTime();
        var due = leasesBySecond.headMap(Math.floorDiv(now / 1_000_000, 1_000L), true);
        var leases = new ArrayList<Lease>();
        due.values().forEach(leases::addAll);
        due.clear();
        ticking = false;
        for (Lease lease : leases) {
            long again = examiner.examine(lease, now);
            if (again > 0) {
                add(lease, again);
            }
        }
        if (!ticking && !leasesBySecond.isEmpty()) {
            ticking = true;
            loop.schedule(TICK, this::tick);
        }
    }
}
