package dev.plimsoll.net;

import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Admission;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Both ports, their event loops and the one allocator. Everything speaks HTTP/1.1, HTTP/2 and gRPC on either port. */
public final class NetServer {
    private static final Logger log = LoggerFactory.getLogger(NetServer.class);
    private static final int PORT_TRIES = 20;
    /** Those of a storm who come within one turn of a loop; Linux takes 4,096 at most unless told otherwise. */
    private static final int BACKLOG = 4_096;

    /**
     * Of each of some forty sizes, per event loop. Netty's 256 could keep 60 MiB on each loop that no account knows of;
     * with these it is 2 MiB.
     */
    private static final int FREED_KEPT_AT_HAND = 8;
    /** What the kernel may hold unsent for one peer: memory too, though not of this process. */
    private static final long UNSENT_IN_KERNEL = 128 << 10;

    /** A small line has room for some handshakes at a time. */
    private static final int FEWEST_HANDSHAKES = 16;

    /** More than the machine can work out while their peers are patient. */
    private static final int MOST_HANDSHAKES = 1_024;

    private static final long REFUSALS_LOGGED_EVERY = TimeUnit.SECONDS.toNanos(10);

    private final NetSettings settings;
    private final @Nullable Tls tls;
    private final InstantSource clock;
    private final Connections connections;
    private final PooledByteBufAllocator allocator;
    private final MultiThreadIoEventLoopGroup loops;
    private final boolean epoll = Epoll.isAvailable();
    private final NetAccounts accounts;
    private final Admission admission;
    private final Outbound outbound;
    private final Handshakes handshakes;
    private final Arrivals arrivals;
    private final Shortage shortage = new Shortage();
    private final UdpSocket udp;
    private final Probes probes;
    private TurnedAway turnedAway = TurnedAway.UNTOLD; // set before the start
    private final List<Channel> listeners = new ArrayList<>(); // of the thread that starts and closes
    private volatile long refusalLoggedAt;
    private int httpPort;
    private int grpcPort;

    /**
     * A server that listens once it is started.
     *
     * @param tls null for none
     * @param admission to HTTP requests
     */
    public NetServer(
            NetSettings settings, @Nullable Tls tls, NetAccounts accounts, Admission admission, InstantSource clock) {
        this.settings = settings;
        this.tls = tls;
        this.clock = clock;
        this.accounts = accounts;
        this.admission = admission;
        this.arrivals = new Arrivals(accounts.inbound());
        this.outbound = new Outbound(accounts.outbound());
        this.connections = new Connections(
                accounts.connections(),
                settings.limits().connections(),
                settings.limits().connectionsPerAddress());
        this.handshakes = new Handshakes(
                handshakesAtOnce(accounts.connections()), tls == null ? Runnable::run : tls.handshakes());
        this.allocator = allocator(settings.ioThreads());
        this.loops = new MultiThreadIoEventLoopGroup(
                settings.ioThreads(),
                new DefaultThreadFactory("net", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        this.udp = new UdpSocket(loops, epoll, settings.host(), allocator, outbound);
        this.probes = new Probes(loops, epoll, allocator, accounts.connections(), settings.refused());
        this.refusalLoggedAt = System.nanoTime() - REFUSALS_LOGGED_EVERY;
    }

    /** A quarter of what connections may hold: the others go on connecting, with TLS and without. */
    private static int handshakesAtOnce(Account connections) {
        long each = NetAccounts.CONNECTION_BYTES + TlsHandler.CONNECTION_BYTES + TlsHandler.HANDSHAKE_BYTES;
        return (int) Math.max(FEWEST_HANDSHAKES, Math.min(connections.limit() / 4 / each, MOST_HANDSHAKES));
    }

    /** {@code follower} hears of connections that come to nothing. For the start, before {@link #start}. */
    public void follow(TurnedAway follower) {
        turnedAway = follower;
    }

    /**
     * Listens on both ports, for these to answer.
     *
     * @throws Unavailable when a port is taken or the address is not this machine's
     */
    public void start(GrpcService grpc, Router router) {
        var net = new Net(
                settings,
                accounts.connections(),
                admission,
                accounts.inbound(),
                arrivals,
                new Unfinished(accounts.unfinished()),
                outbound,
                grpc,
                router,
                new HttpDate(clock),
                tls,
                new TlsRecords(outbound),
                handshakes,
                shortage,
                turnedAway);
        try {
            if (settings.httpPort() == 0 && settings.grpcPort() == 0) {
                bindFreePair(net);
            } else {
                httpPort = bind(settings.httpPort(), net, true);
                grpcPort = bind(settings.grpcPort(), net, false);
            }
        } catch (Unavailable e) {
            close(Duration.ZERO);
            throw e;
        }
        loops.next().scheduleAtFixedRate(net.date()::refresh, 1, 1, TimeUnit.SECONDS);
        loops.next().scheduleAtFixedRate(() -> arrivals.relieve(System.nanoTime()), 1, 1, TimeUnit.SECONDS);
        long sweep = settings.timeouts().sweep().toMillis();
        loops.next()
                .scheduleAtFixedRate(
                        () -> connections.open().forEach(TcpConnection::sweep), sweep, sweep, TimeUnit.MILLISECONDS);
    }

    /** The port that was bound. */
    public int httpPort() {
        return httpPort;
    }

    /** The port that was bound. */
    public int grpcPort() {
        return grpcPort;
    }

    /** For datagrams; not open yet. */
    public UdpSocket udp() {
        return udp;
    }

    /** Looks at other servers. */
    public Probes probes() {
        return probes;
    }

    /** Where buffers that are sent here should come from. */
    public ByteBufAllocator allocator() {
        return allocator;
    }

    /** Bytes of direct memory the allocator has taken from the system, in use or kept for later use. */
    public long directMemory() {
        return allocator.metric().usedDirectMemory();
    }

    /** Bytes of direct memory in buffers that are in use, as the allocator rounds them up. */
    public long directMemoryInUse() {
        return allocator.pinnedDirectMemory();
    }

    /** How often a connection was closed because there was no buffer for it. */
    public long buffersMissed() {
        return shortage.count();
    }

    /** Event loops, each with an arena of the allocator. */
    public int ioThreads() {
        return settings.ioThreads();
    }

    /** Those that are open. Any thread; there may be thousands. */
    public Stream<Connection> connections() {
        return connections.open().stream().map(Connection.class::cast);
    }

    public int connectionCount() {
        return connections.count();
    }

    /** Connections closed at accept since the start, for want of a place. */
    public long connectionsRefused() {
        return connections.refused();
    }

    /** Accepts no more connections, and tells the peers of the others to begin nothing new on them. */
    public void drain() {
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        listeners.clear();
        connections.open().forEach(TcpConnection::drain);
    }

    /** Drains, gives calls being answered up to {@code patience}, then closes what is left. */
    public void close(Duration patience) {
        drain();
        connections.open().forEach(TcpConnection::finish);
        long deadline = System.nanoTime() + patience.toNanos();
        awaitClosed(deadline);
        connections.open().forEach(connection -> connection.close("the server has stopped"));
        awaitClosed(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
        udp.close();
        probes.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void awaitClosed(long deadline) {
        for (TcpConnection connection : connections.open()) {
            connection.awaitClosed(deadline - System.nanoTime());
        }
    }

    private void bindFreePair(Net net) {
        for (int i = 1; ; i++) {
            httpPort = bind(0, net, true);
            try {
                grpcPort = bind(httpPort + NetSettings.GRPC_OFFSET, net, false);
                return;
            } catch (Unavailable e) {
                listeners.remove(0).close().syncUninterruptibly();
                if (i == PORT_TRIES) {
                    throw e;
                }
            }
        }
    }

    private int bind(int port, Net net, boolean isHttp) {
        if (port > 65535) {
            throw new Unavailable("port " + port + " does not exist");
        }
        var bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 2048, 32 << 10))
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 << 10, 64 << 10))
                .handler(new Doorkeeper(connections, loops, this::refused))
                .childHandler(new Arrival(net, plaintext(isHttp)));
        if (epoll) {
            bootstrap.childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT_IN_KERNEL);
        }
        ChannelFuture bound = bootstrap.bind(settings.host(), port).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw refusal(port, bound.cause());
        }
        listeners.add(bound.channel());
        return ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    /** Whether connections without TLS are served on this port. */
    private boolean plaintext(boolean isHttp) {
        return tls == null
                || switch (tls.settings().plaintext()) {
                    case ON -> true;
                    case HTTP -> isHttp;
                    case OFF -> false;
                };
    }

    private Unavailable refusal(int port, Throwable cause) {
        String reason = String.valueOf(cause.getMessage());
        if (reason.contains("in use")) {
            return new Unavailable("port " + port + " is taken");
        }
        return new Unavailable("cannot listen on " + settings.host() + ":" + port + ": " + reason);
    }

    /** Small chunks, few arenas, and no caches but the event loops', so that what is held is what is used. */
    private static PooledByteBufAllocator allocator(int ioThreads) {
        int pageSize = 8 << 10;
        int chunkIsPagesTimesTwoToThe = 7;
        return new PooledByteBufAllocator(
                true, 1, ioThreads, pageSize, chunkIsPagesTimesTwoToThe, FREED_KEPT_AT_HAND, 0, false);
    }

    private void refused(InetAddress address, Connections.Refused reason) {
        turnedAway.turnedAway(address.getHostAddress(), reason.kind());
        long now = System.nanoTime();
        if (now - refusalLoggedAt >= REFUSALS_LOGGED_EVERY) {
            refusalLoggedAt = now;
            log.warn(
                    "connection from {} refused: {}; {} refused so far",
                    address.getHostAddress(),
                    reason.words(),
                    connections.refused());
        }
    }

    /** Makes a connection of a channel and has its protocol found out. */
    @ChannelHandler.Sharable
    private final class Arrival extends ChannelInitializer<Channel> {
        private final Net net;
        private final boolean plaintext;

        Arrival(Net net, boolean plaintext) {
            this.net = net;
            this.plaintext = plaintext;
        }

        @Override
        protected void initChannel(Channel channel) {
            var remote = (InetSocketAddress) channel.remoteAddress();
            if (remote == null) {
                channel.close();
                return;
            }
            long kept = connections.kept(remote.getAddress());
            var connection = new TcpConnection(channel, remote, clock.millis(), kept, net);
            var detector = PortDetector.on(net, connection, plaintext);
            connections.opened(connection);
            channel.closeFuture().addListener(closed -> {
                connections.closed(connection);
                connection.giveBack();
            });
            channel.pipeline().addLast(detector);
        }
    }
}
