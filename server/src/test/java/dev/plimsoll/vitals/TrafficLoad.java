package dev.plimsoll.vitals;

import java.lang.management.ManagementFactory;

/**
 * What counting a request costs, in processor time of its thread: with nobody told of, and with one request in sixteen told
 * of as it is; asked by a few about a few, and by any number about any number. Run by hand, {@code TrafficLoad}.
 */
public final class TrafficLoad {
    private static final int CALLS = 4_000_000;
    private static final int ROUNDS = 4;
    private static final int MANY = 1 << 16;

    private TrafficLoad() {}

    public static void main(String[] arguments) {
        for (int names : new int[] {4, MANY}) {
            var addresses = new String[names];
            var services = new String[names];
            for (int i = 0; i < names; i++) {
                addresses[i] = "10.0." + i / 250 + "." + i % 250;
                services[i] = "com.example.orders.Service" + i;
            }
            var traffic = new Traffic(System::nanoTime);
            for (int round = 1; round <= ROUNDS; round++) {
                long before = cpuNanos();
                for (int i = 0; i < CALLS; i++) {
                    long begun = traffic.begin();
                    traffic.answered(RequestKind.QUERY, begun);
                }
                long counted = cpuNanos();
                for (int i = 0; i < CALLS; i++) {
                    long begun = traffic.begin();
                    if (Traffic.tells(begun)) {
                        traffic.by(RequestKind.QUERY, addresses[i % names], "dev", services[i * 31 & names - 1]);
                    }
                    traffic.answered(RequestKind.QUERY, begun);
                }
                long told = cpuNanos();
                System.out.printf(
                        "%d names: counted %.1f ns a call, counted and told of %.1f ns a call%n",
                        names, (counted - before) / (double) CALLS, (told - counted) / (double) CALLS);
            }
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
