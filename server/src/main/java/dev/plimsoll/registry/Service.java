package dev.plimsoll.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One service's changing state. Changed on the registry's loop only. */
final class Service {
    private static final long HEAP_BYTES = 640;

    final ServiceKey key;
    boolean ephemeral;

    @Nullable
    ServiceProperties properties;

    /** Durable changes on their way to disk, for which the service must stay. */
    int pending;

    /** When it became empty. */
    long emptySinceNanos;

    boolean cleanupScheduled;
    private final Map<OwnerId, List<Instance>> publications = new LinkedHashMap<>();

    Service(ServiceKey key, boolean ephemeral) {
        this.key = key;
        this.ephemeral = ephemeral;
    }

    /** What {@code owner} publishes; null when it publishes nothing, not even an empty list. */
    @Nullable
    List<Instance> publication(OwnerId owner) {
        return publications.get(owner);
    }

    void publish(OwnerId owner, List<Instance> instances) {
        publications.put(owner, instances);
    }

    void withdraw(OwnerId owner) {
        publications.remove(owner);
    }

    boolean isEmpty() {
        return publications.isEmpty() && properties == null && pending == 0;
    }

    ServiceSnapshot snapshot(long revision, long lastRefTime) {
        var instances = new ArrayList<Instance>();
        publications.values().forEach(instances::addAll);
        return new ServiceSnapshot(key, revision, lastRefTime, ephemeral, List.copyOf(instances), properties);
    }

    long heapBytes() {
        return HEAP_BYTES
                + 2L
                        * (key.namespace().length()
                                + key.group().length()
                                + key.name().length());
    }
}
