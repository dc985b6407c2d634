package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.plimsoll.net.TestCertificates;
import dev.plimsoll.net.TestCertificates.Identity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server with something critical about it, and one who wants to know. */
class LiveAlertsTest {
    @TempDir
    Path dir;

    @Test
    void what_is_critical_is_posted_to_the_webhook_until_it_is_taken() throws Exception {
        Queue<String> received = new ConcurrentLinkedQueue<>();
        var attempts = new AtomicInteger();
        var receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            received.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(attempts.incrementAndGet() == 1 ? 500 : 204, -1);
            exchange.close();
        });
        receiver.start();
        String address = "http://ops:secret@127.0.0.1:" + receiver.getAddress().getPort() + "/hook?token=1";
        Server server = start("--alert.webhook=" + address);
        try {
            await().untilAsserted(() -> assertThat(received).hasSize(2));
            assertThat(received).allSatisfy(alert -> assertThat(alert)
                    .startsWith("/hook?token=1 Basic b3BzOnNlY3JldA== {\"event\":\"critical\",")
                    .contains("\"cause\":\"the TLS certificate ends soon\""));
        } finally {
            server.drain();
            server.close();
            receiver.stop(0);
        }
    }

    /** Its certificate ends within the hour, which is critical. */
    private Server start(String... more) {
        Instant now = Instant.now();
        Identity own = TestCertificates.identity("server", null, now.minusSeconds(60), now.plusSeconds(3_600));
        TestCertificates.write(dir.resolve("server.pem"), own.certificatePem());
        TestCertificates.write(dir.resolve("server.key"), own.keyPem());
        var options = new ArrayList<>(List.of(
                "--port=0",
                "--data=" + dir.resolve("data"),
                "--tls.certificate=" + dir.resolve("server.pem"),
                "--tls.key=" + dir.resolve("server.key")));
        options.addAll(List.of(more));
        Values values = Values.read(options, Map.of());
        return Server.start(Settings.of(values, MemoryLine.ofProcess(values.get(KnownSettings.MEMORY))));
    }
}
