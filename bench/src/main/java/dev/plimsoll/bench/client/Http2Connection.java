package dev.plimsoll.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection that carries gRPC calls, read frame by frame so that it can also stop reading: one stream
 * ({@link #stall}), the whole connection by withholding its window ({@link #withholdWindow}), or the socket
 * ({@link #readSocket}). On the loop of its channel only.
 */
final class Http2Connection extends ChannelInboundHandlerAdapter {
    /** Its owner's side. */
    interface Owner {
        void ready();

        void closed(String reason);
    }

    private static final int MAX_STREAM_ID = Integer.MAX_VALUE - 2;

    private final Windows windows;
    private final DefaultHttp2HeadersDecoder headersDecoder;
    private final Owner owner;
    private final IntObjectHashMap<RpcStream> streams = new IntObjectHashMap<>(2);
    private final ArrayDeque<Start> waiting = new ArrayDeque<>(0);
    private final ArrayDeque<RpcStream> blocked = new ArrayDeque<>(0);

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable ByteBuf cumulation;
    private @Nullable ByteBuf headerBlock;
    private int headerStream;
    private boolean headerEnd;

    private int nextStream = 1;
    private int sendWindow = Frames.DEFAULT_WINDOW;
    private int peerStreamWindow = Frames.DEFAULT_WINDOW;
    private int peerMaxStreams = Integer.MAX_VALUE;
    private boolean heedStreamLimit = true;
    private int withheld;
    private boolean withholding;
    private boolean inRead;
    private boolean dirty;
    private boolean closed;
    private @Nullable String why;

    /** Bytes that came in DATA frames, all streams. */
    long dataBytes;

    /** A call that waits for the peer to allow one more stream. */
    private record Start(
            RpcStream stream, byte[] headers, @Nullable ByteBuf body, boolean end) {}

    Http2Connection(Windows windows, DefaultHttp2HeadersDecoder headersDecoder, Owner owner) {
        this.windows = windows;
        this.headersDecoder = headersDecoder;
        this.owner = owner;
    }

    // --- out

    /** Opens a stream, now or when the peer's limit allows. Takes {@code body}, already with its gRPC prefix. */
    void start(RpcStream stream, byte[] headers, @Nullable ByteBuf body, boolean end) {
        if (closed) {
            if (body != null) {
                body.release();
            }
            stream.end(reason());
        } else if (heedStreamLimit && streams.size() >= peerMaxStreams) {
            waiting.add(new Start(stream, headers, body, end));
        } else {
            begin(stream, headers, body, end);
        }
    }

    private void begin(RpcStream stream, byte[] headers, @Nullable ByteBuf body, boolean end) {
        if (nextStream >= MAX_STREAM_ID) {
            if (body != null) {
                body.release();
            }
            stream.end("no stream id left");
            return;
        }
        stream.id = nextStream;
        nextStream += 2;
        stream.sendWindow = peerStreamWindow;
        streams.put(stream.id, stream);
        int size = body == null ? 0 : body.readableBytes();
        ByteBuf out = context().alloc().buffer(2 * Frames.HEADER + headers.length + Math.min(size, Frames.MAX_PAYLOAD));
        Frames.header(
                out,
                headers.length,
                Frames.HEADERS,
                Frames.END_HEADERS | (body == null && end ? Frames.END_STREAM : 0),
                stream.id);
        out.writeBytes(headers);
        if (body != null) {
            data(out, stream, body, end);
        }
        write(out);
    }

    /** Sends one more message on an open stream. */
    void send(RpcStream stream, ByteBuf body) {
        if (closed || streams.get(stream.id) != stream) {
            body.release();
        } else if (stream.unsent != null) {
            stream.unsent = context()
                    .alloc()
                    .buffer(stream.unsent.readableBytes() + body.readableBytes())
                    .writeBytes(stream.unsent)
                    .writeBytes(body);
            body.release();
        } else {
            ByteBuf out = context().alloc().buffer(Frames.HEADER + body.readableBytes());
            data(out, stream, body, false);
            write(out);
        }
    }

    private void data(ByteBuf out, RpcStream stream, ByteBuf body, boolean end) {
        do {
            int part = Math.min(body.readableBytes(), Math.min(sendWindow, stream.sendWindow));
            part = Math.max(0, Math.min(part, Frames.MAX_PAYLOAD));
            if (part == 0 && body.isReadable()) {
                stream.unsent = body;
                stream.endsAfterUnsent = end;
                blocked.add(stream);
                return;
            }
            boolean last = part == body.readableBytes();
            Frames.header(out, part, Frames.DATA, end && last ? Frames.END_STREAM : 0, stream.id);
            out.writeBytes(body, part);
            sendWindow -= part;
            stream.sendWindow -= part;
        } while (body.isReadable());
        body.release();
    }

    private void unblock() {
        for (int i = blocked.size(); i > 0 && sendWindow > 0; i--) {
            RpcStream stream = blocked.remove();
            ByteBuf rest = stream.unsent;
            if (rest != null && streams.get(stream.id) == stream) {
                stream.unsent = null;
                ByteBuf out = context().alloc().buffer();
                data(out, stream, rest, stream.endsAfterUnsent);
                write(out);
            }
        }
    }

    /** Gives up a call: the peer is told, its end is not. */
    void cancel(RpcStream stream) {
        if (!closed && streams.get(stream.id) == stream) {
            ByteBuf out = context().alloc().buffer(Frames.HEADER + 4);
            Frames.reset(out, stream.id, Frames.CANCEL);
            write(out);
            remove(stream.id);
        }
    }

    private void write(ByteBuf out) {
        if (!out.isReadable()) {
            out.release();
            return;
        }
        context().write(out, context().voidPromise());
        if (inRead) {
            dirty = true;
        } else {
            context().flush();
        }
    }

    /** Holds back the flush while several calls are started. */
    void together(Runnable calls) {
        boolean before = inRead;
        inRead = true;
        try {
            calls.run();
        } finally {
            inRead = before;
            if (!inRead && dirty) {
                dirty = false;
                context().flush();
            }
        }
    }

    // --- reading and not reading

    /** This stream's bytes are no longer looked at and its window is not given back; all other streams go on. */
    void stall(RpcStream stream) {
        stream.stall();
    }

    void wake(RpcStream stream) {
        stream.wake();
        if (!closed) {
            giveBack(stream, true);
        }
    }

    /** The connection's window is no longer given back. */
    void withholdWindow(boolean on) {
        withholding = on;
        if (!on) {
            giveBack(null, true);
        }
    }

    void readSocket(boolean on) {
        channel().config().setAutoRead(on);
        if (on) {
            context().read();
        }
    }

    void ignoreStreamLimit() {
        heedStreamLimit = false;
    }

    private void giveBack(@Nullable RpcStream stream, boolean all) {
        if (!withholding && withheld > (all ? 0 : windows.connection() / 2)) {
            ByteBuf out = context().alloc().buffer(Frames.HEADER + 4);
            Frames.windowUpdate(out, 0, withheld);
            withheld = 0;
            write(out);
        }
        if (stream != null
                && !stream.isStalled()
                && stream.withheld > (all ? 0 : windows.stream() / 2)
                && streams.get(stream.id) == stream) {
            ByteBuf out = context().alloc().buffer(Frames.HEADER + 4);
            Frames.windowUpdate(out, stream.id, stream.withheld);
            stream.withheld = 0;
            write(out);
        }
    }

    // --- in

    @Override
    public void channelActive(ChannelHandlerContext active) {
        ctx = active;
        active.writeAndFlush(Frames.preface(windows.stream(), windows.connection()), active.voidPromise());
        owner.ready();
    }

    @Override
    public void channelRead(ChannelHandlerContext unused, Object read) {
        ByteBuf in = (ByteBuf) read;
        if (cumulation != null) {
            cumulation.writeBytes(in);
            in.release();
            in = cumulation;
            cumulation = null;
        }
        inRead = true;
        try {
            while (!closed && in.readableBytes() >= Frames.HEADER) {
                int length = in.getUnsignedMedium(in.readerIndex());
                if (length > Frames.MAX_PAYLOAD) {
                    throw new WireException(
                            "frame: " + length + " bytes (expected: at most " + Frames.MAX_PAYLOAD + ")");
                }
                if (in.readableBytes() < Frames.HEADER + length) {
                    break;
                }
                in.skipBytes(3);
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt() & 0x7fffffff;
                frame(type, flags, stream, in.readSlice(length));
            }
            if (!closed && in.isReadable()) {
                cumulation = context().alloc().buffer(Math.max(256, Frames.HEADER + Frames.MAX_PAYLOAD));
                cumulation.writeBytes(in);
            }
        } catch (WireException | Http2Exception e) {
            close(String.valueOf(e.getMessage()));
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext unused) {
        inRead = false;
        if (dirty) {
            dirty = false;
            unused.flush();
        }
    }

    private void frame(int type, int flags, int id, ByteBuf body) throws Http2Exception {
        if (headerBlock != null && type != Frames.CONTINUATION) {
            throw new WireException("frame type " + type + " (expected: CONTINUATION)");
        }
        switch (type) {
            case Frames.DATA -> onData(flags, id, body);
            case Frames.HEADERS -> onHeaders(flags, id, body);
            case Frames.CONTINUATION -> onContinuation(flags, body);
            case Frames.RST_STREAM -> onReset(id, body.readInt());
            case Frames.SETTINGS -> onSettings(flags, body);
            case Frames.PING -> onPing(flags, body);
            case Frames.GOAWAY -> onGoAway(body);
            case Frames.WINDOW_UPDATE -> onWindowUpdate(id, body.readInt() & 0x7fffffff);
            default -> {} // PRIORITY, PUSH_PROMISE (refused by our settings) and unknown ones mean nothing here
        }
    }

    private void onData(int flags, int id, ByteBuf body) {
        int counted = body.readableBytes();
        dataBytes += counted;
        withheld += counted;
        unpad(flags, body);
        RpcStream stream = streams.get(id);
        if (stream != null) {
            stream.withheld += counted;
            stream.data(body);
            if ((flags & Frames.END_STREAM) != 0) {
                finish(id, "ended without a gRPC status");
                stream = null;
            }
        }
        if (!closed) {
            giveBack(stream, false);
        }
    }

    private static void unpad(int flags, ByteBuf body) {
        if ((flags & Frames.PADDED) != 0) {
            int padding = body.readUnsignedByte();
            if (padding > body.readableBytes()) {
                throw new WireException("padding: " + padding + " (expected: at most the frame)");
            }
            body.writerIndex(body.writerIndex() - padding);
        }
    }

    private void onHeaders(int flags, int id, ByteBuf body) throws Http2Exception {
        unpad(flags, body);
        if ((flags & Frames.PRIORITY) != 0) {
            body.skipBytes(5);
        }
        boolean end = (flags & Frames.END_STREAM) != 0;
        if ((flags & Frames.END_HEADERS) == 0) {
            headerBlock = context().alloc().buffer().writeBytes(body);
            headerStream = id;
            headerEnd = end;
        } else {
            headers(id, end, body);
        }
    }

    private void onContinuation(int flags, ByteBuf body) throws Http2Exception {
        ByteBuf block = headerBlock;
        if (block == null || block.readableBytes() > 1 << 20) {
            throw new WireException("CONTINUATION (expected: after HEADERS, and not for ever)");
        }
        block.writeBytes(body);
        if ((flags & Frames.END_HEADERS) != 0) {
            headerBlock = null;
            try {
                headers(headerStream, headerEnd, block);
            } finally {
                block.release();
            }
        }
    }

    private void headers(int id, boolean end, ByteBuf block) throws Http2Exception {
        if (!end || !streams.containsKey(id)) {
            return; // no dynamic table, so a block that nobody needs is not decoded
        }
        Http2Headers headers = headersDecoder.decodeHeaders(id, block);
        CharSequence status = headers.get("grpc-status");
        if (status != null && status.length() == 1 && status.charAt(0) == '0') {
            finish(id, null);
        } else {
            finish(
                    id,
                    "gRPC status " + status + " " + headers.get("grpc-message")
                            + (headers.status() == null ? "" : " (HTTP " + headers.status() + ")"));
        }
    }

    private void onReset(int id, int error) {
        finish(id, "RST_STREAM " + error);
    }

    private void onSettings(int flags, ByteBuf body) {
        if ((flags & Frames.ACK) != 0) {
            return;
        }
        while (body.readableBytes() >= 6) {
            int name = body.readUnsignedShort();
            int value = body.readInt();
            if (name == Frames.SETTING_INITIAL_WINDOW_SIZE) {
                int change = value - peerStreamWindow;
                peerStreamWindow = value;
                streams.values().forEach(stream -> stream.sendWindow += change);
            } else if (name == Frames.SETTING_MAX_CONCURRENT_STREAMS) {
                peerMaxStreams = value < 0 ? Integer.MAX_VALUE : value;
            }
        }
        ByteBuf out = context().alloc().buffer(Frames.HEADER);
        Frames.header(out, 0, Frames.SETTINGS, Frames.ACK, 0);
        write(out);
        unblock();
        beginWaiting();
    }

    private void onPing(int flags, ByteBuf body) {
        if ((flags & Frames.ACK) == 0) {
            ByteBuf out = context().alloc().buffer(Frames.HEADER + 8);
            Frames.header(out, 8, Frames.PING, Frames.ACK, 0);
            out.writeBytes(body);
            write(out);
        }
    }

    private void onGoAway(ByteBuf body) {
        int last = body.readInt() & 0x7fffffff;
        int error = body.readInt();
        why = "GOAWAY " + error + " " + body.toString(java.nio.charset.StandardCharsets.UTF_8);
        if (last < nextStream - 2 || error != 0) {
            close(reason());
        }
    }

    private void onWindowUpdate(int id, int bytes) {
        if (id == 0) {
            sendWindow += bytes;
        } else {
            RpcStream stream = streams.get(id);
            if (stream != null) {
                stream.sendWindow += bytes;
            }
        }
        if (!blocked.isEmpty()) {
            unblock();
        }
    }

    private void finish(int id, @Nullable String error) {
        RpcStream stream = remove(id);
        if (stream != null) {
            if (stream.isStalled()) {
                stream.wake();
            }
            stream.end(error);
        }
    }

    private @Nullable RpcStream remove(int id) {
        RpcStream stream = streams.remove(id);
        if (!waiting.isEmpty()) {
            beginWaiting();
        }
        return stream;
    }

    private void beginWaiting() {
        while (!closed && !waiting.isEmpty() && streams.size() < peerMaxStreams) {
            Start next = waiting.remove();
            begin(next.stream(), next.headers(), next.body(), next.end());
        }
    }

    /** Ends calls that began before {@code nanoTime}; the stream {@code but} may last. */
    void expire(long nanoTime, @Nullable RpcStream but) {
        if (streams.size() <= (but == null ? 0 : 1)) {
            return;
        }
        List<RpcStream> late = new ArrayList<>(0);
        for (RpcStream stream : streams.values()) {
            if (stream != but && stream.startedAt - nanoTime < 0) {
                late.add(stream);
            }
        }
        for (RpcStream stream : late) {
            cancel(stream);
            stream.end("no answer in time");
        }
    }

    int open() {
        return streams.size();
    }

    int queued() {
        return waiting.size();
    }

    // --- the end

    void close(String reason) {
        if (why == null) {
            why = reason;
        }
        if (ctx != null) {
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext unused) {
        gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext at, Throwable cause) {
        if (why == null) {
            why = cause.toString();
        }
        at.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext unused) {
        gone();
    }

    private void gone() {
        if (closed) {
            return;
        }
        closed = true;
        if (ctx == null) {
            return; // it never came up, which whoever connected hears with the reason
        }
        for (ByteBuf held : new @Nullable ByteBuf[] {cumulation, headerBlock}) {
            if (held != null) {
                held.release();
            }
        }
        cumulation = null;
        headerBlock = null;
        List<RpcStream> ended = new ArrayList<>(streams.values());
        streams.clear();
        for (Start start : waiting) {
            if (start.body() != null) {
                start.body().release();
            }
            ended.add(start.stream());
        }
        waiting.clear();
        ended.forEach(stream -> stream.end(reason()));
        owner.closed(reason());
    }

    private String reason() {
        return why == null ? "closed by the server" : why;
    }

    Channel channel() {
        return context().channel();
    }

    private ChannelHandlerContext context() {
        if (ctx == null) {
            throw new IllegalStateException("not connected yet");
        }
        return ctx;
    }
}
