package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Peers that ask and do not read cost a bounded number of bytes, and nobody else notices. */
@ExtendWith(LeakCheck.class)
class StalledPeerTest {
    private static final int CALLS = NetSettings.Limits.DEFAULT.streams();
    private static final int ANSWER = 100_000;
    /** The high mark, and the answer that crosses it. */
    private static final int BOUND = NetSettings.Limits.DEFAULT.pendingHigh() + ANSWER + 1_000;

    private final TestServer server = new TestServer(TestServer.SETTINGS, 8 << 20, 2 << 20);

    @AfterEach
    void all_is_given_back() {
        await().until(() -> server.server.connectionCount() == 0);
        server.close();
        assertThat(server.inbound.held()).isZero();
        assertThat(server.outbound.held()).isZero();
    }

    @Test
    void pipelining_over_http_1() throws Exception {
        try (var peer = SocketChannel.open()) {
            peer.setOption(StandardSocketOptions.SO_RCVBUF, 16 << 10);
            peer.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            peer.configureBlocking(false);
            byte[] request =
                    ("GET /size?n=" + ANSWER + " HTTP/1.1\r\nHost: h\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
            // Until the server reads no more: its buffers and ours are full, and stay so.
            int refusedInARow = 0;
            long written = 0;
            while (refusedInARow < 50 && written < (64 << 20)) {
                int n = peer.write(ByteBuffer.wrap(request));
                written += n;
                refusedInARow = n == 0 ? refusedInARow + 1 : 0;
                if (n == 0) {
                    try (var healthy = new RawHttp1(server.port())) {
                        assertThat(healthy.get("/hello").body()).isEqualTo("hello");
                    }
                }
            }
            assertThat(written).as("bytes read from it").isLessThan(64 << 20);
            assertThat(server.outbound.held()).isBetween(1L, (long) BOUND);
        }
    }

    @Test
    void as_many_calls_as_may_be_under_way_wait_for_the_window_and_are_all_answered_in_the_end() throws Exception {
        try (var peer = RawHttp2.open(server.grpcPort());
                var healthy = new GrpcClient(server.grpcPort())) {
            for (int i = 0; i < CALLS; i++) {
                peer.call(1 + 2 * i).data(1 + 2 * i, true, RawHttp2.message("size " + ANSWER));
            }
            peer.flush();
            await().until(() -> server.outbound.held() > NetSettings.Limits.DEFAULT.pendingHigh());
            assertThat(healthy.unary("ahoi")).isEqualTo("ahoi");
            assertThat(server.outbound.held()).isLessThanOrEqualTo(BOUND);
            assertThat(server.echo.calls.get()).isLessThan(10);

            var reader = new Thread(() -> grant(peer));
            reader.start();
            await().until(() -> server.echo.calls.get() == CALLS + 1);
            reader.join(20_000);
            assertThat(reader.isAlive()).as("an answer is missing").isFalse();
            await().until(() -> server.outbound.held() == 0);
        }
    }

    @Test
    void many_stalled_peers_do_not_use_up_the_account() throws Exception {
        var peers = new ArrayList<RawHttp2>();
        try (var healthy = new GrpcClient(server.grpcPort())) {
            for (int p = 0; p < 12; p++) {
                var peer = RawHttp2.open(server.grpcPort());
                peers.add(peer);
                for (int i = 0; i < 100; i++) {
                    peer.call(1 + 2 * i).data(1 + 2 * i, true, RawHttp2.message("size 20000"));
                }
                peer.flush();
            }
            await().until(() -> server.outbound.held() > server.outbound.limit() / 2);
            for (int i = 0; i < 200; i++) {
                assertThat(healthy.unary("size 20000")).hasSize(20_000);
            }
            assertThat(server.outbound.refused()).isZero();
        } finally {
            for (RawHttp2 peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void stream_is_not_writable_until_the_peer_takes_what_waits() throws Exception {
        try (var peer = RawHttp2.open(server.grpcPort())) {
            peer.stream().flush();
            await().until(() -> server.echo.streams.size() == 1);
            var stream = server.echo.streams.element();
            var writable = new AtomicBoolean(true);
            stream.connection().loop().execute(() -> {
                for (int i = 0; i < 100 && stream.writable(); i++) {
                    stream.send(server.echo.framed(new byte[200_000]));
                }
                writable.set(stream.writable());
            });
            await().until(() -> !writable.get());
            assertThat(stream.connection().pendingBytes()).isBetween(200_000L, 201_000L);
            // Whoever encoded a push has paid for it, once for all who are sent it.
            assertThat(server.outbound.held()).isZero();
            assertThat(server.echo.woken).isEmpty();

            peer.windowUpdate(0, 1 << 20).windowUpdate(1, 1 << 20).flush();
            await().until(() -> Integer.valueOf(1).equals(server.echo.woken.get(stream)));
            await().until(() -> stream.connection().pendingBytes() == 0);
        }
    }

    private static void grant(RawHttp2 peer) {
        try {
            int answered = 0;
            while (answered < CALLS) {
                var frame = peer.await(RawHttp2.DATA, RawHttp2.HEADERS);
                if (frame.type() == RawHttp2.DATA) {
                    peer.windowUpdate(0, frame.payload().length)
                            .windowUpdate(frame.stream(), frame.payload().length)
                            .flush();
                } else if ((frame.flags() & RawHttp2.END_STREAM) != 0) {
                    answered++;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
