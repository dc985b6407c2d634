package dev.plimsoll.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Why instances are there, as operators read it. Moments are milliseconds since the epoch. */
public final class StandingMessages {
    private StandingMessages() {}

    /**
     * @param count of all that were asked for, those left out too
     * @param protection so few instances of the service are healthy that subscribers are shown all as healthy
     */
    @Json
    public record Instances(
            String namespaceId,
            String groupName,
            String serviceName,
            int count,
            boolean protection,
            List<InstanceReport> instances) {
        public byte[] json() {
            return WireJson.encode(this);
        }
    }

    /**
     * @param keptBy {@code connection}, {@code beats} or {@code store}
     * @param owner the connection's id, or the address that beats, or that of the persistent instance
     * @param client null when it is kept by something else, or is not connected
     * @param lastBeat null when it does not live by them
     * @param beatTimeout milliseconds without one until it is unhealthy
     * @param deleteTimeout until it is gone
     * @param checker how it is looked at; null when nobody looks
     * @param lastCheckOutcome {@code ok}, {@code failed}, {@code refused} or {@code not tried}
     * @param overlay null when nothing is laid over it
     * @param shown to those who subscribe
     * @param since when its owner publishes it, or another of the service in its place; null for a persistent one
     * @param why it is here, in words
     * @param seen how subscribers see it
     * @param goes what would make it go
     */
    @Json
    public record InstanceReport(
            String ip,
            int port,
            String clusterName,
            boolean ephemeral,
            boolean healthy,
            boolean enabled,
            double weight,
            String keptBy,
            String owner,
            @Nullable Long since,
            @Nullable OwnerReport client,
            @Nullable Long lastBeat,
            @Nullable Long beatTimeout,
            @Nullable Long deleteTimeout,
            @Nullable String checker,
            @Nullable Long lastCheck,
            @Nullable String lastCheckOutcome,
            @Nullable OverlayReport overlay,
            boolean shown,
            String why,
            String seen,
            String goes) {}

    /** @param lastActive when it last sent a request or an answer */
    @Json
    public record OwnerReport(String ip, String app, String version, long connectedSince, long lastActive) {}

    /**
     * @param since when it was changed for the last time; null when that was before such was kept, as are the next
     * @param by who did; "" without a login
     * @param from the address of that
     */
    @Json
    public record OverlayReport(
            @Nullable Double weight,
            @Nullable Boolean enabled,
            Map<String, String> metadata,
            @Nullable Long since,
            @Nullable String by,
            @Nullable String from) {}
}
