package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.loop.TimerWheel;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The services of this node. Changed on {@code loop} only; {@link #snapshot} is for any thread. A change publishes a new
 * snapshot and tells the watchers in one turn, and watching takes a turn of the same loop: so a watcher misses nothing
 * after the state it was given. The one thing that other threads write is the time in a {@link Lease}.
 *
 * <p>Ephemeral instances live in memory, with their owner. Persistent instances and service properties are written to
 * the journal first, and appear when they are on disk.
 */
public final class Registry {
    private static final int MAX_VIEWS = 8;
    private static final int MAX_PAGE = 10_000;
    private static final int MAX_VIEW_LENGTH = 1_024;
    // The places of a publication, a lease, a health check and a watch in the maps of the registry, rounded up.
    private static final long PUBLICATION_HEAP_BYTES = 448;
    private static final long LEASE_HEAP_BYTES = 256;
    private static final long CHECK_HEAP_BYTES = 256;
    private static final long WATCH_HEAP_BYTES = 448;
    // With the watcher's own note that it is to be told of the view.
    private static final long VIEW_HEAP_BYTES = 128;

    private final Loop loop;
    private final Journal journal;
    private final Account account;
    private final Account watchAccount;
    private final RegistrySettings settings;
    private final ServiceChanges changes;
    private final TimerWheel<Lease> leases;
    private final Set<Service> lapsed = new LinkedHashSet<>(); // whose leases have run out in this turn of the wheel

    private final Map<ServiceKey, Service> services = new HashMap<>(); // loop, as all but the last of these
    private final Map<OwnerId, Owner> owners = new HashMap<>();
    private final Map<ServiceKey, Map<Watcher, List<String>>> watches = new HashMap<>();
    private final Map<Watcher, Set<ServiceKey>> watched = new HashMap<>();
    private final Map<String, Integer> servicesByNamespace = new HashMap<>();
    private final Map<Group, TreeSet<String>> namesByGroup = new HashMap<>();
    private PersistentInstances persistent = PersistentInstances.UNFOLLOWED;
    private long lastRevision;
    private final AtomicInteger instanceCount = new AtomicInteger(); // loop writes, all read, as the next
    private final AtomicInteger watchCount = new AtomicInteger();
    private final AtomicLong lastRefTime = new AtomicLong(); // any thread
    private final Map<ServiceKey, ServiceSnapshot> published = new ConcurrentHashMap<>(); // loop writes, all read
    private final Map<Lease.Key, Lease> beating = new ConcurrentHashMap<>(); // as that

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
        this.leases = new TimerWheel<>(loop, Lease.class, this::examine, this::publishLapsed);
    }

    /** What one owner publishes. */
    private static final class Owner {
        final Map<ServiceKey, Publication> publications = new HashMap<>();
        int instances;
    }

    /** @param counted instances, as they count towards the owner's bound */
    private record Publication(int counted, @Nullable Lease lease) {}

    private record Group(String namespace, String group) {}

    /** A page of service names. {@code count} is that of all pages. */
    public record Page(int count, List<String> names) {}

    /** {@code follower} hears of all persistent instances. For the start, before {@link #load}. */
    public void follow(PersistentInstances follower) {
        persistent = follower;
    }

    /**
     * What a check found of a persistent instance. It is not written to the journal: after a start the instance has the
     * health it was registered with, and the checks find out anew. Loop only.
     */
    void found(ServiceKey key, String ip, int port, boolean healthy) {
        Service service = services.get(key);
        OwnerId owner = OwnerId.persistent(ip, port);
        List<Instance> publication = service == null ? null : service.publication(owner);
        if (service != null && publication != null && publication.get(0).healthy() != healthy) {
            service.publish(owner, List.of(publication.get(0).withHealthy(healthy)));
            changed(service);
        }
    }

    /** Takes in what the journal holds. For the start, before anything else. */
    public void load() {
        journal.eachService(stored -> {
            var key = new ServiceKey(stored.namespace(), stored.group(), stored.name());
            Service service = obtain(key, stored.ephemeral());
            var properties = new ServiceProperties(stored.protectThreshold(), stored.metadata());
            account.reserve(properties.heapBytes());
            service.properties = properties;
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
            OwnerId owner = OwnerId.persistent(instance.ip(), instance.port());
            account.reserve(heapBytes(owner, List.of(instance)));
            service.publish(owner, List.of(instance));
            persistent.published(key, instance);
        });
        services.values().forEach(this::publish);
    }

    /** The service as it is now; without instances and with revision 0 when there is none. Any thread. */
    public ServiceSnapshot snapshot(ServiceKey key) {
        ServiceSnapshot snapshot = published.get(key);
        if (snapshot != null) {
            return snapshot;
        }
        return new ServiceSnapshot(key, 0, refTime(), true, List.of(), null);
    }

    /** Services there are, empty ones too. Any thread. */
    public int services() {
        return published.size();
    }

    /** Instances of all services. Any thread. */
    public int instances() {
        return instanceCount.get();
    }

    /** Instances that live by beats. Any thread. */
    public int beating() {
        return beating.size();
    }

    /** Services watched, once for each watcher. Any thread. */
    public int watches() {
        return watchCount.get();
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
     * What a heart beat found.
     *
     * @param known false when nothing is known of the instance and nothing was given to register
     * @param interval milliseconds until the next beat is due
     */
    public record Beaten(boolean known, long interval) {}

    /**
     * A heart beat of the instance at {@code ip:port}. Without a lease to renew, {@code full} is registered when given. One
     * that merely renews is a look-up in the caller's thread; one that heals the instance is told to watchers at once.
     */
    public CompletionStage<Beaten> beat(ServiceKey key, String ip, int port, @Nullable Instance full) {
        Lease held = beating.get(new Lease.Key(key, ip, port));
        if (held != null) {
            held.renew(loop.nanoTime());
            if (held.settled()) {
                return CompletableFuture.completedFuture(new Beaten(true, held.interval()));
            }
        }
        return loop.call(() -> {
            OwnerId owner = OwnerId.beating(ip, port);
            Owner known = owners.get(owner);
            Publication publication = known == null ? null : known.publications.get(key);
            Lease lease = publication == null ? null : publication.lease();
            Instance instance = lease == null ? null : leased(lease);
            if (lease == null || instance == null) {
                if (full != null) {
                    register(new RegistryCommand.Register(owner, key, List.of(full)));
                }
                return new Beaten(full != null, full == null ? Instance.BEAT_INTERVAL : full.beatInterval());
            }
            lease.renew(loop.nanoTime());
            if (!instance.healthy()) {
                Service service = setHealthy(lease, instance, true);
                if (service != null) {
                    changed(service);
                }
            }
            return new Beaten(true, instance.beatInterval());
        });
    }

    /** Takes away everything {@code owner} published and {@code watcher} watched. */
    public void disconnect(OwnerId owner, Watcher watcher) {
        loop.execute(() -> {
            Set<ServiceKey> keys = watched.remove(watcher); // first: the one that left is told nothing more
            if (keys != null) {
                keys.forEach(key -> removeWatch(watcher, key));
            }
            Owner gone = owners.get(owner);
            if (gone != null) {
                List.copyOf(gone.publications.keySet()).forEach(key -> withdraw(owner, key));
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
            endWatch(watcher, key);
            return snapshot(key);
        });
    }

    /** As {@link #unwatch}, for one whose time has run out: never refused. */
    public void forget(Watcher watcher, ServiceKey key) {
        loop.execute(() -> endWatch(watcher, key));
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

    /** For tests: no state of any kind is left. Loop only. */
    boolean holdsNothing() {
        return services.isEmpty()
                && owners.isEmpty()
                && watches.isEmpty()
                && watched.isEmpty()
                && servicesByNamespace.isEmpty()
                && namesByGroup.isEmpty()
                && published.isEmpty()
                && beating.isEmpty()
                && leases.isEmpty();
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
        List<Instance> instances = command.instances();
        instances.forEach(instance -> instance.requireMetadataWithin(settings.maxMetadataLength()));
        OwnerId id = command.owner();
        ServiceKey key = command.service();
        requireKind(key, true, instances.size() == 1 ? "register" : "batch register");
        Owner owner = owners.get(id);
        Publication before = owner == null ? null : owner.publications.get(key);
        int counted = Math.max(1, instances.size());
        int all = (owner == null ? 0 : owner.instances) - (before == null ? 0 : before.counted()) + counted;
        if (all > settings.maxInstancesPerOwner()) {
            throw new OverBudget("instances of " + id.id() + ": " + all + " (expected: at most "
                    + settings.maxInstancesPerOwner() + ")");
        }
        Service known = services.get(key);
        List<Instance> old = known == null ? null : known.publication(id);
        if (before != null && before.lease() != null) {
            before.lease().renew(loop.nanoTime());
        }
        if (instances.equals(old)) {
            return;
        }
        // The difference only: replacing like by like must succeed when the account is full.
        long more = heapBytes(id, instances) - (old == null ? 0 : heapBytes(id, old));
        account.reserve(Math.max(0, more));
        Service service;
        try {
            service = obtain(key, true);
        } catch (Refusal e) {
            account.release(Math.max(0, more));
            throw e;
        }
        account.release(Math.max(0, -more));
        if (owner == null) {
            owner = new Owner();
            owners.put(id, owner);
        }
        Lease lease = before == null ? null : before.lease();
        if (id.beats()) {
            if (lease == null) {
                Instance first = instances.get(0);
                lease = new Lease(id, new Lease.Key(service.key, first.ip(), first.port()), loop.nanoTime());
            }
            leases.put(lease, firstLook(instances.get(0)));
        }
        // Under the service's own key, so that the command's copy of the names is not kept.
        owner.publications.put(service.key, new Publication(counted, lease));
        owner.instances = all;
        service.publish(id, instances);
        if (lease != null) {
            lease.holds(instances.get(0));
            beating.put(lease.key, lease);
        }
        changed(service);
    }

    private void withdraw(OwnerId id, ServiceKey key) {
        Owner owner = owners.get(id);
        Service service = services.get(key);
        Publication publication = owner == null ? null : owner.publications.remove(key);
        if (owner == null || publication == null || service == null) {
            return;
        }
        owner.instances -= publication.counted();
        if (publication.lease() != null) {
            leases.remove(publication.lease());
            publication.lease().unsettle();
            beating.remove(publication.lease().key, publication.lease());
        }
        if (owner.publications.isEmpty()) {
            owners.remove(id);
        }
        List<Instance> old = service.publication(id);
        if (old != null) {
            account.release(heapBytes(id, old));
            service.withdraw(id);
            if (!lapsed.contains(service)) {
                changed(service);
            }
        }
    }

    /** A lease's time has come: nothing if it was renewed, else unhealthy first and gone later. */
    private long examine(Lease lease, long nowNanos) {
        Instance instance = leased(lease);
        Service service = services.get(lease.key.service());
        if (instance == null || service == null) {
            return 0;
        }
        if (service.outlivesSilence(instance)) {
            return Math.max(1, firstLook(instance)); // it is looked at again, since that may be taken back
        }
        if (lease.silentMillis(nowNanos) >= firstLook(instance)) {
            lease.unsettle(); // and then look again: a beat that was told that it counts must not be lost
        }
        long silent = lease.silentMillis(nowNanos);
        if (silent >= instance.deleteTimeout()) {
            lapses(service);
            withdraw(lease.owner, lease.key.service());
            return 0;
        }
        if (silent >= instance.beatTimeout()) {
            if (instance.healthy()) {
                lapses(service);
                setHealthy(lease, instance, false);
            }
            return instance.deleteTimeout() - silent;
        }
        if (instance.healthy()) {
            lease.holds(instance);
        }
        return firstLook(instance) - silent;
    }

    /** Thousands may run out in one turn, as when a data centre falls silent: each service is published once for all. */
    private void lapses(Service service) {
        lapsed.add(service);
        service.changeTogether();
    }

    private void publishLapsed() {
        List<Service> services = List.copyOf(lapsed);
        lapsed.clear();
        services.forEach(this::changed);
    }

    /** A delete time-out may be the shorter one. */
    private static long firstLook(Instance instance) {
        return Math.min(instance.beatTimeout(), instance.deleteTimeout());
    }

    /** The service that is to be published for it. */
    private @Nullable Service setHealthy(Lease lease, Instance instance, boolean healthy) {
        Service service = services.get(lease.key.service());
        if (service != null) {
            Instance changed = instance.withHealthy(healthy);
            service.publish(lease.owner, List.of(changed));
            lease.holds(changed);
        }
        return service;
    }

    private @Nullable Instance leased(Lease lease) {
        Service service = services.get(lease.key.service());
        List<Instance> publication = service == null ? null : service.publication(lease.owner);
        return publication == null || publication.isEmpty() ? null : publication.get(0);
    }

    private void registerPersistent(ServiceKey key, Instance instance, CompletableFuture<Void> done) {
        instance.requireMetadataWithin(settings.maxMetadataLength());
        requireKind(key, false, "register");
        OwnerId owner = OwnerId.persistent(instance.ip(), instance.port());
        List<Instance> publication = List.of(instance);
        Service known = services.get(key);
        if (known != null && known.pending == 0 && publication.equals(known.publication(owner))) {
            done.complete(null);
            return;
        }
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
        durably(key, false, heapBytes(owner, publication), new Write.PutInstance(stored), done, service -> {
            List<Instance> old = service.publication(owner);
            if (old != null) {
                account.release(heapBytes(owner, old));
            }
            service.publish(owner, publication);
            persistent.published(service.key, instance);
            return !publication.equals(old);
        });
    }

    private void deregisterPersistent(RegistryCommand.DeregisterPersistent command, CompletableFuture<Void> done) {
        ServiceKey key = command.service();
        Service known = services.get(key);
        OwnerId owner = OwnerId.persistent(command.ip(), command.port());
        // While something is on its way to disk, it may be this instance.
        if (known == null || (known.pending == 0 && known.publication(owner) == null)) {
            done.complete(null);
            return;
        }
        var write = new Write.DeleteInstance(key.namespace(), key.group(), key.name(), command.ip(), command.port());
        durably(key, known.ephemeral, 0, write, done, service -> {
            List<Instance> old = service.publication(owner);
            if (old == null) {
                return false;
            }
            account.release(heapBytes(owner, old));
            service.withdraw(owner);
            persistent.withdrawn(key, command.ip(), command.port());
            return true;
        });
    }

    private void putService(RegistryCommand.PutService command, CompletableFuture<Void> done) {
        ServiceKey key = command.service();
        ServiceProperties properties = command.properties();
        Names.requireMetadataWithin(settings.maxMetadataLength(), properties.metadata());
        requireKind(key, command.ephemeral(), "update");
        var stored = new StoredService(
                key.namespace(),
                key.group(),
                key.name(),
                command.ephemeral(),
                properties.protectThreshold(),
                properties.metadata());
        var write = new Write.PutService(stored);
        durably(key, command.ephemeral(), properties.heapBytes(), write, done, service -> {
            ServiceProperties old = service.properties;
            if (old != null) {
                account.release(old.heapBytes());
            }
            service.properties = properties;
            return !properties.equals(old);
        });
    }

    private void deleteService(ServiceKey key, CompletableFuture<Void> done) {
        Service known = services.get(key);
        if (known == null) {
            throw new NotFound("service " + key.joined() + " in namespace " + key.namespace() + " not found");
        }
        if (!snapshot(key).instances().isEmpty()) {
            throw new InvalidRequest(
                    "Service " + key.joined() + " is not empty, can't be delete. Please unregister instance first");
        }
        var write = new Write.DeleteService(key.namespace(), key.group(), key.name());
        durably(key, known.ephemeral, 0, write, done, service -> {
            ServiceProperties old = service.properties;
            if (old != null) {
                account.release(old.heapBytes());
                service.properties = null;
            }
            if (service.isEmpty()) {
                remove(service);
                return false;
            }
            return old != null;
        });
    }

    private interface Change {
        /** True when readers would see a difference. */
        boolean make(Service service);
    }

    /**
     * Writes first; when it is on disk, changes the state in one turn of the loop. A refused write leaves nothing.
     *
     * @param bytes what the change will add to the account
     */
    private void durably(
            ServiceKey key, boolean ephemeral, long bytes, Write write, CompletableFuture<Void> done, Change change) {
        account.reserve(bytes);
        Service service;
        try {
            service = obtain(key, ephemeral);
        } catch (Refusal e) {
            account.release(bytes);
            throw e;
        }
        CompletionStage<Void> written;
        try {
            written = journal.append(write);
        } catch (RuntimeException e) {
            account.release(bytes);
            cleanUpLater(service);
            throw e;
        }
        service.pending++;
        written.whenComplete((nothing, failure) -> loop.execute(() -> {
            service.pending--;
            if (failure != null) {
                account.release(bytes);
                cleanUpLater(service);
                done.completeExceptionally(failure);
                return;
            }
            try {
                if (change.make(service)) {
                    changed(service);
                } else {
                    cleanUpLater(service);
                }
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
                throw e;
            }
            done.complete(null);
        }));
    }

    /** Readers see the new state, and watchers are told, in this turn. */
    private void changed(Service service) {
        ServiceSnapshot snapshot = publish(service);
        cleanUpLater(service);
        if (watches.containsKey(service.key)) {
            changes.changed(this, snapshot);
        }
    }

    private ServiceSnapshot publish(Service service) {
        ServiceKey key = service.key;
        if (!service.visible) {
            service.visible = true;
            namesByGroup
                    .computeIfAbsent(new Group(key.namespace(), key.group()), g -> new TreeSet<>())
                    .add(key.name());
        }
        ServiceSnapshot snapshot = service.snapshot(++lastRevision, refTime());
        ServiceSnapshot before = published.put(key, snapshot);
        instanceCount.addAndGet(snapshot.instances().size()
                - (before == null ? 0 : before.instances().size()));
        return snapshot;
    }

    /** The time of day; when that was set back, the latest time ever given out. */
    private long refTime() {
        return lastRefTime.accumulateAndGet(loop.currentTimeMillis(), Math::max);
    }

    /** The service of this kind, made if need be. It becomes visible with its first {@link #changed}. */
    private Service obtain(ServiceKey key, boolean ephemeral) {
        Service known = services.get(key);
        if (known != null) {
            known.ephemeral = ephemeral; // where that is new, requireKind has seen that it is empty
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
        ServiceSnapshot last = published.remove(key);
        instanceCount.addAndGet(last == null ? 0 : -last.instances().size());
        account.release(service.heapBytes());
        servicesByNamespace.computeIfPresent(key.namespace(), (n, count) -> count > 1 ? count - 1 : null);
        namesByGroup.computeIfPresent(new Group(key.namespace(), key.group()), (g, names) -> {
            names.remove(key.name());
            return names.isEmpty() ? null : names;
        });
    }

    private void addView(Watcher watcher, ServiceKey key, String view, List<String> views) {
        Names.requireLength("clusters", view, MAX_VIEW_LENGTH);
        if (views.size() == MAX_VIEWS) {
            throw new OverBudget("cluster filters of one connection on service " + key.joined() + ": " + views.size()
                    + " (expected: fewer than " + (MAX_VIEWS + 1) + ")");
        }
        Set<ServiceKey> keys = watched.getOrDefault(watcher, Set.of());
        if (!keys.contains(key) && keys.size() >= settings.maxWatchesPerWatcher()) {
            throw new OverBudget("services watched by one connection: " + keys.size() + " (expected: fewer than "
                    + settings.maxWatchesPerWatcher() + ")");
        }
        watchAccount.reserve(viewBytes(view) + (views.isEmpty() ? watchBytes(key) : 0));
        watchCount.addAndGet(views.isEmpty() ? 1 : 0);
        var more = new ArrayList<>(views);
        more.add(view);
        keys = watched.computeIfAbsent(watcher, w -> new HashSet<>());
        keys.add(key);
        watcher.watches(keys.size());
        watches.computeIfAbsent(key, k -> new LinkedHashMap<>()).put(watcher, List.copyOf(more));
    }

    private void endWatch(Watcher watcher, ServiceKey key) {
        Set<ServiceKey> keys = watched.get(watcher);
        if (keys != null && keys.remove(key)) {
            removeWatch(watcher, key);
            watcher.watches(keys.size());
            if (keys.isEmpty()) {
                watched.remove(watcher);
            }
        }
    }

    private void removeWatch(Watcher watcher, ServiceKey key) {
        Map<Watcher, List<String>> watchers = watches.get(key);
        List<String> views = watchers == null ? null : watchers.remove(watcher);
        if (watchers == null || views == null) {
            return;
        }
        watchCount.decrementAndGet();
        watchAccount.release(watchBytes(key));
        views.forEach(view -> watchAccount.release(viewBytes(view)));
        if (watchers.isEmpty()) {
            watches.remove(key);
        }
    }

    private static long watchBytes(ServiceKey key) {
        return WATCH_HEAP_BYTES + HeapBytes.of(key);
    }

    private static long viewBytes(String view) {
        return VIEW_HEAP_BYTES + HeapBytes.of(view);
    }

    private static long heapBytes(OwnerId owner, List<Instance> instances) {
        long living = owner.beats() ? LEASE_HEAP_BYTES : owner.isChecked() ? CHECK_HEAP_BYTES : 0;
        long sum = PUBLICATION_HEAP_BYTES + living + HeapBytes.of(owner.id());
        for (Instance instance : instances) {
            sum += instance.heapBytes();
        }
        return sum;
    }
}
