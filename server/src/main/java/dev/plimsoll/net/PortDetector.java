package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells by a connection's first bytes what it speaks: TLS begins with a handshake record, HTTP/2 with prior knowledge with a
 * preface, everything else is taken for HTTP/1.1. What is inside TLS is told in the same way, whatever was agreed on
 * for it. A request to upgrade to HTTP/2 is answered in HTTP/1.1, as the standard allows.
 */
final class PortDetector extends ByteToMessageDecoder implements TcpConnection.Protocol {
    private static final int TLS_HANDSHAKE = 22; // begins no request and no preface

    /** A record's head, then the kind of the message in it and its length. No client cuts its greeting up within these. */
    private static final int HELLO_HEAD = 9;

    private static final int HELLO_LENGTH = 6;

    /** Of what a client greets with; the engine would keep four times as much while it comes in pieces. */
    private static final int LONGEST_HELLO = 8 << 10;

    /** Enough of the preface to tell it from POST, PUT and PATCH. The HTTP/2 codec checks all of it. */
    private static final ByteBuf PREFACE = Unpooled.unreleasableBuffer(
                    Unpooled.copiedBuffer("PRI ", StandardCharsets.US_ASCII))
            .asReadOnly();

    /** As other servers say it to one who forgot the s of https. */
    private static final String TLS_ONLY = "this port speaks TLS only\n";

    private final Net net;
    private final TcpConnection connection;
    private final @Nullable Tls tls; // null: not, or not again
    private final boolean plaintext;
    private @Nullable TlsHandler shaking;
    private final Unfinished.Part held;
    private long since;

    private PortDetector(Net net, TcpConnection connection, @Nullable Tls tls, boolean plaintext) {
        this.net = net;
        this.connection = connection;
        this.tls = tls;
        this.plaintext = plaintext;
        this.held = net.unfinished().of(connection);
        this.since = connection.nanoTime();
        connection.speak(this);
    }

    /** @param plaintext whether it is served without TLS */
    static PortDetector on(Net net, TcpConnection connection, boolean plaintext) {
        return new PortDetector(net, connection, net.tls(), plaintext);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Http2Exception {
        if (tls != null && in.getUnsignedByte(in.readerIndex()) == TLS_HANDSHAKE) {
            if (in.readableBytes() >= HELLO_HEAD) {
                shakeHands(ctx, in, tls);
            }
            return;
        }
        int n = Math.min(PREFACE.readableBytes(), in.readableBytes());
        boolean likePreface = ByteBufUtil.equals(in, in.readerIndex(), PREFACE, 0, n);
        if (likePreface && n < PREFACE.readableBytes()) {
            return;
        }
        if (!plaintext) {
            refuse(ctx, likePreface);
            in.skipBytes(in.readableBytes());
            return;
        }
        if (likePreface) {
            if (!connection.tryChargeEntry(Connections.HTTP2_BYTES)) {
                in.skipBytes(in.readableBytes());
                connection.turnAway(net.connections().name() + ": full, and no room for HTTP/2");
                return;
            }
            ctx.pipeline().addLast(Http2Calls.on(net, connection));
        } else {
            ctx.pipeline().addLast(new Http1Handler(net, connection));
        }
        ctx.pipeline().remove(this);
    }

    private void shakeHands(ChannelHandlerContext ctx, ByteBuf in, Tls tls) {
        int length = in.getUnsignedMedium(in.readerIndex() + HELLO_LENGTH);
        TlsHandler handler = length > LONGEST_HELLO ? null : TlsHandler.on(net, tls, connection);
        if (handler == null) {
            in.skipBytes(in.readableBytes());
            connection.turnAway(
                    length > LONGEST_HELLO
                            ? "a TLS greeting of more than " + LONGEST_HELLO + " bytes"
                            : net.connections().name() + ": full, or as many TLS handshakes under way as there may be");
            return;
        }
        connection.secure(handler);
        var inside = new PortDetector(net, connection, null, true);
        inside.shaking = handler;
        ctx.pipeline().addLast(handler.controls(net), handler, inside);
        ctx.pipeline().remove(this);
    }

    private void refuse(ChannelHandlerContext ctx, boolean isHttp2) {
        if (!isHttp2) {
            ctx.writeAndFlush(Unpooled.copiedBuffer(
                    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: "
                            + TLS_ONLY.length() + "\r\n\r\n" + TLS_ONLY,
                    StandardCharsets.US_ASCII));
        }
        connection.turnAway("spoke without TLS");
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof SslHandshakeCompletionEvent done && shaking != null) {
            shaking.shaken();
            since = connection.nanoTime();
            if (!done.isSuccess() && net.tls() != null) {
                net.tls().failed(connection.remoteIp(), done.cause());
                connection.turnAway("the TLS handshake failed: " + Tls.words(done.cause()));
            }
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        if (!ctx.isRemoved() && !held.holds(internalBuffer().capacity(), actualReadableBytes())) {
            connection.giveWay(held.full());
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        held.drop();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        connection.broke(cause);
    }

    @Override
    public void sweep(long nanoTime) {
        if (nanoTime - since > net.settings().timeouts().head().toNanos()) {
            connection.turnAway("nothing intelligible was sent in time");
        }
    }

    @Override
    public void drain() {
        connection.close("the server is stopping");
    }

    @Override
    public void finish() {
        drain();
    }

    @Override
    public void relieved() {}
}
