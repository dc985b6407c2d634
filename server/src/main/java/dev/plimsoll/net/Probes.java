package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.NetUtil;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Short looks at other servers: does it take a connection, does it answer. Any thread; each is told once, on an event loop
 * or a thread of its own. A look reads little, and takes as long as its time-outs say, the looking up of a name included.
 */
public final class Probes {
    private static final int CONNECT_MILLIS = 500; // as the reference
    private static final int ANSWER_MILLIS = 1_000;
    private static final int RECEIVE_BYTES = 2_048;

    /** A channel with its handlers and one buffer, rounded up. */
    private static final long PROBE_BYTES = 8 << 10;

    private static final int MAX_NAMES_WAITING = 64;

    private final EventLoopGroup loops;
    private final boolean epoll;
    private final ByteBufAllocator allocator;
    private final Account account;
    private final RefusedAddresses refused;
    /** Looking up a name blocks, so it may hold up other names and nothing else. */
    private final ThreadPoolExecutor names;

    /** What a look found. */
    public enum Result {
        OK,
        /** No answer, or one that says it cannot now. */
        FAILED,
        /** It refused the connection, or answered that it is wrong. */
        DOWN,
        /** There was no room to look. */
        NOT_TRIED
    }

    /**
     * @param account heap of connections
     * @param refused addresses that are not looked at, asked of the one that would be connected to
     */
    Probes(EventLoopGroup loops, boolean epoll, ByteBufAllocator allocator, Account account, RefusedAddresses refused) {
        this.loops = loops;
        this.epoll = epoll;
        this.allocator = allocator;
        this.account = account;
        this.refused = refused;
        this.names = new ThreadPoolExecutor(
                1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_NAMES_WAITING), task -> {
                    var thread = new Thread(task, "names");
                    thread.setDaemon(true);
                    return thread;
                });
        names.allowCoreThreadTimeOut(true);
    }

    /** OK when a connection can be made. */
    public void tcp(String host, int port, Consumer<Result> done) {
        begin(host, port, CONNECT_MILLIS, done, Connected::new);
    }

    /**
     * OK when a GET is answered 200.
     *
     * @param headers lines {@code name: value}
     */
    public void http(String host, int port, String path, List<String> headers, Consumer<Result> done) {
        var request = new StringBuilder("GET ").append(path).append(" HTTP/1.1\r\n");
        if (headers.stream().noneMatch(line -> line.regionMatches(true, 0, "host:", 0, 5))) {
            request.append("Host: ").append(host.contains(":") ? "[" + host + "]" : host);
            request.append(':').append(port).append("\r\n");
        }
        headers.forEach(line -> request.append(line).append("\r\n"));
        request.append("User-Agent: Plimsoll-Health\r\nAccept: */*\r\nConnection: close\r\n\r\n");
        byte[] bytes = request.toString().getBytes(StandardCharsets.ISO_8859_1);
        begin(host, port, CONNECT_MILLIS + ANSWER_MILLIS, done, look -> new StatusLine(look, bytes));
    }

    /** OK when a MySQL server greets, lets the user in, and runs the command, if there is one. */
    public void mysql(String host, int port, String user, String password, String command, Consumer<Result> done) {
        begin(
                host,
                port,
                CONNECT_MILLIS + ANSWER_MILLIS,
                done,
                look -> new MysqlLogin(look::end, user, password, command));
    }

    void close() {
        names.shutdownNow();
    }

    private interface Handler {
        ChannelInboundHandlerAdapter of(Look look);
    }

    private void begin(String host, int port, int millis, Consumer<Result> done, Handler handler) {
        if (!account.tryReserve(PROBE_BYTES)) {
            done.accept(Result.NOT_TRIED);
            return;
        }
        EventLoop loop = loops.next();
        var look = new Look(result -> {
            account.release(PROBE_BYTES);
            done.accept(result);
        });
        try {
            look.timer = loop.schedule(() -> look.end(Result.FAILED), millis, TimeUnit.MILLISECONDS);
            if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
                connect(loop, InetAddress.getByName(host), port, look, handler);
            } else {
                names.execute(() -> {
                    try {
                        connect(loop, InetAddress.getByName(host), port, look, handler);
                    } catch (UnknownHostException | RejectedExecutionException e) {
                        look.end(Result.FAILED);
                    }
                });
            }
        } catch (UnknownHostException e) {
            look.end(Result.FAILED);
        } catch (RejectedExecutionException e) { // too many names to look up, or the server is closing
            look.end(Result.NOT_TRIED);
        }
    }

    private void connect(EventLoop loop, InetAddress address, int port, Look look, Handler handler) {
        if (refused.contains(address)) {
            look.end(Result.DOWN);
            return;
        }
        if (look.ended.get()) {
            return; // the name took too long
        }
        var connecting = new Bootstrap()
                .group(loop)
                .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(handler.of(look))
                .connect(new InetSocketAddress(address, port));
        look.closes(connecting.channel());
        connecting.addListener(connected -> {
            Throwable cause = connected.cause();
            if (cause != null) {
                boolean refused = cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException);
                look.end(refused ? Result.DOWN : Result.FAILED);
            }
        });
    }

    /** One look: ends once, and its channel with it. Any thread. */
    private static final class Look {
        final AtomicBoolean ended = new AtomicBoolean();
        private final Consumer<Result> done;
        private volatile @Nullable Channel channel;
        volatile @Nullable Future<?> timer;

        Look(Consumer<Result> done) {
            this.done = done;
        }

        void closes(Channel channel) {
            this.channel = channel;
            if (ended.get()) {
                channel.close();
            }
        }

        void end(Result result) {
            if (ended.compareAndSet(false, true)) {
                Channel open = channel;
                if (open != null) {
                    open.close();
                }
                Future<?> running = timer;
                if (running != null) {
                    running.cancel(false);
                }
                done.accept(result);
            }
        }
    }

    private static final class Connected extends ChannelInboundHandlerAdapter {
        private final Look look;

        Connected(Look look) {
            this.look = look;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            look.end(Result.OK);
            ctx.close();
        }
    }

    /** Asks, and reads the status line and no further. */
    private static final class StatusLine extends SimpleChannelInboundHandler<ByteBuf> {
        private static final int LENGTH = "HTTP/1.1 200".length();

        private final Look look;
        private final byte[] request;
        private final StringBuilder line = new StringBuilder(LENGTH);

        StatusLine(Look look, byte[] request) {
            this.look = look;
            this.request = request;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(ctx.alloc().buffer(request.length).writeBytes(request));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
            while (bytes.isReadable() && line.length() < LENGTH) {
                line.append((char) bytes.readUnsignedByte());
            }
            if (line.length() == LENGTH) {
                look.end(result(line.toString()));
                ctx.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            look.end(Result.FAILED);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            look.end(Result.FAILED);
            ctx.close();
        }

        private static Result result(String line) {
            if (!line.matches("HTTP/1\\.[01] [0-9]{3}")) {
                return Result.FAILED;
            }
            return switch (line.substring(9)) {
                case "200" -> Result.OK;
                case "503", "302" -> Result.FAILED; // it is there, and cannot now
                default -> Result.DOWN;
            };
        }
    }
}
