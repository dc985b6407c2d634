package dev.plimsoll.registry;

import dev.plimsoll.refusal.Conflict;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.store.Journal;
import dev.plimsoll.store.StoredCluster;
import dev.plimsoll.store.StoredInstance;
import dev.plimsoll.store.StoredService;
import dev.plimsoll.store.Write;
import dev.plimsoll.vitals.Account;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Persistent instances, and what operators set for services and clusters. On the registry's loop. */
final class DurableChanges {
    private final Account account;
    private final RegistrySettings settings;
    private final Services services;
    private final Overlays overlays;
    private final Commits commits;
    private final Withdrawals withdrawals;
    private PersistentInstances persistent = PersistentInstances.UNFOLLOWED;

    DurableChanges(
            Account account,
            RegistrySettings settings,
            Services services,
            Overlays overlays,
            Commits commits,
            Withdrawals withdrawals) {
        this.withdrawals = withdrawals;
        this.account = account;
        this.settings = settings;
        this.services = services;
        this.overlays = overlays;
        this.commits = commits;
    }

    void follow(PersistentInstances follower) {
        persistent = follower;
    }

    PersistentInstances.@Nullable Look lookAt(ServiceKey key, Instance instance) {
        return persistent.lookAt(key, instance.ip(), instance.port());
    }

    /** Takes in what the journal holds. */
    void load(Journal journal) {
        var clusters = new HashMap<ServiceKey, Map<String, ClusterProperties>>();
        journal.eachCluster(stored -> clusters.computeIfAbsent(
                        new ServiceKey(stored.namespace(), stored.group(), stored.service()), key -> new HashMap<>())
                .put(stored.cluster(), loaded(stored)));
        journal.eachService(stored -> {
            var key = new ServiceKey(stored.namespace(), stored.group(), stored.name());
            Service service = services.obtain(key, stored.ephemeral());
            var properties = new ServiceProperties(
                    stored.protectThreshold(), stored.metadata(), clusters.getOrDefault(key, Map.of()));
            account.reserve(properties.heapBytes());
            service.properties = properties;
        });
        journal.eachInstance(stored -> {
            var key = new ServiceKey(stored.namespace(), stored.group(), stored.service());
            Service service = services.obtain(key, false);
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
            account.reserve(Publications.heapBytes(owner, List.of(instance)));
            service.publish(owner, List.of(instance));
            persistent.published(key, instance);
        });
    }

    /** As {@link Registry#found}. */
    void found(ServiceKey key, String ip, int port, boolean healthy) {
        Service service = services.find(key);
        OwnerId owner = OwnerId.persistent(ip, port);
        List<Instance> publication = service == null ? null : service.publication(owner);
        if (service != null && publication != null && publication.get(0).healthy() != healthy) {
            service.publish(owner, List.of(publication.get(0).withHealthy(healthy)));
            services.changed(service);
        }
    }

    void register(ServiceKey key, Instance instance, CompletableFuture<Void> done) {
        instance.requireMetadataWithin(settings.maxMetadataLength());
        services.requireKind(key, false, "register");
        OwnerId owner = OwnerId.persistent(instance.ip(), instance.port());
        List<Instance> publication = List.of(instance);
        Service known = services.find(key);
        if (known != null && known.pending == 0 && publication.equals(known.publication(owner))) {
            done.complete(null);
            return;
        }
        services.requireRoom(known, key, known == null ? null : known.publication(owner), publication);
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
        long bytes = Publications.heapBytes(owner, publication);
        commits.durably(key, false, bytes, new Write.PutInstance(stored), done, service -> {
            List<Instance> old = service.publication(owner);
            if (old != null) {
                account.release(Publications.heapBytes(owner, old));
            }
            service.publish(owner, publication);
            persistent.published(service.key, instance);
            return !publication.equals(old);
        });
    }

    void deregister(RegistryCommand.DeregisterPersistent command, CompletableFuture<Void> done) {
        ServiceKey key = command.service();
        Service known = services.find(key);
        OwnerId owner = OwnerId.persistent(command.ip(), command.port());
        // While something is on its way to disk, it may be this instance.
        if (known == null || (known.pending == 0 && known.publication(owner) == null)) {
            done.complete(null);
            return;
        }
        var write = new Write.DeleteInstance(key.namespace(), key.group(), key.name(), command.ip(), command.port());
        commits.durably(key, known.ephemeral, 0, write, done, service -> {
            List<Instance> old = service.publication(owner);
            if (old == null) {
                return false;
            }
            account.release(Publications.heapBytes(owner, old));
            service.withdraw(owner);
            withdrawals.enter(service.key, owner, old, Withdrawn.Cause.DEREGISTERED);
            persistent.withdrawn(key, command.ip(), command.port());
            return true;
        });
    }

    /** Gives a persistent instance a health; only where nobody looks by himself, and nothing where there is none. */
    void setHealth(RegistryCommand.SetHealth command, CompletableFuture<Void> done) {
        ServiceKey key = command.service();
        Address address = command.address();
        ServiceProperties set = services.snapshot(key).properties();
        boolean unchecked =
                set != null && set.cluster(address.cluster()).target().checker() instanceof HealthChecker.None;
        if (!unchecked) {
            throw new InvalidRequest(
                    "health check is still working, service: " + key.joined() + ", cluster: " + address.cluster());
        }
        Service service = services.find(key);
        List<Instance> publication =
                service == null ? null : service.publication(OwnerId.persistent(address.ip(), address.port()));
        if (publication == null || !publication.get(0).cluster().equals(address.cluster())) {
            done.complete(null);
            return;
        }
        register(key, publication.get(0).withHealthy(command.healthy()), done);
    }

    void create(RegistryCommand.CreateService command, CompletableFuture<Void> done) {
        ServiceKey key = command.service();
        if (services.find(key) != null) {
            throw new Conflict("specified service " + key.joined() + " already exists!");
        }
        put(key, command.ephemeral(), command.protectThreshold(), command.metadata(), done);
    }

    void update(RegistryCommand.UpdateService command, CompletableFuture<Void> done) {
        Service known = existing(command.service());
        put(command.service(), known.ephemeral, command.protectThreshold(), command.metadata(), done);
    }

    private void put(
            ServiceKey key,
            boolean ephemeral,
            double protectThreshold,
            Map<String, String> metadata,
            CompletableFuture<Void> done) {
        Names.requireMetadataWithin(settings.maxMetadataLength(), metadata);
        var put = new ServiceProperties(protectThreshold, metadata);
        var write = new Write.PutService(new StoredService(
                key.namespace(), key.group(), key.name(), ephemeral, protectThreshold, put.metadata()));
        commits.durably(key, ephemeral, put.ownHeapBytes(), write, done, service -> {
            ServiceProperties old = service.properties;
            if (old != null) {
                account.release(old.ownHeapBytes());
            }
            service.properties = old == null ? put : put.with(old.clusters());
            return !service.properties.equals(old);
        });
    }

    void putCluster(RegistryCommand.PutCluster command, CompletableFuture<Void> done) {
        ServiceKey key = command.service();
        String cluster = command.cluster();
        ClusterProperties properties = command.properties();
        Names.requireMetadataWithin(settings.maxMetadataLength(), properties.metadata());
        Service known = existing(key);
        if (known.properties != null) {
            known.properties.requireRoomFor(cluster);
        }
        HealthTarget target = properties.target();
        var stored = new StoredCluster(
                key.namespace(),
                key.group(),
                key.name(),
                cluster,
                target.checker().fields(),
                target.checkPort(),
                target.useInstancePort(),
                properties.metadata());
        long bytes = ServiceProperties.NONE.ownHeapBytes() + properties.heapBytes(cluster);
        var write = new Write.PutCluster(stored, known.ephemeral);
        commits.durably(key, known.ephemeral, bytes, write, done, service -> {
            ServiceProperties old = service.properties;
            if (old != null) {
                ClusterProperties replaced = old.clusters().get(cluster);
                account.release(
                        ServiceProperties.NONE.ownHeapBytes() + (replaced == null ? 0 : replaced.heapBytes(cluster)));
            }
            service.properties = (old == null ? ServiceProperties.NONE : old).with(cluster, properties);
            return !service.properties.equals(old);
        });
    }

    void delete(ServiceKey key, CompletableFuture<Void> done) {
        Service known = existing(key);
        if (!services.snapshot(key).instances().isEmpty()) {
            throw new InvalidRequest(
                    "Service " + key.joined() + " is not empty, can't be delete. Please unregister instance first");
        }
        var write = new Write.DeleteService(key.namespace(), key.group(), key.name());
        commits.durably(key, known.ephemeral, 0, write, done, service -> {
            ServiceProperties old = service.properties;
            if (old != null) {
                account.release(old.heapBytes());
                service.properties = null;
            }
            overlays.removeAll(service);
            if (service.isEmpty()) {
                services.remove(service);
                return false;
            }
            return true;
        });
    }

    private Service existing(ServiceKey key) {
        Service known = services.find(key);
        if (known == null) {
            throw missing(key);
        }
        return known;
    }

    static NotFound missing(ServiceKey key) {
        return new NotFound("service " + key.joined() + " not found!");
    }

    private static ClusterProperties loaded(StoredCluster stored) {
        var target = new HealthTarget(HealthChecker.of(stored.checker()), stored.checkPort(), stored.useInstancePort());
        return new ClusterProperties(target, stored.metadata());
    }
}
