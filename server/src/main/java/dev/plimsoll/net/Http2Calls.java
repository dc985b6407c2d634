package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.util.AsciiString;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of one HTTP/2 connection: gRPC by its content type, everything else for the router. Connection's loop only.
 *
 * <p>Reading from a peer that does not take its answers stops in two steps. While the gate is congested, complete
 * requests wait unserved and the window they used up is not returned, so the peer may send one connection window more
 * and no further; frames are still read, since the window updates that let our answers go are among them. When the
 * socket itself does not take bytes, nothing is read at all.
 */
final class Http2Calls extends Http2EventAdapter implements TcpConnection.Protocol {
    private static final Logger log = LoggerFactory.getLogger(Http2Calls.class);

    /** 10 MiB messages at 13 MB/s over a line with 20 ms of delay. */
    private static final int STREAM_WINDOW = 256 << 10;
    /** What requests that wait for the gate may hold. */
    private static final int CONNECTION_WINDOW = 1 << 20;

    /** A stream with its flow control, a call, its deframer and the headers. Measured: see ConnectionBytesTest. */
    static final int CALL_BYTES = 768;
    /**
     * Calls a connection has paid for when it is let in: the stream a client is told things on, and one to ask by. However
     * full it gets afterwards, these are there.
     */
    static final int CALLS_PAID = 2;
    /** Calls that each connection may have open even when others have used up half of what is kept for calls. */
    private static final int FEW_CALLS = 16;

    private static final int FLOOD_SECONDS = 10;
    private static final int MAX_QUEUED_CONTROL_FRAMES = 1_000;
    private static final int MAX_EMPTY_DATA_FRAMES = 10;

    private final Net net;
    private final TcpConnection connection;
    private final Http2Connection http2;
    private final Http2Connection.PropertyKey callKey;
    private final Handler handler;
    private final ArrayDeque<Http2Call> parked = new ArrayDeque<>(0);
    private final Set<GrpcBidi> blocked = new LinkedHashSet<>();
    private final Set<GrpcBidi> bidis = new LinkedHashSet<>();
    private final Unfinished.Part held;
    private final long openedAt;
    private GrpcService.@Nullable Handler grpcHandler;
    private @Nullable ChannelHandlerContext ctx;
    private long floodWindowStart;
    private int controlFrames;
    private int open; // calls
    private boolean everUsed;
    private boolean reading;
    private boolean flushing; // a flush is scheduled
    private boolean waking; // a look at those that wait is scheduled
    private boolean finishing;

    private Http2Calls(Net net, TcpConnection connection) throws Http2Exception {
        this.net = net;
        this.connection = connection;
        this.held = net.unfinished().of(connection);
        this.openedAt = connection.nanoTime();
        this.floodWindowStart = openedAt;
        this.http2 = new DefaultHttp2Connection(true, 0);
        // Until the peer acknowledges the settings, Netty would let it open as many streams as it likes.
        http2.remote().maxActiveStreams(net.settings().limits().streams());
        http2.remote()
                .flowController(new DefaultHttp2RemoteFlowController(http2, new UniformStreamByteDistributor(http2)));
        this.callKey = http2.newKey();
        http2.addListener(this);
        this.handler = new Builder(this).build();
        connection.speak(this);
    }

    static Handler on(Net net, TcpConnection connection) throws Http2Exception {
        return new Http2Calls(net, connection).handler;
    }

    Net net() {
        return net;
    }

    TcpConnection connection() {
        return connection;
    }

    Gate gate() {
        return connection.gate();
    }

    ChannelPromise newPromise() {
        return context().newPromise();
    }

    void writeHeaders(Http2Stream stream, Http2Headers headers, boolean end, ChannelPromise promise) {
        handler.encoder().writeHeaders(context(), stream.id(), headers, 0, end, promise);
        answering();
        flushSoon();
    }

    void writeData(Http2Stream stream, ByteBuf data, boolean end, ChannelPromise promise) {
        handler.encoder().writeData(context(), stream.id(), data, 0, end, promise);
        answering();
        flushSoon();
    }

    /** grpc-java measures the line with a PING for every burst it is sent, so each answer makes up for one. */
    private void answering() {
        controlFrames = Math.max(0, controlFrames - 1);
    }

    void reset(Http2Stream stream, Http2Error error) {
        handler.resetStream(context(), stream.id(), error.code(), newPromise());
        flushSoon();
    }

    /** Lets the peer send {@code bytes} more. */
    void consumed(Http2Stream stream, int bytes) {
        try {
            if (http2.local().flowController().consumeBytes(stream, bytes)) {
                flushSoon();
            }
        } catch (Http2Exception e) {
            handler.onError(context(), true, e);
        }
    }

    /** True when {@code call} must wait; its {@link Http2Call#dispatch} will be called. */
    boolean park(Http2Call call) {
        if (!gate().congested() && parked.isEmpty()) {
            return false;
        }
        parked.add(call);
        return true;
    }

    GrpcService.Handler grpcHandler() {
        if (grpcHandler == null) {
            grpcHandler = net.grpc().connected(connection);
        }
        return grpcHandler;
    }

    /** {@code stream} wants to hear when it is writable again. */
    void blocked(GrpcBidi stream) {
        blocked.add(stream);
    }

    /** Looks, in a turn of its own, whether those that wait can go on. */
    void wakeSoon() {
        if (!waking) {
            waking = true;
            context().executor().execute(this::wakeNow);
        }
    }

    void opened(GrpcBidi bidi) {
        bidis.add(bidi);
    }

    @Override
    public boolean servesClient() {
        return grpcHandler != null;
    }

    @Override
    public void relieved() {
        wakeSoon();
    }

    @Override
    public void sweep(long now) {
        if (!everUsed) {
            if (now - openedAt > net.settings().timeouts().idle().toNanos()) {
                connection.turnAway("no call was ever made");
            }
            return;
        }
        try {
            http2.forEachActiveStream(stream -> {
                Http2Call call = stream.getProperty(callKey);
                if (call != null) {
                    call.sweep(now);
                }
                return true;
            });
        } catch (Http2Exception e) {
            handler.onError(context(), true, e);
        }
    }

    @Override
    public void drain() {
        if (!http2.goAwaySent()) {
            handler.goAway(
                    context(),
                    http2.remote().lastStreamCreated(),
                    Http2Error.NO_ERROR.code(),
                    ByteBufUtil.writeAscii(connection.allocator(), "server is stopping"),
                    newPromise());
            context().flush();
        }
    }

    @Override
    public void finish() {
        drain();
        finishing = true;
        closeIfFinished();
    }

    private void closeIfFinished() {
        if (!finishing || http2.numActiveStreams() > bidis.size() || gate().pendingBytes() > 0) {
            return;
        }
        finishing = false;
        for (GrpcBidi bidi : List.copyOf(bidis)) {
            bidi.fail(GrpcStatus.UNAVAILABLE, "server is stopping");
        }
        handler.flush(context());
        connection.close("the server is stopping");
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean end)
            throws Http2Exception {
        onHeadersRead(ctx, streamId, headers, padding, end);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end) {
        Http2Stream stream = http2.stream(streamId);
        if (stream == null) {
            return;
        }
        Http2Call call = stream.getProperty(callKey);
        if (call == null) {
            everUsed = true;
            long spare = open < FEW_CALLS ? 0 : Connections.keptForCalls(net.connections()) / 2;
            if (open >= CALLS_PAID && !connection.tryCharge(CALL_BYTES, spare)) {
                refuse(
                        stream,
                        GrpcHeaders.trailersOnly(
                                GrpcStatus.RESOURCE_EXHAUSTED, net.connections().name() + ": full"));
                return;
            }
            call = call(stream, headers);
            if (call == null) {
                releaseCall();
                return;
            }
            open++;
            stream.setProperty(callKey, call);
        }
        if (end) {
            call.end();
        }
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end) {
        Http2Stream stream = http2.stream(streamId);
        Http2Call call = stream == null ? null : stream.getProperty(callKey);
        // Data of a call that was answered before it was complete is read over.
        return padding + (call == null ? data.readableBytes() : call.data(data, end));
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        Http2Call call = stream.removeProperty(callKey);
        if (call != null) {
            open--;
            releaseCall();
            if (call instanceof GrpcBidi bidi) {
                bidis.remove(bidi);
                blocked.remove(bidi);
            }
            call.closed();
        }
    }

    /** Of one beyond those that are open. */
    private void releaseCall() {
        if (open >= CALLS_PAID) {
            connection.release(CALL_BYTES);
        }
    }

    @Override
    public void onStreamRemoved(Http2Stream stream) {
        if (finishing) {
            wakeSoon();
        }
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        countControlFrame();
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
        countControlFrame();
    }

    @Override
    public void onPriorityRead(ChannelHandlerContext ctx, int streamId, int dependency, short weight, boolean exclusive)
            throws Http2Exception {
        countControlFrame();
    }

    private void countControlFrame() throws Http2Exception {
        long now = connection.nanoTime();
        if (now - floodWindowStart > TimeUnit.SECONDS.toNanos(FLOOD_SECONDS)) {
            floodWindowStart = now;
            controlFrames = 0;
        }
        controlFrames++;
        int limit = net.settings().limits().controlFrames();
        if (controlFrames > limit) {
            throw Http2Exception.connectionError(
                    Http2Error.ENHANCE_YOUR_CALM, "control frames: more than %d in %d s", limit, FLOOD_SECONDS);
        }
    }

    /** The call that {@code headers} begin; null when they are answered already. */
    private @Nullable Http2Call call(Http2Stream stream, Http2Headers headers) {
        String path = String.valueOf(headers.path());
        String method = String.valueOf(headers.method());
        CharSequence contentType = headers.get(GrpcHeaders.CONTENT_TYPE);
        if (GrpcHeaders.isGrpc(contentType)) {
            return grpcCall(stream, headers, path, method);
        }
        if (net.grpc().shape(path) != null) {
            refuse(
                    stream,
                    GrpcHeaders.error(
                            "415",
                            GrpcStatus.UNKNOWN,
                            "content-type: '" + contentType + "' (expected: application/grpc)"));
            return null;
        }
        return Http2Request.begin(this, stream, headers, method, path);
    }

    private @Nullable Http2Call grpcCall(Http2Stream stream, Http2Headers headers, String path, String method) {
        if (!method.equals("POST")) {
            refuse(stream, GrpcHeaders.error("405", GrpcStatus.INTERNAL, "method: " + method + " (expected: POST)"));
            return null;
        }
        GrpcService.Shape shape = net.grpc().shape(path);
        if (shape == null) {
            refuse(stream, GrpcHeaders.trailersOnly(GrpcStatus.UNIMPLEMENTED, "no such method: " + path));
            return null;
        }
        CharSequence encoding = headers.get(GrpcHeaders.ENCODING);
        boolean gzip = encoding != null && AsciiString.contentEquals(GrpcHeaders.GZIP, encoding);
        if (!gzip && encoding != null && !AsciiString.contentEquals(GrpcHeaders.IDENTITY, encoding)) {
            refuse(
                    stream,
                    GrpcHeaders.trailersOnly(
                                    GrpcStatus.UNIMPLEMENTED,
                                    "grpc-encoding: " + encoding + " (expected: identity or gzip)")
                            .set(GrpcHeaders.ACCEPT_ENCODING, GrpcHeaders.ACCEPTED_ENCODINGS));
            return null;
        }
        if (shape == GrpcService.Shape.UNARY) {
            return new GrpcUnary(this, stream, gzip);
        }
        var bidi = new GrpcBidi(this, stream, gzip);
        opened(bidi);
        bidi.begin();
        return bidi;
    }

    /** Answers with headers alone, and has the peer send no more. */
    void refuse(Http2Stream stream, Http2Headers headers) {
        ChannelPromise promise = gate().pass(GrpcCall.OVERHEAD);
        promise.addListener(sent -> stopPeer(stream));
        writeHeaders(stream, headers, true, promise);
    }

    /** Our half is complete: if the peer's is not, what it would still send is of no use. */
    void stopPeer(Http2Stream stream) {
        if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
            reset(stream, Http2Error.NO_ERROR);
        }
    }

    private void flushSoon() {
        if (!reading && !flushing) {
            flushing = true;
            context().executor().execute(this::flushNow);
        }
    }

    private void flushNow() {
        flushing = false;
        handler.flush(context());
    }

    private void wakeNow() {
        waking = false;
        while (!parked.isEmpty() && !gate().congested()) {
            parked.remove().dispatch();
        }
        if (!blocked.isEmpty()) {
            for (GrpcBidi stream : List.copyOf(blocked)) {
                if (stream.unblocked()) {
                    blocked.remove(stream);
                    stream.fireWritable();
                }
            }
        }
        closeIfFinished();
    }

    private void ended() {
        if (grpcHandler != null) {
            GrpcService.Handler handler = grpcHandler;
            grpcHandler = null;
            handler.closed();
        }
    }

    private ChannelHandlerContext context() {
        if (ctx == null) {
            throw new IllegalStateException("connection " + connection + ": not in a pipeline yet");
        }
        return ctx;
    }

    /** Netty's HTTP/2 state machine, with the turns of the loop made known to the calls. */
    static final class Handler extends Http2ConnectionHandler {
        private final Http2Calls calls;

        private Handler(
                Http2ConnectionDecoder decoder,
                Http2ConnectionEncoder encoder,
                Http2Settings settings,
                Http2Calls calls) {
            super(decoder, encoder, settings, true);
            this.calls = calls;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
            calls.ctx = ctx;
            super.handlerAdded(ctx);
            var window = connection().local().flowController();
            Http2Stream whole = connection().connectionStream();
            window.incrementWindowSize(whole, CONNECTION_WINDOW - window.initialWindowSize(whole));
            flush(ctx);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            calls.reading = true;
            super.channelRead(ctx, message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
            calls.reading = false;
            super.channelReadComplete(ctx);
            if (!ctx.isRemoved() && !calls.held.holds(internalBuffer().capacity(), actualReadableBytes())) {
                calls.connection.giveWay(calls.held.full());
            }
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
            super.handlerRemoved0(ctx);
            calls.held.drop();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
            super.channelWritabilityChanged(ctx);
            ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) throws Exception {
            super.channelInactive(ctx);
            calls.parked.clear();
            calls.blocked.clear();
            calls.ended();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
            if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
                super.exceptionCaught(ctx, cause);
                return;
            }
            calls.connection.failed(cause);
        }

        @Override
        protected void onConnectionError(
                ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception error) {
            log.debug("connection {} broke the protocol: {}", calls.connection, cause.toString());
            if (calls.grpcHandler == null) {
                calls.net.turnedAway().turnedAway(calls.connection.remoteIp(), "broke the rules of HTTP/2");
            }
            calls.connection.ends("the client broke the rules of HTTP/2: " + cause.getMessage());
            super.onConnectionError(ctx, outbound, cause, error);
        }
    }

    /** Gives Netty's parts their limits. */
    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<Handler, Builder> {
        private final Http2Calls calls;

        Builder(Http2Calls calls) {
            this.calls = calls;
            var limits = calls.net.settings().limits();
            connection(calls.http2);
            frameListener(calls);
            initialSettings(new Http2Settings()
                    .maxConcurrentStreams(limits.streams())
                    .initialWindowSize(STREAM_WINDOW)
                    .maxHeaderListSize(limits.headerBytes()));
            decoderEnforceMaxRstFramesPerWindow(limits.controlFrames(), FLOOD_SECONDS);
            encoderEnforceMaxRstFramesPerWindow(limits.controlFrames(), FLOOD_SECONDS);
            decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_DATA_FRAMES);
            encoderEnforceMaxQueuedControlFrames(MAX_QUEUED_CONTROL_FRAMES);
            gracefulShutdownTimeoutMillis(500);
        }

        @Override
        protected Handler build() {
            return super.build();
        }

        @Override
        protected Handler build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            return new Handler(decoder, encoder, settings, calls);
        }
    }
}
