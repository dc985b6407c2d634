package dev.plimsoll.bench.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The few threads that serve all clients of a run, and what the clients of one thread share. */
public final class ClientLoops implements AutoCloseable {
    private static final long TICK_MILLIS = 100;

    private final EventLoopGroup group;
    private final Class<? extends Channel> channelType;
    private final Map<EventLoop, Shared> shared = new ConcurrentHashMap<>();

    public ClientLoops(int threads) {
        boolean epoll = Epoll.isAvailable();
        group = new MultiThreadIoEventLoopGroup(
                threads, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        channelType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    EventLoop next() {
        return group.next();
    }

    /** Does short work later, on one of the threads. */
    public void after(long nanos, Runnable work) {
        group.next().schedule(work, nanos, TimeUnit.NANOSECONDS);
    }

    Bootstrap bootstrap(EventLoop loop) {
        return new Bootstrap()
                .group(loop)
                .channel(channelType)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000);
    }

    Shared shared(EventLoop loop) {
        return shared.computeIfAbsent(loop, Shared::new);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** What the clients of one loop share. On that loop only. */
    static final class Shared {
        final DefaultHttp2HeadersDecoder headersDecoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
        private final List<NacosClient> clients = new ArrayList<>();

        Shared(EventLoop loop) {
            loop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }

        void add(NacosClient client) {
            client.place = clients.size();
            clients.add(client);
        }

        void remove(NacosClient client) {
            if (client.place >= 0) {
                NacosClient last = clients.remove(clients.size() - 1);
                if (last != client) {
                    clients.set(client.place, last);
                    last.place = client.place;
                }
                client.place = -1;
            }
        }

        private void tick() {
            long now = System.nanoTime();
            for (int i = clients.size() - 1; i >= 0; i--) { // backwards: a client may leave on its turn
                if (i < clients.size()) {
                    clients.get(i).tick(now);
                }
            }
        }
    }
}
