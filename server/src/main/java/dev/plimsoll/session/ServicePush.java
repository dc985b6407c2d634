package dev.plimsoll.session;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.ServiceChanges;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.registry.ServiceSnapshot;
import dev.plimsoll.registry.Watcher;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Marks a changed service in the outboxes of its watchers. Changed on the registry's loop only.
 *
 * <p>An isolated change is delivered in its own turn. A service that goes on changing is delivered at a pace: once per
 * {@link #SHORTEST_PACE} at most, and the more slowly the more its fan-out costs, so that churn in one large service
 * leaves time for the others. Each watcher then gets the newest state.
 */
public final class ServicePush implements ServiceChanges {
    private static final Duration SHORTEST_PACE = Duration.ofMillis(50);
    private static final Duration LONGEST_PACE = Duration.ofMillis(500);

    /** What sending one message costs beyond its size, and what each instance in it adds; measured, rounded up. */
    private static final long NANOS_PER_MESSAGE = 20_000;

    private static final long NANOS_PER_INSTANCE = 100;

    /** The share of a processor that one service's fan-out may take: one tenth. */
    private static final long REST_PER_WORK = 10;

    private final Loop loop;
    private final Function<ServiceKey, Map<Watcher, List<String>>> watchers;
    private final Map<ServiceKey, Pace> paces = new HashMap<>(); // services delivered within the longest pace

    /**
     * @param watchers who watches a service now: {@link Registry#watchers}
     */
    public ServicePush(Loop loop, Function<ServiceKey, Map<Watcher, List<String>>> watchers) {
        this.loop = loop;
        this.watchers = watchers;
    }

    private static final class Pace {
        boolean changedSince;
    }

    @Override
    public void changed(ServiceSnapshot snapshot, Map<Watcher, List<String>> watching) {
        Pace pace = paces.get(snapshot.key());
        if (pace != null) {
            pace.changedSince = true;
            return;
        }
        deliver(snapshot.key(), snapshot.instances().size(), watching);
    }

    private void deliver(ServiceKey key, int instances, Map<Watcher, List<String>> watching) {
        if (watching.isEmpty()) {
            return;
        }
        Deliveries deliveries = new Deliveries();
        watching.forEach((watcher, views) -> {
            if (watcher instanceof Session session) {
                for (String view : views) {
                    deliveries.add(session, new Topic.ServiceView(key, view));
                }
            }
        });
        deliveries.handOver();
        var pace = new Pace();
        paces.put(key, pace);
        long work = watching.size() * (NANOS_PER_MESSAGE + NANOS_PER_INSTANCE * instances);
        long rest = Math.max(SHORTEST_PACE.toNanos(), Math.min(LONGEST_PACE.toNanos(), work * REST_PER_WORK));
        loop.schedule(Duration.ofNanos(rest), () -> {
            paces.remove(key);
            if (pace.changedSince) {
                deliver(key, instances, watchers.apply(key));
            }
        });
    }
}
