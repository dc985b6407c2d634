package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Records that TLS sends of itself once hands are shaken: a ticket, and answers to a peer that asks for new keys. A peer may
 * ask without end and take no answer, and each would wait in a buffer of 20 KB for the few bytes it has. So they are counted
 * like other records, and there are few in a while, which does not end before all of them are taken. Stands below
 * {@link TlsHandler}; connection's loop only.
 */
final class TlsControls extends ChannelOutboundHandlerAdapter {
    /** Clients ask for new keys after gigabytes, if at all. */
    static final int MOST_IN_A_WHILE = 8;

    private static final long WHILE = TimeUnit.SECONDS.toNanos(10);

    /** What TLS above is doing. */
    interface Above {
        /** What is written belongs to a handshake, to data or to the end of the connection. */
        boolean isExpected();
    }

    private final Net net;
    private final TcpConnection connection;
    private final Above above;
    private long since;
    private int sent; // since then
    private int underWay;

    TlsControls(Net net, TcpConnection connection, Above above) {
        this.net = net;
        this.connection = connection;
        this.above = above;
        this.since = connection.nanoTime();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf) || above.isExpected()) {
            ctx.write(message, promise);
            return;
        }
        long now = connection.nanoTime();
        if (now - since >= WHILE && underWay == 0) {
            since = now;
            sent = 0;
        }
        if (sent == MOST_IN_A_WHILE || !net.outbound().tryReserve(TlsRecords.RECORD_BYTES)) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new IOException("too many answers of TLS itself"));
            connection.close("its peer asks for new keys over and over, or takes no answer");
            return;
        }
        sent++;
        underWay++;
        ChannelPromise counted = promise.unvoid();
        counted.addListener(done -> {
            underWay--;
            net.outbound().release(TlsRecords.RECORD_BYTES);
        });
        ctx.write(message, counted);
    }
}
