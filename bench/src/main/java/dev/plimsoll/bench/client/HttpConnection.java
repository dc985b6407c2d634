package dev.plimsoll.bench.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is kept alive, with one request under way at a time, from an address of one's choice: what a 1.x
 * client has. Its state is on its loop; the methods may be called from anywhere.
 */
public final class HttpConnection {
    private static final int MAX_ANSWER = 8 << 20;
    private static final long POST_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final EventLoop loop;
    private final String host;
    private final Consumer<String> lost;
    private @Nullable Channel channel; // loop, as the next two
    private @Nullable Waiting waiting;
    private boolean closing;

    /**
     * @param status 0 when there was no answer
     * @param error why there was no answer, or ""
     * @param nanos from the request to the end of the answer
     */
    public record Answered(int status, String body, String error, long nanos) {
        public boolean ok() {
            return status == 200;
        }

        /** For people. */
        public String words() {
            return status == 0 ? error : "status " + status + " " + body.substring(0, Math.min(200, body.length()));
        }
    }

    /** A request, its path beginning with a slash, its form encoded. */
    public record Ask(String method, String path, Map<String, String> headers, String form) {
        public static Ask get(String path) {
            return new Ask("GET", path, Map.of(), "");
        }
    }

    private record Waiting(long since, Consumer<Answered> done) {}

    private HttpConnection(EventLoop loop, String host, Consumer<String> lost) {
        this.loop = loop;
        this.host = host;
        this.lost = lost;
    }

    /**
     * @param from the local address; null for the system's choice
     * @param lost hears of an end that was not asked for
     */
    public static CompletableFuture<HttpConnection> connect(
            ClientLoops loops, @Nullable InetAddress from, InetSocketAddress to, Consumer<String> lost) {
        EventLoop loop = loops.next();
        var connection = new HttpConnection(loop, to.getHostString() + ":" + to.getPort(), lost);
        var connected = new CompletableFuture<HttpConnection>();
        Bootstrap bootstrap = loops.bootstrap(loop).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel opened) {
                opened.pipeline()
                        .addLast(new HttpClientCodec(), new HttpObjectAggregator(MAX_ANSWER), connection.new Answers());
            }
        });
        (from == null ? bootstrap.connect(to) : bootstrap.connect(to, new InetSocketAddress(from, 0)))
                .addListener((ChannelFutureListener) connecting -> {
                    if (connecting.isSuccess()) {
                        connection.channel = connecting.channel();
                        connected.complete(connection);
                    } else {
                        connected.completeExceptionally(new WireException("connect: " + connecting.cause()));
                    }
                });
        return connected;
    }

    /** Comes from an address of its own, posts one form and goes. {@code done} hears of it once. */
    public static void post(
            ClientLoops loops,
            @Nullable InetAddress from,
            InetSocketAddress to,
            String path,
            String form,
            Consumer<Answered> done) {
        connect(loops, from, to, reason -> {}).whenComplete((connection, error) -> {
            if (error != null) {
                done.accept(new Answered(0, "", String.valueOf(error.getMessage()), 0));
                return;
            }
            connection.schedule(POST_TIMEOUT_NANOS, connection::close);
            connection.ask(new Ask("POST", path, Map.of("Connection", "close"), form), answer -> {
                done.accept(answer);
                connection.close();
            });
        });
    }

    /** Sends a request; the one before must have been answered. {@code done} hears of it once, on this loop. */
    public void ask(Ask ask, Consumer<Answered> done) {
        if (!loop.inEventLoop()) {
            loop.execute(() -> ask(ask, done));
            return;
        }
        Channel open = channel;
        if (open == null || !open.isActive()) {
            done.accept(new Answered(0, "", "the connection is closed", 0));
            return;
        }
        if (waiting != null) {
            throw new IllegalStateException("a request is under way (expected: one at a time)");
        }
        waiting = new Waiting(System.nanoTime(), done);
        byte[] form = ask.form().getBytes(StandardCharsets.US_ASCII);
        ByteBuf body = open.alloc().buffer(form.length).writeBytes(form);
        var request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(ask.method()), ask.path(), body);
        request.headers().set(HttpHeaderNames.HOST, host);
        if (form.length > 0) {
            request.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .set(HttpHeaderNames.CONTENT_LENGTH, form.length);
        }
        ask.headers().forEach((name, value) -> request.headers().set(name, value));
        open.writeAndFlush(request);
    }

    public CompletableFuture<Answered> ask(Ask ask) {
        var answered = new CompletableFuture<Answered>();
        ask(ask, answered::complete);
        return answered;
    }

    public void schedule(long nanos, Runnable work) {
        loop.schedule(work, nanos, TimeUnit.NANOSECONDS);
    }

    public void close() {
        loop.execute(() -> {
            closing = true;
            if (channel != null) {
                channel.close();
            }
        });
    }

    private void answered(int status, String body, String error) {
        Waiting asked = waiting;
        waiting = null;
        if (asked != null) {
            asked.done().accept(new Answered(status, body, error, System.nanoTime() - asked.since()));
        }
    }

    private final class Answers extends SimpleChannelInboundHandler<FullHttpResponse> {
        private String why = "closed by the server";

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
            if (response.decoderResult().isFailure()) {
                why = "an answer that is no HTTP: " + response.decoderResult().cause();
                ctx.close();
                return;
            }
            answered(response.status().code(), response.content().toString(StandardCharsets.UTF_8), "");
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            answered(0, "", why);
            if (!closing) {
                lost.accept(why);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            why = cause.toString();
            ctx.close();
        }
    }
}
