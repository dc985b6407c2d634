package dev.plimsoll.registry;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One address that offers a service. Whether it is ephemeral is a property of the service.
 *
 * @param ip address or host name
 * @param weight 0 (no traffic) to 10000; above 0 at least 0.01
 * @param cluster an empty one means {@code DEFAULT}
 * @param instanceId as the client gave it; an empty one becomes {@code ip#port#cluster#group@@service} when delivered
 */
public record Instance(
        String ip,
        int port,
        double weight,
        boolean healthy,
        boolean enabled,
        String cluster,
        String instanceId,
        Map<String, String> metadata) {
    public static final String DEFAULT_CLUSTER = "DEFAULT";

    /** Names and punctuation of its JSON. */
    private static final long FIELD_NAMES_BYTES = 360;

    /** Quotes and more around a key and a value, with room for some that are escaped. */
    private static final long ENTRY_BYTES = 112;

    private static final long HEAP_BYTES = 64;
    private static final double MIN_WEIGHT = 0.01;
    private static final double MAX_WEIGHT = 10_000;
    private static final int MAX_IP = 128;
    private static final int MAX_CLUSTER = 64;
    private static final int MAX_INSTANCE_ID = 1_024;

    // Defaults of the reference for the lease of an instance that lives by heart beats, in milliseconds.
    private static final String BEAT_INTERVAL_KEY = "preserved.heart.beat.interval";
    private static final String BEAT_TIMEOUT_KEY = "preserved.heart.beat.timeout";
    private static final String DELETE_TIMEOUT_KEY = "preserved.ip.delete.timeout";
    private static final long BEAT_INTERVAL = 5_000;
    private static final long BEAT_TIMEOUT = 15_000;
    private static final long DELETE_TIMEOUT = 30_000;

    /** Against its name, a true value turns the check of beats off; on an instance or on its service. */
    private static final String NO_EXPIRY_KEY = "enableClientBeat";

    private static final Set<String> YES = Set.of("true", "yes", "y", "on", "t", "1");

    public Instance {
        ip = checkedIp(ip);
        checkPort(port);
        weight = checkedWeight(weight);
        cluster = checkedCluster(cluster);
        Names.requireLength("instanceId", instanceId, MAX_INSTANCE_ID);
        metadata = metadata instanceof LaidMetadata ? metadata : Map.copyOf(metadata);
    }

    static void checkPort(int port) {
        if (port < 0 || port > 65_535) {
            throw new InvalidRequest("Param 'port' is illegal, the value should be between 0 and 65535.");
        }
    }

    static double checkedWeight(double weight) {
        if (!(weight >= 0 && weight <= MAX_WEIGHT)) {
            throw new InvalidRequest("instance format invalid: The weights range from 0.0 to 10000.0");
        }
        return weight > 0 ? Math.max(weight, MIN_WEIGHT) : 0;
    }

    static String checkedCluster(String given) {
        String cluster = given.trim();
        if (cluster.isEmpty() || cluster.equals(DEFAULT_CLUSTER)) {
            return DEFAULT_CLUSTER; // this very object, which heapBytes() does not count
        }
        Names.requireLength("cluster", cluster, MAX_CLUSTER);
        if (!cluster.chars().allMatch(c -> Names.letterOrDigit(c) || c == '-' || c == '_')) {
            throw new InvalidRequest(
                    "Instance 'clusterName' should be characters with only 0-9a-zA-Z-. (current: " + cluster + ")");
        }
        return cluster;
    }

    static String checkedIp(String given) {
        String ip = given.trim();
        Names.requireLength("ip", ip, MAX_IP);
        if (ip.isEmpty() || !Names.plain(ip)) {
            throw Names.illegal("ip");
        }
        return ip;
    }

    /** Refuses metadata whose keys and values together are longer than {@code max} characters. */
    void requireMetadataWithin(int max) {
        Names.requireMetadataWithin(max, metadata);
    }

    /** Refuses a lease that would end before its next beat is due. */
    void requireSaneLease() {
        long interval = millis(BEAT_INTERVAL_KEY, BEAT_INTERVAL);
        if (beatTimeout() < interval || deleteTimeout() < interval) {
            throw new InvalidRequest(
                    "Instance 'heart beat interval' must less than 'heart beat timeout' and 'ip delete timeout'.");
        }
    }

    /** Milliseconds between beats; {@link Lease#NO_INTERVAL} when it names none. */
    long beatInterval() {
        return millis(BEAT_INTERVAL_KEY, Lease.NO_INTERVAL);
    }

    /** Milliseconds without a beat until unhealthy. */
    public long beatTimeout() {
        return millis(BEAT_TIMEOUT_KEY, BEAT_TIMEOUT);
    }

    /** Milliseconds without a beat until gone. */
    public long deleteTimeout() {
        return millis(DELETE_TIMEOUT_KEY, DELETE_TIMEOUT);
    }

    /** No silence ends its lease. */
    boolean outlivesSilence() {
        return outlivesSilence(metadata);
    }

    static boolean outlivesSilence(Map<String, String> metadata) {
        String value = metadata.get(NO_EXPIRY_KEY);
        return value != null && YES.contains(value.trim().toLowerCase(Locale.ROOT));
    }

    Instance withHealthy(boolean now) {
        return new Instance(ip, port, weight, now, enabled, cluster, instanceId, metadata);
    }

    /** Heap bytes one instance holds, its places in a publication and a snapshot with it; rounded up. */
    public long heapBytes() {
        long sum = HEAP_BYTES + HeapBytes.of(ip) + HeapBytes.of(instanceId) + HeapBytes.of(metadata);
        return cluster.equals(DEFAULT_CLUSTER) ? sum : sum + HeapBytes.of(cluster);
    }

    /**
     * Bytes of the JSON that tells a client of it, before it is written: two for each character, and what stands between. Only
     * text of which most has to be escaped takes more.
     */
    public long stateBytes(ServiceKey service) {
        return FIELD_NAMES_BYTES
                + 2L * (service.joined().length() + ip.length() + instanceId.length() + cluster.length())
                + stateBytes(metadata);
    }

    static long stateBytes(Map<String, String> metadata) {
        long bytes = 0;
        for (var entry : metadata.entrySet()) {
            bytes += ENTRY_BYTES
                    + 2L * (entry.getKey().length() + entry.getValue().length());
        }
        return bytes;
    }

    private long millis(String key, long otherwise) {
        String value = metadata.get(key);
        if (value == null
                || value.isEmpty()
                || value.length() > 18
                || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return otherwise;
        }
        return Long.parseLong(value);
    }
}
