package dev.plimsoll.bench.client;

/**
 * An instance as an SDK sends it.
 *
 * @param rev number of the change that made it so, carried in the metadata
 */
public record BenchInstance(String ip, int port, double weight, long rev) {
    /** Stands right before the number. */
    public static final byte[] REV = Message.ascii("\"rev\":\"");

    private static final int PER_NET = 250;

    /** The {@code n}th of a service. */
    public static BenchInstance of(int n) {
        return new BenchInstance(
                "10." + n / PER_NET / PER_NET + "." + n / PER_NET % PER_NET + "." + (n % PER_NET + 1), 8080, 1.0, 0);
    }

    public BenchInstance changed(long newRev) {
        return new BenchInstance(ip, port, 1.0 + newRev % 10, newRev);
    }

    void json(StringBuilder out, String service) {
        json(out, service, "");
    }

    void json(StringBuilder out, String service, String extra) {
        out.append("{\"ip\":\"")
                .append(ip)
                .append("\",\"port\":")
                .append(port)
                .append(",\"weight\":")
                .append(weight)
                .append(",\"healthy\":true,\"enabled\":true,\"ephemeral\":true,\"clusterName\":\"DEFAULT\"")
                .append(",\"serviceName\":\"DEFAULT_GROUP@@")
                .append(service)
                .append("\",\"metadata\":{\"rev\":\"")
                .append(rev)
                .append("\",\"preserved.register.source\":\"SPRING_CLOUD\",\"version\":\"1.4.2\"");
        if (!extra.isEmpty()) {
            out.append(",\"extra\":\"").append(extra).append('"');
        }
        out.append('}')
                .append(
                        ",\"instanceHeartBeatInterval\":5000,\"instanceHeartBeatTimeOut\":15000,\"ipDeleteTimeout\":30000}");
    }
}
