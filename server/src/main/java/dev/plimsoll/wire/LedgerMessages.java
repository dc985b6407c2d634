package dev.plimsoll.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ledger of clients, as operators read it. */
public final class LedgerMessages {
    private LedgerMessages() {}

    /**
     * What is known of one client. Moments are milliseconds since the epoch.
     *
     * @param ip where the client says it is
     * @param goneSince null while it is connected, as the next two
     * @param goneFor why its connection ended
     * @param instances it had registered when it did
     * @param services subscribed to
     * @param configs listened to
     * @param sent messages, repeated ones included
     * @param failures messages that were not answered in time, or by a failure
     * @param dirtyTopics whose newest state is not known to have reached it
     * @param bytesWaiting sent, and not yet taken by its socket
     * @param parkedMillis for how long nothing could be sent; null when it is not parked
     * @param parkedFor what keeps it parked
     * @param oldestUnackedMillis for how long it has owed an answer; null when it owes none
     */
    @Json
    public record Client(
            String connectionId,
            String ip,
            String app,
            String version,
            long connectedSince,
            @Nullable Long goneSince,
            @Nullable String goneFor,
            @Nullable Integer instances,
            int services,
            int configs,
            long sent,
            long acked,
            long failures,
            int dirtyTopics,
            long bytesWaiting,
            @Nullable Long parkedMillis,
            @Nullable String parkedFor,
            @Nullable Long oldestUnackedMillis,
            @Nullable String lastError,
            @Nullable Long lastErrorAt) {
        /** The same of one that has gone, when it is known how many instances went with it. */
        public Client with(int instances) {
            return new Client(
                    connectionId,
                    ip,
                    app,
                    version,
                    connectedSince,
                    goneSince,
                    goneFor,
                    instances,
                    services,
                    configs,
                    sent,
                    acked,
                    failures,
                    dirtyTopics,
                    bytesWaiting,
                    parkedMillis,
                    parkedFor,
                    oldestUnackedMillis,
                    lastError,
                    lastErrorAt);
        }
    }

    /** Answered and failed messages of one kind, of all clients there have been. */
    @Json
    public record Pushes(long ok, long failed) {}

    /**
     * Clients that are told by datagrams.
     *
     * @param refused wishes to be told, for which there was no place
     * @param tooLarge pushes that no datagram can hold
     * @param ignored datagrams from those who are not told anything, or that are no answers
     */
    @Json
    public record Udp(int subscribers, long refused, long tooLarge, long ignored) {}

    /**
     * @param parked clients, of those connected and those told by UDP
     * @param remembered clients that have gone
     */
    @Json
    public record Totals(
            int connected, long parked, int remembered, long ejected, Pushes services, Pushes configs, Udp udp) {}

    /**
     * Clients of one version.
     *
     * @param version as they name themselves; {@code others} for all of those that have no place here
     * @param fault what is known to be wrong with it; null when nothing is
     * @param source who says so
     */
    @Json
    public record Version(
            String version,
            int clients,
            @Nullable String fault,
            @Nullable String source) {}

    /**
     * A page of clients, with the words the reference has for pages.
     *
     * @param versions of those connected and those told by UDP, the most frequent first
     */
    @Json
    public record Clients(
            Totals totals,
            List<Version> versions,
            int totalCount,
            int pageNumber,
            int pagesAvailable,
            List<Client> pageItems) {
        public byte[] json() {
            return WireJson.encode(this);
        }
    }

    /**
     * Connections of an address that ended before there was a client, for one reason.
     *
     * @param times how often
     */
    @Json
    public record TurnedAway(String ip, String reason, long times, long first, long last) {}

    /**
     * A page of clients that have gone, the last one first.
     *
     * @param forgotten how many went before those that are known
     * @param turnedAway who came to nothing, the last one first
     */
    @Json
    public record Closed(
            long forgotten,
            int totalCount,
            int pageNumber,
            int pagesAvailable,
            List<Client> pageItems,
            List<TurnedAway> turnedAway) {
        public byte[] json() {
            return WireJson.encode(this);
        }
    }
}
