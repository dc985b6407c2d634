package dev.plimsoll.registry;

import java.util.Map;

/** What an operator set for a cluster of a service. */
public record ClusterProperties(HealthTarget target, Map<String, String> metadata) {
    static final ClusterProperties DEFAULT = new ClusterProperties(HealthTarget.DEFAULT, Map.of());

    private static final long HEAP_BYTES = 192;

    public ClusterProperties {
        metadata = Map.copyOf(metadata);
    }

    /** Heap bytes it holds under the name of its cluster, rounded up. */
    long heapBytes(String cluster) {
        return HEAP_BYTES
                + HeapBytes.of(cluster)
                + HeapBytes.of(metadata)
                + HeapBytes.of(target.checker().fields());
    }
}
