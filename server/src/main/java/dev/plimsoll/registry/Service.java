package dev.plimsoll.registry;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /**
     * All publications in a row. Replaced, never changed, so snapshots share it: a service of thousands of instances
     * pays one copy of references a change.
     */
    private Instance[] instances = {};

    Service(ServiceKey key, boolean ephemeral) {
        this.key = key;
        this.ephemeral = ephemeral;
    }

    /** What {@code owner} publishes; null when it publishes nothing, not even an empty list. */
    @Nullable
    List<Instance> publication(OwnerId owner) {
        return publications.get(owner);
    }

    void publish(OwnerId owner, List<Instance> publication) {
        List<Instance> old = publications.put(owner, publication);
        replace(old == null ? List.of() : old, publication);
    }

    void withdraw(OwnerId owner) {
        List<Instance> old = publications.remove(owner);
        if (old != null) {
            replace(old, List.of());
        }
    }

    boolean isEmpty() {
        return publications.isEmpty() && properties == null && pending == 0;
    }

    ServiceSnapshot snapshot(long revision, long lastRefTime) {
        List<Instance> all = Collections.unmodifiableList(Arrays.asList(instances));
        return new ServiceSnapshot(key, revision, lastRefTime, ephemeral, all, properties);
    }

    long heapBytes() {
        // Group and namespace once more: lists and counts may still hold those of an earlier service.
        return HEAP_BYTES + HeapBytes.of(key) + HeapBytes.of(key.namespace()) + HeapBytes.of(key.group());
    }

    private void replace(List<Instance> old, List<Instance> with) {
        int from = old.isEmpty() ? instances.length : indexOf(old);
        int tail = instances.length - from - old.size();
        var next = new Instance[instances.length - old.size() + with.size()];
        System.arraycopy(instances, 0, next, 0, from);
        for (int i = 0; i < with.size(); i++) {
            next[from + i] = with.get(i);
        }
        System.arraycopy(instances, from + old.size(), next, from + with.size(), tail);
        instances = next;
    }

    /** Where {@code run} stands. Another owner's run of equal instances serves as well. */
    private int indexOf(List<Instance> run) {
        int last = instances.length - run.size();
        for (int i = 0; i <= last; i++) {
            int same = 0;
            while (same < run.size() && instances[i + same].equals(run.get(same))) {
                same++;
            }
            if (same == run.size()) {
                return i;
            }
        }
        throw new IllegalStateException(key.joined() + ": a publication of " + run.size() + " instances is not in it");
    }
}
