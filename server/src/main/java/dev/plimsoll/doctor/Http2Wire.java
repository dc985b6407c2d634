package dev.plimsoll.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * As much of HTTP/2 and gRPC as one client needs that looks whether a server answers: one connection, one thread, and an
 * end to every wait. Header blocks of answers are not read: a call that fails has no message, and that says enough.
 */
final class Http2Wire implements AutoCloseable {
    static final int MOST_BYTES = 1 << 20; // of a frame or a message

    private static final int CONNECT_MILLIS = 3_000;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(UTF_8);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int ACK = 1; // a flag; of DATA and HEADERS it means that the stream ends
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final String authority;
    private final Map<Integer, Stream> streams = new HashMap<>();
    private int nextStream = 1;
    private String protocol = "";

    private static final class Stream {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final Queue<byte[]> messages = new ArrayDeque<>();
        boolean ended;
    }

    private Http2Wire(Socket socket, String authority) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        this.authority = authority;
    }

    /**
     * Connects, and waits until the other end has spoken HTTP/2.
     *
     * @param tls what makes sockets with TLS; null for none
     * @throws IOException with a reason an operator understands
     */
    static Http2Wire connect(String host, int port, @Nullable SSLSocketFactory tls, long millis) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) millis);
            if (tls != null) {
                socket = secured(tls, socket, host, port);
            }
            var wire = new Http2Wire(socket, host + ":" + port);
            wire.greet(millis);
            return wire;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket secured(SSLSocketFactory tls, Socket plain, String host, int port) throws IOException {
        var secured = (SSLSocket) tls.createSocket(plain, host, port, true);
        var parameters = secured.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private void greet(long millis) throws IOException {
        out.write(PREFACE);
        frame(SETTINGS, 0, 0, new byte[] {0, 2, 0, 0, 0, 0, 0, 4, 0, 0x10, 0, 0}); // no push; windows of 1 MiB
        frame(8, 0, 0, new byte[] {0, 0x10, 0, 0});
        out.flush();
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (protocol.isEmpty()) {
            readFrame(until);
        }
    }

    /** What was negotiated: {@code h2} over TLS or not. */
    String protocol() {
        return protocol;
    }

    /** The socket, for its certificate; null without TLS. */
    @Nullable
    SSLSocket tls() {
        return socket instanceof SSLSocket secured ? secured : null;
    }

    /** Begins a call and returns its stream. */
    int open(String path) throws IOException {
        int id = nextStream;
        nextStream += 2;
        streams.put(id, new Stream());
        var block = new ByteArrayOutputStream();
        header(block, ":method", "POST");
        header(block, ":scheme", tls() == null ? "http" : "https");
        header(block, ":path", path);
        header(block, ":authority", authority);
        header(block, "content-type", "application/grpc");
        header(block, "te", "trailers");
        frame(HEADERS, END_HEADERS, id, block.toByteArray());
        return id;
    }

    /** Literal, without indexing and without Huffman's code. */
    private static void header(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        text(block, name);
        text(block, value);
    }

    private static void text(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        if (bytes.length < 127) {
            block.write(bytes.length);
        } else {
            block.write(127);
            int rest = bytes.length - 127;
            while (rest > 127) {
                block.write((rest & 0x7F) | 0x80);
                rest >>>= 7;
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    /** Sends one gRPC message. */
    void send(int stream, byte[] message, boolean last) throws IOException {
        var body = ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message);
        frame(DATA, last ? ACK : 0, stream, body.array());
        out.flush();
    }

    /** The next message of a stream; null when it ended without one. */
    byte @Nullable [] receive(int stream, long millis) throws IOException {
        Stream its = streams.get(stream);
        if (its == null) {
            throw new IOException("no such stream");
        }
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (its.messages.isEmpty()) {
            if (its.ended) {
                return null;
            }
            readFrame(until);
        }
        return its.messages.remove();
    }

    private void readFrame(long until) throws IOException {
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (left <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        socket.setSoTimeout((int) left);
        byte[] head = new byte[9];
        try {
            in.readFully(head);
        } catch (EOFException e) {
            throw new IOException("the connection was closed" + (protocol.isEmpty() ? " without a word" : ""), e);
        }
        if (protocol.isEmpty() && head[0] == 'H' && head[1] == 'T' && head[2] == 'T') {
            throw new IOException("it speaks HTTP/1.1 and not HTTP/2: a proxy that does not pass HTTP/2 on?");
        }
        int length = ByteBuffer.wrap(head).getInt(0) >>> 8;
        int id = ByteBuffer.wrap(head).getInt(5) & Integer.MAX_VALUE;
        if (length > MOST_BYTES || (protocol.isEmpty() && head[3] != SETTINGS)) {
            throw new IOException("it does not speak HTTP/2");
        }
        byte[] body = new byte[length];
        in.readFully(body);
        taken(head[3], head[4], id, body);
    }

    private void taken(int type, int flags, int id, byte[] body) throws IOException {
        switch (type) {
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    protocol = tls() == null ? "h2 without TLS" : "h2";
                    frame(SETTINGS, ACK, 0, new byte[0]);
                    out.flush();
                }
            }
            case PING -> {
                if ((flags & ACK) == 0) {
                    frame(PING, ACK, 0, body);
                    out.flush();
                }
            }
            case GOAWAY -> throw new IOException("the server ended the connection (GOAWAY)");
            case DATA -> data(id, flags, body);
            case HEADERS -> end(id, (flags & ACK) != 0);
            case RESET -> end(id, true);
            default -> {} // nothing that concerns one who looks
        }
    }

    private void end(int id, boolean ends) {
        Stream stream = streams.get(id);
        if (stream != null && ends) {
            stream.ended = true;
        }
    }

    private void data(int id, int flags, byte[] body) throws IOException {
        Stream stream = streams.get(id);
        if (stream == null) {
            return;
        }
        int from = (flags & PADDED) != 0 ? 1 : 0;
        int to = body.length - (from == 1 && body.length > 0 ? body[0] & 0xFF : 0);
        if (to > from) {
            stream.bytes.write(body, from, to - from);
        }
        if (stream.bytes.size() > MOST_BYTES) {
            throw new IOException("a message is longer than " + Size.text(MOST_BYTES));
        }
        byte[] all = stream.bytes.toByteArray();
        int at = 0;
        while (all.length - at >= 5) {
            int length = ByteBuffer.wrap(all).getInt(at + 1);
            if (length < 0 || length > MOST_BYTES) {
                throw new IOException("a message is longer than " + Size.text(MOST_BYTES));
            }
            if (all.length - at - 5 < length) {
                break;
            }
            stream.messages.add(Arrays.copyOfRange(all, at + 5, at + 5 + length));
            at += 5 + length;
        }
        stream.bytes.reset();
        stream.bytes.write(all, at, all.length - at);
        end(id, (flags & ACK) != 0);
    }

    private void frame(int type, int flags, int stream, byte[] body) throws IOException {
        var frame = ByteBuffer.allocate(9 + body.length);
        frame.putInt(body.length << 8 | type).put((byte) flags).putInt(stream).put(body);
        out.write(frame.array());
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // it is given up either way
        }
    }
}
