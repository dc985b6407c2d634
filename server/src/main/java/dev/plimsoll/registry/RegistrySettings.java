package dev.plimsoll.registry;

import dev.plimsoll.refusal.InvalidRequest;
import java.time.Duration;

/**
 * The registry's bounds.
 *
 * @param maxMetadataLength characters of an instance's, or a service's, metadata keys and values together
 * @param maxInstancesPerOwner instances one connection may publish, over all services; an empty publication counts as one
 * @param maxWatchesPerWatcher services one connection may watch
 * @param maxServicesPerNamespace services in one namespace
 * @param maxStateBytes what the instances of one service may take when they are shown to one client, see {@link
 *     Instance#stateBytes}
 * @param emptyServiceLife how long a service without instances and properties stays in lists
 */
public record RegistrySettings(
        int maxMetadataLength,
        int maxInstancesPerOwner,
        int maxWatchesPerWatcher,
        int maxServicesPerNamespace,
        long maxStateBytes,
        Duration emptyServiceLife) {
    public static final RegistrySettings DEFAULT =
            new RegistrySettings(8_192, 10_000, 10_000, 50_000, Long.MAX_VALUE, Duration.ofSeconds(60));

    public RegistrySettings {
        requirePositive("maxMetadataLength", maxMetadataLength);
        requirePositive("maxInstancesPerOwner", maxInstancesPerOwner);
        requirePositive("maxWatchesPerWatcher", maxWatchesPerWatcher);
        requirePositive("maxServicesPerNamespace", maxServicesPerNamespace);
    }

    public RegistrySettings withMaxStateBytes(long bytes) {
        return new RegistrySettings(
                maxMetadataLength,
                maxInstancesPerOwner,
                maxWatchesPerWatcher,
                maxServicesPerNamespace,
                bytes,
                emptyServiceLife);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new InvalidRequest(name + ": " + value + " (expected: at least 1)");
        }
    }
}
