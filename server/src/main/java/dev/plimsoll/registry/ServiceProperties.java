package dev.plimsoll.registry;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.OverBudget;
import java.util.HashMap;
import java.util.Map;

/**
 * What an operator set for a service. A service that merely came into being by a registration has none, and then
 * protection never applies to it.
 *
 * @param protectThreshold when at most this share (0 to 1) of the instances is healthy, all are delivered as healthy
 * @param clusters what was set for clusters, by their names
 */
public record ServiceProperties(
        double protectThreshold, Map<String, String> metadata, Map<String, ClusterProperties> clusters) {
    static final ServiceProperties NONE = new ServiceProperties(0, Map.of());
    private static final int MAX_CLUSTERS = 256;

    public ServiceProperties {
        if (!(protectThreshold >= 0 && protectThreshold <= 1)) {
            throw new InvalidRequest("protectThreshold: " + protectThreshold + " (expected: 0 to 1)");
        }
        metadata = Map.copyOf(metadata);
        clusters = Map.copyOf(clusters);
    }

    public ServiceProperties(double protectThreshold, Map<String, String> metadata) {
        this(protectThreshold, metadata, Map.of());
    }

    /** What applies to a cluster, whether or not somebody set it. */
    public ClusterProperties cluster(String name) {
        return clusters.getOrDefault(name, ClusterProperties.DEFAULT);
    }

    /** The same, with these properties of a cluster. */
    ServiceProperties with(String cluster, ClusterProperties properties) {
        var more = new HashMap<>(clusters);
        more.put(cluster, properties);
        return new ServiceProperties(protectThreshold, metadata, more);
    }

    ServiceProperties with(Map<String, ClusterProperties> others) {
        return new ServiceProperties(protectThreshold, metadata, others);
    }

    /** Refuses a further cluster beyond the bound. */
    void requireRoomFor(String cluster) {
        if (clusters.size() >= MAX_CLUSTERS && !clusters.containsKey(cluster)) {
            throw new OverBudget("clusters with a health checker of their own: " + clusters.size()
                    + " (expected: fewer than " + (MAX_CLUSTERS + 1) + ")");
        }
    }

    /** Heap bytes it holds beside its clusters, rounded up. */
    long ownHeapBytes() {
        return 40 + HeapBytes.of(metadata);
    }

    /** Heap bytes it holds, rounded up. */
    long heapBytes() {
        long sum = ownHeapBytes();
        for (var entry : clusters.entrySet()) {
            sum += entry.getValue().heapBytes(entry.getKey());
        }
        return sum;
    }
}
