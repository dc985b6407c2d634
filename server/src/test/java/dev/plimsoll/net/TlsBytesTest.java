package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.net.TestCertificates.Identity;
import dev.plimsoll.net.TlsSettings.Clients;
import dev.plimsoll.net.TlsSettings.Plaintext;
import dev.plimsoll.vitals.Findings;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What TLS adds to a connection is charged against what the heap grows by. The peers are a process of their own. */
class TlsBytesTest {
    private static final int BATCHES = 5;
    private static final int BATCH = 60;

    @TempDir
    private Path dir;

    private final ExecutorService handshakes = Executors.newSingleThreadExecutor();
    private TestServer server;

    @BeforeEach
    void start() {
        Identity identity = TestCertificates.identity("server");
        TestCertificates.write(dir.resolve("server.pem"), identity.certificatePem());
        TestCertificates.write(dir.resolve("server.key"), identity.keyPem());
        var settings = new TlsSettings(
                dir.resolve("server.pem"),
                dir.resolve("server.key"),
                "",
                Plaintext.ON,
                Clients.OFF,
                null,
                List.of("TLSv1.3", "TLSv1.2"),
                List.of(),
                Duration.ofHours(1));
        var patient = new NetSettings.Timeouts(Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMinutes(5));
        InstantSource clock = InstantSource.system();
        server = new TestServer(
                TestServer.SETTINGS.with(patient), new Tls(settings, clock, new Findings(clock), handshakes));
    }

    @AfterEach
    void all_is_given_back() {
        await().until(() -> server.connections.held() == 0);
        server.close();
        handshakes.shutdownNow();
    }

    @Test
    void a_connection_once_hands_are_shaken_and_while_they_are() throws Exception {
        long plain = each(TlsPeers.Kind.PLAIN);
        long secure = each(TlsPeers.Kind.SECURE) - plain;
        long shaking = each(TlsPeers.Kind.SHAKING) - plain;

        assertThat(TlsHandler.CONNECTION_BYTES)
                .as("charged against measured bytes of TLS")
                .isBetween(secure, secure * 5 / 2);
        assertThat(TlsHandler.CONNECTION_BYTES + TlsHandler.HANDSHAKE_BYTES)
                .as("charged against measured bytes of a handshake")
                .isBetween(shaking, shaking * 5 / 2);
    }

    /** By the median of some batches, since other threads of the process allocate meanwhile. */
    private long each(TlsPeers.Kind kind) throws Exception {
        long[] batches = new long[BATCHES];
        try (TlsPeers peers = TlsPeers.start(kind, server.port(), dir.resolve("server.pem"))) {
            peers.open(20); // what is there only once
            long before = heapAfterCollection();
            for (int i = 0; i < BATCHES; i++) {
                peers.open(BATCH);
                long after = heapAfterCollection();
                batches[i] = (after - before) / BATCH;
                before = after;
            }
        }
        await().until(() -> server.server.connectionCount() == 0);
        Arrays.sort(batches);
        return batches[BATCHES / 2];
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
