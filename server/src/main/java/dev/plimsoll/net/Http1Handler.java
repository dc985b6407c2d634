package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one HTTP/1.1 connection, served one after the other. Pipelined ones wait; when more than a few do, or
 * the peer does not take its answers, reading stops. Connection's loop only.
 */
final class Http1Handler extends ChannelInboundHandlerAdapter implements TcpConnection.Protocol {
    private static final Logger log = LoggerFactory.getLogger(Http1Handler.class);
    private static final int MAX_WAITING = 16;
    /** Status line and headers of an answer, roughly. */
    private static final int HEAD_BYTES = 256;
    /** A peer still sending must be read for a while, or the reset that closing provokes destroys its answer. */
    private static final long LINGER_SECONDS = 2;

    private final Net net;
    private final TcpConnection connection;
    private final Gate gate;
    private final ArrayDeque<Exchange> waiting = new ArrayDeque<>(2);
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Exchange incoming; // its body is being read
    private @Nullable Exchange current; // it is being answered
    private long since; // of the incoming body, of a head's first byte, or of the last answer
    private boolean midHead;
    private boolean reading;
    private boolean serving;
    private boolean discarding; // nothing more is served here
    private boolean draining;

    private Http1Handler(Net net, TcpConnection connection) {
        this.net = net;
        this.connection = connection;
        this.gate = connection.gate();
        this.since = connection.nanoTime();
        connection.speak(this);
    }

    static void addTo(ChannelPipeline pipeline, Net net, TcpConnection connection) {
        var handler = new Http1Handler(net, connection);
        int headerBytes = net.settings().limits().headerBytes();
        var config =
                new HttpDecoderConfig().setMaxInitialLineLength(headerBytes).setMaxHeaderSize(headerBytes);
        pipeline.addLast(handler.new FirstByte(), new HttpServerCodec(config), handler);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
        try {
            if (discarding) {
                return;
            }
            if (message instanceof HttpRequest request) {
                begin(ctx, request);
            }
            if (message instanceof HttpContent content && incoming != null) {
                take(incoming, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        ctx.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        serveNext();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        discarding = true;
        if (incoming != null) {
            incoming.releaseBody();
            incoming = null;
        }
        waiting.forEach(Exchange::releaseBody);
        waiting.clear();
        if (current != null) {
            current.peerGone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            log.error("connection {} failed", connection, cause);
        }
        connection.broke(cause);
    }

    @Override
    public void relieved() {
        serveNext();
    }

    @Override
    public void sweep(long now) {
        if (discarding || ctx == null || !ctx.channel().config().isAutoRead()) {
            return;
        }
        var timeouts = net.settings().timeouts();
        long waited = now - since;
        if (incoming != null) {
            if (waited > timeouts.body().toNanos()) {
                refuse(HttpAnswer.text(
                        408,
                        "request body: not complete after " + timeouts.body().toSeconds() + " s"));
            }
        } else if (midHead) {
            if (waited > timeouts.head().toNanos()) {
                refuse(HttpAnswer.text(
                        408, "request: not complete after " + timeouts.head().toSeconds() + " s"));
            }
        } else if (idle() && waited > timeouts.idle().toNanos()) {
            connection.close("idle");
        }
    }

    @Override
    public void drain() {
        draining = true;
        if (idle() && !midHead) {
            connection.close("the server is stopping");
        }
    }

    @Override
    public void finish() {
        drain();
    }

    private boolean idle() {
        return incoming == null && current == null && waiting.isEmpty() && gate.pendingBytes() == 0;
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        midHead = false;
        since = connection.nanoTime();
        if (request.decoderResult().isFailure()) {
            refuse(broken(request.decoderResult().cause()));
            return;
        }
        var exchange = new Exchange(request);
        incoming = exchange;
        if (exchange.length > net.settings().limits().bodyBytes()) {
            refuse(bodyTooLarge());
        } else if (HttpUtil.is100ContinueExpected(request)) {
            exchange.awaitsContinue = true;
            if (current == null && waiting.isEmpty()) {
                sayContinue(ctx, exchange);
            }
        }
    }

    private void take(Exchange exchange, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            refuse(broken(content.decoderResult().cause()));
            return;
        }
        ByteBuf bytes = content.content();
        if (bytes.isReadable()) {
            InboundBody body = exchange.collected();
            long whole = (long) body.length() + bytes.readableBytes();
            if (whole > net.settings().limits().bodyBytes()) {
                refuse(bodyTooLarge());
                return;
            }
            int expected = exchange.length > 0 ? exchange.length - body.length() : bytes.readableBytes();
            if (!body.append(bytes, expected)) {
                refuse(HttpAnswer.text(
                                503,
                                net.inbound().name() + ": full (limit: "
                                        + net.inbound().limit() + " bytes)")
                        .with("Retry-After", "1"));
                return;
            }
        }
        if (content instanceof LastHttpContent) {
            incoming = null;
            since = connection.nanoTime();
            waiting.add(exchange);
            serveNext();
        }
    }

    /** Answers in its turn instead of what is incoming, and reads nothing more. */
    private void refuse(HttpAnswer answer) {
        if (incoming != null) {
            incoming.releaseBody();
            incoming = null;
        }
        discarding = true;
        waiting.add(new Exchange(answer));
        serveNext();
    }

    private void serveNext() {
        if (serving || ctx == null) {
            return;
        }
        serving = true;
        while (current == null && !gate.congested()) {
            Exchange next = waiting.poll();
            if (next == null) {
                break;
            }
            current = next;
            next.serve();
        }
        serving = false;
        if (current == null && waiting.isEmpty() && incoming != null && incoming.awaitsContinue) {
            sayContinue(ctx, incoming);
        }
        boolean room = waiting.size() < MAX_WAITING
                && !gate.congested()
                && ctx.channel().isWritable();
        boolean read = discarding || room;
        if (read != ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(read);
        }
    }

    private static void sayContinue(ChannelHandlerContext ctx, Exchange exchange) {
        exchange.awaitsContinue = false;
        ctx.writeAndFlush(
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER),
                ctx.voidPromise());
    }

    private void answered(Exchange exchange, HttpAnswer answer) {
        ChannelHandlerContext ctx = this.ctx;
        if (exchange != current || ctx == null || !ctx.channel().isActive()) {
            return;
        }
        boolean close = !exchange.keepAlive || draining;
        DefaultFullHttpResponse response;
        try {
            response = response(exchange, answer, close);
        } catch (IllegalArgumentException e) {
            log.error("{} {}: an answer with an illegal header", exchange.method(), exchange.path(), e);
            response = response(exchange, HttpAnswer.text(500, "the answer could not be written"), close);
        }
        ChannelPromise promise = gate.tryPass(HEAD_BYTES + response.content().readableBytes());
        if (promise == null) {
            response = response(
                    exchange,
                    HttpAnswer.text(503, gate.accountName() + ": full").with("Retry-After", "1"),
                    close);
            promise = gate.pass(HEAD_BYTES + response.content().readableBytes());
        }
        current = null;
        since = connection.nanoTime();
        if (close) {
            boolean linger = discarding;
            discarding = true;
            promise.addListener((ChannelFutureListener) sent -> closeAfter(linger));
        }
        if (reading) {
            ctx.write(response, promise);
        } else {
            ctx.writeAndFlush(response, promise);
        }
        serveNext();
    }

    private void closeAfter(boolean linger) {
        if (linger && ctx != null && ctx.channel().isActive()) {
            connection.closeOutput();
            ctx.executor().schedule(() -> connection.close("refused"), LINGER_SECONDS, TimeUnit.SECONDS);
        } else {
            connection.close("answered the last request");
        }
    }

    private DefaultFullHttpResponse response(Exchange exchange, HttpAnswer answer, boolean close) {
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                exchange.isHead() ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()),
                DefaultHttpHeadersFactory.headersFactory(),
                DefaultHttpHeadersFactory.trailersFactory());
        HttpHeaders headers = response.headers();
        headers.set(HttpHeaderNames.DATE, net.date().text());
        if (answer.contentType() != null) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        }
        if (answer.status() != 204 && answer.status() != 304) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, String.valueOf(answer.body().length));
        }
        for (HttpAnswer.Header header : answer.headers()) {
            headers.add(header.name(), header.value());
        }
        if (close) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (exchange.oldVersion) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        return response;
    }

    private HttpAnswer bodyTooLarge() {
        return HttpAnswer.text(
                413,
                "request body: too large (expected: at most "
                        + net.settings().limits().bodyBytes() + " bytes)");
    }

    private HttpAnswer broken(Throwable cause) {
        int limit = net.settings().limits().headerBytes();
        if (cause instanceof TooLongHttpLineException) {
            return HttpAnswer.text(414, "request line: too long (expected: at most " + limit + " bytes)");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return HttpAnswer.text(431, "request headers: too large (expected: at most " + limit + " bytes)");
        }
        return HttpAnswer.text(400, "request: broken (expected: HTTP/1.1, or HTTP/2 with prior knowledge)");
    }

    /** Notes when a request begins, which the codec tells only when its headers are complete. */
    private final class FirstByte extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (!midHead && incoming == null) {
                midHead = true;
                if (waiting.isEmpty() && current == null) {
                    since = connection.nanoTime();
                }
            }
            ctx.fireChannelRead(message);
        }
    }

    /** One request and its answer. */
    private final class Exchange extends HttpCall {
        private @Nullable HttpHeaders headers;
        private final @Nullable HttpAnswer refusal;
        private final int length; // 0 when there is no body or it is chunked
        private final boolean keepAlive;
        private final boolean oldVersion;
        private boolean awaitsContinue;
        private @Nullable InboundBody body;

        Exchange(HttpRequest request) {
            super(connection, request.method().name(), request.uri());
            this.headers = request.headers();
            this.refusal = null;
            this.length = (int) Math.min(Integer.MAX_VALUE, HttpUtil.getContentLength(request, 0L));
            this.keepAlive = HttpUtil.isKeepAlive(request);
            this.oldVersion = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        }

        /** Stands for a request that is not served, with the answer to give instead. */
        Exchange(HttpAnswer refusal) {
            super(connection, "GET", "/");
            this.headers = null;
            this.refusal = refusal;
            this.length = 0;
            this.keepAlive = false;
            this.oldVersion = false;
        }

        @Override
        public @Nullable String header(String name) {
            return headers == null ? null : headers.get(name);
        }

        void serve() {
            if (refusal != null) {
                answer(refusal);
                return;
            }
            try {
                net.router()
                        .route(
                                this,
                                body == null ? Unpooled.EMPTY_BUFFER : body.buffer(),
                                net.admission(),
                                net.settings().limits().parameters());
            } finally {
                releaseBody();
            }
        }

        InboundBody collected() {
            if (body == null) {
                body = new InboundBody(net.inbound(), connection.allocator());
            }
            return body;
        }

        void releaseBody() {
            if (body != null) {
                body.release();
                body = null;
            }
        }

        @Override
        void forgetHead() {
            headers = null;
        }

        @Override
        void write(HttpAnswer answer) {
            answered(this, answer);
        }
    }
}
