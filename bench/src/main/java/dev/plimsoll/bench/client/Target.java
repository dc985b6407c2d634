package dev.plimsoll.bench.client;

import java.net.InetSocketAddress;

/**
 * The server's two addresses.
 *
 * @param tls whether clients of gRPC speak TLS; HTTP is spoken without
 */
public record Target(InetSocketAddress http, InetSocketAddress grpc, boolean tls) {
    private static final int GRPC_OFFSET = 1_000;

    /**
     * @param http such as {@code 127.0.0.1:8848}
     * @param grpc the same form; empty for the next thousandth port
     */
    public static Target parse(String http, String grpc, boolean tls) {
        InetSocketAddress first = address("target", http);
        InetSocketAddress second = grpc.isEmpty()
                ? new InetSocketAddress(first.getAddress(), first.getPort() + GRPC_OFFSET)
                : address("grpc", grpc);
        return new Target(first, second, tls);
    }

    private static InetSocketAddress address(String option, String text) {
        int colon = text.lastIndexOf(':');
        try {
            InetSocketAddress address = new InetSocketAddress(
                    text.substring(0, Math.max(0, colon)), Integer.parseInt(text.substring(colon + 1)));
            if (colon > 0 && !address.isUnresolved()) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": '" + text + "' (expected: host:port)", e);
        }
        throw new IllegalArgumentException(option + ": '" + text + "' (expected: host:port of a known host)");
    }

    @Override
    public String toString() {
        return http.getHostString() + ":" + http.getPort() + " (gRPC " + grpc.getPort() + (tls ? " over TLS)" : ")");
    }
}
