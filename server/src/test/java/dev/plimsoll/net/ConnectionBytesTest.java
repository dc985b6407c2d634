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
    private static final long HTTP2_CONNECTION = NetAccounts.CONNECTION_BYTES + Connections.HTTP2_BYTES;
    private static final long HELD_BY_TEST = 64; // the test's own queue, and what it hears of the end
    private static final int CALLS = 40;
    private static final int CALLERS = 50;

    private final TestServer server = new TestServer();

    @Test
    void a_connection_with_its_stream_and_then_calls_that_wait() throws Exception {
        var clients = new ArrayList<RawHttp2>();
        try {
            open(clients, 20); // what is there only once
            long each = median(() -> open(clients, BATCH)) - clientBytes(RawHttp2::open);
            long withConnections = heapAfterCollection();
            assertThat(HTTP2_CONNECTION)
                    .as("charged against measured bytes of a connection")
                    .isBetween(each, each * 5 / 2);
            assertThat(server.connections.held()).isEqualTo((CONNECTIONS + 20) * HTTP2_CONNECTION);

            for (RawHttp2 client : clients.subList(0, CALLERS)) {
                for (int i = 0; i < CALLS; i++) {
                    client.call(3 + 2 * i);
                }
                client.flush();
            }
            await().until(() -> server.connections.held()
                    >= (CONNECTIONS + 20) * HTTP2_CONNECTION
                            + CALLERS * (CALLS + 1L - Http2Calls.CALLS_PAID) * Http2Calls.CALL_BYTES);
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

    @Test
    void an_http1_connection_that_was_served_and_then_a_request_that_is_held() throws Exception {
        var clients = new ArrayList<RawHttp1>();
        try {
            serve(clients, 20);
            long each = median(() -> serve(clients, BATCH)) - clientBytes(RawHttp1::new);
            long withConnections = heapAfterCollection();
            assertThat(NetAccounts.CONNECTION_BYTES)
                    .as("charged against measured bytes of a connection")
                    .isBetween(each, each * 5 / 2);
            for (RawHttp1 client : clients) {
                client.send("GET /wait?x=1 HTTP/1.1\r\nHost: h\r\n\r\n");
            }
            await().until(() -> server.unanswered.size() == clients.size());
            long held = (heapAfterCollection() - withConnections) / clients.size();
            assertThat(HttpCall.KEPT_BYTES + HELD_BY_TEST)
                    .as("charged against measured bytes of a request that waits")
                    .isGreaterThanOrEqualTo(held);
        } finally {
            for (RawHttp1 client : clients) {
                client.close();
            }
        }
        await().until(() -> server.connections.held() == 0);
        server.close();
    }

    private void serve(List<RawHttp1> clients, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            var client = new RawHttp1(server.port());
            clients.add(client);
            client.get("/hello");
        }
    }

    private void open(List<RawHttp2> clients, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            RawHttp2 client = RawHttp2.open(server.grpcPort());
            clients.add(client);
            client.stream().flush();
            client.await(RawHttp2.HEADERS);
        }
    }

    private interface Opening {
        void run() throws Exception;
    }

    private interface Client {
        AutoCloseable open(int port) throws Exception;
    }

    /** Bytes of the heap that each of a batch of connections takes, both sides. */
    private static long median(Opening batch) throws Exception {
        long[] each = new long[BATCHES];
        long after = heapAfterCollection();
        for (int i = 0; i < BATCHES; i++) {
            long before = after;
            batch.run();
            after = heapAfterCollection();
            each[i] = (after - before) / BATCH;
        }
        Arrays.sort(each);
        return each[BATCHES / 2];
    }

    /** A client of the test's own, by the same means: sockets that are never accepted by Netty. */
    private static long clientBytes(Client client) throws Exception {
        try (var listener = new java.net.ServerSocket(0, 1_000, java.net.InetAddress.getLoopbackAddress())) {
            var clients = new ArrayList<AutoCloseable>();
            long before = heapAfterCollection();
            for (int i = 0; i < BATCH; i++) {
                clients.add(client.open(listener.getLocalPort()));
            }
            long each = (heapAfterCollection() - before) / BATCH;
            for (AutoCloseable opened : clients) {
                opened.close();
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
