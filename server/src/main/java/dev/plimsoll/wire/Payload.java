package dev.plimsoll.wire;

import dev.plimsoll.refusal.InvalidRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The protobuf envelope of every message: a type, headers and a JSON body. The format is two messages deep and fixed, so
 * it is read and written by hand:
 *
 * <pre>
 * Payload  { 2: Metadata { 3: type, 7: repeated { 1: key, 2: value }, 8: clientIp }, 3: Any { 2: body } }
 * </pre>
 *
 * @param headers names compare without case
 * @param clientIp the address the sender believes it has, or ""
 * @param body JSON, owned by this record; copied once out of the inbound buffer, which is only borrowed
 */
public record Payload(String type, Map<String, String> headers, String clientIp, byte[] body) {
    static final int MAX_TYPE = 128;
    static final int MAX_CLIENT_IP = 256;
    static final int MAX_HEADERS = 64;
    static final int MAX_HEADER_NAME = 256;
    static final int MAX_HEADER_VALUE = 8 * 1024;

    private static final byte[] EMPTY_OBJECT = {'{', '}'};
    private static final int GRPC_PREFIX = 5;

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;

    private static final int PAYLOAD_METADATA = 2 << 3 | LENGTH_DELIMITED;
    private static final int PAYLOAD_BODY = 3 << 3 | LENGTH_DELIMITED;
    private static final int METADATA_TYPE = 3 << 3 | LENGTH_DELIMITED;
    private static final int METADATA_HEADERS = 7 << 3 | LENGTH_DELIMITED;
    private static final int METADATA_CLIENT_IP = 8 << 3 | LENGTH_DELIMITED;
    private static final int ENTRY_KEY = 1 << 3 | LENGTH_DELIMITED;
    private static final int ENTRY_VALUE = 2 << 3 | LENGTH_DELIMITED;
    private static final int ANY_VALUE = 2 << 3 | LENGTH_DELIMITED;

    /** The value of the header, or "" when it was not sent. */
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** The type of a message, or "", without copying its body. The buffer is left as it was. */
    public static String typeOf(ByteBuf message) {
        var reading = new Reading();
        ByteBuf in = message.slice();
        while (in.isReadable()) {
            int tag = tag(in);
            if (tag == PAYLOAD_METADATA) {
                reading.metadata(delimited(in));
            } else {
                skip(in, tag);
            }
        }
        return reading.type;
    }

    /** Where the body of a message lies in it; empty when it has none. The buffer is left as it was. */
    static ByteBuf bodyIn(ByteBuf message) {
        ByteBuf body = message.slice(message.readerIndex(), 0);
        ByteBuf in = message.slice();
        while (in.isReadable()) {
            int tag = tag(in);
            if (tag == PAYLOAD_BODY) {
                ByteBuf any = delimited(in);
                while (any.isReadable()) {
                    int field = tag(any);
                    if (field == ANY_VALUE) {
                        body = delimited(any);
                    } else {
                        skip(any, field);
                    }
                }
            } else {
                skip(in, tag);
            }
        }
        return body;
    }

    /** Reads a message that comes without its gRPC prefix. The buffer is left as it was. */
    public static Payload decode(ByteBuf message) {
        var reading = new Reading();
        ByteBuf in = message.slice();
        while (in.isReadable()) {
            int tag = tag(in);
            switch (tag) {
                case PAYLOAD_METADATA -> reading.metadata(delimited(in));
                case PAYLOAD_BODY -> reading.any(delimited(in));
                default -> skip(in, tag);
            }
        }
        return reading.payload();
    }

    /** What has been read so far; protobuf lets a field come again, and then the later one counts. */
    private static final class Reading {
        private String type = "";
        private String clientIp = "";
        private byte[] body = EMPTY_OBJECT;
        private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

        void metadata(ByteBuf in) {
            while (in.isReadable()) {
                int tag = tag(in);
                switch (tag) {
                    case METADATA_TYPE -> type = text("message type", delimited(in), MAX_TYPE);
                    case METADATA_HEADERS -> header(delimited(in));
                    case METADATA_CLIENT_IP -> clientIp = text("client address", delimited(in), MAX_CLIENT_IP);
                    default -> skip(in, tag);
                }
            }
        }

        private void header(ByteBuf in) {
            String name = "";
            String value = "";
            while (in.isReadable()) {
                int tag = tag(in);
                switch (tag) {
                    case ENTRY_KEY -> name = text("header name", delimited(in), MAX_HEADER_NAME);
                    case ENTRY_VALUE -> value = text("header value", delimited(in), MAX_HEADER_VALUE);
                    default -> skip(in, tag);
                }
            }
            headers.put(name, value);
            if (headers.size() > MAX_HEADERS) {
                throw new InvalidRequest("headers: more than " + MAX_HEADERS + " (expected: at most that many)");
            }
        }

        void any(ByteBuf in) {
            while (in.isReadable()) {
                int tag = tag(in);
                if (tag == ANY_VALUE) {
                    ByteBuf value = delimited(in);
                    body = value.isReadable() ? ByteBufUtil.getBytes(value) : EMPTY_OBJECT;
                } else {
                    skip(in, tag);
                }
            }
        }

        Payload payload() {
            return new Payload(type, Collections.unmodifiableMap(headers), clientIp, body);
        }
    }

    private static int tag(ByteBuf in) {
        long tag = varint(in);
        if (tag < 8 || tag > 0xFFFF_FFFFL) {
            throw malformed();
        }
        return (int) tag;
    }

    private static long varint(ByteBuf in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (!in.isReadable()) {
                throw malformed();
            }
            byte next = in.readByte();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw malformed();
    }

    private static ByteBuf delimited(ByteBuf in) {
        long length = varint(in);
        if (length < 0 || length > in.readableBytes()) {
            throw malformed();
        }
        return in.readSlice((int) length);
    }

    private static String text(String what, ByteBuf in, int limit) {
        if (in.readableBytes() > limit) {
            throw new InvalidRequest(what + ": " + in.readableBytes() + " bytes (expected: at most " + limit + ")");
        }
        return in.toString(StandardCharsets.UTF_8);
    }

    private static void skip(ByteBuf in, int tag) {
        switch (tag & 7) {
            case VARINT -> varint(in);
            case FIXED_64 -> skipBytes(in, 8);
            case LENGTH_DELIMITED -> delimited(in);
            case FIXED_32 -> skipBytes(in, 4);
            default -> throw malformed();
        }
    }

    private static void skipBytes(ByteBuf in, int count) {
        if (in.readableBytes() < count) {
            throw malformed();
        }
        in.skipBytes(count);
    }

    private static InvalidRequest malformed() {
        return new InvalidRequest("message: not a payload (expected: the protobuf form of metadata and body)");
    }

    /** A whole gRPC message, five-byte prefix included, ready to be written. */
    public static ByteBuf encode(ByteBufAllocator allocator, Message message) {
        return encode(allocator, message.typeName(), message.encode());
    }

    /** As {@link #encode(ByteBufAllocator, Message)}, from JSON in parts that need not be joined before. */
    public static ByteBuf encode(ByteBufAllocator allocator, String type, byte[]... json) {
        return encodeFrom(allocator, "", type, json);
    }

    /** As {@link #encode(ByteBufAllocator, String, byte[]...)}, with JSON that is shared between the two ends. */
    public static ByteBuf encode(ByteBufAllocator allocator, String type, byte[] before, ByteBuf shared, byte[] after) {
        int jsonLength = Math.addExact(before.length + after.length, shared.readableBytes());
        return envelope(allocator, "", type, jsonLength)
                .writeBytes(before)
                .writeBytes(shared, shared.readerIndex(), shared.readableBytes())
                .writeBytes(after);
    }

    /** As {@link #encode(ByteBufAllocator, String, byte[]...)}, naming the sender, as requests from the server do. */
    public static ByteBuf encodeFrom(ByteBufAllocator allocator, String clientIp, String type, byte[]... json) {
        int jsonLength = 0;
        for (byte[] part : json) {
            jsonLength = Math.addExact(jsonLength, part.length);
        }
        ByteBuf out = envelope(allocator, clientIp, type, jsonLength);
        for (byte[] part : json) {
            out.writeBytes(part);
        }
        return out;
    }

    /** A message up to its JSON, with room for that. */
    private static ByteBuf envelope(ByteBufAllocator allocator, String clientIp, String type, int jsonLength) {
        int typeLength = ByteBufUtil.utf8Bytes(type);
        int ipLength = ByteBufUtil.utf8Bytes(clientIp);
        int metadataLength = sizeDelimited(typeLength) + (ipLength == 0 ? 0 : sizeDelimited(ipLength));
        int anyLength = sizeDelimited(jsonLength);
        int length = sizeDelimited(metadataLength) + sizeDelimited(anyLength);

        ByteBuf out = allocator.buffer(GRPC_PREFIX + length, GRPC_PREFIX + length);
        out.writeByte(0).writeInt(length);
        writeTag(out, PAYLOAD_METADATA, metadataLength);
        writeTag(out, METADATA_TYPE, typeLength);
        ByteBufUtil.reserveAndWriteUtf8(out, type, typeLength);
        if (ipLength > 0) {
            writeTag(out, METADATA_CLIENT_IP, ipLength);
            ByteBufUtil.reserveAndWriteUtf8(out, clientIp, ipLength);
        }
        writeTag(out, PAYLOAD_BODY, anyLength);
        writeTag(out, ANY_VALUE, jsonLength);
        return out;
    }

    /** How many bytes {@link #encode(ByteBufAllocator, String, byte[]...)} will take, for reserving them before. */
    public static int encodedSize(String type, int jsonLength) {
        return GRPC_PREFIX
                + sizeDelimited(sizeDelimited(ByteBufUtil.utf8Bytes(type)))
                + sizeDelimited(sizeDelimited(jsonLength));
    }

    private static int sizeDelimited(int length) {
        return 1 + sizeVarint(length) + length; // every tag we write is one byte
    }

    private static int sizeVarint(int value) {
        return Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
    }

    private static void writeTag(ByteBuf out, int tag, int length) {
        out.writeByte(tag);
        int rest = length;
        while (rest > 0x7F) {
            out.writeByte((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }
}
