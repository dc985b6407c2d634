package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What is taken for a request is one by the letter of RFC 9112, which is told here once more and in another way, and ends
 * where the letter says. Who stands before us and reads it by the same letter sees the same requests.
 */
class Http1LetterTest {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final String TEXT = "[\\t\\x20-\\x7e\\x80-\\xff]*";
    private static final String FIELDS = "((?:" + TOKEN + ":" + TEXT + "\r\n)*)\r\n";
    private static final Pattern HEAD = Pattern.compile(
            "(?:\r\n)*" + TOKEN + " [\\x21-\\x7e\\x80-\\xff]+ HTTP/1\\.([01])\r\n" + FIELDS, Pattern.DOTALL);
    private static final Pattern SIZE = Pattern.compile("([0-9a-fA-F]{1,8})[ \\t]*(?:;" + TEXT + ")?\r\n");
    private static final Pattern TRAILERS = Pattern.compile(FIELDS);

    private static final String[] REQUESTS = {
        "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
        "POST /a HTTP/1.0\r\nHost:h\r\nContent-Length:5 \r\nX: \t\r\n\r\nabcde",
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\ntransfer-encoding:\tChunked\r\n\r\n1;a=b\r\na\r\n2 ;c\r\nbc\r\n00\r\nX: y\r\n\r\n",
    };
    private static final String[] PIECES = {
        "\r",
        "\n",
        "\r\n",
        "\r\n\r\n",
        "\0",
        " ",
        "\t",
        ";",
        ":",
        ",",
        "0",
        "1",
        "+",
        "-",
        "0x",
        "_",
        "\u007f",
        "\u0085",
        "\u00a0",
        "chunked",
        "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Host: i\r\n",
        "0\r\n\r\n",
    };

    /** @param end where the next request begins */
    private record Request(String body, int end) {}

    private static @Nullable Request byTheLetter(String text) {
        Matcher head = HEAD.matcher(text);
        if (!head.lookingAt()) {
            return null;
        }
        int lengths = 0;
        int encodings = 0;
        int hosts = 0;
        int length = 0;
        for (String field : head.group(2).split("\r\n", -1)) {
            int colon = field.indexOf(':');
            String name = colon < 0 ? "" : field.substring(0, colon).toLowerCase(Locale.ROOT);
            String value = field.substring(colon + 1).replaceAll("^[ \\t]+|[ \\t]+$", "");
            if (name.equals("host")) {
                hosts++;
            } else if (name.equals("transfer-encoding")) {
                encodings++;
                if (!value.equalsIgnoreCase("chunked") || head.group(1).equals("0")) {
                    return null;
                }
            } else if (name.equals("content-length")) {
                lengths++;
                if (!value.matches("[0-9]{1,9}")) {
                    return null;
                }
                length = Integer.parseInt(value);
            }
        }
        if (lengths + encodings > 1 || hosts > 1) {
            return null;
        }
        int at = head.end();
        if (encodings == 0) {
            return length > text.length() - at ? null : new Request(text.substring(at, at + length), at + length);
        }
        var body = new StringBuilder();
        while (true) {
            Matcher size = SIZE.matcher(text).region(at, text.length());
            if (!size.lookingAt()) {
                return null;
            }
            at = size.end();
            long bytes = Long.parseLong(size.group(1), 16);
            if (bytes == 0) {
                Matcher trailers = TRAILERS.matcher(text).region(at, text.length());
                return trailers.lookingAt() ? new Request(body.toString(), trailers.end()) : null;
            }
            if (bytes > text.length() - at || !text.startsWith("\r\n", at + (int) bytes)) {
                return null;
            }
            body.append(text, at, at + (int) bytes);
            at += (int) bytes + 2;
        }
    }

    private static @Nullable Request asRead(String text) {
        ByteBuf in = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
        try {
            Http1Head head = Http1Head.read(in, 10_000);
            if (head == null) {
                return null;
            }
            var body = new StringBuilder();
            if (head.chunked()) {
                var chunks = new Http1Chunks(10_000);
                for (int n = chunks.next(in); n > 0; n = chunks.next(in)) {
                    body.append(in.readCharSequence(n, StandardCharsets.ISO_8859_1));
                    chunks.took(n);
                }
                return chunks.done() ? new Request(body.toString(), in.readerIndex()) : null;
            }
            if (head.length() > in.readableBytes()) {
                return null;
            }
            body.append(in.readCharSequence((int) head.length(), StandardCharsets.ISO_8859_1));
            return new Request(body.toString(), in.readerIndex());
        } catch (BrokenRequest broken) {
            return null;
        }
    }

    @Test
    void a_request_is_what_the_letter_says_and_ends_there() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);
        int taken = 0;
        for (int round = 0; round < 200_000; round++) {
            var text = new StringBuilder(REQUESTS[random.nextInt(REQUESTS.length)]);
            for (int change = random.nextInt(4); change > 0; change--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(4)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
                    case 2 -> text.replace(at, at + 1, PIECES[random.nextInt(PIECES.length)]);
                    default -> text.insert(lineBegin(text, at), PIECES[random.nextInt(PIECES.length)]);
                }
            }
            String sent = text.append("GET").toString();
            Request read = asRead(sent);
            assertThat(read).as(sent).isEqualTo(byTheLetter(sent));
            taken += read == null ? 0 : 1;
        }
        assertThat(taken).isBetween(50_000, 190_000);
    }

    private static int lineBegin(StringBuilder text, int at) {
        return text.lastIndexOf("\n", at) + 1;
    }
}
