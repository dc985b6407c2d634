package dev.plimsoll.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** HTTP/2 frames and gRPC request headers as bytes. */
final class Frames {
    static final int HEADER = 9;
    /** The size every peer must take. */
    static final int MAX_PAYLOAD = 16_384;

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 0x1;
    static final int ACK = 0x1;
    static final int END_HEADERS = 0x4;
    static final int PADDED = 0x8;
    static final int PRIORITY = 0x20;

    static final int SETTING_HEADER_TABLE_SIZE = 1;
    static final int SETTING_ENABLE_PUSH = 2;
    static final int SETTING_MAX_CONCURRENT_STREAMS = 3;
    static final int SETTING_INITIAL_WINDOW_SIZE = 4;

    static final int DEFAULT_WINDOW = 65_535;
    static final int CANCEL = 8;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private Frames() {}

    static void header(ByteBuf out, int length, int type, int flags, int stream) {
        out.writeMedium(length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
    }

    /** What a client says first. Without a header table on our side, the server's header blocks need no state here. */
    static ByteBuf preface(int streamWindow, int connectionWindow) {
        ByteBuf out = Unpooled.buffer(80);
        out.writeBytes(PREFACE);
        header(out, 18, SETTINGS, 0, 0);
        setting(out, SETTING_HEADER_TABLE_SIZE, 0);
        setting(out, SETTING_ENABLE_PUSH, 0);
        setting(out, SETTING_INITIAL_WINDOW_SIZE, streamWindow);
        if (connectionWindow > DEFAULT_WINDOW) {
            windowUpdate(out, 0, connectionWindow - DEFAULT_WINDOW);
        }
        return out;
    }

    private static void setting(ByteBuf out, int name, int value) {
        out.writeShort(name);
        out.writeInt(value);
    }

    static void windowUpdate(ByteBuf out, int stream, int bytes) {
        header(out, 4, WINDOW_UPDATE, 0, stream);
        out.writeInt(bytes);
    }

    static void reset(ByteBuf out, int stream, int error) {
        header(out, 4, RST_STREAM, 0, stream);
        out.writeInt(error);
    }

    /** The HPACK block of a gRPC request, by static table entries and literals that are not indexed. */
    static byte[] requestHeaders(String authority, String path) {
        ByteBuf out = Unpooled.buffer(128);
        out.writeByte(0x83); // :method POST
        out.writeByte(0x86); // :scheme http
        out.writeByte(0x04); // :path
        literal(out, path);
        out.writeByte(0x01); // :authority
        literal(out, authority);
        out.writeByte(0x0f); // content-type, entry 31 = 15 + 16
        out.writeByte(0x10);
        literal(out, "application/grpc");
        out.writeByte(0x00);
        literal(out, "te");
        literal(out, "trailers");
        byte[] block = new byte[out.readableBytes()];
        out.readBytes(block);
        out.release();
        return block;
    }

    private static void literal(ByteBuf out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length >= 127) {
            throw new IllegalArgumentException("header: '" + text + "' (expected: shorter than 127)");
        }
        out.writeByte(bytes.length);
        out.writeBytes(bytes);
    }
}
