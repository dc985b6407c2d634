package dev.plimsoll.registry;

import dev.plimsoll.store.StoredOverlay.Laying;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One service's changing state. Changed on the registry's loop only. */
final class Service {
    /** The object, its places in the registry's maps, a group and a namespace of its own, the clean-up timer. */
    private static final long HEAP_BYTES = 896;

    final ServiceKey key;
    boolean ephemeral;

    @Nullable
    ServiceProperties properties;

    /** Durable changes on their way to disk, for which the service must stay. */
    int pending;

    /** Readers and lists know of it: from its first change on, not while that is on its way to disk. */
    boolean visible;

    /** When it became empty. */
    long emptySinceNanos;

    boolean cleanupScheduled;
    private final Map<OwnerId, List<Instance>> publications = new LinkedHashMap<>();

    /** What operators laid over instances. {@link Overlays} fills it; few services have any. */
    private Map<Address, Laid> overlays = Map.of();

    /**
     * All publications in a row, as they are shown. Replaced, never changed, so snapshots share it: a service of thousands
     * of instances pays one copy of references a change.
     */
    private Instance[] instances = {};

    private long stateBytes; // of what is published

    /**
     * What is laid over instances, once all that is on its way to disk is there, takes so many more when they are shown.
     * {@link Overlays} counts it.
     */
    long laidBytes;

    /** The row is not kept up to date; the next snapshot makes it anew. */
    private boolean stale;

    Service(ServiceKey key, boolean ephemeral) {
        this.key = key;
        this.ephemeral = ephemeral;
    }

    /** What is laid over one address. */
    static final class Laid {
        Overlay overlay = Overlay.NOTHING;

        /** What it will be once all that is on its way to disk is there. */
        Overlay coming = Overlay.NOTHING;

        int pending;

        /** No instance was found there since. */
        boolean absent;

        long absentSinceNanos;

        /** Who laid the overlay; null when nothing is, or that was not kept. */
        @Nullable
        Laying laying;
    }

    /** What {@code owner} publishes, as it registered it; null when it publishes nothing, not even an empty list. */
    @Nullable
    List<Instance> publication(OwnerId owner) {
        return publications.get(owner);
    }

    void publish(OwnerId owner, List<Instance> publication) {
        List<Instance> old = publications.get(owner);
        if (!stale) {
            replace(old == null ? instances.length : placeOf(owner), old == null ? 0 : old.size(), publication);
        }
        publications.put(owner, publication);
        stateBytes += stateBytes(publication) - (old == null ? 0 : stateBytes(old));
    }

    /** Bytes of its instances when a client is told of all, with what is laid over them. */
    long stateBytes() {
        return stateBytes + laidBytes;
    }

    /** Many changes follow before a snapshot is taken: together they cost what one does. */
    void changeTogether() {
        stale = true;
    }

    void withdraw(OwnerId owner) {
        List<Instance> old = publications.get(owner);
        if (old != null) {
            if (!stale) {
                replace(placeOf(owner), old.size(), List.of());
            }
            publications.remove(owner);
            stateBytes -= stateBytes(old);
        }
    }

    /** Everything that is published, by whom. */
    void eachPublication(BiConsumer<OwnerId, List<Instance>> visitor) {
        publications.forEach(visitor);
    }

    /** The instance as readers are shown it. */
    Instance shown(Instance registered) {
        if (overlays.isEmpty()) {
            return registered;
        }
        Laid laid = overlays.get(Address.of(registered));
        return laid == null || laid.overlay.equals(Overlay.NOTHING) ? registered : laid.overlay.over(registered);
    }

    Map<Address, Laid> overlays() {
        return overlays;
    }

    /** The place for what is laid over an address, made if need be. */
    Laid laid(Address address) {
        if (overlays.isEmpty()) {
            overlays = new HashMap<>();
        }
        return overlays.computeIfAbsent(address, a -> new Laid());
    }

    void removeLaid(Address address) {
        overlays.remove(address);
        if (overlays.isEmpty()) {
            overlays = Map.of();
        }
    }

    /** The service or {@code instance} says that no silence ends a lease. */
    boolean outlivesSilence(Instance instance) {
        ServiceProperties set = properties;
        return instance.outlivesSilence() || (set != null && Instance.outlivesSilence(set.metadata()));
    }

    boolean isEmpty() {
        return publications.isEmpty() && properties == null && pending == 0 && overlays.isEmpty();
    }

    ServiceSnapshot snapshot(long revision, long lastRefTime) {
        if (stale) {
            var all = new ArrayList<Instance>();
            publications.values().forEach(publication -> publication.forEach(instance -> all.add(shown(instance))));
            instances = all.toArray(Instance[]::new);
            stale = false;
        }
        List<Instance> all = Collections.unmodifiableList(Arrays.asList(instances));
        return new ServiceSnapshot(key, revision, lastRefTime, ephemeral, all, properties);
    }

    long heapBytes() {
        // Group and namespace once more: lists and counts may still hold those of an earlier service.
        return HEAP_BYTES + HeapBytes.of(key) + HeapBytes.of(key.namespace()) + HeapBytes.of(key.group());
    }

    private long stateBytes(List<Instance> publication) {
        return stateBytes(key, publication);
    }

    static long stateBytes(ServiceKey key, List<Instance> publication) {
        long bytes = 0;
        for (Instance instance : publication) {
            bytes += instance.stateBytes(key);
        }
        return bytes;
    }

    private void replace(int from, int count, List<Instance> with) {
        int tail = instances.length - from - count;
        var next = new Instance[from + with.size() + tail];
        System.arraycopy(instances, 0, next, 0, from);
        for (int i = 0; i < with.size(); i++) {
            next[from + i] = shown(with.get(i));
        }
        System.arraycopy(instances, from + count, next, from + with.size(), tail);
        instances = next;
    }

    /** Where {@code owner}'s instances begin: publications stand in the order of their map. */
    private int placeOf(OwnerId owner) {
        int place = 0;
        for (var entry : publications.entrySet()) {
            if (entry.getKey().equals(owner)) {
                break;
            }
            place += entry.getValue().size();
        }
        return place;
    }
}
