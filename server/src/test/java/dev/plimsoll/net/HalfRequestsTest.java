package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many peers send a part of something, and never the rest. What they hold is bounded, and they are in nobody's way. */
@ExtendWith(LeakCheck.class)
class HalfRequestsTest {
    private static final int PEERS = 200;

    private final TestServer server = new TestServer();
    private final List<Socket> peers = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket peer : peers) {
            peer.close();
        }
        await().until(() -> server.unfinished.held() == 0);
        server.close();
    }

    private Socket send(int port, byte[] bytes) throws IOException {
        var peer = new Socket(InetAddress.getLoopbackAddress(), port);
        peers.add(peer);
        peer.getOutputStream().write(bytes);
        return peer;
    }

    private void assertBoundedAndServed() throws Exception {
        assertThat(server.unfinished.held()).isLessThanOrEqualTo(TestServer.UNFINISHED);
        try (var other = new RawHttp1(server.port())) {
            assertThat(other.get("/hello").body()).isEqualTo("hello");
            other.send("GET /hello HTTP/1.1\r\nHo");
            other.send("st: h\r\n\r\n");
            assertThat(other.answer().body()).isEqualTo("hello");
            String body = "x".repeat(100_000);
            assertThat(other.send("POST /body HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + body)
                            .answer()
                            .body())
                    .isEqualTo("100000 " + body.hashCode());
        }
    }

    /** How many of the peers were closed. */
    private long closed() throws IOException {
        long closed = 0;
        for (Socket peer : peers) {
            peer.setSoTimeout(10);
            try {
                new DataInputStream(peer.getInputStream()).readFully(new byte[1 << 16]);
            } catch (SocketTimeoutException open) {
                closed--;
            } catch (IOException end) {
                assertThat(end).as("reset or end").isNotNull();
            }
            closed++;
        }
        return closed;
    }

    @Test
    void heads_without_an_end() throws Exception {
        byte[] half =
                ("GET /hello HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(15_000)).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < PEERS; i++) {
            send(server.port(), half);
        }
        await().until(() -> server.unfinished.held() > 0);
        assertBoundedAndServed();
        assertThat(closed()).isGreaterThan(PEERS / 4);
    }

    @Test
    void heads_whose_body_does_not_come() throws Exception {
        byte[] head = ("POST /body HTTP/1.1\r\nX: " + "x".repeat(15_000) + "\r\nContent-Length: 1\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < PEERS; i++) {
            send(server.port(), head);
        }
        await().until(() -> server.inbound.held() > PEERS * 15_000L);
        assertBoundedAndServed();
    }

    /** They hold all there is for bodies at first, and make way as soon as they have stood still for a while. */
    @Test
    void bodies_whose_rest_does_not_come() throws Exception {
        long room = 2 << 20;
        try (var small = new TestServer(TestServer.SETTINGS, room, 8 << 20)) {
            byte[] half = ("POST /body HTTP/1.1\r\nContent-Length: 200000\r\n\r\n" + "x".repeat(100_000))
                    .getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 30; i++) {
                send(small.port(), half);
            }
            await().until(() -> small.inbound.held() > room - room / 8);
            await().until(() -> small.inbound.held() <= room - room / 8);
            assertThat(small.inbound.held())
                    .as("no more than are needed make way")
                    .isGreaterThan(room / 2);
            String body = "y".repeat(50_000);
            try (var other = new RawHttp1(small.port())) {
                other.send("POST /body HTTP/1.1\r\nContent-Length: 50000\r\n\r\n" + body.substring(1));
                assertThat(other.send("y").answer().body()).isEqualTo("50000 " + body.hashCode());
            }
            assertThat(closed()).isGreaterThan(10);
        }
    }

    /** Only the calls make way: others on their connections go on. */
    @Test
    void messages_whose_rest_does_not_come() throws Exception {
        long room = 2 << 20;
        try (var small = new TestServer(TestServer.SETTINGS, room, 8 << 20)) {
            List<RawHttp2> clients = new ArrayList<>();
            for (int i = 0; i < 35; i++) {
                RawHttp2 client = RawHttp2.open(small.grpcPort());
                clients.add(client);
                client.call(1);
                for (int sent = 0; sent < 4; sent++) {
                    client.data(
                            1, false, sent == 0 ? RawHttp2.message(0, 200_000, new byte[15_000]) : new byte[15_000]);
                }
                client.flush();
            }
            await().until(() -> small.inbound.held() > room - room / 8);
            await().until(() -> small.inbound.held() <= room - room / 8);
            var frame = clients.get(0).await(RawHttp2.HEADERS);
            assertThat(frame.stream())
                    .as("the call that stood still longest is ended")
                    .isEqualTo(1);
            clients.get(0).call(3).data(3, true, RawHttp2.message("ahoi")).flush();
            assertThat(clients.get(0).await(RawHttp2.DATA).stream()).isEqualTo(3);
            var other = new GrpcClient(small.grpcPort());
            assertThat(other.unary("x".repeat(100_000))).hasSize(100_000);
            other.close();
            for (RawHttp2 client : clients) {
                client.close();
            }
        }
    }

    @Test
    void requests_that_wait_behind_one_that_is_not_answered() throws Exception {
        byte[] two = ("GET /wait HTTP/1.1\r\nHost: h\r\n\r\nGET /hello HTTP/1.1\r\nX: " + "x".repeat(15_000)
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < PEERS; i++) {
            send(server.port(), two);
        }
        await().until(() -> server.unanswered.size() > PEERS / 2);
        assertBoundedAndServed();
    }

    @Test
    void frames_of_http2_without_an_end() throws Exception {
        byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] half = new byte[preface.length + 9 + 9 + 14_000];
        System.arraycopy(preface, 0, half, 0, preface.length);
        half[preface.length + 3] = 4; // SETTINGS, empty
        int headers = preface.length + 9;
        half[headers + 1] = 0x3f; // HEADERS of 16,128 bytes on stream 1
        half[headers + 3] = 1;
        half[headers + 8] = 1;
        for (int i = 0; i < PEERS; i++) {
            send(server.grpcPort(), half);
        }
        await().until(() -> server.unfinished.held() > 0);
        assertBoundedAndServed();
        assertThat(closed()).isGreaterThan(PEERS / 4);
    }

    @Test
    void first_bytes_of_a_preface() throws Exception {
        for (int i = 0; i < PEERS; i++) {
            send(server.grpcPort(), new byte[] {'P', 'R'});
        }
        await().until(() -> server.unfinished.held() > 0);
        assertBoundedAndServed();
    }

    @Test
    void one_that_goes_on_is_not_the_one_to_make_way() throws Exception {
        Socket slow = send(
                server.port(),
                "POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2".getBytes(StandardCharsets.US_ASCII));
        byte[] half = ("GET /hello HTTP/1.1\r\nX: " + "x".repeat(1_000)).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < PEERS; i++) {
            send(server.port(), half);
            slow.getOutputStream().write("\r\nab\r\n2".getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();
        }
        slow.getOutputStream().write("\r\nab\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] answer = new byte[12];
        new DataInputStream(slow.getInputStream()).readFully(answer);
        assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
    }
}
