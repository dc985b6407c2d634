package dev.plimsoll.net;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Admission;
import dev.plimsoll.vitals.MemoryBudget;
import dev.plimsoll.vitals.Traffic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A started server that echoes, and its accounts. */
final class TestServer implements AutoCloseable {
    static final NetSettings SETTINGS =
            new NetSettings("127.0.0.1", 0, 0, 2, NetSettings.Limits.DEFAULT, NetSettings.Timeouts.DEFAULT);
    static final int UNFINISHED = 1 << 20;
    private static final long MIB = 1 << 20;

    final Account connections;
    final Account inbound;
    final Account unfinished = new MemoryBudget(0, UNFINISHED).direct("unfinished", 1);
    final Account outbound;
    final Echo echo = new Echo();
    final Queue<HttpCall> unanswered = new ConcurrentLinkedQueue<>();
    final Queue<String> turnedAway = new ConcurrentLinkedQueue<>();
    final AtomicInteger gone = new AtomicInteger();
    final NetServer server;

    TestServer() {
        this(SETTINGS, 64 * MIB, 64 * MIB);
    }

    TestServer(NetSettings settings) {
        this(settings, 64 * MIB, 64 * MIB);
    }

    TestServer(NetSettings settings, long inboundBytes, long outboundBytes) {
        this(settings, null, inboundBytes, outboundBytes);
    }

    TestServer(NetSettings settings, @Nullable Tls tls) {
        this(settings, tls, 64 * MIB, 64 * MIB);
    }

    TestServer(NetSettings settings, @Nullable Tls tls, long inboundBytes, long outboundBytes) {
        inbound = new MemoryBudget(0, inboundBytes).direct("inbound bodies", 1);
        outbound = new MemoryBudget(0, outboundBytes).direct("outbound in flight", 1);
        var heap = new MemoryBudget(64 * MIB, 0);
        connections = heap.heap("connections", 0.5);
        server = new NetServer(
                settings,
                tls,
                new NetAccounts(connections, inbound, unfinished, outbound),
                new Admission(heap.heap("requests", 0.5), outbound, Long.MAX_VALUE),
                InstantSource.system());
        echo.allocator = server.allocator();
        server.follow((ip, reason) -> turnedAway.add(ip + ": " + reason));
        server.start(echo, routes());
    }

    int port() {
        return server.httpPort();
    }

    int grpcPort() {
        return server.grpcPort();
    }

    @Override
    public void close() {
        server.close(Duration.ZERO);
    }

    private Router routes() {
        var router = new Router(new Errors(), HttpGate.OPEN, HttpCounting.PLAIN, new Traffic(System::nanoTime));
        router.get("/hello", call -> call.answer(HttpAnswer.text(200, "hello")));
        router.get("/refuse", call -> {
            throw new InvalidRequest("it: '" + call.parameter("it") + "' (expected: something else)");
        });
        router.get("/throw", call -> {
            throw new IllegalStateException("asked to");
        });
        router.get("/size", call -> call.answer(HttpAnswer.text(200, "x".repeat(number(call, "n")))));
        router.get("/wait", call -> {
            call.whenGone(gone::incrementAndGet);
            unanswered.add(call);
        });
        router.get("/header", call -> call.answer(HttpAnswer.text(200, "h").with("X-Bad", "a\r\nX-Injected: b")));
        router.post(
                "/body",
                call -> call.answer(HttpAnswer.text(
                        200,
                        call.body().readableBytes() + " "
                                + call.body().toString(StandardCharsets.UTF_8).hashCode())));
        router.under("/context")
                .add("GET", "/form", TestServer::form)
                .add("POST", "/form", TestServer::form)
                .add("DELETE", "/form", TestServer::form);
        return router;
    }

    private static void form(HttpCall call) {
        call.answer(HttpAnswer.text(200, call.parameters("a") + " " + call.parameter("b"))
                .with("X-From", call.remoteIp())
                .with("X-Seen", String.valueOf(call.header("x-Sent"))));
    }

    private static int number(HttpCall call, String name) {
        return Integer.parseInt(String.valueOf(call.parameter(name)));
    }

    static final class Errors implements HttpErrors {
        @Override
        public HttpAnswer refused(HttpCall call, Refusal refusal) {
            return HttpAnswer.text(400, refusal.reason());
        }

        @Override
        public HttpAnswer unknownPath(HttpCall call) {
            return HttpAnswer.text(404, "no such path: " + call.path());
        }

        @Override
        public HttpAnswer wrongMethod(HttpCall call, String allowed) {
            return HttpAnswer.text(405, call.method() + " (expected: " + allowed + ")");
        }

        @Override
        public HttpAnswer broken(HttpCall call) {
            return HttpAnswer.text(500, "internal error");
        }
    }
}
