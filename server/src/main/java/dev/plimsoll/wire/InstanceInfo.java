package dev.plimsoll.wire;

import static dev.plimsoll.wire.WireJson.orEmpty;
import static dev.plimsoll.wire.WireJson.present;

import dev.plimsoll.refusal.InvalidRequest;
import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An instance as clients send and receive it. The boxed components are so because a client may leave them out; they are
 * never null here.
 *
 * @param clusterName "" when a client left it out
 * @param serviceName {@code group@@service} in answers; in requests anything
 */
@Json
public record InstanceInfo(
        @Nullable String instanceId,
        String ip,
        int port,
        Double weight,
        Boolean healthy,
        Boolean enabled,
        Boolean ephemeral,
        String clusterName,
        String serviceName,
        Map<String, String> metadata) {

    public InstanceInfo {
        ip = orEmpty(ip);
        clusterName = orEmpty(clusterName);
        serviceName = orEmpty(serviceName);
        metadata = present(metadata);
        weight = weight == null ? 1.0 : weight;
        healthy = healthy == null || healthy;
        enabled = enabled == null || enabled;
        ephemeral = ephemeral == null || ephemeral;
        if (!Double.isFinite(weight)) {
            throw new InvalidRequest("weight: " + weight + " (expected: a finite number)");
        }
    }

    public byte[] json() {
        return WireJson.encode(this);
    }

    @Json.Property("instanceHeartBeatInterval")
    public long heartBeatInterval() {
        return millis("preserved.heart.beat.interval", 5_000);
    }

    @Json.Property("instanceHeartBeatTimeOut")
    public long heartBeatTimeout() {
        return millis("preserved.heart.beat.timeout", 15_000);
    }

    @Json.Property("ipDeleteTimeout")
    public long deleteTimeout() {
        return millis("preserved.ip.delete.timeout", 30_000);
    }

    /** Absent beside metadata that does not name one; that is how the reference server derives it. */
    @Json.Property("instanceIdGenerator")
    public @Nullable String idGenerator() {
        return metadata.isEmpty() ? "simple" : metadata.get("preserved.instance.id.generator");
    }

    private long millis(String key, long otherwise) {
        String value = metadata.get(key);
        if (value == null || value.isEmpty() || value.length() > 18) {
            return otherwise;
        }
        return value.chars().allMatch(c -> c >= '0' && c <= '9') ? Long.parseLong(value) : otherwise;
    }
}
