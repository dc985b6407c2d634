package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CoalescingBufferQueue;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one connection. What comes in pieces is counted until a record is whole, and what goes out is encrypted a record at
 * a time, the next when the socket has taken the one before: a peer that does not read costs one record, and what waits
 * behind it stays what it was, shared with others. Connection's loop only, save {@link #wake}, {@link #eject},
 * {@link #stuckSince}.
 */
final class TlsHandler extends SslHandler implements TlsRecords.Sender {
    /**
     * The engine, its session and keys, once hands are shaken: measured by TlsBytesTest. A client's certificate comes
     * on top, and may be as long again.
     */
    static final long CONNECTION_BYTES = 20 << 10;

    /** What a handshake under way takes beside that. */
    static final long HANDSHAKE_BYTES = 4 << 10;

    private static final int RECORD = 16 << 10; // the most that one record may hold
    private static final int QUEUED = 4;
    private static final long CLOSE_NOTIFY_MILLIS = 500;

    private final TcpConnection connection;
    private final TlsRecords records;
    private final Handshakes handshakes;
    private final Handshake handshake;
    private final Unfinished.Part held;
    private @Nullable CoalescingBufferQueue waiting; // not encrypted yet
    private @Nullable ChannelHandlerContext ctx;
    private boolean sending; // a record is on its way to the socket
    private boolean pumping;
    private boolean awaiting; // room for a record
    private boolean shaking = true;
    private boolean ended;
    private volatile long stuckSince;

    private TlsHandler(Net net, Tls tls, TcpConnection connection, Handshake handshake) {
        super(tls.newEngine(connection.allocator()), handshake);
        this.connection = connection;
        this.handshake = handshake;
        this.handshakes = net.handshakes();
        this.records = net.records();
        this.held = net.unfinished().of(connection);
        setHandshakeTimeoutMillis(net.settings().timeouts().head().toMillis());
        setCloseNotifyFlushTimeoutMillis(CLOSE_NOTIFY_MILLIS);
    }

    /** Null when there is no room for one more. */
    static @Nullable TlsHandler on(Net net, Tls tls, TcpConnection connection) {
        if (!connection.tryChargeEntry(CONNECTION_BYTES + HANDSHAKE_BYTES)) {
            return null;
        }
        var handshake = new Handshake(net.handshakes(), connection);
        return net.handshakes().begin(handshake, connection.nanoTime())
                ? new TlsHandler(net, tls, connection, handshake)
                : null;
    }

    /** What stands below this, and counts what the engine sends of itself. */
    TlsControls controls(Net net) {
        return new TlsControls(net, connection, () -> shaking || pumping || ended);
    }

    /** The handshake is over, whatever came of it. */
    void shaken() {
        if (shaking) {
            shaking = false;
            handshakes.end(handshake);
            connection.release(HANDSHAKE_BYTES);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        this.ctx = ctx;
        this.waiting = new CoalescingBufferQueue(ctx.channel(), QUEUED, true);
        super.handlerAdded(ctx);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
        if (waiting != null && message instanceof ByteBuf bytes) {
            waiting.add(bytes, promise);
        } else {
            super.write(ctx, message, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) throws Exception {
        // Netty's own flush makes an empty record when it has nothing to encrypt; a handshake and a farewell need it.
        if (ended || !handshakeFuture().isDone()) {
            super.flush(ctx);
        }
        pump(ctx);
    }

    /** Says that nothing more will come. */
    ChannelFuture end() {
        ended = true;
        return closeOutbound();
    }

    private void pump(ChannelHandlerContext ctx) throws Exception {
        if (pumping || awaiting || waiting == null) {
            return;
        }
        pumping = true;
        boolean began = false;
        try {
            while (!sending && waiting != null && !waiting.isEmpty()) { // a flush may find that the peer is gone
                if (!records.tryTake(this, connection.nanoTime())) {
                    awaiting = true;
                    return;
                }
                sending = true;
                began = true;
                ChannelPromise sent = ctx.newPromise();
                sent.addListener(taken -> taken(ctx));
                super.write(ctx, waiting.remove(RECORD, sent), sent);
                super.flush(ctx);
            }
            if (sending && began) {
                stuckSince = connection.nanoTime();
                records.stuck(this);
            }
        } finally {
            pumping = false;
        }
    }

    private void taken(ChannelHandlerContext ctx) throws Exception {
        sending = false;
        records.give(this);
        pump(ctx);
    }

    /** There may be room for a record. */
    @Override
    public void wake() {
        ChannelHandlerContext ctx = this.ctx;
        if (ctx != null && !ctx.executor().isShuttingDown()) {
            ctx.executor().execute(() -> {
                if (awaiting) {
                    awaiting = false;
                    records.forget(this);
                    ctx.channel().flush();
                }
            });
        }
    }

    @Override
    public long stuckSince() {
        return stuckSince;
    }

    @Override
    public void eject() {
        connection.close("its peer takes nothing, and others need the memory");
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        if (!ctx.isRemoved() && !held.holds(internalBuffer().capacity(), actualReadableBytes())) {
            connection.giveWay(held.full());
        }
    }

    /** Tries again for a record, if it waits for one. */
    void sweep() {
        if (awaiting) {
            wake(); // by now somebody may have stood still for long enough to make way
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) throws Exception {
        giveUp(ctx);
        super.close(ctx, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        giveUp(ctx);
        super.channelInactive(ctx);
    }

    @Override
    public void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
        giveUp(ctx);
        held.drop();
        super.handlerRemoved0(ctx);
    }

    private void giveUp(ChannelHandlerContext ctx) {
        ended = true;
        handshakes.forget(handshake);
        records.forget(this);
        if (waiting != null) {
            CoalescingBufferQueue rest = waiting;
            waiting = null;
            rest.releaseAndFailAll(ctx, new IOException("connection closed"));
        }
    }

    @Override
    public String toString() {
        return "connection " + connection;
    }

    /** Has the arithmetic done elsewhere, and tells whether it is this side's turn. Any thread. */
    private static final class Handshake implements Executor, Handshakes.Handshake {
        private final Handshakes handshakes;
        private final TcpConnection connection;
        private final AtomicReference<@Nullable Runnable> step = new AtomicReference<>(); // waits: one at a time
        private volatile boolean working; // on one
        private volatile long doneAt; // or begun

        Handshake(Handshakes handshakes, TcpConnection connection) {
            this.handshakes = handshakes;
            this.connection = connection;
            this.doneAt = connection.nanoTime();
        }

        @Override
        public void execute(Runnable step) {
            this.step.set(step);
            handshakes.work(this);
        }

        @Override
        public void work() {
            working = true; // before it waits no more
            Runnable step = this.step.getAndSet(null);
            try {
                if (step != null) {
                    step.run(); // the connection's loop may bring the next before this returns
                }
            } finally {
                doneAt = connection.nanoTime();
                working = false;
            }
        }

        @Override
        public String address() {
            return connection.remoteIp();
        }

        @Override
        public long silentSince() {
            return working || step.get() != null ? Handshakes.NEVER : doneAt;
        }

        @Override
        public void giveWay() {
            connection.loop().execute(() -> connection.turnAway("its TLS handshake did not go on, and others came"));
        }
    }
}
