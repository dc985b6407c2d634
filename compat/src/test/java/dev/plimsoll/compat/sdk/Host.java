package dev.plimsoll.compat.sdk;

import java.util.Map;

/** One instance as a client shows it, the same for every client version. */
public record Host(
        String ip,
        int port,
        double weight,
        boolean healthy,
        boolean enabled,
        boolean ephemeral,
        String cluster,
        Map<String, String> metadata) {

    public Host {
        metadata = Map.copyOf(metadata);
    }

    public static Host of(String ip, int port) {
        return new Host(ip, port, 1.0, true, true, true, "DEFAULT", Map.of());
    }

    public Host withWeight(double changed) {
        return new Host(ip, port, changed, healthy, enabled, ephemeral, cluster, metadata);
    }

    public Host withHealthy(boolean changed) {
        return new Host(ip, port, weight, changed, enabled, ephemeral, cluster, metadata);
    }

    public Host withEnabled(boolean changed) {
        return new Host(ip, port, weight, healthy, changed, ephemeral, cluster, metadata);
    }

    public Host withCluster(String changed) {
        return new Host(ip, port, weight, healthy, enabled, ephemeral, changed, metadata);
    }

    public Host withMetadata(Map<String, String> changed) {
        return new Host(ip, port, weight, healthy, enabled, ephemeral, cluster, changed);
    }

    public Host persistent() {
        return new Host(ip, port, weight, healthy, enabled, false, cluster, metadata);
    }
}
