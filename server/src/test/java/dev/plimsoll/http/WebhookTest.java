package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.plimsoll.vitals.Condition;
import dev.plimsoll.vitals.Finding;
import dev.plimsoll.vitals.Severity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The webhook against real receivers: good ones, failing ones, and some that only listen. */
class WebhookTest {
    private static final Finding FULL = new Finding(
            new Condition("accounts", "an account is full", "give a larger line"),
            "registry",
            Severity.CRITICAL,
            "100 \"%\"",
            1_000,
            null);

    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<String> logins = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private HttpServer receiver;

    @BeforeEach
    void start() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            received.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            logins.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        receiver.start();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
        executor.shutdownNow();
    }

    private Webhook to(String user, int port, String pathAndQuery, Duration timeout) {
        return new Webhook(
                URI.create("http://" + user + "127.0.0.1:" + port + pathAndQuery),
                timeout,
                "10.0.0.1:8848",
                "1.2.3",
                InstantSource.fixed(Instant.ofEpochMilli(5_000)),
                executor);
    }

    private Webhook hook() {
        return to("", receiver.getAddress().getPort(), "/hook", Duration.ofSeconds(20));
    }

    private void assertRefused(Webhook hook, String words) {
        assertThatThrownBy(() -> hook.send(FULL, false).toCompletableFuture().join())
                .hasMessageContaining(words)
                .hasMessageContaining("http://127.0.0.1:")
                .hasMessageNotContaining("/hook")
                .hasMessageNotContaining("secret");
    }

    @Test
    void a_critical_finding_is_posted_as_json() {
        hook().send(FULL, false).toCompletableFuture().join();
        assertThat(received)
                .containsExactly(
                        "POST /hook {\"event\":\"critical\",\"server\":\"10.0.0.1:8848\",\"version\":\"1.2.3\","
                                + "\"now\":5000,\"text\":\"critical on 10.0.0.1:8848: an account is full: registry: 100 \\\"%\\\";"
                                + " give a larger line\",\"finding\":{\"check\":\"accounts\",\"severity\":\"critical\","
                                + "\"cause\":\"an account is full\",\"subject\":\"registry\",\"evidence\":\"100 \\\"%\\\"\","
                                + "\"advice\":\"give a larger line\",\"since\":1000}}");
        assertThat(logins).containsExactly("null");
    }

    @Test
    void its_end_is_posted_with_its_moment() {
        var ended = new Finding(FULL.condition(), "registry", Severity.CRITICAL, "100 %", 1_000, 4_000L);
        hook().send(ended, true).toCompletableFuture().join();
        assertThat(received)
                .singleElement()
                .asString()
                .contains(
                        "\"event\":\"over\"", "\"text\":\"over on 10.0.0.1:8848: an account is full", "\"until\":4000");
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 307, 404, 500})
    void any_other_answer_is_a_failure_and_redirects_are_not_followed(int answer) {
        status = answer;
        assertRefused(hook(), "status " + answer + " (expected: 2xx)");
        assertThat(received).hasSize(1);
    }

    @Test
    void user_and_query_are_used_and_never_told() {
        status = 500;
        assertRefused(
                to("ops:secret%21@", receiver.getAddress().getPort(), "/hook?token=secret", Duration.ofSeconds(20)),
                "status 500");
        assertThat(received).singleElement().asString().startsWith("POST /hook?token=secret ");
        assertThat(logins).containsExactly("Basic b3BzOnNlY3JldCE=");
    }

    @Test
    void nobody_there_is_a_failure() throws IOException {
        int port;
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = listener.getLocalPort();
        }
        assertRefused(to("ops:secret@", port, "/hook?token=secret", Duration.ofSeconds(20)), "ConnectException");
    }

    @Test
    void one_who_takes_everything_and_answers_nothing_is_given_up_in_time() throws IOException {
        try (var deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(to("", deaf.getLocalPort(), "/hook", Duration.ofSeconds(1)), "no answer within 1 s");
        }
    }

    @Test
    void one_who_answers_a_byte_at_a_time_is_given_up_in_time() throws Exception {
        try (var slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var dripping = new Thread(() -> drip(slow));
            dripping.start();
            assertRefused(to("", slow.getLocalPort(), "/hook", Duration.ofSeconds(1)), "no answer within 1 s");
            dripping.join(10_000);
            assertThat(dripping.isAlive()).isFalse();
        }
    }

    /** A header without end, until the other side has had enough. */
    private static void drip(ServerSocket listener) {
        try (Socket peer = listener.accept()) {
            var out = peer.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 600; i++) {
                out.write('x');
                out.flush();
                Thread.sleep(10);
            }
        } catch (IOException | InterruptedException e) {
            Thread.currentThread().interrupt(); // it had
        }
    }
}
