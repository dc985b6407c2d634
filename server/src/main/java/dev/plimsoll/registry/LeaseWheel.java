package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
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
    private final TreeMap<Long, Set<Lease>> leasesBySecond = new TreeMap<>();
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

    /** Looks at {@code lease} in {@code millis} from now, and no longer when it was to be looked at before. */
    void put(Lease lease, long millis) {
        remove(lease);
        lease.dueSecond = Math.floorDiv(loop.nanoTime() / 1_000_000 + millis, 1_000L) + 1;
        leasesBySecond.computeIfAbsent(lease.dueSecond, s -> new HashSet<>(2)).add(lease);
        tickLater();
    }

    /** Forgets {@code lease}. Leases with a far end would otherwise pile up under whoever comes and goes. */
    void remove(Lease lease) {
        leasesBySecond.computeIfPresent(lease.dueSecond, (s, leases) -> {
            leases.remove(lease);
            return leases.isEmpty() ? null : leases;
        });
    }

    boolean isEmpty() {
        return leasesBySecond.isEmpty();
    }

    private void tickLater() {
        if (!ticking && !leasesBySecond.isEmpty()) {
            ticking = true;
            loop.schedule(TICK, this::tick);
        }
    }

    private void tick() {
        ticking = false;
        tickLater(); // first, so that an examination that fails ends this tick only
        long now = loop.nanoTime();
        long second = Math.floorDiv(now / 1_000_000, 1_000L);
        while (!leasesBySecond.isEmpty() && leasesBySecond.firstKey() <= second) {
            Lease lease = leasesBySecond.firstEntry().getValue().iterator().next();
            remove(lease);
            long again = examiner.examine(lease, now);
            if (again > 0) {
                put(lease, again);
            }
        }
    }
}
