package dev.plimsoll.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** A connection that begins a publication by HTTP/1.1 and does not go on with it. */
public final class HalfBody {
    private final Channel channel;
    private final String host;

    private HalfBody(Channel channel, String host) {
        this.channel = channel;
        this.host = host;
    }

    /**
     * Connects and asks for something small, as a client does that keeps its connection.
     *
     * @param ended hears of the end of the connection once, but not when none came about
     */
    public static CompletableFuture<HalfBody> connect(ClientLoops loops, InetSocketAddress to, Runnable ended) {
        String host = to.getHostString() + ":" + to.getPort();
        var answered = new CompletableFuture<HalfBody>();
        loops.bootstrap(loops.next())
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        opened.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext ctx, Object answer) {
                                ((ByteBuf) answer).release();
                                answered.complete(new HalfBody(ctx.channel(), host));
                            }

                            @Override
                            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                                ctx.close(); // refused while its half was on the way
                            }
                        });
                    }
                })
                .connect(to)
                .addListener((ChannelFutureListener) connecting -> {
                    Channel opened = connecting.channel();
                    if (connecting.isSuccess()) {
                        send(opened, "GET /nacos/v1/console/health/readiness HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
                        opened.closeFuture().addListener(closed -> {
                            answered.completeExceptionally(new WireException("closed by the server"));
                            ended.run();
                        });
                    } else {
                        answered.completeExceptionally(new WireException("connect: " + connecting.cause()));
                    }
                });
        return answered;
    }

    /**
     * @param announced length of the body in the head of the request
     * @param sent bytes of the body that are sent
     */
    public void begin(int announced, int sent) {
        send(
                channel,
                "POST /nacos/v1/cs/configs HTTP/1.1\r\nHost: " + host
                        + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + announced
                        + "\r\n\r\ncontent=" + "x".repeat(sent - "content=".length()));
    }

    private static void send(Channel to, String text) {
        to.writeAndFlush(ByteBufUtil.encodeString(to.alloc(), CharBuffer.wrap(text), StandardCharsets.US_ASCII));
    }
}
