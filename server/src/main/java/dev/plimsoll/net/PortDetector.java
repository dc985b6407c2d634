package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Tells by a connection's first bytes what it speaks: HTTP/2 with prior knowledge begins with a preface, everything
 * else is taken for HTTP/1.1. A request to upgrade to HTTP/2 is so answered in HTTP/1.1, as the standard allows.
 */
final class PortDetector extends ByteToMessageDecoder implements TcpConnection.Protocol {
    /** Enough of the preface to tell it from POST, PUT and PATCH. The HTTP/2 codec checks all of it. */
    private static final ByteBuf PREFACE = Unpooled.unreleasableBuffer(
                    Unpooled.copiedBuffer("PRI ", StandardCharsets.US_ASCII))
            .asReadOnly();

    private final Net net;
    private final TcpConnection connection;
    private final long since;

    PortDetector(Net net, TcpConnection connection) {
        this.net = net;
        this.connection = connection;
        this.since = connection.nanoTime();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Http2Exception {
        int n = Math.min(PREFACE.readableBytes(), in.readableBytes());
        boolean likePreface = ByteBufUtil.equals(in, in.readerIndex(), PREFACE, 0, n);
        if (likePreface && n < PREFACE.readableBytes()) {
            return;
        }
        if (likePreface) {
            if (!connection.tryCharge(Connections.HTTP2_BYTES, Connections.keptForCalls(net.connections()))) {
                in.skipBytes(in.readableBytes());
                connection.close(net.connections().full(Connections.HTTP2_BYTES));
                return;
            }
            ctx.pipeline().addLast(Http2Calls.on(net, connection));
        } else {
            Http1Handler.addTo(ctx.pipeline(), net, connection);
        }
        ctx.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        connection.close(cause.toString());
    }

    @Override
    public void sweep(long nanoTime) {
        if (nanoTime - since > net.settings().timeouts().head().toNanos()) {
            connection.close("nothing intelligible was sent in time");
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
