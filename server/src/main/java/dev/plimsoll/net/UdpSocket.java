package dev.plimsoll.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One UDP port, of the system's choice. What is sent is charged until the system has taken it. Any thread. */
public final class UdpSocket {
    private static final Logger log = LoggerFactory.getLogger(UdpSocket.class);

    /** The largest datagram taken in; a longer one is cut, and then means nothing. */
    private static final int MAX_INBOUND = 2048;

    /** What a datagram waiting for the system costs beside its payload. */
    private static final long PACKET_BYTES = 256;

    private final EventLoopGroup loops;
    private final boolean epoll;
    private final String host;
    private final ByteBufAllocator allocator;
    private final Outbound outbound;
    private volatile @Nullable Channel channel;

    UdpSocket(EventLoopGroup loops, boolean epoll, String host, ByteBufAllocator allocator, Outbound outbound) {
        this.loops = loops;
        this.epoll = epoll;
        this.host = host;
        this.allocator = allocator;
        this.outbound = outbound;
    }

    /**
     * Opens the port. Without it a server can do all else, so that it cannot be opened is told in the log only.
     *
     * @param receiver is given each datagram and its sender on an event loop, and must not keep it up
     */
    public void open(BiConsumer<InetSocketAddress, byte[]> receiver) {
        ChannelFuture bound = new Bootstrap()
                .group(loops)
                .channel(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_INBOUND))
                .handler(new Receiver(receiver))
                .bind(host, 0)
                .awaitUninterruptibly();
        if (bound.isSuccess()) {
            channel = bound.channel();
        } else {
            log.warn("no UDP port on {}: {}; 1.x clients will poll", host, String.valueOf(bound.cause()));
        }
    }

    /** The port, 0 when there is none. */
    public int port() {
        Channel open = channel;
        return open != null && open.localAddress() instanceof InetSocketAddress address ? address.getPort() : 0;
    }

    /**
     * Sends {@code payload}, encoded once, to all of {@code to}.
     *
     * @param unsent is told of each that the system would not send to, on an event loop
     * @return false when nothing was sent, for want of room or of a port
     */
    public boolean send(byte[] payload, List<InetSocketAddress> to, Consumer<InetSocketAddress> unsent) {
        Channel open = channel;
        long bytes = payload.length + PACKET_BYTES * to.size();
        if (open == null || to.isEmpty() || !outbound.tryReserve(bytes)) {
            return false;
        }
        try {
            open.eventLoop().execute(() -> write(open, payload, to, unsent, bytes));
        } catch (RejectedExecutionException e) { // the server is closing
            outbound.release(bytes);
            return false;
        }
        return true;
    }

    private void write(
            Channel open, byte[] payload, List<InetSocketAddress> to, Consumer<InetSocketAddress> unsent, long bytes) {
        ByteBuf buffer = allocator.directBuffer(payload.length).writeBytes(payload);
        var left = new AtomicInteger(to.size());
        for (InetSocketAddress address : to) {
            open.write(new DatagramPacket(buffer.retainedDuplicate(), address)).addListener(sent -> {
                if (!sent.isSuccess()) {
                    unsent.accept(address);
                }
                if (left.decrementAndGet() == 0) {
                    outbound.release(bytes);
                }
            });
        }
        buffer.release();
        open.flush();
    }

    void close() {
        Channel open = channel;
        channel = null;
        if (open != null) {
            open.close().awaitUninterruptibly();
        }
    }

    private static final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {
        private final BiConsumer<InetSocketAddress, byte[]> receiver;

        Receiver(BiConsumer<InetSocketAddress, byte[]> receiver) {
            this.receiver = receiver;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            var datagram = new byte[packet.content().readableBytes()];
            packet.content().readBytes(datagram);
            receiver.accept(packet.sender(), datagram);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // An ICMP message about an earlier datagram may surface here; the missing answer says as much.
            log.debug("UDP", cause);
        }
    }
}
