package dev.plimsoll.net;

import dev.plimsoll.refusal.InvalidRequest;
import java.time.Duration;
import java.util.List;

/**
 * Where the server listens and what it grants one peer. Port 0 picks free ports, gRPC at the HTTP port + 1000.
 *
 * @param ioThreads event loops; each connection lives on one of them
 * @param refused what is not connected to for others
 */
public record NetSettings(
        String host,
        int httpPort,
        int grpcPort,
        int ioThreads,
        Limits limits,
        Timeouts timeouts,
        RefusedAddresses refused) {
    /** Clients derive the gRPC port from the HTTP port they are given by adding this. */
    public static final int GRPC_OFFSET = 1000;

    public NetSettings {
        if (host.isBlank()) {
            throw new InvalidRequest("host: '" + host + "' (expected: an address to listen on)");
        }
        checkPort("http port", httpPort);
        checkPort("grpc port", grpcPort);
        if (httpPort == grpcPort && httpPort != 0) {
            throw new InvalidRequest("grpc port: " + grpcPort + " (expected: another than the http port)");
        }
        if (ioThreads < 1) {
            throw new InvalidRequest("io threads: " + ioThreads + " (expected: at least 1)");
        }
    }

    /** With nothing refused. */
    NetSettings(String host, int httpPort, int grpcPort, int ioThreads, Limits limits, Timeouts timeouts) {
        this(host, httpPort, grpcPort, ioThreads, limits, timeouts, new RefusedAddresses(List.of(), false));
    }

    /** The defaults for everything but the address, and nothing refused. */
    public static NetSettings at(String host, int httpPort, int grpcPort) {
        return new NetSettings(
                host,
                httpPort,
                grpcPort,
                Math.min(4, Runtime.getRuntime().availableProcessors()),
                Limits.DEFAULT,
                Timeouts.DEFAULT);
    }

    public NetSettings with(Limits limits) {
        return new NetSettings(host, httpPort, grpcPort, ioThreads, limits, timeouts, refused);
    }

    public NetSettings with(RefusedAddresses refused) {
        return new NetSettings(host, httpPort, grpcPort, ioThreads, limits, timeouts, refused);
    }

    public NetSettings with(Timeouts timeouts) {
        return new NetSettings(host, httpPort, grpcPort, ioThreads, limits, timeouts, refused);
    }

    private static void checkPort(String what, int port) {
        if (port < 0 || port > 65535) {
            throw new InvalidRequest(what + ": " + port + " (expected: 0 to 65535)");
        }
    }

    /**
     * What one peer, and all of them, may ask of the server.
     *
     * @param connections of all peers together
     * @param connectionsPerAddress of one address; behind a proxy many clients share one
     * @param streams open calls on one HTTP/2 connection
     * @param headerBytes a request's line and headers together
     * @param messageBytes one gRPC message, in or out
     * @param bodyBytes one HTTP request body
     * @param parameters query and form parameters of one HTTP request
     * @param pendingHigh bytes a connection may leave untaken before no more of its requests are served
     * @param pendingLow bytes below which they are served again
     * @param controlFrames PING, SETTINGS and PRIORITY frames, and RST_STREAM frames, a peer may send in ten seconds
     */
    public record Limits(
            int connections,
            int connectionsPerAddress,
            int streams,
            int headerBytes,
            int messageBytes,
            int bodyBytes,
            int parameters,
            int pendingHigh,
            int pendingLow,
            int controlFrames) {
        /** The messages' 10 MiB are the official clients' own limit; a form's names and escapes come on top. */
        public static final Limits DEFAULT = new Limits(
                20_000, 10_000, 256, 16 << 10, 10 << 20, (10 << 20) + (64 << 10), 1_000, 256 << 10, 64 << 10, 400);

        public Limits {
            positive("connections", connections);
            positive("connections per address", connectionsPerAddress);
            positive("streams", streams);
            positive("header bytes", headerBytes);
            positive("message bytes", messageBytes);
            positive("body bytes", bodyBytes);
            positive("parameters", parameters);
            positive("pending low", pendingLow);
            positive("control frames", controlFrames);
            if (pendingHigh < pendingLow) {
                throw new InvalidRequest("pending high: " + pendingHigh + " (expected: at least " + pendingLow + ")");
            }
        }

        public Limits withConnections(int connections, int perAddress) {
            return new Limits(
                    connections,
                    perAddress,
                    streams,
                    headerBytes,
                    messageBytes,
                    bodyBytes,
                    parameters,
                    pendingHigh,
                    pendingLow,
                    controlFrames);
        }

        public Limits withCalls(int streams) {
            return new Limits(
                    connections,
                    connectionsPerAddress,
                    streams,
                    headerBytes,
                    messageBytes,
                    bodyBytes,
                    parameters,
                    pendingHigh,
                    pendingLow,
                    controlFrames);
        }

        private static void positive(String what, int value) {
            if (value < 1) {
                throw new InvalidRequest(what + ": " + value + " (expected: at least 1)");
            }
        }
    }

    /**
     * How long a peer may take.
     *
     * @param head from a request's first byte to the end of its headers; also for the first bytes of a connection
     * @param body from the headers to the end of the body or message
     * @param idle between two requests of an HTTP/1.1 connection, and before the first of an HTTP/2 connection
     */
    public record Timeouts(Duration head, Duration body, Duration idle) {
        public static final Timeouts DEFAULT =
                new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(60));

        /** How often connections are looked at: late by at most half of the shortest of these. A look costs a turn of each. */
        Duration sweep() {
            var shortest = head.compareTo(body) < 0 ? head : body;
            shortest = shortest.compareTo(idle) < 0 ? shortest : idle;
            return Duration.ofMillis(Math.min(5_000, Math.max(10, shortest.toMillis() / 2)));
        }
    }
}
