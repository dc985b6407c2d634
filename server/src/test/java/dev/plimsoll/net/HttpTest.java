package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** HTTP by both versions, right and wrong. */
@ExtendWith(LeakCheck.class)
class HttpTest {
    private static final int BODY_LIMIT = NetSettings.Limits.DEFAULT.bodyBytes();

    private final TestServer server = new TestServer(TestServer.SETTINGS.with(
            new NetSettings.Timeouts(Duration.ofMillis(600), Duration.ofMillis(600), Duration.ofSeconds(30))));

    @AfterEach
    void healthy_client_goes_on_and_all_is_given_back() throws Exception {
        try (var healthy = new RawHttp1(server.port())) {
            assertThat(healthy.get("/hello").body()).isEqualTo("hello");
        }
        server.close();
        assertThat(server.server.connectionCount()).isZero();
        assertThat(server.inbound.held()).isZero();
        assertThat(server.outbound.held()).isZero();
    }

    @Test
    void both_ports_answer_java_s_client_which_asks_for_an_upgrade() throws Exception {
        var client = HttpClient.newHttpClient();
        for (int port : new int[] {server.port(), server.grpcPort()}) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/hello"))
                    .build();
            var answer = client.send(request, BodyHandlers.ofString());
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("hello");
            assertThat(answer.headers().firstValue("content-type")).hasValue("text/plain;charset=UTF-8");
            assertThat(answer.headers().firstValue("date")).isPresent();
        }
    }

    @Test
    void form_and_query_are_one_in_every_method() throws Exception {
        var client = HttpClient.newHttpClient();
        for (String method : new String[] {"GET", "POST", "DELETE"}) {
            var request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + server.port() + "/context/form?a=%C3%BC&a=2"))
                    .header("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
                    .header("X-SENT", "seen")
                    .method(method, BodyPublishers.ofString("a=3&b=x+y%01%26"))
                    .build();
            var answer = client.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
            assertThat(answer.body()).isEqualTo("[ü, 2, 3] x y\u0001&");
            assertThat(answer.headers().firstValue("x-from")).hasValue("127.0.0.1");
            assertThat(answer.headers().firstValue("x-seen")).hasValue("seen");
        }
    }

    @Test
    void http2_serves_the_same_routes() throws Exception {
        try (var peer = RawHttp2.open(server.port())) {
            peer.headers(1, true, ":method", "GET", ":scheme", "http", ":path", "/context/form?a=1&b=2", "x-sent", "s")
                    .flush();
            var head = peer.await(RawHttp2.HEADERS).head();
            assertThat(head.status()).hasToString("200");
            assertThat(head.get("x-seen")).hasToString("s");
            assertThat(new String(peer.await(RawHttp2.DATA).payload(), StandardCharsets.UTF_8))
                    .isEqualTo("[1] 2");

            peer.headers(3, false, ":method", "POST", ":scheme", "http", ":path", "/body")
                    .data(3, false, "ah".getBytes(StandardCharsets.UTF_8))
                    .data(3, true, "oi".getBytes(StandardCharsets.UTF_8))
                    .flush();
            assertThat(new String(peer.await(RawHttp2.DATA).payload(), StandardCharsets.UTF_8))
                    .isEqualTo("4 " + "ahoi".hashCode());

            peer.headers(5, true, ":method", "HEAD", ":scheme", "http", ":path", "/hello")
                    .flush();
            assertThat(peer.trailers().get("content-length")).hasToString("5");

            peer.headers(
                            7,
                            false,
                            ":method",
                            "POST",
                            ":scheme",
                            "http",
                            ":path",
                            "/body",
                            "content-length",
                            Integer.toString(BODY_LIMIT + 1))
                    .flush();
            assertThat(peer.await(RawHttp2.HEADERS).head().status()).hasToString("413");
        }
    }

    @Test
    void a_body_in_frames_of_one_byte_is_put_together_in_few_buffers() throws Exception {
        try (var peer = RawHttp2.open(server.port())) {
            peer.headers(1, false, ":method", "POST", ":scheme", "http", ":path", "/body");
            for (int i = 0; i < 3_000; i++) {
                peer.data(1, false, new byte[] {'x'});
            }
            peer.flush();
            // 1 KiB, and as much as there is already each time, and the head: each of so many bytes would be an object.
            await().until(() -> server.inbound.held() > 4 << 10);
            peer.data(1, true, new byte[0]).flush();
            assertThat(new String(peer.await(RawHttp2.DATA).payload(), StandardCharsets.UTF_8))
                    .isEqualTo("3000 " + "x".repeat(3_000).hashCode());
        }
    }

    @Test
    void errors_have_their_statuses() throws Exception {
        try (var peer = new RawHttp1(server.port())) {
            assertThat(peer.get("/nothing").status()).isEqualTo(404);
            var wrongMethod =
                    peer.send("DELETE /hello HTTP/1.1\r\nHost: h\r\n\r\n").answer();
            assertThat(wrongMethod.status()).isEqualTo(405);
            assertThat(wrongMethod.headers()).containsEntry("allow", "GET, HEAD");
            assertThat(peer.get("/refuse?it=x").body()).isEqualTo("it: 'x' (expected: something else)");
            assertThat(peer.get("/hello?a=%zz").status()).isEqualTo(400);
            assertThat(peer.get("/hello?a=%4").status()).isEqualTo(400);
            assertThat(peer.get("/hel%6co?a=%41").status()).isEqualTo(200);
            assertThat(peer.get("/hello?" + "a=1&".repeat(1_001)).body()).startsWith("parameters: more than 1000");
            var thrown = peer.get("/throw");
            assertThat(thrown.status()).isEqualTo(500);
            assertThat(thrown.body()).isEqualTo("internal error");
            var injected = peer.get("/header");
            assertThat(injected.status()).isEqualTo(500);
            assertThat(injected.headers()).doesNotContainKey("x-injected");
            assertThat(peer.get("/hello").body()).isEqualTo("hello");
        }
    }

    @Test
    void head_has_the_length_but_no_body() throws Exception {
        try (var peer = new RawHttp1(server.port())) {
            var answer = peer.send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n").answer(false);
            assertThat(answer.headers()).containsEntry("content-length", "5");
            assertThat(peer.get("/hello").body()).isEqualTo("hello");
        }
    }

    @Test
    void pipelined_requests_are_answered_in_order() throws Exception {
        try (var peer = new RawHttp1(server.port())) {
            peer.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
            var requests = new StringBuilder();
            for (int i = 1; i <= 200; i++) {
                requests.append("GET /size?n=").append(i).append(" HTTP/1.1\r\nHost: h\r\n\r\n");
            }
            peer.send(requests.toString());
            await().until(() -> server.unanswered.size() == 1);
            server.unanswered.element().answer(HttpAnswer.text(200, "at last"));
            assertThat(peer.answer().body()).isEqualTo("at last");
            for (int i = 1; i <= 200; i++) {
                assertThat(peer.answer().body()).hasSize(i);
            }
        }
    }

    @Test
    void handler_hears_that_the_peer_went_away() throws Exception {
        try (var peer = new RawHttp1(server.port())) {
            peer.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
            await().until(() -> server.unanswered.size() == 1);
        }
        await().until(() -> server.gone.get() == 1);
        server.unanswered.element().answer(HttpAnswer.text(200, "nobody hears it"));
    }

    @Test
    void connection_close_and_http_1_0_are_honoured() throws Exception {
        try (var peer = new RawHttp1(server.port())) {
            var answer = peer.send("GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                    .answer();
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(peer.ends()).isTrue();
        }
        try (var peer = new RawHttp1(server.port())) {
            assertThat(peer.send("GET /hello HTTP/1.0\r\n\r\n").answer().body()).isEqualTo("hello");
            assertThat(peer.ends()).isTrue();
        }
    }

    @Test
    void continue_is_said_when_expected() throws Exception {
        try (var peer = new RawHttp1(server.port())) {
            peer.send("POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
            assertThat(peer.answer().status()).isEqualTo(100);
            assertThat(peer.send("ahoi").answer().body()).isEqualTo("4 " + "ahoi".hashCode());
        }
    }

    @Test
    void body_over_the_limit_is_413_announced_or_not() throws Exception {
        try (var peer = new RawHttp1(server.port())) {
            var answer = peer.send(
                            "POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: " + (BODY_LIMIT + 1) + "\r\n\r\nabc")
                    .answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("request body: too large (expected: at most " + BODY_LIMIT + " bytes)");
            assertThat(peer.ends()).isTrue();
        }
        try (var peer = new RawHttp1(server.port())) {
            peer.send("POST /body HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "100000\r\n" + "x".repeat(1 << 20) + "\r\n";
            for (int i = 0; i < 11; i++) {
                peer.send(chunk);
            }
            assertThat(peer.answer().status()).isEqualTo(413);
        }
    }

    @Test
    void body_of_the_limit_is_taken() throws Exception {
        try (var peer = new RawHttp1(server.port())) {
            String body = "x".repeat(BODY_LIMIT);
            var answer = peer.send(
                            "POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: " + BODY_LIMIT + "\r\n\r\n" + body)
                    .answer();
            assertThat(answer.body()).isEqualTo(BODY_LIMIT + " " + body.hashCode());
        }
    }

    @Test
    void full_inbound_account_is_503() throws Exception {
        try (var small = new TestServer(TestServer.SETTINGS, 20_000, 1 << 20);
                var peer = new RawHttp1(small.port())) {
            var answer = peer.send(
                            "POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000))
                    .answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.headers()).containsEntry("retry-after", "1");
            assertThat(answer.body()).isEqualTo("inbound bodies: full (limit: 20000 bytes)");
            assertThat(small.inbound.held()).isZero();
        }
    }

    @Test
    void full_outbound_account_is_503() throws Exception {
        try (var small = new TestServer(TestServer.SETTINGS, 1 << 20, 20_000);
                var peer = new RawHttp1(small.port())) {
            assertThat(peer.get("/size?n=100000").body()).isEqualTo("outbound in flight: full");
            assertThat(peer.get("/hello").body()).isEqualTo("hello");
            await().until(() -> small.outbound.held() == 0);
        }
    }

    @Test
    void garbage_is_400() throws Exception {
        for (String garbage : new String[] {
            "\u0016\u0003\u0001\u0002hello\r\n\r\n",
            "hello server\r\n\r\n",
            "GET /hello HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            "POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        }) {
            try (var peer = new RawHttp1(server.port())) {
                assertThat(peer.send(garbage).answer().status()).as(garbage).isEqualTo(400);
                assertThat(peer.ends()).isTrue();
            }
        }
    }

    @Test
    void long_lines_and_headers_are_refused() throws Exception {
        try (var peer = new RawHttp1(server.port())) {
            assertThat(peer.get("/" + "x".repeat(17_000)).status()).isEqualTo(414);
        }
        try (var peer = new RawHttp1(server.port())) {
            assertThat(peer.send("GET /hello HTTP/1.1\r\nHost: h\r\nA: " + "x".repeat(17_000) + "\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(431);
        }
    }

    @Test
    void slow_head_and_slow_body_are_408_and_silence_is_closed() throws Exception {
        try (var head = new RawHttp1(server.port());
                var body = new RawHttp1(server.port());
                var silent = new RawHttp1(server.port())) {
            head.send("GET /hello HTTP/1.1\r\nHo");
            body.send("POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
            assertThat(head.answer().status()).isEqualTo(408);
            assertThat(body.answer().status()).isEqualTo(408);
            assertThat(silent.ends()).isTrue();
        }
    }
}
