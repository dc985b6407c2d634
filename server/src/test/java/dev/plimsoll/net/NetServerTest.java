package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Unavailable;
import io.netty.handler.codec.http2.Http2Error;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class NetServerTest {
    private static final NetSettings SETTINGS = TestServer.SETTINGS;

    @Test
    void free_ports_are_a_thousand_apart() {
        try (var server = new TestServer()) {
            assertThat(server.grpcPort()).isEqualTo(server.port() + 1_000);
        }
    }

    @Test
    void port_taken_is_said_in_one_line() throws Exception {
        try (var other = new ServerSocket(0)) {
            int port = other.getLocalPort();
            assertThatThrownBy(() -> new TestServer(new NetSettings(
                            "127.0.0.1", port, 0, 1, NetSettings.Limits.DEFAULT, NetSettings.Timeouts.DEFAULT)))
                    .isInstanceOf(Unavailable.class)
                    .hasMessage("port " + port + " is taken");
        }
    }

    @Test
    void impossible_settings_are_refused() {
        assertThatThrownBy(() -> NetSettings.at("127.0.0.1", 70_000, 0))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("http port: 70000 (expected: 0 to 65535)");
        assertThatThrownBy(() -> NetSettings.at("127.0.0.1", 8848, 8848)).isInstanceOf(InvalidRequest.class);
    }

    @Test
    void connections_over_the_limits_are_closed_at_once_and_others_live() throws Exception {
        try (var server = new TestServer(SETTINGS.with(NetSettings.Limits.DEFAULT.withConnections(10, 3)))) {
            var peers = new ArrayList<RawHttp1>();
            for (int i = 0; i < 3; i++) {
                var peer = new RawHttp1(server.port());
                assertThat(peer.get("/hello").body()).isEqualTo("hello");
                peers.add(peer);
            }
            for (int i = 0; i < 20; i++) {
                try (var refused = new RawHttp1(server.port())) {
                    assertThat(refused.ends()).isTrue();
                }
            }
            assertThat(server.server.connectionsRefused()).isEqualTo(20);
            await().untilAsserted(() -> assertThat(server.turnedAway) // told after it is closed
                    .hasSize(20)
                    .containsOnly("127.0.0.1: refused: connections of one address: 3 open (expected: at most that)"));
            assertThat(server.server.connectionCount()).isEqualTo(3);
            assertThat(peers.get(0).get("/hello").body()).isEqualTo("hello");
            peers.get(0).close();
            await().until(() -> server.server.connectionCount() == 2);
            try (var next = new RawHttp1(server.port())) {
                assertThat(next.get("/hello").body()).isEqualTo("hello");
            }
            for (RawHttp1 peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void idle_connections_are_closed_but_a_quiet_stream_is_not_idle() throws Exception {
        var quick = new NetSettings.Timeouts(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(300));
        try (var server = new TestServer(SETTINGS.with(quick));
                var http1 = new RawHttp1(server.port());
                var http2 = RawHttp2.open(server.port());
                var streaming = RawHttp2.open(server.port())) {
            streaming.stream().flush();
            assertThat(http1.get("/hello").body()).isEqualTo("hello");
            assertThat(http1.ends()).isTrue();
            assertThat(http2.ends()).isTrue();
            streaming.data(1, false, RawHttp2.message("ahoi")).flush();
            assertThat(streaming.await(RawHttp2.DATA).payload()).isEqualTo(RawHttp2.message("ahoi"));
            assertThat(server.turnedAway)
                    .as("idle HTTP/1.1 is no news")
                    .containsExactly("127.0.0.1: no call was ever made");
        }
    }

    /** As an SDK is connected: it has the stream it is told things on, and makes a call at a time. */
    @Test
    void who_is_connected_asks_however_full_it_is_and_once_at_a_time() throws Exception {
        try (var server = new TestServer();
                RawHttp2 client = streaming(server)) {
            server.connections.reserve(server.connections.available());
            for (int stream = 3; stream < 9; stream += 2) {
                client.call(stream).data(stream, true, RawHttp2.message("ahoi")).flush();
                assertThat(client.await(RawHttp2.DATA).payload()).isEqualTo(RawHttp2.message("ahoi"));
            }
            client.call(9).data(9, true, RawHttp2.message("wait")).flush();
            await().until(() -> server.echo.unanswered.size() == 1);
            client.call(11).data(11, true, RawHttp2.message("ahoi")).flush();
            String refusal = new String(client.await(RawHttp2.HEADERS).payload(), StandardCharsets.ISO_8859_1);
            while (!refusal.contains("connections: full")) { // the trailers of the calls before
                refusal = new String(client.await(RawHttp2.HEADERS).payload(), StandardCharsets.ISO_8859_1);
            }
            try (RawHttp2 newcomer = RawHttp2.open(server.port())) {
                assertThat(newcomer.ends())
                        .as("a newcomer has paid for nothing")
                        .isTrue();
            }
        }
    }

    @Test
    void the_end_of_a_stream_says_whose_it_was() throws Exception {
        try (var server = new TestServer()) {
            try (var leaving = streaming(server)) {
                leaving.data(1, true, RawHttp2.message("ahoi")).flush();
                await().until(() -> server.echo.ends.contains("the client ended its stream"));
            }
            try (var resetting = streaming(server)) {
                resetting.rst(1).flush();
                await().until(() -> server.echo.ends.contains("the client reset its stream"));
            }
            streaming(server).close();
            await().until(() -> server.echo.ends.contains("the client closed the connection"));
            try (var cut = streaming(server)) {
                cut.data(1, true, new byte[] {0, 0, 0, 0, 9, 1}).flush();
                await().until(() ->
                        server.echo.ends.contains("message: cut off (expected: as many bytes as its prefix says)"));
            }
        }
    }

    private static RawHttp2 streaming(TestServer server) throws Exception {
        int before = server.echo.streams.size();
        RawHttp2 peer = RawHttp2.open(server.port());
        peer.stream().flush();
        await().until(() -> server.echo.streams.size() > before);
        return peer;
    }

    @Test
    void draining_says_goodbye_and_lets_calls_finish() throws Exception {
        var server = new TestServer();
        try (var http1 = new RawHttp1(server.port());
                var http2 = RawHttp2.open(server.port())) {
            http1.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
            http2.call(1).data(1, true, RawHttp2.message("wait")).flush();
            await().until(() -> server.unanswered.size() == 1 && server.echo.unanswered.size() == 1);

            server.server.drain();
            assertThat(http2.await(RawHttp2.GOAWAY).error()).isEqualTo((int) Http2Error.NO_ERROR.code());
            var closing = new Thread(() -> server.server.close(Duration.ofSeconds(20)));
            closing.start();
            server.unanswered.element().answer(HttpAnswer.text(200, "still"));
            server.echo.waiting().get(0).answer(server.echo.framed(new byte[] {1}));
            var answer = http1.answer();
            assertThat(answer.body()).isEqualTo("still");
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(http2.trailers().get("grpc-status")).hasToString("0");
            assertThat(http2.ends()).isTrue();
            closing.join(15_000);
            assertThat(closing.isAlive()).isFalse();
            assertThat(server.outbound.held()).isZero();
        }
    }

    @Test
    void closing_ends_streams_as_unavailable() throws Exception {
        var server = new TestServer();
        try (var http2 = RawHttp2.open(server.port())) {
            http2.stream().flush();
            await().until(() -> server.echo.streams.size() == 1);
            server.server.close(Duration.ofSeconds(20));
            assertThat(http2.trailers().get("grpc-status")).hasToString("14");
            assertThat(server.echo.ended).hasValue(1);
            assertThat(server.echo.closed).hasValue(1);
        }
    }

    @Test
    void every_channel_uses_the_server_s_own_allocator() throws Exception {
        try (var server = new TestServer();
                var peer = new RawHttp1(server.port())) {
            peer.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
            await().until(() -> server.unanswered.size() == 1);
            var connection = (TcpConnection) server.unanswered.element().connection();
            assertThat(connection.allocator()).isSameAs(server.server.allocator());
            assertThat(server.server.directMemory()).isPositive();
        }
    }

    @Test
    void leak_check_sees_a_leak() {
        try (var server = new TestServer()) {
            server.server.allocator().directBuffer(16);
            for (int i = 0; i < 100 && LeakCheck.reported() == 0; i++) {
                System.gc();
                server.server.allocator().directBuffer(16).release();
            }
        }
        assertThat(LeakCheck.reported()).isPositive();
        LeakCheck.forget();
    }
}
