package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection and the protocol that was found on it. */
final class TcpConnection implements Connection {
    private static final Logger log = LoggerFactory.getLogger(TcpConnection.class);

    private static final AtomicLongFieldUpdater<TcpConnection> REQUEST_BYTES =
            AtomicLongFieldUpdater.newUpdater(TcpConnection.class, "requestBytes");

    private final Channel channel;
    private final InetSocketAddress remote;
    private final String id;
    private final String remoteIp;
    private final Gate gate;
    private final Account account;
    private final TurnedAway turnedAway;
    private final Shortage shortage;
    private volatile @Nullable String closedFor; // by what came first
    private volatile long requestBytes; // any thread
    private final long keptByOthers;
    private long charged; // loop, as the next two
    private boolean gone;
    private @Nullable Protocol protocol;
    private @Nullable TlsHandler tls;

    /** @param keptByOthers bytes of the account that it leaves when it is let in */
    TcpConnection(Channel channel, InetSocketAddress remote, long acceptedMillis, long keptByOthers, Net net) {
        this.channel = channel;
        this.remote = remote;
        this.remoteIp = remote.getAddress().getHostAddress();
        this.id = acceptedMillis + "_" + remoteIp + "_" + remote.getPort();
        this.account = net.connections();
        this.keptByOthers = keptByOthers;
        this.turnedAway = net.turnedAway();
        this.shortage = net.shortage();
        this.gate = new Gate(channel, net.outbound(), net.settings().limits(), this::relieved);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String remoteIp() {
        return remoteIp;
    }

    @Override
    public int remotePort() {
        return remote.getPort();
    }

    @Override
    public Executor loop() {
        return channel.eventLoop();
    }

    @Override
    public long pendingBytes() {
        return gate.pendingBytes();
    }

    @Override
    public void holds(long difference) {
        REQUEST_BYTES.addAndGet(this, difference);
    }

    @Override
    public long requestBytes() {
        return requestBytes;
    }

    @Override
    public boolean tryCharge(long bytes) {
        return tryCharge(bytes, 0);
    }

    /** As {@link #tryCharge(long)}, for what it costs to be let in. */
    boolean tryChargeEntry(long bytes) {
        return tryCharge(bytes, keptByOthers);
    }

    /** As the other, leaving {@code spare} bytes of the account to other connections. */
    boolean tryCharge(long bytes, long spare) {
        if (gone || !account.tryReserveLeaving(bytes, spare)) {
            return false;
        }
        charged += bytes;
        return true;
    }

    /** Gives back some of what was charged, unless all of it was, when the connection went. */
    void release(long bytes) {
        if (!gone) {
            charged -= bytes;
            account.release(bytes);
        }
    }

    /** The channel is closed. */
    void giveBack() {
        gone = true;
        gate.close();
        account.release(charged);
        charged = 0;
    }

    @Override
    public void close(String reason) {
        log.debug("connection {} closed: {}", id, reason);
        ends(reason);
        channel.close();
    }

    @Override
    public void turnAway(String reason) {
        if (closedFor == null) {
            turnedAway.turnedAway(remoteIp, reason);
        }
        close(reason);
    }

    @Override
    public @Nullable String closedFor() {
        return closedFor;
    }

    /** Ends the connection for the sake of others. Any thread. */
    void giveWay(String reason) {
        channel.eventLoop().execute(() -> {
            if (protocol != null && protocol.servesClient()) {
                close(reason);
            } else {
                turnAway(reason);
            }
        });
    }

    /** It is about to be closed by the protocol's codec. */
    void ends(String reason) {
        if (closedFor == null && channel.isActive()) {
            closedFor = reason;
        }
    }

    /** As {@link #broke}, with a word in the log when it is not the network. */
    void failed(Throwable cause) {
        if (!(cause instanceof IOException || cause instanceof OutOfMemoryError)) {
            log.error("connection {} failed", this, cause);
        }
        broke(cause);
    }

    /** It broke, or something here did; it is closed. */
    void broke(Throwable cause) {
        if (cause instanceof OutOfMemoryError error) { // of direct memory: one of the heap ends the process
            shortage.met(this, error);
        }
        close(
                cause instanceof IOException
                        ? "the connection broke: " + cause.getMessage()
                        : "failed here: " + cause.getClass().getSimpleName() + ", see plimsoll.log");
    }

    /** Nothing more can come from the peer, nor go to it. */
    boolean isOver() {
        return !channel.isActive();
    }

    @Override
    public String toString() {
        return id;
    }

    Gate gate() {
        return gate;
    }

    ByteBufAllocator allocator() {
        return channel.alloc();
    }

    InetSocketAddress remote() {
        return remote;
    }

    boolean onLoop() {
        return channel.eventLoop().inEventLoop();
    }

    /** Nanoseconds on the loop's own clock. */
    long nanoTime() {
        return channel.eventLoop().ticker().nanoTime();
    }

    /** Connection's loop only. */
    void speak(Protocol protocol) {
        this.protocol = protocol;
    }

    /** From here on it is encrypted. Connection's loop only. */
    void secure(TlsHandler tls) {
        this.tls = tls;
    }

    /** Looks for deadlines that have passed. */
    void sweep() {
        channel.eventLoop().execute(() -> {
            if (tls != null) {
                tls.sweep();
            }
            if (protocol != null && channel.isActive()) {
                protocol.sweep(nanoTime());
            }
        });
    }

    /** Tells the peer to begin nothing new here. */
    void drain() {
        channel.eventLoop().execute(() -> {
            if (protocol != null) {
                protocol.drain();
            }
        });
    }

    /** Closes as soon as nothing is being answered. */
    void finish() {
        channel.eventLoop().execute(() -> {
            if (protocol != null) {
                protocol.finish();
            }
        });
    }

    /** Says that nothing more will come, and still reads. Connection's loop only. */
    void closeOutput() {
        if (channel instanceof DuplexChannel duplex) {
            if (tls == null) {
                duplex.shutdownOutput();
            } else {
                tls.end().addListener(told -> duplex.shutdownOutput());
            }
        }
    }

    /** Not to be called on an event loop. */
    void awaitClosed(long nanos) {
        channel.closeFuture().awaitUninterruptibly(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }

    private void relieved() {
        if (protocol != null) {
            protocol.relieved();
        }
    }

    /** What a connection speaks. Connection's loop only. */
    interface Protocol {
        /** Closes the connection, or gives up what it holds, when a deadline has passed. */
        void sweep(long nanoTime);

        void drain();

        void finish();

        /** The gate may have opened again. */
        void relieved();

        /** Whether a client of whom more is known than its address lives by this connection. */
        default boolean servesClient() {
            return false;
        }
    }
}
