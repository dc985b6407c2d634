package dev.plimsoll.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * A message of the Nacos wire as it came: its type, and where in the bytes its JSON lies.
 *
 * <pre>
 * Payload { 2: Metadata { 3: type, 7: headers, 8: clientIp }, 3: Any { 2: JSON } }
 * </pre>
 */
public final class Message {
    private static final byte[] SUCCESS = ascii("\"success\":true");
    private static final byte[] REQUEST_ID = ascii("\"requestId\":\"");
    private static final int ENDS = 512;
    private static final String TOKEN = "accessToken";

    private final byte[] bytes;
    private String type = "";
    private int from;
    private int to;

    private Message(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads a message without its gRPC prefix; keeps the bytes. */
    public static Message decode(byte[] bytes) {
        Message message = new Message(bytes);
        try {
            message.read();
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new WireException("payload: cut short after " + bytes.length + " bytes");
        }
        return message;
    }

    private void read() {
        Cursor outer = new Cursor(0, bytes.length);
        while (outer.more()) {
            int tag = outer.varint();
            if (tag == (2 << 3 | 2)) {
                Cursor metadata = outer.inner();
                while (metadata.more()) {
                    if (metadata.varint() == (3 << 3 | 2)) {
                        Cursor text = metadata.inner();
                        type = new String(bytes, text.at, text.end - text.at, StandardCharsets.UTF_8);
                    } else {
                        metadata.inner();
                    }
                }
            } else if (tag == (3 << 3 | 2)) {
                Cursor any = outer.inner();
                while (any.more()) {
                    boolean value = any.varint() == (2 << 3 | 2);
                    Cursor json = any.inner();
                    if (value) {
                        from = json.at;
                        to = json.end;
                    }
                }
            } else {
                outer.inner();
            }
        }
    }

    /** All fields of these messages are length-delimited. */
    private final class Cursor {
        private int at;
        private final int end;

        Cursor(int at, int end) {
            this.at = at;
            this.end = end;
        }

        boolean more() {
            return at < end;
        }

        int varint() {
            int value = 0;
            for (int shift = 0; shift < 32; shift += 7) {
                int octet = bytes[at++];
                value |= (octet & 0x7f) << shift;
                if (octet >= 0) {
                    return value;
                }
            }
            throw new WireException("payload: a number of more than five bytes");
        }

        Cursor inner() {
            int length = varint();
            if (length < 0 || length > end - at) {
                throw new WireException(
                        "payload: a field of " + length + " bytes (expected: at most " + (end - at) + ")");
            }
            at += length;
            return new Cursor(at - length, at);
        }
    }

    /**
     * The message with its gRPC prefix.
     *
     * @param token of a login, sent as the header that official clients send; "" for none
     */
    static ByteBuf encode(ByteBufAllocator alloc, String type, String clientIp, String token, byte[] json) {
        int header = 2 + TOKEN.length() + 1 + varintSize(token.length()) + token.length();
        int metadata = 2
                + type.length()
                + (token.isEmpty() ? 0 : 1 + varintSize(header) + header)
                + (clientIp.isEmpty() ? 0 : 2 + clientIp.length());
        if (type.length() > 127 || clientIp.length() > 127) {
            throw new IllegalArgumentException(
                    "type and address: '" + type + "', '" + clientIp + "' (expected: short)");
        }
        int any = 1 + varintSize(json.length) + json.length;
        int size = 1 + varintSize(metadata) + metadata + 1 + varintSize(any) + any;
        ByteBuf out = alloc.buffer(5 + size);
        out.writeByte(0);
        out.writeInt(size);
        out.writeByte(2 << 3 | 2);
        varint(out, metadata);
        text(out, 3, type);
        if (!token.isEmpty()) {
            out.writeByte(7 << 3 | 2);
            varint(out, header);
            text(out, 1, TOKEN);
            text(out, 2, token);
        }
        if (!clientIp.isEmpty()) {
            text(out, 8, clientIp);
        }
        out.writeByte(3 << 3 | 2);
        varint(out, any);
        out.writeByte(2 << 3 | 2);
        varint(out, json.length);
        return out.writeBytes(json);
    }

    private static void text(ByteBuf out, int field, String ascii) {
        out.writeByte(field << 3 | 2);
        varint(out, ascii.length());
        ByteBufUtil.writeAscii(out, ascii);
    }

    private static int varintSize(int value) {
        int size = 1;
        for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
            size++;
        }
        return size;
    }

    private static void varint(ByteBuf out, int value) {
        int rest = value;
        while (rest > 127) {
            out.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    public String type() {
        return type;
    }

    /** Of the whole message on the wire, gRPC prefix left out. */
    public int size() {
        return bytes.length;
    }

    public String json() {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    /** Looks at both ends first: in a long answer the flag is in one of them. */
    boolean success() {
        int length = to - from;
        if (length <= 2 * ENDS) {
            return find(SUCCESS, from, to) >= 0;
        }
        return find(SUCCESS, from, from + ENDS) >= 0
                || find(SUCCESS, to - ENDS, to) >= 0
                || find(SUCCESS, from, to) >= 0;
    }

    String requestId() {
        int at = find(REQUEST_ID, from, to);
        return at < 0 ? "" : untilQuote(at + REQUEST_ID.length);
    }

    /** The text value after the first {@code "name":"}, or "". */
    public String text(String name) {
        byte[] key = ascii("\"" + name + "\":\"");
        int at = find(key, from, to);
        return at < 0 ? "" : untilQuote(at + key.length);
    }

    private String untilQuote(int start) {
        int end = start;
        while (end < to && bytes[end] != '"') {
            end++;
        }
        return new String(bytes, start, end - start, StandardCharsets.UTF_8);
    }

    public boolean contains(byte[] ascii) {
        return find(ascii, from, to) >= 0;
    }

    /**
     * The largest number that stands after {@code key} anywhere in the JSON, or -1.
     *
     * @param key ends where the digits begin
     */
    public long largestAfter(byte[] key) {
        long largest = -1;
        for (int at = find(key, from, to); at >= 0; at = find(key, at, to)) {
            at += key.length;
            long number = 0;
            while (at < to && bytes[at] >= '0' && bytes[at] <= '9') {
                number = number * 10 + bytes[at++] - '0';
            }
            largest = Math.max(largest, number);
        }
        return largest;
    }

    /** Where {@code key} first stands, counted from the JSON's begin, or -1. Looks near {@code hint} first. */
    public int position(byte[] key, int hint) {
        int near = from + hint;
        if (hint >= 0 && near < to) {
            int at = find(key, Math.max(from, near - 128), Math.min(to, near + 128));
            if (at >= 0) {
                return at - from;
            }
        }
        int at = find(key, from, to);
        return at < 0 ? -1 : at - from;
    }

    /** The number at a place that {@link #position} told, {@code skip} bytes on. */
    public long numberAt(int position, int skip) {
        long number = 0;
        for (int at = from + position + skip; at < to && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            number = number * 10 + bytes[at] - '0';
        }
        return number;
    }

    private int find(byte[] key, int start, int end) {
        byte rare = key[key.length / 2]; // the first is a quote, and quotes are everywhere
        int middle = key.length / 2;
        int last = end - key.length;
        for (int at = start; at <= last; at++) {
            if (bytes[at + middle] == rare && matches(key, at)) {
                return at;
            }
        }
        return -1;
    }

    private boolean matches(byte[] key, int at) {
        for (int i = 0; i < key.length; i++) {
            if (bytes[at + i] != key[i]) {
                return false;
            }
        }
        return true;
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
