package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.loop.TimerWheel;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.registry.Registry.Beaten;
import dev.plimsoll.registry.Withdrawn.Cause;
import dev.plimsoll.vitals.Account;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who publishes ephemeral instances, and the leases of those that live by heart beats. Changed on the registry's loop; the
 * one thing that other threads write is the time in a {@link Lease}.
 */
final class Publications {
    // The places of a publication and a lease in the maps of the registry, rounded up.
    private static final long PUBLICATION_HEAP_BYTES = 448;
    private static final long LEASE_HEAP_BYTES = 256;
    // Of a persistent instance.
    private static final long CHECK_HEAP_BYTES = 256;

    private final Loop loop;
    private final Account account;
    private final RegistrySettings settings;
    private final Services services;
    private final Switches switches;
    private final Withdrawals withdrawals;
    private final TimerWheel<Lease> leases;
    private final Set<Service> lapsed = new LinkedHashSet<>(); // whose leases have run out in this turn of the wheel
    private final Map<OwnerId, Owner> owners = new HashMap<>();
    private final Map<Lease.Key, Lease> beating = new ConcurrentHashMap<>(); // loop writes, all read

    Publications(
            Loop loop,
            Account account,
            RegistrySettings settings,
            Services services,
            Switches switches,
            Withdrawals withdrawals) {
        this.withdrawals = withdrawals;
        this.loop = loop;
        this.account = account;
        this.settings = settings;
        this.services = services;
        this.switches = switches;
        this.leases = new TimerWheel<>(loop, Lease.class, this::examine, this::publishLapsed);
    }

    /** What one owner publishes. */
    private static final class Owner {
        final Map<ServiceKey, Publication> publications = new HashMap<>();
        int instances;
    }

    /**
     * @param counted instances, as they count towards the owner's bound
     * @param sinceMillis of the first registration; later ones replace what it named
     */
    private record Publication(int counted, @Nullable Lease lease, long sinceMillis) {}

    void register(RegistryCommand.Register command) {
        List<Instance> instances = command.instances();
        instances.forEach(instance -> instance.requireMetadataWithin(settings.maxMetadataLength()));
        OwnerId id = command.owner();
        ServiceKey key = command.service();
        services.requireKind(key, true, instances.size() == 1 ? "register" : "batch register");
        Owner owner = owners.get(id);
        Publication before = owner == null ? null : owner.publications.get(key);
        int counted = Math.max(1, instances.size());
        int all = (owner == null ? 0 : owner.instances) - (before == null ? 0 : before.counted()) + counted;
        if (all > settings.maxInstancesPerOwner()) {
            throw new OverBudget("instances of " + id.id() + ": " + all + " (expected: at most "
                    + settings.maxInstancesPerOwner() + ")");
        }
        Service known = services.find(key);
        List<Instance> old = known == null ? null : known.publication(id);
        if (before != null && before.lease() != null) {
            before.lease().renew(loop.nanoTime());
        }
        if (instances.equals(old)) {
            return;
        }
        services.requireRoom(known, key, old, instances);
        // The difference only: replacing like by like must succeed when the account is full.
        long more = heapBytes(id, instances) - (old == null ? 0 : heapBytes(id, old));
        account.reserve(Math.max(0, more));
        Service service;
        try {
            service = services.obtain(key, true);
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
        if (id.beats() && lease == null) {
            Instance first = instances.get(0);
            lease = new Lease(id, new Lease.Key(service.key, first.ip(), first.port()), loop.nanoTime());
        }
        // Under the service's own key, so that the command's copy of the names is not kept.
        owner.publications.put(
                service.key,
                new Publication(counted, lease, before == null ? loop.currentTimeMillis() : before.sinceMillis()));
        owner.instances = all;
        service.publish(id, instances);
        if (old != null) {
            withdrawals.replaced(service.key, id, old, instances);
        }
        if (lease != null) {
            begin(lease, service, instances.get(0));
            beating.put(lease.key, lease);
        }
        services.changed(service);
    }

    /** {@code id} publishes nothing of the service any more; how many instances it did. */
    int withdraw(OwnerId id, ServiceKey key, Cause cause) {
        Owner owner = owners.get(id);
        Service service = services.find(key);
        Publication publication = owner == null ? null : owner.publications.remove(key);
        if (owner == null || publication == null || service == null) {
            return 0;
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
            withdrawals.enter(service.key, id, old, cause);
            if (!lapsed.contains(service)) {
                services.changed(service);
            }
        }
        return old == null ? 0 : old.size();
    }

    /** {@code owner} publishes nothing any more; how many instances it did. */
    int withdrawAll(OwnerId owner) {
        Owner gone = owners.get(owner);
        if (gone == null) {
            return 0;
        }
        int instances = 0;
        for (ServiceKey key : List.copyOf(gone.publications.keySet())) {
            instances += withdraw(owner, key, Cause.CONNECTION_ENDED);
        }
        return instances;
    }

    /** As {@link Registry#beat}. Any thread. */
    CompletionStage<Beaten> beat(ServiceKey key, String ip, int port, @Nullable Instance full) {
        Lease held = beating.get(new Lease.Key(key, ip, port));
        if (held != null) {
            held.renew(loop.nanoTime());
            if (held.settled()) {
                return CompletableFuture.completedFuture(beaten(true, held.interval()));
            }
        }
        return loop.call(() -> {
            OwnerId owner = OwnerId.beating(ip, port);
            Lease lease = lease(owner, key);
            Instance instance = lease == null ? null : leased(lease);
            if (lease == null || instance == null) {
                if (full != null) {
                    register(new RegistryCommand.Register(owner, key, List.of(full)));
                }
                return beaten(full != null, full == null ? Lease.NO_INTERVAL : full.beatInterval());
            }
            lease.renew(loop.nanoTime());
            Service service = services.find(key);
            if (!instance.healthy() && service != null) {
                setHealthy(lease, service, instance, true);
                services.changed(service);
            }
            return beaten(true, (service == null ? instance : service.shown(instance)).beatInterval());
        });
    }

    /** What is laid over the instance at an address has changed; it may bring other times. */
    void laidAnew(Service service, Address address) {
        Lease lease = beating.get(new Lease.Key(service.key, address.ip(), address.port()));
        Instance instance = lease == null ? null : leased(lease);
        if (lease != null && instance != null && instance.cluster().equals(address.cluster())) {
            begin(lease, service, instance);
        }
    }

    /** That of {@code owner} on a service; null when it has none. */
    @Nullable
    Lease lease(OwnerId owner, ServiceKey key) {
        Owner known = owners.get(owner);
        Publication publication = known == null ? null : known.publications.get(key);
        return publication == null ? null : publication.lease();
    }

    /** Since when {@code owner} publishes something of a service without a break; null when it does not. */
    @Nullable
    Long since(OwnerId owner, ServiceKey key) {
        Owner known = owners.get(owner);
        Publication publication = known == null ? null : known.publications.get(key);
        return publication == null ? null : publication.sinceMillis();
    }

    /** Of which services {@code owner} publishes something. */
    Set<ServiceKey> services(OwnerId owner) {
        Owner known = owners.get(owner);
        return known == null ? Set.of() : Set.copyOf(known.publications.keySet());
    }

    /** As {@link Registry#beating}. Any thread. */
    Stream<OwnerId> beating() {
        return beating.values().stream().map(lease -> lease.owner);
    }

    int beatingCount() {
        return beating.size();
    }

    boolean isEmpty() {
        return owners.isEmpty() && beating.isEmpty() && leases.isEmpty();
    }

    /** Of a publication, ephemeral or not. */
    static long heapBytes(OwnerId owner, List<Instance> instances) {
        long living = owner.beats() ? LEASE_HEAP_BYTES : owner.isChecked() ? CHECK_HEAP_BYTES : 0;
        long sum = PUBLICATION_HEAP_BYTES + living + HeapBytes.of(owner.id());
        for (Instance instance : instances) {
            sum += instance.heapBytes();
        }
        return sum;
    }

    private Beaten beaten(boolean known, long interval) {
        return new Beaten(known, interval == Lease.NO_INTERVAL ? switches.clientBeatInterval() : interval);
    }

    private void begin(Lease lease, Service service, Instance registered) {
        Instance instance = service.shown(registered);
        leases.put(lease, firstLook(instance));
        lease.holds(instance);
    }

    /** A lease's time has come: nothing if it was renewed, else unhealthy first and gone later. */
    private long examine(Lease lease, long nowNanos) {
        Instance registered = leased(lease);
        Service service = services.find(lease.key.service());
        if (registered == null || service == null) {
            return 0;
        }
        Instance instance = service.shown(registered);
        if (service.outlivesSilence(instance)) {
            return Math.max(1, firstLook(instance)); // it is looked at again, since that may be taken back
        }
        if (lease.silentMillis(nowNanos) >= firstLook(instance)) {
            lease.unsettle(); // and then look again: a beat that was told that it counts must not be lost
        }
        long silent = lease.silentMillis(nowNanos);
        if (silent >= instance.deleteTimeout()) {
            lapses(service);
            withdraw(lease.owner, lease.key.service(), Cause.FELL_SILENT);
            return 0;
        }
        if (silent >= instance.beatTimeout()) {
            if (instance.healthy()) {
                lapses(service);
                setHealthy(lease, service, registered, false);
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
        List<Service> together = List.copyOf(lapsed);
        lapsed.clear();
        together.forEach(services::changed);
    }

    /** A delete time-out may be the shorter one. */
    private static long firstLook(Instance instance) {
        return Math.min(instance.beatTimeout(), instance.deleteTimeout());
    }

    private static void setHealthy(Lease lease, Service service, Instance registered, boolean healthy) {
        Instance changed = registered.withHealthy(healthy);
        service.publish(lease.owner, List.of(changed));
        lease.holds(service.shown(changed));
    }

    private @Nullable Instance leased(Lease lease) {
        Service service = services.find(lease.key.service());
        List<Instance> publication = service == null ? null : service.publication(lease.owner);
        return publication == null || publication.isEmpty() ? null : publication.get(0);
    }
}
