package dev.plimsoll.registry;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.Map;

/**
 * What an operator set for a service. A service that merely came into being by a registration has none, and then
 * protection never applies to it.
 *
 * @param protectThreshold when at most this share (0 to 1) of the instances is healthy, all are delivered as healthy
 */
public record ServiceProperties(double protectThreshold, Map<String, String> metadata) {
    public ServiceProperties {
        if (!(protectThreshold >= 0 && protectThreshold <= 1)) {
            throw new InvalidRequest("protectThreshold: " + protectThreshold + " (expected: 0 to 1)");
        }
        metadata = Map.copyOf(metadata);
    }

    /** Heap bytes it holds, rounded up. */
    long heapBytes() {
        return 32 + HeapBytes.of(metadata);
    }
}
