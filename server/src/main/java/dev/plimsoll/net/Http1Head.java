package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The line and the headers of an HTTP/1.1 request, as RFC 9112 has them: copied once, and read in place. Stricter than the
 * standard allows where others have been led to see two requests in one: a line ends with CR LF and nothing else, no line is
 * folded, no name has a blank behind it, and what says how long the body is says it once.
 */
final class Http1Head {
    private static final int MAX_HEADERS = 200;
    private static final String EXPECTED = " (expected: HTTP/1.1, or HTTP/2 with prior knowledge)";
    private static final String[] METHODS = {"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"};
    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    private static final boolean[] OF_TOKENS = new boolean[256];

    static {
        for (char c : "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".toCharArray()) {
            OF_TOKENS[c] = true;
        }
    }

    private final byte[] bytes;
    private final int[] fields; // where each name begins and ends, and its value
    private final int count;
    private final String method;
    private final String target;
    private final boolean oldVersion;
    private long length; // of the body; 0 when it is chunked
    private boolean chunked;
    private boolean keepAlive;
    private boolean awaitsContinue;

    /** @param bytes from the request line to the last header's end of line */
    private Http1Head(byte[] bytes) throws BrokenRequest {
        this.bytes = bytes;
        int end = endOfLine(0);
        int afterMethod = token(bytes, 0, end);
        int afterTarget = visible(afterMethod + 1, end);
        int version = afterTarget + 1;
        if (afterMethod == 0
                || bytes[afterMethod] != ' '
                || afterTarget == afterMethod + 1
                || bytes[afterTarget] != ' '
                || end - version != VERSION.length + 1
                || !Arrays.equals(bytes, version, end - 1, VERSION, 0, VERSION.length)
                || (bytes[end - 1] != '0' && bytes[end - 1] != '1')) {
            throw new BrokenRequest(400, "request: broken" + EXPECTED);
        }
        this.method = method(afterMethod);
        this.target = text(afterMethod + 1, afterTarget);
        this.oldVersion = bytes[end - 1] == '0';
        int[] found = new int[32];
        int n = 0;
        for (int begin = end + 2; begin < bytes.length; begin = end + 2) {
            end = endOfLine(begin);
            if (n == found.length) {
                found = Arrays.copyOf(found, n * 2);
            }
            found[n++] = begin;
            n = field(bytes, begin, end, found, n);
        }
        this.fields = found;
        this.count = n;
        frame();
    }

    /**
     * Reads the head {@code in} begins with.
     *
     * @param most bytes it may have
     * @return null when its end has not come yet
     */
    static @Nullable Http1Head read(ByteBuf in, int most) throws BrokenRequest {
        int begin = in.readerIndex();
        while (in.writerIndex() - begin >= 2 && in.getByte(begin) == '\r' && in.getByte(begin + 1) == '\n') {
            begin += 2; // empty lines before a request are none of it
        }
        in.readerIndex(begin);
        int line = begin; // where the line begins that is looked at
        int lines = 0; // before that; bounded here, since all of them are looked at again with every byte that comes
        int end = in.indexOf(line, in.writerIndex(), (byte) '\n');
        while (end >= 0 && end - begin < most) {
            if (end == line || in.getByte(end - 1) != '\r') {
                throw new BrokenRequest(400, "request: a line that does not end with CR LF" + EXPECTED);
            }
            if (end == line + 1) {
                byte[] bytes = new byte[line - begin];
                in.readBytes(bytes).skipBytes(2);
                return new Http1Head(bytes);
            }
            if (lines++ > MAX_HEADERS) {
                throw new BrokenRequest(431, "request headers: too many (expected: at most " + MAX_HEADERS + ")");
            }
            line = end + 1;
            end = in.indexOf(line, in.writerIndex(), (byte) '\n');
        }
        if (end < 0 && in.writerIndex() - begin <= most) {
            return null;
        }
        throw line == begin
                ? new BrokenRequest(414, "request line: too long (expected: at most " + most + " bytes)")
                : new BrokenRequest(431, "request headers: too large (expected: at most " + most + " bytes)");
    }

    /** Refuses a line, without its end, that would be no header. */
    static void requireField(byte[] line) throws BrokenRequest {
        field(line, 0, line.length, new int[3], 0);
    }

    String method() {
        return method;
    }

    String target() {
        return target;
    }

    /** HTTP/1.0. */
    boolean oldVersion() {
        return oldVersion;
    }

    boolean keepAlive() {
        return keepAlive;
    }

    boolean awaitsContinue() {
        return awaitsContinue;
    }

    boolean chunked() {
        return chunked;
    }

    /** Bytes of the body as announced; 0 when it comes in chunks or there is none. */
    long length() {
        return length;
    }

    /** What it keeps of the heap. */
    int heapBytes() {
        return bytes.length + 4 * fields.length;
    }

    /** The first value of a header; names are compared without regard to case. */
    @Nullable
    String header(String name) {
        for (int i = 0; i < count; i += 4) {
            if (is(name, fields[i], fields[i + 1])) {
                return text(fields[i + 2], fields[i + 3]);
            }
        }
        return null;
    }

    /** Finds out how the body ends, and what is to become of the connection. */
    private void frame() throws BrokenRequest {
        keepAlive = !oldVersion;
        boolean sized = false;
        boolean hosted = false;
        for (int i = 0; i < count; i += 4) {
            switch (fields[i + 1] - fields[i]) {
                case 4 -> {
                    if (is("host", fields[i], fields[i + 1])) {
                        if (hosted) {
                            throw new BrokenRequest(400, "Host: more than one");
                        }
                        hosted = true;
                    }
                }
                case 14 -> {
                    if (is("content-length", fields[i], fields[i + 1])) {
                        if (sized) {
                            throw new BrokenRequest(400, "Content-Length: more than one");
                        }
                        sized = true;
                        length = number(fields[i + 2], fields[i + 3]);
                    }
                }
                case 17 -> {
                    if (is("transfer-encoding", fields[i], fields[i + 1])) {
                        if (chunked || oldVersion || !is("chunked", fields[i + 2], fields[i + 3])) {
                            throw new BrokenRequest(400, "Transfer-Encoding: not understood (expected: chunked, once)");
                        }
                        chunked = true;
                    }
                }
                case 10 -> {
                    if (is("connection", fields[i], fields[i + 1])) {
                        connection(text(fields[i + 2], fields[i + 3]));
                    }
                }
                case 6 -> {
                    if (is("expect", fields[i], fields[i + 1])) {
                        awaitsContinue = !oldVersion && is("100-continue", fields[i + 2], fields[i + 3]);
                    }
                }
                default -> {}
            }
        }
        if (chunked && sized) {
            throw new BrokenRequest(400, "Content-Length: beside Transfer-Encoding (expected: one of them)");
        }
    }

    private void connection(String options) {
        for (String option : options.split(",", -1)) {
            if (option.strip().equalsIgnoreCase("close")) {
                keepAlive = false;
            } else if (oldVersion && option.strip().equalsIgnoreCase("keep-alive")) {
                keepAlive = true;
            }
        }
    }

    private long number(int begin, int end) throws BrokenRequest {
        long number = 0;
        boolean is = end > begin && end - begin <= 18;
        for (int i = begin; is && i < end; i++) {
            is = bytes[i] >= '0' && bytes[i] <= '9';
            number = number * 10 + bytes[i] - '0';
        }
        if (!is) {
            throw new BrokenRequest(400, "Content-Length: not a number");
        }
        return number;
    }

    /** Where the line's CR is: there is one, as {@link #read} has seen. */
    private int endOfLine(int begin) {
        int i = begin;
        while (bytes[i] != '\n') {
            i++;
        }
        return i - 1;
    }

    private static int token(byte[] bytes, int begin, int end) {
        int i = begin;
        while (i < end && OF_TOKENS[bytes[i] & 0xff]) {
            i++;
        }
        return i;
    }

    /** The end of what is neither a blank nor a control character. */
    private int visible(int begin, int end) {
        int i = begin;
        while (i < end && (bytes[i] & 0xff) > ' ' && bytes[i] != 0x7f) {
            i++;
        }
        return i;
    }

    /** Adds to {@code found} where the name of the header in a line ends, and where its value begins and ends. */
    private static int field(byte[] bytes, int from, int to, int[] found, int n) throws BrokenRequest {
        int colon = token(bytes, from, to);
        if (colon == from || colon == to || bytes[colon] != ':') {
            throw new BrokenRequest(400, "request header: broken (expected: name, colon, value)");
        }
        int begin = colon + 1;
        int end = to;
        while (begin < end && isBlank(bytes[begin])) {
            begin++;
        }
        while (end > begin && isBlank(bytes[end - 1])) {
            end--;
        }
        for (int i = begin; i < end; i++) {
            if (isControl(bytes[i])) {
                throw new BrokenRequest(400, "request header: a control character in a value");
            }
        }
        found[n] = colon;
        found[n + 1] = begin;
        found[n + 2] = end;
        return n + 3;
    }

    static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }

    static boolean isControl(byte c) {
        return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f;
    }

    private boolean is(String name, int begin, int end) {
        if (end - begin != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (Character.toLowerCase(name.charAt(i)) != Character.toLowerCase((char) (bytes[begin + i] & 0xff))) {
                return false;
            }
        }
        return true;
    }

    private String method(int end) {
        for (String known : METHODS) {
            if (known.length() == end && text(0, end).equals(known)) {
                return known;
            }
        }
        return text(0, end);
    }

    private String text(int begin, int end) {
        return new String(bytes, begin, end - begin, StandardCharsets.ISO_8859_1);
    }
}
