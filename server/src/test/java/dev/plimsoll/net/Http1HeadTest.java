package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Http1HeadTest {
    private static final int MOST = 1_000;

    private static Http1Head read(String text) throws BrokenRequest {
        return Objects.requireNonNull(Http1Head.read(bytes(text), MOST));
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    @Test
    void line_and_headers_are_read_where_they_are() throws Exception {
        ByteBuf in =
                bytes("\r\n\r\nPOST /a?b=%20\u00fc HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nx-twice:\t 1 \r\nX-Twice: 2\r\n"
                        + "Content-Length: 12\r\nExpect: 100-Continue\r\n\r\nbody");
        Http1Head head = Objects.requireNonNull(Http1Head.read(in, MOST));
        assertThat(head.method()).isEqualTo("POST");
        assertThat(head.target()).isEqualTo("/a?b=%20\u00fc");
        assertThat(head.header("HOST")).isEqualTo("h");
        assertThat(head.header("x-empty")).isEmpty();
        assertThat(head.header("X-TWICE")).isEqualTo("1");
        assertThat(head.header("x-none")).isNull();
        assertThat(head.length()).isEqualTo(12);
        assertThat(head.awaitsContinue()).isTrue();
        assertThat(head.keepAlive()).isTrue();
        assertThat(in.toString(StandardCharsets.ISO_8859_1)).isEqualTo("body");
    }

    @Test
    void connections_stay_as_the_version_and_the_peer_say() throws Exception {
        assertThat(read("GET / HTTP/1.1\r\nConnection: upgrade, Close\r\n\r\n").keepAlive())
                .isFalse();
        assertThat(read("GET / HTTP/1.0\r\n\r\n").keepAlive()).isFalse();
        assertThat(read("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keepAlive())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // two lengths, or a length and chunks: who stands before us may see another end
                "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nhost: h\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n",
                "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
                // names and lines that others read otherwise
                "POST / HTTP/1.1\r\nContent-Length : 4\r\n\r\n",
                "POST / HTTP/1.1\r\nX: a\r\n Content-Length: 4\r\n\r\n",
                "POST / HTTP/1.1\r\n: a\r\n\r\n",
                "POST / HTTP/1.1\r\nno colon\r\n\r\n",
                "POST / HTTP/1.1\r\nX: a\nContent-Length: 4\r\n\r\n",
                "POST / HTTP/1.1\r\nX: a\rContent-Length: 4\r\n\r\n",
                "POST / HTTP/1.1\r\nX: a\0b\r\n\r\n",
                "POST / HTTP/1.1\nHost: h\n\n",
                // the line
                "POST  / HTTP/1.1\r\n\r\n",
                "POST / a HTTP/1.1\r\n\r\n",
                "POST /\r\n\r\n",
                "POST / HTTP/2.0\r\n\r\n",
                "POST / HTTP/1.1 \r\n\r\n",
                "POST / HTTP/1.12\r\n\r\n",
                " / HTTP/1.1\r\n\r\n",
                "P(ST / HTTP/1.1\r\n\r\n",
                "POST /\u007f HTTP/1.1\r\n\r\n",
            })
    void what_could_be_read_in_two_ways_is_refused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOfSatisfying(BrokenRequest.class, refused -> assertThat(
                        refused.answer().status())
                .isEqualTo(400));
    }

    @Test
    void too_much_is_refused_before_and_after_its_end() {
        String line = "GET /" + "x".repeat(MOST) + " HTTP/1.1\r\n\r\n";
        String header = "GET / HTTP/1.1\r\nX: " + "x".repeat(MOST) + "\r\n\r\n";
        assertRefused(line, 414);
        assertRefused(line.substring(0, MOST + 1), 414);
        assertRefused(header, 431);
        assertRefused(header.substring(0, MOST + 1), 431);
        String many = "GET / HTTP/1.1\r\n" + "a:\r\n".repeat(201) + "\r\n";
        assertThatThrownBy(() -> Http1Head.read(bytes(many), 16_384)).hasMessageContaining("too many");
        String unended =
                many.substring(0, many.length() - 2); // or all of them would be looked at for each byte of the rest
        assertThatThrownBy(() -> Http1Head.read(bytes(unended), 16_384)).hasMessageContaining("too many");
    }

    private static void assertRefused(String text, int status) {
        assertThatThrownBy(() -> read(text)).isInstanceOfSatisfying(BrokenRequest.class, refused -> assertThat(
                        refused.answer().status())
                .isEqualTo(status));
    }

    @Test
    void nothing_is_read_before_the_end_has_come() throws Exception {
        String text = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
        for (int n = 0; n < text.length(); n++) {
            ByteBuf in = bytes(text.substring(0, n));
            assertThat(Http1Head.read(in, MOST)).as("%d bytes", n).isNull();
            assertThat(in.readableBytes()).isEqualTo(n);
        }
        assertThat(read(text).target()).isEqualTo("/a");
    }

    @Test
    void chunks_are_the_same_however_they_are_cut() throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        for (int round = 0; round < 300; round++) {
            var sent = new StringBuilder();
            var expected = new StringBuilder();
            for (int chunk = random.nextInt(4); chunk > 0; chunk--) {
                String part = Integer.toString(random.nextInt(), 36).repeat(1 + random.nextInt(20));
                sent.append(Integer.toHexString(part.length()))
                        .append(random.nextBoolean() ? ";a=b" : "")
                        .append("\r\n")
                        .append(part)
                        .append("\r\n");
                expected.append(part);
            }
            sent.append("0\r\n")
                    .append(random.nextBoolean() ? "X-Trailer: 1\r\n" : "")
                    .append("\r\n");
            String all = sent + "GET";
            var chunks = new Http1Chunks(100);
            var body = new StringBuilder();
            ByteBuf in = Unpooled.buffer();
            for (String piece : pieces(all, random)) {
                in.writeCharSequence(piece, StandardCharsets.ISO_8859_1);
                for (int n = chunks.next(in); n > 0; n = chunks.next(in)) {
                    body.append(in.readCharSequence(n, StandardCharsets.ISO_8859_1));
                    chunks.took(n);
                }
            }
            assertThat(chunks.done()).isTrue();
            assertThat(body).hasToString(expected.toString());
            assertThat(in.toString(StandardCharsets.ISO_8859_1)).isEqualTo("GET");
        }
    }

    private static List<String> pieces(String text, RandomGenerator random) {
        var pieces = new ArrayList<String>();
        for (int i = 0; i < text.length(); ) {
            int end = Math.min(text.length(), i + 1 + random.nextInt(9));
            pieces.add(text.substring(i, end));
            i = end;
        }
        return pieces;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "x\r\n",
                "-1\r\n",
                "0x1\r\n",
                "123456789\r\n",
                "ffffffff\r\n",
                "1\n",
                "1 1\n",
                "1 1\r\na\r\n",
                "1x\r\na\r\n",
                "1;a\rb\r\na\r\n",
                "1;a\0\r\na\r\n",
                "0\r\nno header\r\n\r\n",
                "0\r\nX : folded\r\n\r\n",
                "0\r\n X: folded\r\n\r\n",
                "0\r\nX: a\rb\r\n\r\n",
                "1\r\nab\r\n",
                "1\r\na\n\r\n",
                "1\r\naGET"
            })
    void broken_chunks_are_refused(String text) {
        var chunks = new Http1Chunks(100);
        ByteBuf in = bytes(text);
        assertThatThrownBy(() -> {
                    for (int n = chunks.next(in); n > 0; n = chunks.next(in)) {
                        in.skipBytes(n);
                        chunks.took(n);
                    }
                })
                .isInstanceOf(BrokenRequest.class);
    }

    @Test
    void lines_between_chunks_are_bounded() {
        assertThatThrownBy(() -> new Http1Chunks(100).next(bytes("1;" + "x".repeat(300))))
                .isInstanceOf(BrokenRequest.class);
        assertThatThrownBy(() -> new Http1Chunks(100).next(bytes("0\r\n" + "a: b\r\n".repeat(20))))
                .isInstanceOf(BrokenRequest.class);
    }
}
