package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.store.Journal;
import dev.plimsoll.store.StoredInstance;
import dev.plimsoll.store.StoredService;
import dev.plimsoll.store.Write;
import dev.plimsoll.vitals.Account;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The services of this node. Changed on {@code loop} only; {@link #snapshot} is for any thread. A change publishes a new
 * snapshot and tells the watchers in one turn, and watching takes a turn of the same loop: so a watcher misses nothing
 * after the state it was given.
 *
 * <p>Ephemeral instances live in memory, with their owner. Persistent instances and service properties are written to
 * the journal first, and appear when they are on disk.
 */
public final class Registry {
    private static final int MAX_VIEWS = 8;
    private static final int MAX_PAGE = 10_000;
    private static final long WATCH_HEAP_BYTES = 192;

    private final Loop loop;
    private final Journal journal;
    private final Account account;
    private final Account watchAccount;
    private final RegistrySettings settings;
    private final ServiceChanges changes;
    private final LeaseWheel leaseWheel;

    private final Map<ServiceKey, Service> services = new HashMap<>(); // loop, as all but the last of these
    private final Map<OwnerId, Owner> owners = new HashMap<>();
    private final Map<ServiceKey, Map<Watcher, List<String>>> watches = new HashMap<>();
    private final Map<Watcher, Set<ServiceKey>> watched = new HashMap<>();
    private final Map<String, Integer> servicesByNamespace = new HashMap<>();
    private final Map<Group, TreeSet<String>> namesByGroup = new HashMap<>();
    private long lastRevision;
    private volatile long lastRefTime; // loop writes
    private final Map<ServiceKey, ServiceSnapshot> published = new ConcurrentHashMap<>(); // loop writes, all read

    /**
     * @param account heap account for services and instances, released when they go
     * @param watchAccount heap account for watches
     */
    public Registry(
            Loop loop,
            Journal journal,
            Account account,
            Account watchAccount,
            RegistrySettings settings,
            ServiceChanges changes) {
        this.loop = loop;
        this.journal = journal;
        this.account = account;
        this.watchAccount = watchAccount;
        this.settings = settings;
        this.changes = changes;
        this.leaseWheel = new LeaseWheel(loop, this::examine);
    }

    /** What one owner publishes. */
    private static final class Owner {
        final Map<ServiceKey, Integer> instancesByService = new HashMap<>();
        final Map<ServiceKey, Lease> leases = new HashMap<>();
        int instances;
    }

    private record Group(String namespace, String group) {}

    /** A page of service names. {@code count} is that of all pages. */
    public record Page(int count, List<String> names) {}

    /** Takes in what the journal holds. For the start, before anything else. */
    public void load() {
        journal.eachService(stored -> {
            var key = new ServiceKey(stored.namespace(), stored.group(), stored.name());
            Service service = obtain(key, stored.ephemeral());
            service.properties = new ServiceProperties(stored.protectThreshold(), stored.metadata());
            publish(service);
        });
        journal.eachInstance(stored -> {
            var key = new ServiceKey(stored.namespace(), stored.group(), stored.service());
            Service service = obtain(key, false);
            var instance = new Instance(
                    stored.ip(),
                    stored.port(),
                    stored.weight(),
                    stored.healthy(),
                    stored.enabled(),
                    stored.cluster(),
                    stored.instanceId(),
                    stored.metadata());
            account.reserve(instance.heapBytes());
            service.publish(OwnerId.persistent(instance.ip(), instance.port()), List.of(instance));
            publish(service);
        });
    }

    /** The service as it is now; without instances and with revision 0 when there is none. Any thread. */
    public ServiceSnapshot snapshot(ServiceKey key) {
        ServiceSnapshot snapshot = published.get(key);
        if (snapshot != null) {
            return snapshot;
        }
        long time = Math.max(lastRefTime, loop.currentTimeMillis());
        return new ServiceSnapshot(key, 0, time, true, List.of(), null);
    }

    /** Applies {@code command}; the stage completes on the loop when readers see it, and durable changes are on disk. */
    public CompletionStage<Void> submit(RegistryCommand command) {
        var done = new CompletableFuture<Void>();
        loop.submit(() -> {
            try {
                apply(command, done);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    /**
     * A heart beat of the instance at {@code ip:port}. Without a lease to renew, {@code full} is registered when given.
     *
     * @return false when nothing is known of the instance and nothing was given to register
     */
    public CompletionStage<Boolean> beat(ServiceKey key, String ip, int port, @Nullable Instance full) {
        return loop.call(() -> {
            OwnerId owner = OwnerId.beating(ip, port);
            Owner known = owners.get(owner);
            Lease lease = known == null ? null : known.leases.get(key);
            if (lease == null) {
                if (full != null) {
                    register(new RegistryCommand.Register(owner, key, List.of(full)));
                }
                return full != null;
            }
            lease.renew(loop.nanoTime());
            setHealthy(lease, true);
            return true;
        });
    }

    /** Takes away everything {@code owner} published and {@code watcher} watched. */
    public void disconnect(OwnerId owner, Watcher watcher) {
        loop.execute(() -> {
            Owner gone = owners.get(owner);
            if (gone != null) {
                List.copyOf(gone.instancesByService.keySet()).forEach(key -> withdraw(owner, key));
            }
            Set<ServiceKey> keys = watched.remove(watcher);
            if (keys != null) {
                keys.forEach(key -> removeWatch(watcher, key));
            }
        });
    }

    /**
     * From the returned state on, {@code watcher} is told of every change.
     *
     * @param view the cluster filter it asked with; of several views of a service all are told
     */
    public CompletionStage<ServiceSnapshot> watch(Watcher watcher, ServiceKey key, String view) {
        return loop.call(() -> {
            Map<Watcher, List<String>> watchers = watches.getOrDefault(key, Map.of());
            List<String> views = watchers.getOrDefault(watcher, List.of());
            if (!views.contains(view)) {
                addView(watcher, key, view, views);
            }
            return snapshot(key);
        });
    }

    /** The watcher is no longer told of the service, through any view. */
    public CompletionStage<ServiceSnapshot> unwatch(Watcher watcher, ServiceKey key) {
        return loop.call(() -> {
            Set<ServiceKey> keys = watched.get(watcher);
            if (keys != null && keys.remove(key)) {
                removeWatch(watcher, key);
                if (keys.isEmpty()) {
                    watched.remove(watcher);
                }
            }
            return snapshot(key);
        });
    }

    /** Who watches the service now, and through which views. Loop only; valid during the turn. */
    public Map<Watcher, List<String>> watchers(ServiceKey key) {
        return Collections.unmodifiableMap(watches.getOrDefault(key, Map.of()));
    }

    /** The names of a group's services in order, by pages counted from 1. */
    public CompletionStage<Page> list(String namespace, String group, int pageNumber, int pageSize) {
        // The key's constructor holds the defaults and rules of namespace and group.
        var key = new ServiceKey(namespace, group, "any");
        return loop.call(() -> {
            TreeSet<String> names = namesByGroup.get(new Group(key.namespace(), key.group()));
            if (names == null) {
                return new Page(0, List.of());
            }
            int size = Math.max(0, Math.min(pageSize, MAX_PAGE));
            long skip = (Math.max(1, pageNumber) - 1L) * size;
            return new Page(names.size(), names.stream().skip(skip).limit(size).toList());
        });
    }

    private void apply(RegistryCommand command, CompletableFuture<Void> done) {
        if (command instanceof RegistryCommand.Register register) {
            register(register);
            done.complete(null);
        } else if (command instanceof RegistryCommand.Deregister deregister) {
            withdraw(deregister.owner(), deregister.service());
            done.complete(null);
        } else if (command instanceof RegistryCommand.RegisterPersistent register) {
            registerPersistent(register.service(), register.instance(), done);
        } else if (command instanceof RegistryCommand.DeregisterPersistent deregister) {
            deregisterPersistent(deregister, done);
        } else if (command instanceof RegistryCommand.PutService put) {
            putService(put, done);
        } else if (command instanceof RegistryCommand.DeleteService delete) {
            deleteService(delete.service(), done);
        } else {
            throw new AssertionError("no rule for " + command.getClass());
        }
    }

    private void register(RegistryCommand.Register command) {
        long bytes = 0;
        for (Instance instance : command.instances()) {
            instance.requireMetadataWithin(settings.maxMetadataLength());
            bytes += instance.heapBytes();
        }
        OwnerId id = command.owner();
        ServiceKey key = command.service();
        requireKind(key, true, command.instances().size() == 1 ? "register" : "batch register");
        Owner owner = owners.get(id);
        int before = owner == null ? 0 : owner.instancesByService.getOrDefault(key, 0);
        int after = command.instances().size();
        int all = (owner == null ? 0 : owner.instances) - before + after;
        if (all > settings.maxInstancesPerOwner()) {
            throw new OverBudget("instances of " + id.id() + ": " + all + " (expected: at most "
                    + settings.maxInstancesPerOwner() + ")");
        }
        Service known = services.get(key);
        List<Instance> old = known == null ? null : known.publication(id);
        Lease held = owner == null ? null : owner.leases.get(key);
        if (held != null) {
            held.renew(loop.nanoTime());
        }
        if (command.instances().equals(old)) {
            return;
        }
        account.reserve(bytes);
        Service service;
        try {
            service = obtain(key, true);
        } catch (Refusal e) {
            account.release(bytes);
            throw e;
        }
        if (old != null) {
            account.release(heapBytes(old));
        }
        if (owner == null) {
            owner = new Owner();
            owners.put(id, owner);
        }
        owner.instancesByService.put(key, after);
        owner.instances = all;
        if (id.beats() && !owner.leases.containsKey(key)) {
            var lease = new Lease(id, key, loop.nanoTime());
            owner.leases.put(key, lease);
            leaseWheel.add(lease, command.instances().get(0).beatTimeout());
        }
        service.publish(id, command.instances());
        changed(service);
    }

    private void withdraw(OwnerId id, ServiceKey key) {
        Owner owner = owners.get(id);
        Service service = services.get(key);
        Integer instances = owner == null ? null : owner.instancesByService.remove(key);
        if (owner == null || instances == null || service == null) {
            return;
        }
        owner.instances -= instances;
        owner.leases.remove(key);
        if (owner.instancesByService.isEmpty()) {
            owners.remove(id);
        }
        List<Instance> old = service.publication(id);
        if (old != null) {
            account.release(heapBytes(old));
            service.withdraw(id);
            changed(service);
        }
    }

    /** A lease's time has come: nothing if it was renewed, else unhealthy first and gone later. */
    private long examine(Lease lease, long nowNanos) {
        Owner owner = owners.get(lease.owner);
        if (owner == null || owner.leases.get(lease.service) != lease) {
            return 0;
        }
        Instance instance = leased(lease);
        if (instance == null) {
            return 0;
        }
        long silent = lease.silentMillis(nowNanos);
        if (silent >= instance.deleteTimeout()) {
            withdraw(lease.owner, lease.service);
            return 0;
        }
        if (silent >= instance.beatTimeout()) {
            setHealthy(lease, false);
            return instance.deleteTimeout() - silent;
        }
        return instance.beatTimeout() - silent;
    }

    private void setHealthy(Lease lease, boolean healthy) {
        Instance instance = leased(lease);
        Service service = services.get(lease.service);
        if (instance != null && service != null && instance.healthy() != healthy) {
            service.publish(lease.owner, List.of(instance.withHealthy(healthy)));
            changed(service);
        }
    }

    private @Nullable Instance leased(Lease lease) {
        Service service = services.get(lease.service);
        List<Instance> publication = service == null ? null : service.publication(lease.owner);
        return publication == null || publication.isEmpty() ? null : publication.get(0);
    }

    private void registerPersistent(ServiceKey key, Instance instance, CompletableFuture<Void> done) {
        instance.requireMetadataWithin(settings.maxMetadataLength());
        requireKind(key, false, "register");
        long bytes = instance.heapBytes();
        account.reserve(bytes);
        try {
            Service service = obtain(key, false);
            var stored = new StoredInstance(
                    key.namespace(),
                    key.group(),
                    key.name(),
                    instance.ip(),
                    instance.port(),
                    instance.cluster(),
                    instance.instanceId(),
                    instance.weight(),
                    instance.healthy(),
                    instance.enabled(),
                    instance.metadata());
            durably(service, new Write.PutInstance(stored), done, () -> account.release(bytes), () -> {
                OwnerId owner = OwnerId.persistent(instance.ip(), instance.port());
                List<Instance> old = service.publication(owner);
                if (old != null) {
                    account.release(heapBytes(old));
                }
                service.publish(owner, List.of(instance));
                return !List.of(instance).equals(old);
            });
        } catch (Refusal e) {
            account.release(bytes);
            throw e;
        }
    }

    private void deregisterPersistent(RegistryCommand.DeregisterPersistent command, CompletableFuture<Void> done) {
        ServiceKey key = command.service();
        Service service = services.get(key);
        if (service == null) {
            done.complete(null);
            return;
        }
        var write = new Write.DeleteInstance(key.namespace(), key.group(), key.name(), command.ip(), command.port());
        durably(service, write, done, () -> {}, () -> {
            OwnerId owner = OwnerId.persistent(command.ip(), command.port());
            List<Instance> old = service.publication(owner);
            if (old == null) {
                return false;
            }
            account.release(heapBytes(old));
            service.withdraw(owner);
            return true;
        });
    }

    private void putService(RegistryCommand.PutService command, CompletableFuture<Void> done) {
        ServiceKey key = command.service();
        requireKind(key, command.ephemeral(), "update");
        Service service = obtain(key, command.ephemeral());
        ServiceProperties properties = command.properties();
        var stored = new StoredService(
                key.namespace(),
                key.group(),
                key.name(),
                command.ephemeral(),
                properties.protectThreshold(),
                properties.metadata());
        durably(service, new Write.PutService(stored), done, () -> {}, () -> {
            boolean changed = !properties.equals(service.properties);
            service.properties = properties;
            return changed;
        });
    }

    private void deleteService(ServiceKey key, CompletableFuture<Void> done) {
        Service service = services.get(key);
        if (service == null) {
            throw new NotFound("service " + key.joined() + " in namespace " + key.namespace() + " not found");
        }
        if (!snapshot(key).instances().isEmpty()) {
            throw new InvalidRequest(
                    "Service " + key.joined() + " is not empty, can't be delete. Please unregister instance first");
        }
        var write = new Write.DeleteService(key.namespace(), key.group(), key.name());
        durably(service, write, done, () -> {}, () -> {
            service.properties = null;
            if (service.isEmpty()) {
                remove(service);
            }
            return false;
        });
    }

    private interface Change {
        /** True when readers would see a difference. */
        boolean make();
    }

    /** Writes first; when it is on disk, changes the state in one turn of the loop. */
    private void durably(Service service, Write write, CompletableFuture<Void> done, Runnable undo, Change change) {
        CompletionStage<Void> written = journal.append(write);
        service.pending++;
        written.whenComplete((nothing, failure) -> loop.execute(() -> {
            service.pending--;
            if (failure != null) {
                undo.run();
                cleanUpLater(service);
                done.completeExceptionally(failure);
                return;
            }
            if (change.make()) {
                changed(service);
            }
            done.complete(null);
        }));
    }

    /** Readers see the new state, and watchers are told, in this turn. */
    private void changed(Service service) {
        ServiceSnapshot snapshot = publish(service);
        Map<Watcher, List<String>> watchers = watches.get(service.key);
        if (watchers != null) {
            changes.changed(snapshot, Collections.unmodifiableMap(watchers));
        }
        cleanUpLater(service);
    }

    private ServiceSnapshot publish(Service service) {
        lastRefTime = Math.max(lastRefTime, loop.currentTimeMillis());
        ServiceSnapshot snapshot = service.snapshot(++lastRevision, lastRefTime);
        published.put(service.key, snapshot);
        return snapshot;
    }

    private Service obtain(ServiceKey key, boolean ephemeral) {
        Service known = services.get(key);
        if (known != null) {
            if (known.ephemeral != ephemeral) {
                known.ephemeral = ephemeral; // requireKind has seen that it is empty
                publish(known);
            }
            return known;
        }
        int siblings = servicesByNamespace.getOrDefault(key.namespace(), 0);
        if (siblings >= settings.maxServicesPerNamespace()) {
            throw new OverBudget("services in namespace " + key.namespace() + ": " + siblings
                    + " (expected: fewer than " + settings.maxServicesPerNamespace() + ")");
        }
        var service = new Service(key, ephemeral);
        account.reserve(service.heapBytes());
        services.put(key, service);
        servicesByNamespace.merge(key.namespace(), 1, Integer::sum);
        namesByGroup
                .computeIfAbsent(new Group(key.namespace(), key.group()), g -> new TreeSet<>())
                .add(key.name());
        publish(service);
        cleanUpLater(service);
        return service;
    }

    private void requireKind(ServiceKey key, boolean ephemeral, String action) {
        Service service = services.get(key);
        if (service != null && service.ephemeral != ephemeral && !service.isEmpty()) {
            String is = service.ephemeral ? "ephemeral" : "persistent";
            String wanted = ephemeral ? "ephemeral" : "persistent";
            throw new InvalidRequest("Current service " + key.joined() + " is " + is + " service, can't " + action + " "
                    + wanted + " instance.");
        }
    }

    private void cleanUpLater(Service service) {
        if (service.isEmpty()) {
            service.emptySinceNanos = loop.nanoTime();
            if (!service.cleanupScheduled) {
                service.cleanupScheduled = true;
                loop.schedule(settings.emptyServiceLife(), () -> cleanUp(service));
            }
        }
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

    private void remove(Service service) {
        ServiceKey key = service.key;
        services.remove(key);
        published.remove(key);
        account.release(service.heapBytes());
        servicesByNamespace.computeIfPresent(key.namespace(), (n, count) -> count > 1 ? count - 1 : null);
        namesByGroup.computeIfPresent(new Group(key.namespace(), key.group()), (g, names) -> {
            names.remove(key.name());
            return names.isEmpty() ? null : names;
        });
    }

    private void addView(Watcher watcher, ServiceKey key, String view, List<String> views) {
        if (view.length() > 1_024) {
            throw new InvalidRequest("Param 'clusters' is illegal, the param length should not exceed 1024.");
        }
        Set<ServiceKey> keys = watched.getOrDefault(watcher, Set.of());
        if (!keys.contains(key) && keys.size() >= settings.maxWatchesPerWatcher()) {
            throw new OverBudget("services watched by one connection: " + keys.size() + " (expected: fewer than "
                    + settings.maxWatchesPerWatcher() + ")");
        }
        watchAccount.reserve(watchBytes(view));
        var more = new ArrayList<>(views);
        if (more.size() == MAX_VIEWS) {
            watchAccount.release(watchBytes(more.remove(0)));
        }
        more.add(view);
        watched.computeIfAbsent(watcher, w -> new HashSet<>()).add(key);
        watches.computeIfAbsent(key, k -> new LinkedHashMap<>()).put(watcher, List.copyOf(more));
    }

    private void removeWatch(Watcher watcher, ServiceKey key) {
        Map<Watcher, List<String>> watchers = watches.get(key);
        List<String> views = watchers == null ? null : watchers.remove(watcher);
        if (watchers == null || views == null) {
            return;
        }
        views.forEach(view -> watchAccount.release(watchBytes(view)));
        if (watchers.isEmpty()) {
            watches.remove(key);
        }
    }

    private static long watchBytes(String view) {
        return WATCH_HEAP_BYTES + 2L * view.length();
    }

    private static long heapBytes(List<Instance> instances) {
        long sum = 0;
        for (Instance instance : instances) {
            sum += instance.heapBytes();
        }
        return sum;
    }
}
