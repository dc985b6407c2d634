package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.store.Journal;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Crowd;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The services of this node. Changed on {@code loop} only; {@link #snapshot} is for any thread. A change publishes a new
 * snapshot and tells the watchers in one turn, and watching takes a turn of the same loop: so a watcher misses nothing
 * after the state it was given.
 *
 * <p>Ephemeral instances live in memory, with their owner ({@link Publications}). Persistent instances and all that
 * operators set are written to the journal first, and appear when they are on disk ({@link Commits}).
 */
public final class Registry {
    /** What {@link #crowds} holds of the heap at most. */
    public static final long CROWDING_BYTES = Crowding.HEAP_BYTES;

    private final Loop loop;
    private final Journal journal;
    private final ServiceChanges changes;
    private final Services services;
    private final Switches switches;
    private final Withdrawals withdrawals;
    private final Publications publications;
    private final Overlays overlays;
    private final DurableChanges durables;
    private final Standings standings;
    private final Watches watches;

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
        this.changes = changes;
        this.watches = new Watches(watchAccount, settings.maxWatchesPerWatcher());
        this.services = new Services(loop, account, settings, this::tell);
        this.switches = new Switches(loop, journal);
        this.withdrawals = new Withdrawals(loop);
        this.publications = new Publications(loop, account, settings, services, switches, withdrawals);
        var commits = new Commits(loop, journal, account, services);
        this.overlays = new Overlays(loop, account, settings, services, publications, commits);
        this.durables = new DurableChanges(account, settings, services, overlays, commits, withdrawals);
        this.standings = new Standings(loop, services, publications, durables, switches);
    }

    /** A page of service names. {@code count} is that of all pages. */
    public record Page(int count, List<String> names) {}

    /** {@code follower} hears of all persistent instances. For the start, before {@link #load}. */
    public void follow(PersistentInstances follower) {
        durables.follow(follower);
    }

    /** What went lately is known from now on, at the cost of {@code account}. For the start, before {@link #load}. */
    public void keepWithdrawn(Account account) {
        withdrawals.keepIn(account);
    }

    /**
     * What a check found of a persistent instance. It is not written to the journal: after a start the instance has the
     * health it was registered with, and the checks find out anew. Loop only.
     */
    void found(ServiceKey key, String ip, int port, boolean healthy) {
        durables.found(key, ip, port, healthy);
    }

    /** Takes in what the journal holds. For the start, before anything else. */
    public void load() {
        switches.load();
        durables.load(journal);
        overlays.load(journal);
        services.all().forEach(services::publish);
    }

    /** What operators switched. */
    public Switches switches() {
        return switches;
    }

    /** The service as it is now; without instances and with revision 0 when there is none. Any thread. */
    public ServiceSnapshot snapshot(ServiceKey key) {
        return services.snapshot(key);
    }

    /** Applies {@code command}; the stage completes on the loop when readers see it, and durable changes are on disk. */
    public CompletionStage<Void> submit(RegistryCommand command) {
        return turn(done -> apply(command, done));
    }

    /**
     * Changes what is laid over instances, durably; completes with the addresses where it is so now, as {@link #submit}.
     *
     * @param by is kept with what is laid
     */
    public CompletionStage<List<Address>> submit(OverlayChange change, Author by) {
        return turn(done -> overlays.apply(change, by, done));
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
        return publications.beat(key, ip, port, full);
    }

    /** Takes away everything {@code owner} published and {@code watcher} watched; completes with how many instances went. */
    public CompletionStage<Integer> disconnect(OwnerId owner, Watcher watcher) {
        var withdrawn = new CompletableFuture<Integer>();
        loop.execute(() -> {
            watches.removeAll(watcher); // first: the one that left is told nothing more
            withdrawn.complete(publications.withdrawAll(owner));
        });
        return withdrawn;
    }

    /**
     * From the returned state on, {@code watcher} is told of every change.
     *
     * @param view the cluster filter it asked with; of several views of a service all are told
     */
    public CompletionStage<ServiceSnapshot> watch(Watcher watcher, ServiceKey key, String view) {
        return loop.call(() -> {
            watches.add(watcher, key, view);
            return snapshot(key);
        });
    }

    /** The watcher is no longer told of the service, through any view. */
    public CompletionStage<ServiceSnapshot> unwatch(Watcher watcher, ServiceKey key) {
        return loop.call(() -> {
            watches.remove(watcher, key);
            return snapshot(key);
        });
    }

    /** As {@link #unwatch}, for one whose time has run out: never refused. */
    public void forget(Watcher watcher, ServiceKey key) {
        loop.execute(() -> watches.remove(watcher, key));
    }

    /** Who watches the service now, and through which views. Loop only; valid during the turn. */
    public Map<Watcher, List<String>> watchers(ServiceKey key) {
        return watches.of(key);
    }

    /** The names of a group's services in order, by pages counted from 1. Any thread. */
    public Page list(String namespace, String group, int pageNumber, int pageSize) {
        // The key's constructor holds the defaults and rules of namespace and group.
        var key = new ServiceKey(namespace, group, "any");
        return services.names().page(key.namespace(), key.group(), pageNumber, pageSize);
    }

    /** The same of those that are {@code visible}; all of the group are walked. */
    public Page list(ServiceKey any, int pageNumber, int pageSize, Predicate<ServiceKey> visible) {
        return services.names().page(any.namespace(), any.group(), pageNumber, pageSize, visible);
    }

    /**
     * All services of a namespace in order, as they come and go. Any thread; there may be many.
     *
     * @param namespace "" for all namespaces
     */
    public Stream<ServiceKey> services(String namespace) {
        return services.names().in(namespace);
    }

    /** Everything that somebody watches, be it there or not. Any thread. */
    public Set<ServiceKey> watched() {
        return watches.services();
    }

    /** Who watches these services, in the order in which they asked. */
    public CompletionStage<Map<ServiceKey, List<Watcher>>> watchersOf(List<ServiceKey> keys) {
        return loop.call(() -> {
            var watchers = new LinkedHashMap<ServiceKey, List<Watcher>>();
            keys.forEach(key -> watchers.put(key, List.copyOf(watches.of(key).keySet())));
            return watchers;
        });
    }

    /** What a watcher watches. */
    public CompletionStage<Set<ServiceKey>> watchedBy(Watcher watcher) {
        return loop.call(() -> watches.by(watcher));
    }

    /** An instance as readers see it, and who published it. */
    public record Published(OwnerId owner, ServiceKey service, Instance instance) {}

    /** All that is published of a service. */
    public CompletionStage<List<Published>> publishedOf(ServiceKey key) {
        return loop.call(() -> {
            Service service = services.find(key);
            var all = new ArrayList<Published>();
            if (service != null) {
                service.eachPublication((owner, instances) -> instances.forEach(
                        instance -> all.add(new Published(owner, service.key, service.shown(instance)))));
            }
            return all;
        });
    }

    /**
     * How instances of a service stand.
     *
     * @param ip "" for all
     * @param port 0 for all
     * @param cluster "" for all
     */
    public CompletionStage<Standings.Found> standing(ServiceKey key, String ip, int port, String cluster) {
        return loop.call(() -> standings.of(key, ip, port, cluster));
    }

    /** Instances of a service that went lately, the last one first; arguments as of {@link #standing}. Any thread. */
    public List<Withdrawn> withdrawn(ServiceKey key, String ip, int port) {
        return withdrawals.of(key, ip, port);
    }

    /** All that the owner of ephemeral instances publishes. */
    public CompletionStage<List<Published>> publishedBy(OwnerId owner) {
        return loop.call(() -> {
            var all = new ArrayList<Published>();
            for (ServiceKey key : publications.services(owner)) {
                Service service = services.find(key);
                List<Instance> publication = service == null ? null : service.publication(owner);
                if (service != null && publication != null) {
                    publication.forEach(instance -> all.add(new Published(owner, key, service.shown(instance))));
                }
            }
            return all;
        });
    }

    /** Addresses that keep instances alive by beats; one that does for several services comes several times. Any thread. */
    public Stream<OwnerId> beating() {
        return publications.beating();
    }

    /** How many those are, once for each service. Any thread. */
    public int beatingCount() {
        return publications.beatingCount();
    }

    /** Services readers know of, empty ones too. Any thread. */
    public int serviceCount() {
        return services.count();
    }

    /** Instances of all services. Any thread. */
    public int instanceCount() {
        return services.instanceCount();
    }

    /** Services that are nearly too large to be shown, or refused instances for it lately; a few. Any thread. */
    public List<Crowd> crowds() {
        return services.crowds();
    }

    /** How often somebody watches a service. Any thread. */
    public int watchCount() {
        return watches.count();
    }

    /** For tests: no state of any kind is left. Loop only. */
    boolean holdsNothing() {
        return services.isEmpty() && publications.isEmpty() && overlays.isEmpty() && watches.isEmpty();
    }

    private interface Turn<T> {
        void take(CompletableFuture<T> done);
    }

    private <T> CompletionStage<T> turn(Turn<T> turn) {
        var done = new CompletableFuture<T>();
        loop.submit(() -> {
            try {
                turn.take(done);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private void apply(RegistryCommand command, CompletableFuture<Void> done) {
        if (command instanceof RegistryCommand.Register register) {
            publications.register(register);
            done.complete(null);
        } else if (command instanceof RegistryCommand.Deregister deregister) {
            publications.withdraw(deregister.owner(), deregister.service(), Withdrawn.Cause.DEREGISTERED);
            done.complete(null);
        } else if (command instanceof RegistryCommand.RegisterPersistent register) {
            durables.register(register.service(), register.instance(), done);
        } else if (command instanceof RegistryCommand.DeregisterPersistent deregister) {
            durables.deregister(deregister, done);
        } else if (command instanceof RegistryCommand.SetHealth set) {
            durables.setHealth(set, done);
        } else if (command instanceof RegistryCommand.CreateService create) {
            durables.create(create, done);
        } else if (command instanceof RegistryCommand.UpdateService update) {
            durables.update(update, done);
        } else if (command instanceof RegistryCommand.PutCluster put) {
            durables.putCluster(put, done);
        } else if (command instanceof RegistryCommand.DeleteService delete) {
            durables.delete(delete.service(), done);
        } else {
            throw new AssertionError("no rule for " + command.getClass());
        }
    }

    private void tell(ServiceSnapshot snapshot) {
        if (!watches.of(snapshot.key()).isEmpty()) {
            changes.changed(this, snapshot);
        }
    }
}
