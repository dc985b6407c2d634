package dev.plimsoll.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Nacos client as an SDK is one: a connection with its push stream, acknowledging what it reads and asking for its
 * health every five seconds; but one that can be told to stop reading. Its state is on its loop; the methods may be
 * called from anywhere.
 */
public final class NacosClient {
    private static final long HEALTH_CHECK_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long WITHOUT_ACK_MILLIS = 100;
    private static final byte[] EMPTY = Message.ascii("{\"headers\":{},\"module\":\"internal\"}");

    private final EventLoop loop;
    private final ClientLoops.Shared shared;
    private final Events events;
    private final Http2Connection http2;
    private final Paths paths;
    private final CompletableFuture<NacosClient> connected = new CompletableFuture<>();
    private String address = "";
    private @Nullable Push push;
    private long nextHealthCheck;
    private boolean healthChecks = true;
    private long callTimeoutNanos = TimeUnit.SECONDS.toNanos(10);
    private boolean closing;
    private volatile boolean open;
    int place = -1;

    /** The request headers to a server, made once, and the token that goes with each message, or "". */
    public static final class Paths {
        final InetSocketAddress server;
        final String token;
        final @Nullable SslContext tls;
        final byte[] unary;
        final byte[] stream;

        public Paths(Target target, String token) {
            this.server = target.grpc();
            this.tls = target.tls() ? TlsPeer.trustingAnybody() : null;
            this.token = token;
            String authority = server.getHostString() + ":" + server.getPort();
            unary = Frames.requestHeaders(authority, "/Request/request");
            stream = Frames.requestHeaders(authority, "/BiRequestStream/requestBiStream");
        }
    }

    private NacosClient(ClientLoops loops, Paths paths, Windows windows, Events events) {
        this.loop = loops.next();
        this.shared = loops.shared(loop);
        this.events = events;
        this.paths = paths;
        this.http2 = new Http2Connection(windows, shared.headersDecoder, new Http2Connection.Owner() {
            @Override
            public void ready() {
                serverCheck();
            }

            @Override
            public void closed(String reason) {
                gone(reason);
            }
        });
    }

    /** Connects, checks the server, opens the push stream and waits until the server knows this client. */
    public static CompletableFuture<NacosClient> connect(
            ClientLoops loops, Paths paths, Windows windows, Events events) {
        NacosClient client = new NacosClient(loops, paths, windows, events);
        ChannelFuture connecting =
                loops.bootstrap(client.loop).handler(client.handler()).connect(paths.server);
        connecting.addListener((ChannelFutureListener) done -> {
            if (!done.isSuccess()) {
                client.connected.completeExceptionally(new WireException("connect: " + done.cause()));
            }
        });
        return client.connected;
    }

    private ChannelHandler handler() {
        SslContext tls = paths.tls;
        if (tls == null) {
            return http2;
        }
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(tls.newHandler(channel.alloc()), http2);
            }
        };
    }

    private void serverCheck() {
        if (http2.channel().localAddress() instanceof InetSocketAddress local) {
            address = local.getAddress().getHostAddress();
        }
        shared.add(this);
        nextHealthCheck = System.nanoTime() + HEALTH_CHECK_NANOS;
        call("ServerCheckRequest", EMPTY, reply -> {
            if (!reply.ok()) {
                refuse("server check: " + reply.error());
                return;
            }
            boolean negotiates = reply.body().contains(Message.ascii("\"supportAbilityNegotiation\":true"));
            push = new Push();
            http2.start(push, paths.stream, null, false);
            http2.send(push, encode("ConnectionSetupRequest", setup(negotiates)));
            if (!negotiates) {
                loop.schedule(this::registered, WITHOUT_ACK_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    private static byte[] setup(boolean negotiates) {
        return Message.ascii("{\"headers\":{},\"module\":\"internal\",\"clientVersion\":\"Nacos-Java-Client:v"
                + (negotiates ? "2.5.1" : "2.2.3")
                + "\",\"tenant\":\"\",\"labels\":{\"source\":\"sdk\",\"module\":\"naming\",\"AppName\":\"bench\"}"
                + (negotiates ? ",\"abilityTable\":{}" : "")
                + "}");
    }

    private void registered() {
        open = true;
        connected.complete(this);
    }

    private void refuse(String reason) {
        connected.completeExceptionally(new WireException(reason));
        close();
    }

    private void gone(String reason) {
        shared.remove(this);
        boolean wasOpen = open;
        open = false;
        if (!connected.completeExceptionally(new WireException(reason)) && wasOpen && !closing) {
            events.lost(this, reason);
        }
    }

    // --- calls

    /** One unary call; {@code answer} hears of it once, on this client's loop. */
    public void call(String type, byte[] json, Answer answer) {
        if (loop.inEventLoop()) {
            http2.start(new Unary(answer), paths.unary, encode(type, json), true);
        } else {
            loop.execute(() -> http2.start(new Unary(answer), paths.unary, encode(type, json), true));
        }
    }

    public void call(Request request, Answer answer) {
        call(request.type(), request.json(), answer);
    }

    /** Waits for the answer; for setting up, not for measuring. */
    public CompletableFuture<Reply> ask(Request request) {
        CompletableFuture<Reply> future = new CompletableFuture<>();
        call(request, future::complete);
        return future;
    }

    /** Sends the same request many times in one go. */
    public void pipeline(Request request, int times, Answer answer) {
        execute(() -> http2.together(() -> {
            for (int i = 0; i < times; i++) {
                call(request, answer);
            }
        }));
    }

    private ByteBuf encode(String type, byte[] json) {
        return Message.encode(http2.channel().alloc(), type, address, paths.token, json);
    }

    private static final class Unary extends RpcStream {
        private final Answer answer;
        private @Nullable Message message;

        Unary(Answer answer) {
            this.answer = answer;
        }

        @Override
        void message(byte[] bytes) {
            message = Message.decode(bytes);
        }

        @Override
        void ended(@Nullable String error) {
            String wrong = error;
            if (wrong == null && message == null) {
                wrong = "no answer";
            } else if (wrong == null && message != null && !message.success()) {
                String json = message.json();
                wrong = message.type() + " " + json.substring(0, Math.min(300, json.length()));
            }
            answer.done(new Reply(message, wrong, System.nanoTime() - startedAt));
        }
    }

    private final class Push extends RpcStream {
        @Override
        void message(byte[] bytes) {
            pushed(Message.decode(bytes));
        }

        @Override
        void ended(@Nullable String error) {
            http2.close("push stream: " + (error == null ? "ended by the server" : error));
        }
    }

    private void pushed(Message message) {
        String type = message.type();
        if (type.equals("SetupAckRequest")) {
            registered();
            return;
        }
        if (push == null || !type.endsWith("Request")) {
            return;
        }
        events.push(this, message);
        byte[] ack = ("{\"resultCode\":200,\"errorCode\":0,\"success\":true,\"requestId\":\"" + message.requestId()
                        + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        http2.send(push, encode(type.substring(0, type.length() - "Request".length()) + "Response", ack));
    }

    void tick(long now) {
        http2.expire(now - callTimeoutNanos, push);
        if (healthChecks && open && now - nextHealthCheck >= 0) {
            nextHealthCheck = now + HEALTH_CHECK_NANOS;
            call("HealthCheckRequest", EMPTY, reply -> {
                if (!reply.ok() && open && !closing) {
                    events.healthCheckFailed(this, String.valueOf(reply.error()));
                }
            });
        }
    }

    // --- not reading

    /** Stops reading pushes, as a blocked handler does; calls and health checks go on. */
    public void stallPushes() {
        execute(() -> {
            if (push != null) {
                http2.stall(push);
            }
        });
    }

    /** Reads pushes again, what was kept first. */
    public void wakePushes() {
        execute(() -> {
            if (push != null) {
                http2.wake(push);
            }
        });
    }

    /** Stops reading the socket; no answer is seen any more, so none is awaited. */
    public void stopSocket() {
        execute(() -> {
            healthChecks = false;
            callTimeoutNanos = TimeUnit.DAYS.toNanos(1);
            http2.readSocket(false);
        });
    }

    public void startSocket() {
        execute(() -> {
            http2.readSocket(true);
            healthChecks = true;
            nextHealthCheck = System.nanoTime() + HEALTH_CHECK_NANOS;
        });
    }

    /** Reads frames, but gives no window back: the server may send what it was granted and no more. */
    public void withholdWindow() {
        execute(() -> {
            healthChecks = false;
            callTimeoutNanos = TimeUnit.DAYS.toNanos(1);
            http2.withholdWindow(true);
        });
    }

    /** Sends more calls at a time than the server said it takes. */
    public void ignoreStreamLimit() {
        execute(http2::ignoreStreamLimit);
    }

    /** Calls that wait here because the server allows no more streams. */
    public CompletableFuture<Integer> queuedHere() {
        return CompletableFuture.supplyAsync(http2::queued, loop);
    }

    public boolean isOpen() {
        return open;
    }

    /** Bytes of all DATA frames so far. */
    public CompletableFuture<Long> dataBytes() {
        return CompletableFuture.supplyAsync(() -> http2.dataBytes, loop);
    }

    public void close() {
        execute(() -> {
            closing = true;
            http2.close("closed by us");
        });
    }

    public void execute(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    public void schedule(long nanos, Runnable task) {
        loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }
}
