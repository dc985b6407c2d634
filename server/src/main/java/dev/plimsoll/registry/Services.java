package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Crowd;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The services there are, and what readers see of them. Changed on the registry's loop; what it publishes is for any
 * thread.
 */
final class Services {
    private final Loop loop;
    private final Account account;
    private final RegistrySettings settings;
    private final Consumer<ServiceSnapshot> changes;
    private final Map<ServiceKey, Service> services = new HashMap<>();
    private final Map<String, Integer> byNamespace = new HashMap<>();
    private long lastRevision;
    private final AtomicLong lastRefTime = new AtomicLong(); // any thread
    private final Crowding crowding;
    private final AtomicInteger instanceCount = new AtomicInteger(); // loop writes, all read, as the next
    private final Map<ServiceKey, ServiceSnapshot> published = new ConcurrentHashMap<>(); // loop writes, all read
    private final ServiceNames names = new ServiceNames(); // as that

    /** @param changes hears of each change that readers can see, in its turn */
    Services(Loop loop, Account account, RegistrySettings settings, Consumer<ServiceSnapshot> changes) {
        this.loop = loop;
        this.account = account;
        this.settings = settings;
        this.changes = changes;
        this.crowding = new Crowding(loop, settings.maxStateBytes());
    }

    @Nullable
    Service find(ServiceKey key) {
        return services.get(key);
    }

    Collection<Service> all() {
        return Collections.unmodifiableCollection(services.values());
    }

    /** Services readers know of. Any thread. */
    int count() {
        return published.size();
    }

    /** Instances of all services. Any thread. */
    int instanceCount() {
        return instanceCount.get();
    }

    /** Any thread. */
    ServiceSnapshot snapshot(ServiceKey key) {
        ServiceSnapshot snapshot = published.get(key);
        if (snapshot != null) {
            return snapshot;
        }
        return new ServiceSnapshot(key, 0, refTime(), true, List.of(), null);
    }

    /** Any thread. */
    ServiceNames names() {
        return names;
    }

    /** The service of this kind, made if need be. It becomes visible with its first {@link #changed}. */
    Service obtain(ServiceKey key, boolean ephemeral) {
        Service known = services.get(key);
        if (known != null) {
            known.ephemeral = ephemeral; // where that is new, requireKind has seen that it is empty
            return known;
        }
        int siblings = byNamespace.getOrDefault(key.namespace(), 0);
        if (siblings >= settings.maxServicesPerNamespace()) {
            throw new OverBudget("services in namespace " + key.namespace() + ": " + siblings
                    + " (expected: fewer than " + settings.maxServicesPerNamespace() + ")");
        }
        var service = new Service(key, ephemeral);
        account.reserve(service.heapBytes());
        services.put(key, service);
        byNamespace.merge(key.namespace(), 1, Integer::sum);
        return service;
    }

    void requireKind(ServiceKey key, boolean ephemeral, String action) {
        Service service = services.get(key);
        if (service != null && service.ephemeral != ephemeral && !service.isEmpty()) {
            String is = service.ephemeral ? "ephemeral" : "persistent";
            String wanted = ephemeral ? "ephemeral" : "persistent";
            throw new InvalidRequest("Current service " + key.joined() + " is " + is + " service, can't " + action + " "
                    + wanted + " instance.");
        }
    }

    /**
     * Refuses {@code publication} in place of {@code old} if nobody could be told of all instances any more.
     *
     * @param service null when there is none yet
     */
    void requireRoom(
            @Nullable Service service, ServiceKey key, @Nullable List<Instance> old, List<Instance> publication) {
        long more = Service.stateBytes(key, publication) - (old == null ? 0 : Service.stateBytes(key, old));
        requireRoom(key, service == null ? 0 : service.stateBytes(), more);
    }

    /** The same for {@code more} bytes in a state of {@code bytes}. */
    void requireRoom(ServiceKey key, long bytes, long more) {
        if (more > 0 && bytes + more > settings.maxStateBytes()) {
            crowding.refused(key, bytes, more);
            throw new OverBudget("instances of service " + key.joined() + ": " + (bytes + more)
                    + " bytes when they are shown to a client (expected: at most " + settings.maxStateBytes()
                    + " with this memory line)");
        }
    }

    /** As {@link Registry#crowds}. */
    List<Crowd> crowds() {
        return crowding.now();
    }

    /** Readers see the new state, and watchers are told, in this turn. */
    void changed(Service service) {
        ServiceSnapshot snapshot = publish(service);
        cleanUpLater(service);
        changes.accept(snapshot);
    }

    ServiceSnapshot publish(Service service) {
        ServiceKey key = service.key;
        if (!service.visible) {
            service.visible = true;
            names.add(key);
        }
        ServiceSnapshot snapshot = service.snapshot(++lastRevision, refTime());
        ServiceSnapshot before = published.put(key, snapshot);
        crowding.takes(key, service.stateBytes());
        instanceCount.addAndGet(snapshot.instances().size()
                - (before == null ? 0 : before.instances().size()));
        return snapshot;
    }

    /** Nothing is left of it that would have to stay, or so it may be soon. */
    void cleanUpLater(Service service) {
        if (service.isEmpty() && services.get(service.key) == service) {
            if (!service.visible) {
                remove(service);
                return;
            }
            service.emptySinceNanos = loop.nanoTime();
            if (!service.cleanupScheduled) {
                service.cleanupScheduled = true;
                loop.schedule(settings.emptyServiceLife(), () -> cleanUp(service));
            }
        }
    }

    void remove(Service service) {
        ServiceKey key = service.key;
        services.remove(key);
        ServiceSnapshot last = published.remove(key);
        crowding.takes(key, 0);
        instanceCount.addAndGet(last == null ? 0 : -last.instances().size());
        account.release(service.heapBytes());
        byNamespace.computeIfPresent(key.namespace(), (n, count) -> count > 1 ? count - 1 : null);
        if (service.visible) {
            names.remove(key);
        }
    }

    boolean isEmpty() {
        return services.isEmpty() && byNamespace.isEmpty() && published.isEmpty() && names.isEmpty();
    }

    private void cleanUp(Service service) {
        service.cleanupScheduled = false;
        if (!service.isEmpty() || services.get(service.key) != service) {
            return;
        }
        long left = settings.emptyServiceLife().toNanos() - (loop.nanoTime() - service.emptySinceNanos);
        if (left > 0) {
            service.cleanupScheduled = true;
            loop.schedule(Duration.ofNanos(left), () -> cleanUp(service));
            return;
        }
        remove(service);
    }

    /** The time of day; when that was set back, the latest time ever given out. */
    private long refTime() {
        return lastRefTime.accumulateAndGet(loop.currentTimeMillis(), Math::max);
    }
}
