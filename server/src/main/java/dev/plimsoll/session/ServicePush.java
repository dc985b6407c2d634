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

    /** What sending one message costs beyond its size, and what each instance in it adds: estimates of a warm process. */
    private static final long NANOS_PER_MESSAGE = 20_000;

    private static final long NANOS_PER_INSTANCE = 100;

    /** The share of a processor that one service's fan-out may take: one tenth. */
    private static final long REST_PER_WORK = 10;

    private final Loop loop;
    private final Map<ServiceKey, Pace> paces = new HashMap<>(); // services delivered within the longest pace

    /** Delivers for the registry that lives on {@code loop}. */
    public ServicePush(Loop loop) {
        this.loop = loop;
    }

    private static final class Pace {
        boolean changedSince;
    }

    @Override
    public void changed(Registry registry, ServiceSnapshot snapshot) {
        Pace pace = paces.get(snapshot.key());
        if (pace == null) {
            deliver(registry, snapshot);
        } else {
            pace.changedSince = true;
        }
    }

    private void deliver(Registry registry, ServiceSnapshot snapshot) {
        ServiceKey key = snapshot.key();
        Map<Watcher, List<String>> watchers = registry.watchers(key);
        if (watchers.isEmpty()) {
            return;
        }
        var deliveries = new Deliveries();
        watchers.forEach((watcher, views) -> {
            for (String view : views) {
                var topic = new Topic.ServiceView(key, view);
                if (watcher instanceof Session session) {
                    deliveries.add(session, topic);
                } else if (watcher instanceof UdpSubscriber subscriber) {
                    deliveries.add(subscriber.loop(), subscriber::mark, topic);
                }
            }
        });
        deliveries.handOver();

        long work = watchers.size()
                * (NANOS_PER_MESSAGE + NANOS_PER_INSTANCE * snapshot.instances().size());
        long rest = Math.max(SHORTEST_PACE.toNanos(), Math.min(LONGEST_PACE.toNanos(), work * REST_PER_WORK));
        var pace = new Pace();
        paces.put(key, pace);
        loop.schedule(Duration.ofNanos(rest), () -> {
            paces.remove(key);
            if (pace.changedSince) {
                deliver(registry, registry.snapshot(key));
            }
        });
    }
}
