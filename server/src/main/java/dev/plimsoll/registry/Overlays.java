package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.registry.Service.Laid;
import dev.plimsoll.store.Journal;
import dev.plimsoll.store.StoredOverlay;
import dev.plimsoll.store.StoredOverlay.Laying;
import dev.plimsoll.store.Write;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.vitals.Account;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What operators laid over instances. Changed on the registry's loop only. It is on disk before it is shown; a change that
 * comes while another of the same address is on its way to disk builds on that one.
 *
 * <p>An overlay outlives its instance by {@link #LIFE}, so that a client that comes back finds what was set for it, and is
 * then removed. So there are as many as instances, and beyond these {@link #MAX_ABSENT}.
 */
final class Overlays {
    static final Duration LIFE = Duration.ofSeconds(60);

    /** Between two looks at which instances are gone; by so much a removal may be late. */
    static final Duration LOOK = Duration.ofSeconds(10);

    static final int MAX_ABSENT = 1_000;

    /** The place of an overlay and the instance as it is shown, rounded up. */
    private static final long HEAP_BYTES = 512;

    private static final long LAYING_BYTES = 48;

    private final Loop loop;
    private final Account account;
    private final RegistrySettings settings;
    private final Services services;
    private final Publications publications;
    private final Commits commits;
    private final Set<Service> laidOver = new LinkedHashSet<>();
    private int absent;
    private boolean looking;

    Overlays(
            Loop loop,
            Account account,
            RegistrySettings settings,
            Services services,
            Publications publications,
            Commits commits) {
        this.loop = loop;
        this.account = account;
        this.settings = settings;
        this.services = services;
        this.publications = publications;
        this.commits = commits;
    }

    /** Takes in what the journal holds, after all else of it. The instances have {@link #LIFE} to come back. */
    void load(Journal journal) {
        journal.eachOverlay(stored -> {
            var key = new ServiceKey(stored.namespace(), stored.group(), stored.service());
            var address = new Address(stored.ip(), stored.port(), stored.cluster());
            var overlay = new Overlay(stored.weight(), stored.enabled(), stored.metadata());
            // What has persistent instances or properties is there already.
            Service known = services.find(key);
            Service service = known == null ? services.obtain(key, true) : known;
            account.reserve(placeBytes(address) + bytes(overlay, stored.laying()));
            Laid laid = service.laid(address);
            laid.overlay = overlay;
            laid.coming = overlay;
            laid.laying = stored.laying();
            service.laidBytes += overlay.stateBytes();
            service.changeTogether();
            laidOver.add(service);
        });
        look();
    }

    /** Makes the change; {@code done} completes with the addresses where it is so now. */
    void apply(OverlayChange change, Author by, CompletableFuture<List<Address>> done) {
        ServiceKey key = change.service();
        Service service = services.find(key);
        Map<Address, Overlay> coming;
        if (change instanceof OverlayChange.Replace replace) {
            if (service == null) {
                throw new NotFound("service not found, namespace: " + key.namespace() + ", service: " + key.joined());
            }
            coming = Map.of(replace.address(), replace.overlay());
        } else if (change instanceof OverlayChange.Amend amend) {
            coming = Map.of(amend.address(), amended(amend, service));
        } else if (change instanceof OverlayChange.PutMetadata put) {
            coming = onEach(service, put.addresses(), overlay -> overlay.with(put.entries()));
        } else if (change instanceof OverlayChange.RemoveMetadata remove) {
            coming = onEach(service, remove.addresses(), overlay -> overlay.without(remove.keys()));
        } else {
            throw new AssertionError("no rule for " + change.getClass());
        }
        if (service == null || coming.isEmpty()) {
            done.complete(List.of());
            return;
        }
        lay(service, coming, by, done);
    }

    /** All of a service that is deleted. What is on its way to disk comes after that. */
    void removeAll(Service service) {
        for (Address address : List.copyOf(service.overlays().keySet())) {
            show(service, address, Overlay.NOTHING, null);
            removeIfNothing(service, address);
        }
    }

    boolean isEmpty() {
        return laidOver.isEmpty() && absent == 0;
    }

    private Overlay amended(OverlayChange.Amend amend, @Nullable Service service) {
        Address address = amend.address();
        if (service == null || services.snapshot(service.key).instances().isEmpty()) {
            throw new NotFound("no ips found for cluster " + address.cluster() + " in service "
                    + amend.service().joined());
        }
        if (!addresses(service).contains(address)) {
            throw new NotFound("no matched ip found!");
        }
        Overlay known = coming(service, address);
        return new Overlay(
                amend.weight() == null ? known.weight() : amend.weight(),
                amend.enabled() == null ? known.enabled() : amend.enabled(),
                amend.metadata() == null ? known.metadata() : amend.metadata());
    }

    private interface Amendment {
        Overlay of(Overlay known);
    }

    private static Map<Address, Overlay> onEach(@Nullable Service service, List<Address> wanted, Amendment amendment) {
        var coming = new LinkedHashMap<Address, Overlay>();
        if (service != null) {
            Set<Address> there = addresses(service);
            for (Address address : wanted.isEmpty() ? there : wanted) {
                if (there.contains(address)) {
                    coming.put(address, amendment.of(coming(service, address)));
                }
            }
        }
        return coming;
    }

    private void lay(Service service, Map<Address, Overlay> wanted, Author by, CompletableFuture<List<Address>> done) {
        // What is so already stays with who laid it.
        var coming = new LinkedHashMap<>(wanted);
        coming.entrySet().removeIf(entry -> isSettled(service, entry.getKey(), entry.getValue()));
        if (coming.isEmpty()) {
            done.complete(List.copyOf(wanted.keySet()));
            return;
        }
        var laying = new Laying(by, loop.currentTimeMillis());
        Set<Address> there = addresses(service);
        long bytes = 0;
        long shown = 0;
        int early = 0;
        var stored = new ArrayList<StoredOverlay>();
        for (var entry : coming.entrySet()) {
            Address address = entry.getKey();
            Names.requireMetadataWithin(
                    settings.maxMetadataLength(), entry.getValue().metadata());
            early += there.contains(address) || service.overlays().containsKey(address) ? 0 : 1;
            bytes += bytes(entry.getValue(), laying);
            shown += entry.getValue().stateBytes() - coming(service, address).stateBytes();
            stored.add(stored(service.key, address, entry.getValue(), laying));
        }
        requireSaneLeases(service, coming);
        services.requireRoom(service.key, service.stateBytes(), shown);
        if (early > 0 && absent + early > MAX_ABSENT) {
            throw new OverBudget("what is laid over instances that are not there: " + absent + " (expected: fewer than "
                    + (MAX_ABSENT + 1) + ")");
        }
        List<Address> places = makePlaces(service, coming.keySet(), there);
        var written = new CompletableFuture<Void>();
        try {
            commits.durably(
                    service.key,
                    service.ephemeral,
                    bytes,
                    new Write.PutOverlays(stored),
                    written,
                    s -> showAll(s, coming, laying));
        } catch (Refusal e) {
            places.forEach(address -> removeIfNothing(service, address));
            services.cleanUpLater(service);
            throw e;
        }
        comes(service, coming, written);
        written.whenComplete((nothing, failure) -> {
            if (failure == null) {
                done.complete(List.copyOf(wanted.keySet()));
            } else {
                done.completeExceptionally(failure);
            }
        });
    }

    private static boolean isSettled(Service service, Address address, Overlay overlay) {
        Laid laid = service.overlays().get(address);
        return laid != null && laid.pending == 0 && laid.overlay.equals(overlay);
    }

    /** Until it has, others build on what is on its way to disk; and no more when that was refused. */
    private void comes(Service service, Map<Address, Overlay> coming, CompletableFuture<Void> written) {
        coming.forEach((address, overlay) -> {
            Laid laid = service.laid(address);
            willBe(service, laid, overlay);
            laid.pending++;
        });
        written.whenComplete((nothing, failure) -> {
            for (Address address : coming.keySet()) {
                Laid laid = service.laid(address);
                laid.pending--;
                if (laid.pending == 0) {
                    willBe(service, laid, laid.overlay);
                }
                removeIfNothing(service, address);
            }
            services.cleanUpLater(service);
        });
    }

    /** True when it is shown on an instance. */
    private boolean showAll(Service service, Map<Address, Overlay> coming, @Nullable Laying laying) {
        Set<Address> there = addresses(service);
        boolean visible = false;
        for (var entry : coming.entrySet()) {
            Overlay before = service.laid(entry.getKey()).overlay;
            visible |= there.contains(entry.getKey()) && !before.equals(entry.getValue());
            show(service, entry.getKey(), entry.getValue(), laying);
        }
        return visible;
    }

    /** Those that were made; all or, with a refusal, none. */
    private List<Address> makePlaces(Service service, Set<Address> addresses, Set<Address> there) {
        var made = new ArrayList<Address>();
        try {
            for (Address address : addresses) {
                if (!service.overlays().containsKey(address)) {
                    account.reserve(placeBytes(address));
                    Laid laid = service.laid(address);
                    made.add(address);
                    if (!there.contains(address)) {
                        setAbsent(laid);
                    }
                }
            }
        } catch (OverBudget e) {
            made.forEach(address -> removeIfNothing(service, address));
            throw e;
        }
        laidOver.add(service);
        lookLater();
        return made;
    }

    private void requireSaneLeases(Service service, Map<Address, Overlay> coming) {
        service.eachPublication((owner, instances) -> {
            if (owner.beats()) {
                for (Instance instance : instances) {
                    Overlay overlay = coming.get(Address.of(instance));
                    if (overlay != null) {
                        overlay.over(instance).requireSaneLease();
                    }
                }
            }
        });
    }

    private void show(Service service, Address address, Overlay overlay, @Nullable Laying laying) {
        Laid laid = service.laid(address);
        account.release(bytes(laid.overlay, laid.laying));
        laid.overlay = overlay;
        laid.laying = overlay.equals(Overlay.NOTHING) ? null : laying;
        service.changeTogether();
        publications.laidAnew(service, address);
    }

    private static void willBe(Service service, Laid laid, Overlay overlay) {
        service.laidBytes += overlay.stateBytes() - laid.coming.stateBytes();
        laid.coming = overlay;
    }

    private void removeIfNothing(Service service, Address address) {
        Laid laid = service.overlays().get(address);
        if (laid == null || laid.pending > 0 || !laid.overlay.equals(Overlay.NOTHING)) {
            return;
        }
        absent -= laid.absent ? 1 : 0;
        willBe(service, laid, Overlay.NOTHING);
        service.removeLaid(address);
        account.release(placeBytes(address));
        if (service.overlays().isEmpty()) {
            laidOver.remove(service);
        }
    }

    private void setAbsent(Laid laid) {
        laid.absent = true;
        laid.absentSinceNanos = loop.nanoTime();
        absent++;
    }

    private void lookLater() {
        if (!looking && !laidOver.isEmpty()) {
            looking = true;
            loop.schedule(LOOK, () -> {
                looking = false;
                look();
            });
        }
    }

    /** Which instances are gone, and which have been for too long. A turn for each service. */
    private void look() {
        for (Service service : laidOver) {
            loop.execute(() -> look(service));
        }
        lookLater();
    }

    private void look(Service service) {
        Set<Address> there = service.overlays().isEmpty() ? Set.of() : addresses(service);
        var over = new ArrayList<Address>();
        service.overlays().forEach((address, laid) -> {
            if (there.contains(address)) {
                absent -= laid.absent ? 1 : 0;
                laid.absent = false;
            } else if (!laid.absent) {
                setAbsent(laid);
            } else if (loop.nanoTime() - laid.absentSinceNanos >= LIFE.toNanos() && laid.pending == 0) {
                over.add(address);
            }
        });
        if (!over.isEmpty()) {
            remove(service, over);
        }
    }

    /** Should the journal refuse it, the next look brings it again. */
    private void remove(Service service, List<Address> addresses) {
        var nothing = new LinkedHashMap<Address, Overlay>();
        addresses.forEach(address -> nothing.put(address, Overlay.NOTHING));
        var stored = addresses.stream()
                .map(address -> stored(service.key, address, Overlay.NOTHING, null))
                .toList();
        var written = new CompletableFuture<Void>();
        try {
            commits.durably(
                    service.key,
                    service.ephemeral,
                    0,
                    new Write.PutOverlays(stored),
                    written,
                    s -> showAll(s, nothing, null));
        } catch (OverBudget e) {
            return;
        }
        comes(service, nothing, written);
    }

    private static Overlay coming(Service service, Address address) {
        Laid laid = service.overlays().get(address);
        return laid == null ? Overlay.NOTHING : laid.coming;
    }

    private static Set<Address> addresses(Service service) {
        var addresses = new LinkedHashSet<Address>();
        service.eachPublication(
                (owner, instances) -> instances.forEach(instance -> addresses.add(Address.of(instance))));
        return addresses;
    }

    private static long placeBytes(Address address) {
        return HEAP_BYTES + address.heapBytes();
    }

    /** Of an overlay and who laid it, beyond its place. */
    private static long bytes(Overlay overlay, @Nullable Laying laying) {
        if (laying == null || overlay.equals(Overlay.NOTHING)) {
            return overlay.heapBytes();
        }
        return overlay.heapBytes()
                + LAYING_BYTES
                + HeapBytes.of(laying.by().user())
                + HeapBytes.of(laying.by().ip());
    }

    private static StoredOverlay stored(ServiceKey key, Address address, Overlay overlay, @Nullable Laying laying) {
        return new StoredOverlay(
                key.namespace(),
                key.group(),
                key.name(),
                address.ip(),
                address.port(),
                address.cluster(),
                overlay.weight(),
                overlay.enabled(),
                overlay.metadata(),
                laying);
    }
}
