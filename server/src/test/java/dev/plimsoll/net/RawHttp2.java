package dev.plimsoll.net;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 client that writes what it is told to, right or wrong. */
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private ByteArrayOutputStream batch = new ByteArrayOutputStream();

    RawHttp2(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** A connection past its preface. */
    static RawHttp2 open(int port) throws IOException {
        var peer = new RawHttp2(port);
        peer.bytes(PREFACE).frame(SETTINGS, 0, 0, new byte[0]).flush();
        return peer;
    }

    RawHttp2 bytes(byte[] bytes) {
        batch.writeBytes(bytes);
        return this;
    }

    RawHttp2 frame(int type, int flags, int stream, byte[] payload) {
        return frameHead(payload.length, type, flags, stream).bytes(payload);
    }

    RawHttp2 frameHead(int length, int type, int flags, int stream) {
        return bytes(ByteBuffer.allocate(9)
                .put((byte) (length >> 16))
                .putShort((short) length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .array());
    }

    RawHttp2 headers(int stream, boolean end, String... namesAndValues) {
        return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(namesAndValues));
    }

    RawHttp2 data(int stream, boolean end, byte[] bytes) {
        return frame(DATA, end ? END_STREAM : 0, stream, bytes);
    }

    /** The head of a gRPC call. */
    RawHttp2 call(int stream, String... more) {
        String[] all = new String[10 + more.length];
        System.arraycopy(
                new String[] {
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":path",
                    "/echo/unary",
                    "content-type",
                    "application/grpc",
                    "te",
                    "trailers"
                },
                0,
                all,
                0,
                10);
        System.arraycopy(more, 0, all, 10, more.length);
        return headers(stream, false, all);
    }

    /** The head of a stream of gRPC messages, the first on this connection. */
    RawHttp2 stream() {
        return headers(
                1,
                false,
                ":method",
                "POST",
                ":scheme",
                "http",
                ":path",
                "/echo/stream",
                "content-type",
                "application/grpc");
    }

    RawHttp2 windowUpdate(int stream, int bytes) {
        return frame(WINDOW_UPDATE, 0, stream, number(bytes));
    }

    RawHttp2 rst(int stream) {
        return frame(RST, 0, stream, number(8));
    }

    /** Sends; a server that has closed already is no error here. */
    void flush() throws IOException {
        byte[] bytes = batch.toByteArray();
        batch = new ByteArrayOutputStream();
        try {
            out.write(bytes);
            out.flush();
        } catch (SocketException e) {
            if (!String.valueOf(e.getMessage()).matches("(?i).*(reset|broken pipe|abort).*")) {
                throw e;
            }
        }
    }

    /** The next frame; null at the end of the connection. */
    @Nullable
    Frame read() throws IOException {
        try {
            int length = (in.readUnsignedByte() << 16) + in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            byte[] payload = new byte[length];
            in.readFully(payload);
            // Each block changes the table the next is read with, so none may be left out.
            var headers = type == HEADERS ? decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload)) : null;
            return new Frame(type, flags, stream, payload, headers);
        } catch (EOFException | SocketException e) {
            return null;
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** The next frame of one of {@code types}, or the end: then an assertion error. */
    Frame await(int... types) throws IOException {
        Frame frame;
        while ((frame = read()) != null) {
            for (int type : types) {
                if (frame.type == type) {
                    return frame;
                }
            }
        }
        throw new AssertionError("connection closed without a frame of the type awaited");
    }

    /** The headers of the next HEADERS frame that ends its stream. */
    Http2Headers trailers() throws IOException {
        while (true) {
            Frame frame = await(HEADERS);
            if ((frame.flags & END_STREAM) != 0) {
                return frame.head();
            }
        }
    }

    /** True when the server closes, whatever it says before. */
    boolean ends() throws IOException {
        Frame frame;
        do {
            frame = read();
        } while (frame != null);
        return true;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    static byte[] message(int flag, int length, byte[] bytes) {
        return ByteBuffer.allocate(5 + bytes.length)
                .put((byte) flag)
                .putInt(length)
                .put(bytes)
                .array();
    }

    static byte[] message(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return message(0, bytes.length, bytes);
    }

    static byte[] block(String... namesAndValues) {
        var block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            block.write(0); // a literal that enters no table
            text(block, namesAndValues[i]);
            text(block, namesAndValues[i + 1]);
        }
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        int length = text.length();
        if (length < 127) {
            block.write(length);
        } else {
            block.write(127);
            for (length -= 127; length >= 128; length >>= 7) {
                block.write((length & 127) | 128);
            }
            block.write(length);
        }
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    record Frame(
            int type,
            int flags,
            int stream,
            byte[] payload,
            @Nullable Http2Headers headers) {
        Http2Headers head() {
            return Objects.requireNonNull(headers);
        }

        /** Of RST_STREAM and GOAWAY. */
        int error() {
            return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
        }
    }
}
