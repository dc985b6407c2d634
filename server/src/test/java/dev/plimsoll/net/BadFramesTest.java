package dev.plimsoll.net;

import static dev.plimsoll.net.RawHttp2.CONTINUATION;
import static dev.plimsoll.net.RawHttp2.DATA;
import static dev.plimsoll.net.RawHttp2.GOAWAY;
import static dev.plimsoll.net.RawHttp2.HEADERS;
import static dev.plimsoll.net.RawHttp2.PING;
import static dev.plimsoll.net.RawHttp2.RST;
import static dev.plimsoll.net.RawHttp2.SETTINGS;
import static dev.plimsoll.net.RawHttp2.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.StatusRuntimeException;
import io.netty.handler.codec.http2.Http2Error;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Peers that break HTTP/2 or gRPC are told so, and a healthy client on the same server does not notice. */
@ExtendWith(LeakCheck.class)
class BadFramesTest {
    private final TestServer server = new TestServer(TestServer.SETTINGS.with(
            new NetSettings.Timeouts(Duration.ofSeconds(30), Duration.ofMillis(600), Duration.ofSeconds(30))));
    private final GrpcClient healthy = new GrpcClient(server.grpcPort());

    @AfterEach
    void healthy_client_goes_on_and_all_is_given_back() {
        assertThat(healthy.unary("ahoi")).isEqualTo("ahoi");
        healthy.close();
        await().until(() -> server.server.connectionCount() == 0);
        server.close();
        assertThat(server.inbound.held()).isZero();
        assertThat(server.outbound.held()).isZero();
    }

    @Test
    void corrupt_preface() throws Exception {
        try (var peer = new RawHttp2(server.grpcPort())) {
            peer.bytes("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
                    .flush();
            assertThat(peer.await(GOAWAY).error()).isEqualTo(code(Http2Error.PROTOCOL_ERROR));
            assertThat(peer.ends()).isTrue();
            assertThat(server.turnedAway).containsExactly("127.0.0.1: broke the rules of HTTP/2");
        }
    }

    @Test
    void frame_over_the_size_limit() throws Exception {
        assertGoAway(Http2Error.FRAME_SIZE_ERROR, peer -> peer.call(1).frameHead(16385, DATA, 0, 1));
    }

    @Test
    void rst_flood() throws Exception {
        assertGoAway(Http2Error.ENHANCE_YOUR_CALM, peer -> {
            for (int i = 1; i < 2_000; i += 2) {
                peer.call(i).rst(i);
            }
        });
    }

    @Test
    void continuation_flood() throws Exception {
        assertGoAway(Http2Error.ENHANCE_YOUR_CALM, peer -> {
            peer.frame(HEADERS, 0, 1, RawHttp2.block(":method", "POST"));
            for (int i = 0; i < 1_000; i++) {
                peer.frame(CONTINUATION, 0, 1, RawHttp2.block("a", "b"));
            }
        });
    }

    @Test
    void ping_flood() throws Exception {
        assertGoAway(Http2Error.ENHANCE_YOUR_CALM, peer -> {
            for (int i = 0; i < 1_000; i++) {
                peer.frame(PING, 0, 0, new byte[8]);
            }
        });
    }

    @Test
    void a_ping_for_every_answer_is_no_flood() throws Exception {
        // As grpc-java sends them, to measure the line by what it is sent.
        try (var peer = RawHttp2.open(server.grpcPort())) {
            for (int i = 1; i < 2_000; i += 2) {
                peer.call(i)
                        .data(i, true, new byte[] {0, 0, 0, 0, 1, 'x'})
                        .frame(PING, 0, 0, new byte[8])
                        .flush();
                boolean answered = false;
                while (!answered) {
                    var frame = peer.await(HEADERS, GOAWAY);
                    assertThat(frame.type()).isEqualTo(HEADERS);
                    answered = (frame.flags() & RawHttp2.END_STREAM) != 0;
                }
            }
        }
    }

    @Test
    void settings_flood() throws Exception {
        assertGoAway(Http2Error.ENHANCE_YOUR_CALM, peer -> {
            for (int i = 0; i < 1_000; i++) {
                peer.frame(SETTINGS, 0, 0, new byte[0]);
            }
        });
    }

    @Test
    void flood_of_empty_data() throws Exception {
        assertGoAway(Http2Error.ENHANCE_YOUR_CALM, peer -> {
            peer.call(1);
            for (int i = 0; i < 100; i++) {
                peer.data(1, false, new byte[0]);
            }
        });
    }

    @Test
    void data_for_a_stream_never_opened() throws Exception {
        assertGoAway(Http2Error.PROTOCOL_ERROR, peer -> peer.data(5, true, new byte[1]));
    }

    @Test
    void data_after_the_stream_was_ended() throws Exception {
        try (var peer = RawHttp2.open(server.grpcPort())) {
            peer.call(1)
                    .data(1, true, message("wait"))
                    .data(1, true, message("again"))
                    .flush();
            var frame = peer.await(RST, GOAWAY);
            assertThat(frame.error()).isEqualTo(code(Http2Error.STREAM_CLOSED));
        }
    }

    @Test
    void header_list_over_the_limit_is_431() throws Exception {
        try (var peer = RawHttp2.open(server.grpcPort())) {
            byte[] block = RawHttp2.block(
                    ":method",
                    "GET",
                    ":scheme",
                    "http",
                    ":path",
                    "/hello",
                    "a",
                    "x".repeat(9_000),
                    "b",
                    "y".repeat(8_000));
            peer.frame(HEADERS, RawHttp2.END_STREAM, 1, Arrays.copyOf(block, 16_000))
                    .frame(CONTINUATION, RawHttp2.END_HEADERS, 1, Arrays.copyOfRange(block, 16_000, block.length))
                    .flush();
            assertThat(peer.await(HEADERS).head().status()).hasToString("431");
        }
    }

    @Test
    void control_character_in_a_header_is_400() throws Exception {
        try (var peer = RawHttp2.open(server.grpcPort())) {
            int stream = 1;
            for (String value : List.of("a\r\nb", "a\nb", "\0", "\u007f")) {
                peer.headers(stream, true, ":method", "GET", ":scheme", "http", ":path", "/hello", "x", value)
                        .flush();
                assertThat(peer.await(HEADERS).head().status()).hasToString("400");
                stream += 2;
            }
            peer.headers(stream, true, ":method", "GET", ":scheme", "http", ":path", "/hello", "x", "a\tb")
                    .flush();
            assertThat(peer.await(HEADERS).head().status()).hasToString("200");
        }
    }

    @Test
    void streams_over_the_limit_are_refused() throws Exception {
        try (var peer = RawHttp2.open(server.grpcPort())) {
            int most = NetSettings.Limits.DEFAULT.streams();
            for (int i = 0; i <= most; i++) {
                peer.call(1 + 2 * i);
            }
            peer.flush();
            var frame = peer.await(RST);
            assertThat(frame.stream()).isEqualTo(1 + 2 * most);
            assertThat(frame.error()).isEqualTo(code(Http2Error.REFUSED_STREAM));
        }
    }

    @Test
    void garbage_instead_of_a_message() throws Exception {
        assertStatus(GrpcStatus.INTERNAL, "message flag: 7", message(7, 4, new byte[4]));
    }

    @Test
    void message_cut_off() throws Exception {
        assertStatus(GrpcStatus.INTERNAL, "request message: cut off", message(0, 100, new byte[4]));
    }

    @Test
    void prefix_cut_off() throws Exception {
        assertStatus(GrpcStatus.INTERNAL, "request message: cut off", new byte[3]);
    }

    @Test
    void no_message() throws Exception {
        assertStatus(GrpcStatus.INTERNAL, "request messages: none", new byte[0]);
    }

    @Test
    void two_messages() throws Exception {
        byte[] two = (new String(message("a"), StandardCharsets.ISO_8859_1)
                        + new String(message("b"), StandardCharsets.ISO_8859_1))
                .getBytes(StandardCharsets.ISO_8859_1);
        assertStatus(GrpcStatus.INTERNAL, "request messages: more than one", two);
    }

    @Test
    void broken_gzip() throws Exception {
        assertStatus(
                GrpcStatus.INTERNAL,
                "message: not valid gzip",
                message(1, 4, new byte[] {1, 2, 3, 4}),
                "grpc-encoding",
                "gzip");
    }

    @Test
    void unknown_encoding_is_told_the_known_ones() throws Exception {
        try (var peer = RawHttp2.open(server.grpcPort())) {
            peer.call(1, "grpc-encoding", "snappy").flush();
            var trailers = peer.trailers();
            assertThat(trailers.get("grpc-status")).hasToString("12");
            assertThat(trailers.get("grpc-accept-encoding")).hasToString("identity,gzip");
        }
    }

    @Test
    void wrong_content_type_is_415_and_wrong_method_405() throws Exception {
        try (var peer = RawHttp2.open(server.grpcPort())) {
            peer.headers(1, true, ":method", "POST", ":scheme", "http", ":path", "/echo/unary")
                    .flush();
            assertThat(peer.trailers().status()).hasToString("415");
            peer.headers(
                            3,
                            true,
                            ":method",
                            "GET",
                            ":scheme",
                            "http",
                            ":path",
                            "/echo/unary",
                            "content-type",
                            "application/grpc")
                    .flush();
            assertThat(peer.trailers().status()).hasToString("405");
        }
    }

    @Test
    void announced_bytes_cost_nothing_and_late_ones_end_the_call() throws Exception {
        try (var peer = RawHttp2.open(server.grpcPort())) {
            peer.call(1).data(1, false, message(0, 10 << 20, new byte[10])).flush();
            await().until(() -> server.inbound.held() > 0);
            assertThat(server.inbound.held()).isLessThanOrEqualTo(1 << 10);
            var trailers = peer.trailers();
            assertThat(trailers.get("grpc-status")).hasToString("4");
            assertThat(peer.await(RST).error()).isEqualTo(code(Http2Error.NO_ERROR));
            assertThat(server.inbound.held()).isZero();
        }
    }

    @Test
    void full_inbound_account_refuses_the_call_by_name() throws Exception {
        try (var small = new TestServer(TestServer.SETTINGS, 20_000, 1 << 20);
                var client = new GrpcClient(small.grpcPort())) {
            try {
                client.unary(new byte[100_000]);
            } catch (StatusRuntimeException e) {
                assertThat(e).hasMessage("RESOURCE_EXHAUSTED: inbound bodies: full (limit: 20000 bytes)");
            }
            assertThat(client.unary("ahoi")).isEqualTo("ahoi");
            await().until(() -> small.inbound.held() == 0);
            assertThat(small.inbound.refused()).isPositive();
        }
    }

    private void assertStatus(GrpcStatus status, String message, byte[] data, String... headers) throws Exception {
        try (var peer = RawHttp2.open(server.grpcPort())) {
            peer.call(1, headers).data(1, true, data).flush();
            var trailers = peer.trailers();
            assertThat(trailers.get("grpc-status")).hasToString(Integer.toString(status.code()));
            assertThat(trailers.get("grpc-message").toString()).startsWith(message);
        }
    }

    private void assertGoAway(Http2Error error, Consumer<RawHttp2> frames) throws Exception {
        try (var peer = RawHttp2.open(server.grpcPort())) {
            frames.accept(peer);
            peer.flush();
            assertThat(peer.await(GOAWAY).error()).isEqualTo(code(error));
            assertThat(peer.ends()).isTrue();
        }
    }

    private static int code(Http2Error error) {
        return (int) error.code();
    }
}
