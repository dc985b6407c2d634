package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a connection and a call are charged against what the heap grows by. An object graph cannot be measured here: from a
 * channel everything is reachable. So many are opened, and the heap is compared after collections.
 */
class ConnectionBytesTest {
    /** Opened a batch at a time; the median of the batches counts, since other threads of the process allocate meanwhile. */
    private static final int BATCHES = 5;

    private static final int BATCH = 120;
    private static final int CONNECTIONS = BATCHES * BATCH;
    private static final int CALLS = 40;
    private static final int CALLERS = 50;

    private final TestServer server = new TestServer();

    @Test
    void a_connection_with_its_stream_and_then_calls_that_wait() throws Exception {
        var clients = new ArrayList<RawHttp2>();
        try {
            open(clients, 20); // what is there only once
            long[] batches = new long[BATCHES];
            long withConnections = heapAfterCollection();
            for (int i = 0; i < BATCHES; i++) {
                long before = withConnections;
                open(clients, BATCH);
                withConnections = heapAfterCollection();
                batches[i] = (withConnections - before) / BATCH;
            }
            Arrays.sort(batches);
            long each = batches[BATCHES / 2] - clientBytes();
            assertThat(Connections.CONNECTION_BYTES)
                    .as("charged against measured bytes of a connection")
                    .isBetween(each, each * 5 / 2);
            assertThat(server.connections.held())
                    .isEqualTo((CONNECTIONS + 20) * (Connections.CONNECTION_BYTES + Http2Calls.CALL_BYTES));

            for (RawHttp2 client : clients.subList(0, CALLERS)) {
                for (int i = 0; i < CALLS; i++) {
                    client.call(3 + 2 * i);
                }
                client.flush();
            }
            await().until(() -> server.connections.held()
                    >= (CONNECTIONS + 20) * Connections.CONNECTION_BYTES
                            + (CONNECTIONS + 20 + (long) CALLERS * CALLS) * Http2Calls.CALL_BYTES);
            long call = (heapAfterCollection() - withConnections) / (CALLERS * CALLS);
            // No upper bound: what so few small objects take is lost in what a collection leaves behind.
            assertThat((long) Http2Calls.CALL_BYTES)
                    .as("charged against measured bytes of a call")
                    .isGreaterThanOrEqualTo(call);
        } finally {
            for (RawHttp2 client : clients) {
                client.close();
            }
        }
        await().until(() -> server.connections.held() == 0);
        server.close();
    }

    private void open(List<RawHttp2> clients, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            RawHttp2 client = RawHttp2.open(server.grpcPort());
            clients.add(client);
            client.headers(
                            1,
                            false,
                            ":method",
                            "POST",
                            ":scheme",
                            "http",
                            ":path",
                            "/echo/stream",
                            "content-type",
                            "application/grpc")
                    .flush();
            client.await(RawHttp2.HEADERS);
        }
    }

    /** A client of the test's own, by the same means: sockets that are never accepted by Netty. */
    private static long clientBytes() throws Exception {
        try (var listener = new java.net.ServerSocket(0, 1_000, java.net.InetAddress.getLoopbackAddress())) {
            var clients = new ArrayList<RawHttp2>();
            long before = heapAfterCollection();
            for (int i = 0; i < BATCH; i++) {
                clients.add(RawHttp2.open(listener.getLocalPort()));
            }
            long each = (heapAfterCollection() - before) / BATCH;
            for (RawHttp2 client : clients) {
                client.close();
            }
            return each;
        }
    }

    private static long heapAfterCollection() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
