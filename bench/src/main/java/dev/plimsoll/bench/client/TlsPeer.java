package dev.plimsoll.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A connection that begins TLS as no client should: it stops half-way, or goes on with something else. */
public final class TlsPeer {
    /** What it sends. */
    public enum Kind {
        /** A greeting, and nothing after the server's answer. */
        HELLO,
        /** Half of a greeting. */
        HALF,
        /** A greeting, and noise in place of the rest. */
        GARBAGE,
        /** The beginning of a greeting of 16 MB. */
        LONG,
        /** The beginning of a record of 64 KB. */
        RECORD,
        /** Noise that begins like a handshake. */
        NOISE,
        /** All of a handshake, and then it goes. */
        FULL
    }

    /**
     * How it went.
     *
     * @param connected whether there was a connection at all
     * @param byServer whether the server ended it
     * @param nanos how long it lasted
     */
    public record Ended(Kind kind, boolean connected, boolean byServer, long nanos) {}

    private static final int NOISE_BYTES = 3_000;

    private final SslContext context;
    private final byte[] hello;
    private final Random random = new Random(1); // guarded by this
    private volatile boolean ending;
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();

    public TlsPeer() {
        context = trustingAnybody();
        hello = hello(context);
    }

    /** For clients whose server has whatever certificate it has. */
    static SslContext trustingAnybody() {
        try {
            return SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("the JDK has no TLS", e);
        }
    }

    private static byte[] hello(SslContext context) {
        SSLEngine engine = context.newEngine(UnpooledByteBufAllocator.DEFAULT);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        try {
            engine.wrap(ByteBuffer.allocate(0), out);
        } catch (SSLException e) {
            throw new IllegalStateException("no greeting", e);
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    /**
     * Begins one.
     *
     * @param from the local address; null for the system's choice
     * @param patienceNanos after which it goes by itself
     * @param ended hears of its end, once, on its loop
     */
    public void begin(
            ClientLoops loops,
            @Nullable InetAddress from,
            InetSocketAddress to,
            Kind kind,
            long patienceNanos,
            Consumer<Ended> ended) {
        EventLoop loop = loops.next();
        var peer = new One(kind, ended);
        var bootstrap = loops.bootstrap(loop).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (kind == Kind.FULL) {
                    channel.pipeline().addLast(context.newHandler(channel.alloc()));
                }
                channel.pipeline().addLast(peer);
            }
        });
        (from == null ? bootstrap.connect(to) : bootstrap.connect(to, new InetSocketAddress(from, 0)))
                .addListener((ChannelFutureListener) done -> {
                    if (!done.isSuccess()) {
                        ended.accept(new Ended(kind, false, false, 0));
                        return;
                    }
                    loop.schedule(() -> peer.go(done.channel()), patienceNanos, TimeUnit.NANOSECONDS);
                });
    }

    /** Ends all that are open. */
    public void goAll() {
        ending = true;
        open.forEach(Channel::close);
    }

    private byte[] first(Kind kind) {
        return switch (kind) {
            case HELLO -> hello;
            case HALF -> Arrays.copyOf(hello, hello.length / 2);
            case GARBAGE -> {
                byte[] noise = noise();
                byte[] both = Arrays.copyOf(hello, hello.length + noise.length);
                System.arraycopy(noise, 0, both, hello.length, noise.length);
                yield both;
            }
            case LONG -> Arrays.copyOf(new byte[] {22, 3, 1, 0x40, 0, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff}, 8_000);
            case RECORD -> Arrays.copyOf(new byte[] {22, 3, 3, (byte) 0xff, (byte) 0xff, 1, 0, 1, 0}, 8_000);
            case NOISE -> {
                byte[] noise = noise();
                noise[0] = 22;
                yield noise;
            }
            case FULL -> new byte[0];
        };
    }

    private synchronized byte[] noise() {
        byte[] noise = new byte[NOISE_BYTES];
        random.nextBytes(noise);
        return noise;
    }

    private final class One extends ChannelInboundHandlerAdapter {
        private final Kind kind;
        private final Consumer<Ended> ended;
        private long since;
        private boolean going;

        One(Kind kind, Consumer<Ended> ended) {
            this.kind = kind;
            this.ended = ended;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            since = System.nanoTime();
            open.add(ctx.channel());
            byte[] first = first(kind);
            ByteBuf out = ctx.alloc().buffer(Math.max(1, first.length)).writeBytes(first);
            ctx.writeAndFlush(out);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (kind == Kind.FULL && event instanceof SslHandshakeCompletionEvent) {
                go(ctx.channel());
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            open.remove(ctx.channel());
            ended.accept(new Ended(kind, true, !going && !ending, System.nanoTime() - since));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close(); // a reset, or an alert
        }

        void go(Channel channel) {
            if (channel.isActive()) {
                going = true;
                channel.close();
            }
        }
    }
}
