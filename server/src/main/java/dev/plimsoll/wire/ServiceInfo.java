package dev.plimsoll.wire;

import static dev.plimsoll.wire.WireJson.orEmpty;
import static dev.plimsoll.wire.WireJson.present;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * The state of one service as a client sees it.
 *
 * @param name without the group
 * @param clusters the filter exactly as the client sent it: older clients keep the service under it
 * @param lastRefTime never goes back for one service; a client stores an older one but tells nobody
 */
@Json
public record ServiceInfo(
        String name,
        String groupName,
        String clusters,
        List<InstanceInfo> hosts,
        long lastRefTime,
        boolean reachProtectionThreshold) {
    public ServiceInfo {
        name = orEmpty(name);
        groupName = orEmpty(groupName);
        clusters = orEmpty(clusters);
        hosts = present(hosts);
    }

    /** The JSON of this service, to be kept and put into many messages. */
    public byte[] json() {
        return WireJson.encode(this);
    }

    @Json.Property("cacheMillis")
    public long cacheMillis() {
        return 10_000;
    }

    @Json.Property("checksum")
    public String checksum() {
        return "";
    }

    @Json.Property("allIPs")
    public boolean allIps() {
        return false;
    }

    @Json.Property("valid")
    public boolean valid() {
        return true;
    }
}
