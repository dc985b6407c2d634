package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Admission;
import dev.plimsoll.vitals.MemoryBudget;
import dev.plimsoll.vitals.Traffic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One connection, of which every byte comes when the test says. */
@ExtendWith(LeakCheck.class)
class Http1HandlerTest {
    private static final String GET = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String LATER = "GET /later HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String SIZED = "POST /body HTTP/1.1\r\nContent-Length: 5\r\n\r\n1\r\n23";
    private static final String CHUNKED =
            "POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n3\r\n\r\nc\r\n0\r\nX-Trailer: 1\r\n\r\n";

    private final Account connections = new MemoryBudget(1 << 20, 0).heap("connections", 1);
    private final Account inbound = new MemoryBudget(0, 1 << 20).direct("inbound", 1);
    private final Account unfinished = new MemoryBudget(0, 1 << 20).direct("unfinished", 1);
    private final Account outbound = new MemoryBudget(0, 1 << 20).direct("outbound", 1);
    private final Account requests = new MemoryBudget(1 << 20, 0).heap("requests", 1);
    private final Queue<HttpCall> unanswered = new ArrayDeque<>();
    private final Shortage shortage = new Shortage();
    private final Net net = net();

    private Net net() {
        var errors = new TestServer.Errors();
        var router = new Router(errors, HttpGate.OPEN, HttpCounting.PLAIN, new Traffic(() -> 0));
        router.get("/hello", call -> call.answer(HttpAnswer.text(200, "hello")));
        router.get("/later", unanswered::add);
        router.post(
                "/body",
                call -> call.answer(HttpAnswer.text(200, "(" + call.body().toString(StandardCharsets.US_ASCII) + ")")));
        var out = new Outbound(outbound);
        return new Net(
                TestServer.SETTINGS,
                connections,
                new Admission(requests, outbound, Long.MAX_VALUE),
                inbound,
                new Arrivals(inbound),
                new Unfinished(unfinished),
                out,
                new Echo(),
                router,
                new HttpDate(InstantSource.fixed(Instant.EPOCH)),
                null,
                new TlsRecords(out),
                new Handshakes(1, Runnable::run),
                shortage,
                (ip, reason) -> {});
    }

    @AfterEach
    void all_is_given_back() {
        for (Account account : List.of(connections, inbound, unfinished, outbound, requests)) {
            assertThat(account.held()).as(account.name()).isZero();
        }
    }

    private EmbeddedChannel open() {
        var channel = new EmbeddedChannel();
        var remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        channel.pipeline().addLast(new Http1Handler(net, new TcpConnection(channel, remote, 0, 0, net)));
        return channel;
    }

    private static void send(EmbeddedChannel to, String text) {
        if (to.isOpen()) { // else it comes too late
            to.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
        }
    }

    /** All that was answered so far. */
    private static String answered(EmbeddedChannel by) {
        var text = new StringBuilder();
        for (ByteBuf bytes = by.readOutbound(); bytes != null; bytes = by.readOutbound()) {
            text.append(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.release();
        }
        return text.toString();
    }

    /** What is answered when all has come, calls that wait being answered last. */
    private String answers(List<String> pieces) {
        EmbeddedChannel channel = open();
        pieces.forEach(piece -> send(channel, piece));
        for (HttpCall call = unanswered.poll(); call != null; call = unanswered.poll()) {
            call.answer(HttpAnswer.text(200, "at last"));
            channel.runPendingTasks();
        }
        String answers = answered(channel);
        channel.close();
        channel.runPendingTasks();
        return answers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n" + GET + "\r\n\r\n" + SIZED + CHUNKED + GET,
                GET + LATER + SIZED + GET + LATER + CHUNKED,
                "POST /body HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab" + GET,
                CHUNKED + "POST /body HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n" + GET,
                GET + "GET /hello HTTP/1.0\r\n\r\n" + GET,
                GET + "GET /hello HTTP/1.1\nHost: h\n\n" + GET,
                SIZED + "POST /body HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na" + GET,
                LATER + "POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n" + GET,
                CHUNKED + "POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"
                        + GET,
            })
    void requests_are_answered_alike_however_they_are_cut(String all) {
        String whole = answers(List.of(all));
        assertThat(whole).contains("HTTP/1.1 200 OK");
        for (int cut = 1; cut < all.length(); cut++) {
            String first = all.substring(0, cut);
            String second = all.substring(cut);
            assertThat(answers(List.of(first, second))).as("cut at %d", cut).isEqualTo(whole);
        }
        for (int size = 1; size < 8; size++) {
            var pieces = new ArrayList<String>();
            for (int at = 0; at < all.length(); at += size) {
                pieces.add(all.substring(at, Math.min(all.length(), at + size)));
            }
            assertThat(answers(pieces)).as("pieces of %d", size).isEqualTo(whole);
        }
    }

    @Test
    void connection_for_which_there_is_no_buffer_ends_and_is_counted() {
        EmbeddedChannel channel = open();
        send(channel, "GET /echo HTTP/1.1\r\nHost: h\r\nContent-Le");
        channel.pipeline().fireExceptionCaught(new OutOfMemoryError("Cannot reserve 1048576 bytes of direct memory"));
        assertThat(channel.isOpen()).isFalse();
        assertThat(shortage.count()).isEqualTo(1);

        EmbeddedChannel other = open();
        other.pipeline().fireExceptionCaught(new IllegalStateException("of another kind"));
        assertThat(other.isOpen()).isFalse();
        assertThat(shortage.count()).isEqualTo(1);
    }

    @Test
    void a_body_in_chunks_of_one_byte_is_put_together_in_few_buffers() {
        EmbeddedChannel channel = open();
        send(channel, "POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
        long head = inbound.held();
        send(channel, "1\r\nx\r\n".repeat(3_000));
        // 1 KiB, and as much as there is already each time: each of so many bytes would be an object.
        assertThat(inbound.held() - head).isEqualTo(4 << 10);
        send(channel, "0\r\n\r\n");
        assertThat(answered(channel)).endsWith("(" + "x".repeat(3_000) + ")");
        channel.close();
    }

    @Test
    void a_head_is_charged_while_its_body_is_awaited() {
        EmbeddedChannel channel = open();
        send(channel, "POST /body HTTP/1.1\r\nX: " + "x".repeat(10_000) + "\r\nContent-Length: 1\r\n\r\n");
        assertThat(inbound.held()).isGreaterThan(10_000);
        send(channel, "a");
        assertThat(answered(channel)).endsWith("(a)");
        assertThat(inbound.held()).isZero();
        send(channel, "POST /body HTTP/1.1\r\nContent-Length: 1\r\n\r\n");
        channel.close();
    }
}
