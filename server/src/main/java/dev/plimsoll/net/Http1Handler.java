package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one HTTP/1.1 connection, served one after the other. What comes while one is being answered waits as the
 * bytes it is, and nothing more is read meanwhile; the same when the peer does not take its answers. So a connection that
 * waits for an answer, or for a request, holds nothing but this. Connection's loop only.
 */
final class Http1Handler extends ChannelInboundHandlerAdapter implements TcpConnection.Protocol {
    private static final Logger log = LoggerFactory.getLogger(Http1Handler.class);
    private static final int SMALLEST_REST = 512;
    /** Status line and headers of an answer, roughly. */
    private static final int HEAD_BYTES = 256;
    /** A peer still sending must be read for a while, or the reset that closing provokes destroys its answer. */
    private static final long LINGER_SECONDS = 2;

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Net net;
    private final TcpConnection connection;
    private final Gate gate;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable ByteBuf rest; // came and was not read yet
    private Unfinished.@Nullable Part held; // for the rest
    private @Nullable Exchange incoming; // its body is being read
    private @Nullable Exchange current; // it is being answered
    private long since; // of the incoming body, of a head's first byte, or of the last answer
    private boolean reading;
    private boolean serving;
    private boolean discarding; // nothing more is served here
    private boolean draining;

    Http1Handler(Net net, TcpConnection connection) {
        this.net = net;
        this.connection = connection;
        this.gate = connection.gate();
        this.since = connection.nanoTime();
        connection.speak(this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
        try {
            if (!discarding && message instanceof ByteBuf bytes) {
                if (rest == null) {
                    if (incoming == null && current == null) {
                        since = connection.nanoTime();
                    }
                    serve(bytes);
                }
                if (bytes.isReadable() && !discarding) {
                    boolean more = rest != null;
                    keep(bytes);
                    if (more) {
                        serveRest();
                    }
                }
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
        readOn(ctx);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        ctx.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        serveRest();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        discard();
        if (current != null) {
            current.peerGone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        connection.failed(cause);
    }

    @Override
    public void relieved() {
        serveRest();
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
        } else if (rest != null && current == null) {
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
        if (idle()) {
            connection.close("the server is stopping");
        }
    }

    @Override
    public void finish() {
        drain();
    }

    private boolean idle() {
        return rest == null && incoming == null && current == null && gate.pendingBytes() == 0;
    }

    /** Serves what is whole of {@code in}, one after the other, until one is not answered at once. */
    private void serve(ByteBuf in) {
        serving = true;
        try {
            while (current == null && !discarding && !gate.congested() && in.isReadable()) {
                if (incoming == null) {
                    Http1Head head = Http1Head.read(in, net.settings().limits().headerBytes());
                    if (head == null) {
                        break;
                    }
                    begin(head);
                }
                Exchange exchange = incoming;
                if (exchange == null) {
                    break;
                }
                if (!exchange.readBody(in)) {
                    exchange.awaitRest();
                    break;
                }
                incoming = null;
                current = exchange;
                exchange.serve();
            }
        } catch (BrokenRequest broken) {
            refuse(broken.answer());
        } finally {
            serving = false;
        }
    }

    private void begin(Http1Head head) throws BrokenRequest {
        since = connection.nanoTime();
        var exchange = new Exchange(head);
        incoming = exchange;
        if (head.length() > net.settings().limits().bodyBytes()) {
            throw bodyTooLarge();
        }
        if (exchange.body != null && !exchange.body.charge(head.heapBytes())) {
            throw inboundFull();
        }
        if (head.awaitsContinue() && ctx != null) {
            ctx.writeAndFlush(Unpooled.wrappedBuffer(CONTINUE), ctx.voidPromise());
        }
    }

    private void serveRest() {
        ChannelHandlerContext ctx = this.ctx;
        if (serving || ctx == null) {
            return;
        }
        ByteBuf bytes = rest;
        if (bytes != null && !discarding) {
            serve(bytes);
            if (rest != null && !rest.isReadable()) {
                dropRest();
            }
        }
        readOn(ctx);
    }

    private void readOn(ChannelHandlerContext ctx) {
        boolean waits = current != null && rest != null;
        boolean read =
                discarding || (!waits && !gate.congested() && ctx.channel().isWritable());
        if (read != ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(read);
        }
    }

    /** Keeps what cannot be read yet behind what is there already; charged before it is taken. */
    private void keep(ByteBuf bytes) {
        ByteBuf kept = rest;
        int unread = bytes.readableBytes() + (kept == null ? 0 : kept.readableBytes());
        if (kept != null && kept.writableBytes() >= bytes.readableBytes()) {
            if (charge(kept.capacity(), unread)) {
                kept.writeBytes(bytes);
            }
            return;
        }
        int size = Math.max(SMALLEST_REST, Integer.highestOneBit(unread - 1) * 2);
        if (charge(size, unread)) {
            ByteBuf grown = connection.allocator().directBuffer(size, size);
            if (kept != null) {
                grown.writeBytes(kept);
                kept.release();
            }
            rest = grown.writeBytes(bytes);
        }
    }

    /** False, and nothing is kept or read any more, when there is no room. */
    private boolean charge(int size, int unread) {
        Unfinished.Part part = held;
        if (part == null) {
            part = net.unfinished().of(connection);
            held = part;
        }
        if (part.holds(size, unread)) {
            return true;
        }
        connection.giveWay(part.full());
        discard();
        return false;
    }

    private void dropRest() {
        if (rest != null) {
            rest.release();
            rest = null;
        }
        if (held != null) {
            held.drop();
            held = null;
        }
    }

    /** Nothing that comes or came is served any more. */
    private void discard() {
        discarding = true;
        dropRest();
        if (incoming != null) {
            incoming.releaseBody();
            incoming = null;
        }
    }

    /** Answers this and reads nothing more. */
    private void refuse(HttpAnswer answer) {
        discard();
        var refused = new Exchange();
        current = refused;
        refused.answer(answer);
    }

    private void answered(Exchange exchange, HttpAnswer answer) {
        ChannelHandlerContext ctx = this.ctx;
        if (exchange != current || ctx == null || !ctx.channel().isActive()) {
            return;
        }
        HttpAnswer sent = answer;
        ChannelPromise promise = gate.tryPass(HEAD_BYTES + bodyBytes(exchange, sent));
        if (promise == null) {
            sent = HttpAnswer.text(503, gate.accountName() + ": full").with("Retry-After", "1");
            promise = gate.pass(HEAD_BYTES + bodyBytes(exchange, sent));
        }
        boolean close = !exchange.keepAlive || draining;
        ByteBuf bytes = connection.allocator().directBuffer(HEAD_BYTES + bodyBytes(exchange, sent));
        try {
            encode(exchange, sent, close, bytes);
        } catch (IllegalArgumentException e) {
            log.error("{} {}: an answer with an illegal header", exchange.method(), exchange.path(), e);
            encode(exchange, HttpAnswer.text(500, "the answer could not be written"), close, bytes.clear());
        }
        current = null;
        since = connection.nanoTime();
        if (close) {
            boolean linger = discarding || rest != null;
            discard();
            promise.addListener((ChannelFutureListener) taken -> closeAfter(linger));
        }
        if (reading) {
            ctx.write(bytes, promise);
        } else {
            ctx.writeAndFlush(bytes, promise);
        }
        serveRest();
    }

    private void closeAfter(boolean linger) {
        if (linger && ctx != null && ctx.channel().isActive()) {
            connection.closeOutput();
            ctx.executor().schedule(() -> connection.close("refused"), LINGER_SECONDS, TimeUnit.SECONDS);
        } else {
            connection.close("answered the last request");
        }
    }

    private void encode(Exchange exchange, HttpAnswer answer, boolean close, ByteBuf out) {
        String reason = HttpResponseStatus.valueOf(answer.status()).reasonPhrase();
        ByteBufUtil.writeAscii(out, "HTTP/1.1 ");
        ByteBufUtil.writeAscii(out, Integer.toString(answer.status()));
        out.writeByte(' ');
        ByteBufUtil.writeAscii(out, reason);
        header(out, "\r\ndate", net.date().text());
        if (answer.contentType() != null) {
            header(out, "\r\ncontent-type", answer.contentType());
        }
        if (answer.status() != 204 && answer.status() != 304) {
            header(out, "\r\ncontent-length", Integer.toString(answer.body().length));
        }
        for (HttpAnswer.Header header : answer.headers()) {
            out.writeByte('\r').writeByte('\n');
            header(out, checked(header.name()), checked(header.value()));
        }
        if (close) {
            header(out, "\r\nconnection", "close");
        } else if (exchange.oldVersion) {
            header(out, "\r\nconnection", "keep-alive");
        }
        ByteBufUtil.writeAscii(out, "\r\n\r\n");
        if (!exchange.isHead()) {
            out.writeBytes(answer.body());
        }
    }

    private static void header(ByteBuf out, CharSequence name, CharSequence value) {
        ByteBufUtil.writeAscii(out, name);
        out.writeByte(':').writeByte(' ');
        ByteBufUtil.writeAscii(out, value);
    }

    /** What goes out between two ends of line must not hold one. */
    private static String checked(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' && text.charAt(i) != '\t') {
                throw new IllegalArgumentException( // which goes to a log, so without the text
                        "header: a control character among " + text.length() + " characters");
            }
        }
        return text;
    }

    private static int bodyBytes(Exchange exchange, HttpAnswer answer) {
        return exchange.isHead() ? 0 : answer.body().length;
    }

    private BrokenRequest bodyTooLarge() {
        return new BrokenRequest(
                413,
                "request body: too large (expected: at most "
                        + net.settings().limits().bodyBytes() + " bytes)");
    }

    private BrokenRequest inboundFull() {
        return new BrokenRequest(
                503, net.inbound().name() + ": full (limit: " + net.inbound().limit() + " bytes)");
    }

    /** One request and its answer. */
    private final class Exchange extends HttpCall {
        private @Nullable Http1Head head;
        private final @Nullable Http1Chunks chunks; // null when the body's length was announced
        private final boolean keepAlive;
        private final boolean oldVersion;
        private @Nullable InboundBody body; // with what the head takes until it is whole

        Exchange(Http1Head head) {
            super(connection, head.method(), head.target());
            this.head = head;
            this.keepAlive = head.keepAlive();
            this.oldVersion = head.oldVersion();
            this.chunks =
                    head.chunked() ? new Http1Chunks(net.settings().limits().headerBytes()) : null;
            this.body =
                    head.chunked() || head.length() > 0 ? new InboundBody(net.inbound(), connection.allocator()) : null;
        }

        /** Stands for a request that is not served. */
        Exchange() {
            super(connection, "GET", "/");
            this.keepAlive = false;
            this.oldVersion = false;
            this.chunks = null;
        }

        @Override
        public @Nullable String header(String name) {
            return head == null ? null : head.header(name);
        }

        @Override
        int headBytes() {
            return head == null ? 0 : head.heapBytes();
        }

        /** Takes what there is of the body; whether that was the last of it. */
        boolean readBody(ByteBuf in) throws BrokenRequest {
            InboundBody into = body;
            if (into == null) {
                return true;
            }
            if (chunks == null) {
                int left = (int) length() - into.length();
                if (left > 0 && in.isReadable()) {
                    collect(into, in.readSlice(Math.min(left, in.readableBytes())), left);
                }
                return into.length() == length();
            }
            for (int n = chunks.next(in); n > 0; n = chunks.next(in)) {
                collect(into, in.readSlice(n), InboundBody.UNKNOWN);
                chunks.took(n);
            }
            return chunks.done();
        }

        void awaitRest() {
            if (body != null) {
                body.awaitRest(net.arrivals(), () -> connection.loop().execute(this::giveWay), connection.nanoTime());
            }
        }

        private void giveWay() {
            if (incoming == this) {
                refuse(inboundFull().answer());
            }
        }

        void serve() {
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

        void releaseBody() {
            if (body != null) {
                body.release();
                body = null;
            }
        }

        @Override
        void forgetHead() {
            head = null;
        }

        @Override
        void write(HttpAnswer answer) {
            answered(this, answer);
        }

        private long length() {
            return head == null ? 0 : head.length();
        }

        private void collect(InboundBody into, ByteBuf bytes, int expected) throws BrokenRequest {
            if ((long) into.length() + bytes.readableBytes()
                    > net.settings().limits().bodyBytes()) {
                throw bodyTooLarge();
            }
            if (!into.append(bytes, expected)) {
                throw inboundFull();
            }
        }
    }
}
