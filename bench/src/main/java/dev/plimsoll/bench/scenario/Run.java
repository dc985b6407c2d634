package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.ClientLoops;
import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Reply;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.client.Target;
import dev.plimsoll.bench.client.Windows;
import dev.plimsoll.bench.client.WireException;
import dev.plimsoll.bench.measure.Latency;
import dev.plimsoll.bench.measure.Probe;
import dev.plimsoll.bench.measure.Progress;
import dev.plimsoll.bench.measure.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** What a scenario works with. Its main thread prepares, waits and judges; the load itself runs on the client loops. */
public final class Run {
    private static final Duration SETUP = Duration.ofSeconds(60);
    private static final int CONNECTING_AT_A_TIME = 64;

    private final Target target;
    private NacosClient.Paths paths; // main thread
    private final ClientLoops loops;
    private final Probe probe;
    private final Report report;
    private final Progress progress;
    private final Options options;
    private final String prefix;

    public Run(
            Target target,
            ClientLoops loops,
            Probe probe,
            Report report,
            Progress progress,
            Options options,
            String prefix) {
        this.target = target;
        this.paths = new NacosClient.Paths(target, "");
        this.loops = loops;
        this.probe = probe;
        this.report = report;
        this.progress = progress;
        this.options = options;
        this.prefix = prefix;
    }

    Target target() {
        return target;
    }

    ClientLoops loops() {
        return loops;
    }

    Probe probe() {
        return probe;
    }

    Report report() {
        return report;
    }

    Progress progress() {
        return progress;
    }

    Options options() {
        return options;
    }

    /** A name no other run uses. */
    String named(String name) {
        return prefix + name;
    }

    // --- clients

    /** Clients that connect from here on send this token with every message. */
    void loggedIn(String token) {
        paths = new NacosClient.Paths(target, token);
    }

    CompletableFuture<NacosClient> connecting(Windows windows, Events events) {
        return NacosClient.connect(loops, paths, windows, events);
    }

    NacosClient connect(Events events) {
        return await(connecting(Windows.WIDE, events));
    }

    /** One whose times are not to depend on what the others keep the run's loops busy with. */
    NacosClient connect(ClientLoops own, Events events) {
        return await(connecting(own, events));
    }

    /** The same, which may come to nothing. */
    CompletableFuture<NacosClient> connecting(ClientLoops own, Events events) {
        return NacosClient.connect(own, paths, Windows.WIDE, events);
    }

    /** Connects many, a few at a time. */
    List<NacosClient> connect(int count, Windows windows, IntFunction<Events> events) {
        return connect(count, windows, events, client -> CompletableFuture.completedFuture(client));
    }

    /** Connects many, a few at a time, each of which does {@code then} before the next takes its turn. */
    List<NacosClient> connect(
            int count,
            Windows windows,
            IntFunction<Events> events,
            java.util.function.Function<NacosClient, CompletableFuture<NacosClient>> then) {
        Semaphore turns = new Semaphore(CONNECTING_AT_A_TIME);
        List<CompletableFuture<NacosClient>> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            turns.acquireUninterruptibly();
            CompletableFuture<NacosClient> one =
                    connecting(windows, events.apply(i)).thenCompose(then);
            all.add(one);
            one.whenComplete((client, error) -> turns.release());
            progress.show("connecting " + i + " of " + count);
        }
        return all.stream().map(this::await).toList();
    }

    /** The answer of a call that must go well, while setting up. */
    Reply ask(NacosClient client, Request request) {
        Reply reply = await(client.ask(request));
        if (!reply.ok()) {
            throw new WireException(request.type() + ": " + reply.error());
        }
        return reply;
    }

    <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(SETUP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() instanceof CompletionException inner ? inner.getCause() : e.getCause();
            throw new WireException(cause == null ? e.toString() : String.valueOf(cause.getMessage()));
        } catch (TimeoutException e) {
            throw new WireException("no answer within " + SETUP.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException("interrupted");
        }
    }

    static void closeAll(List<NacosClient> clients) {
        clients.forEach(NacosClient::close);
    }

    /** {@code count} numbered names. */
    List<String> names(String kind, int count) {
        return IntStream.range(0, count).mapToObj(i -> named(kind + i)).toList();
    }

    // --- waiting

    /** Lets the load run on. */
    void pass(String what, Duration time, Supplier<String> state) throws InterruptedException {
        until(what, time, state, () -> false);
    }

    /** Waits until it holds; false when it does not within the time. */
    boolean until(String what, Duration atMost, Supplier<String> state, BooleanSupplier holds)
            throws InterruptedException {
        long begin = System.nanoTime();
        long end = begin + atMost.toNanos();
        while (!holds.getAsBoolean()) {
            long now = System.nanoTime();
            if (now - end >= 0) {
                return false;
            }
            progress.show(String.format(
                    "%s %d/%d s  %s%s",
                    what,
                    TimeUnit.NANOSECONDS.toSeconds(now - begin),
                    atMost.toSeconds(),
                    probe.sees()
                            ? String.format("resident %.0f MB  ", probe.now().residentBytes() / 1048576.0)
                            : "",
                    state.get()));
            Thread.sleep(Math.min(200, Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - now))));
        }
        return true;
    }

    // --- figures that many scenarios share

    void latency(String what, Latency latency) {
        report.figure(what + " p50", latency.percentileMillis(50), "ms");
        report.figure(what + " p99", latency.percentileMillis(99), "ms");
        report.figure(what + " max", latency.maxMillis(), "ms");
        report.count(what + " count", latency.count());
    }

    void latency(String what, Latency latency, double p50Limit, double p99Limit) {
        report.atMost(what + " p50", latency.percentileMillis(50), "ms", p50Limit);
        report.atMost(what + " p99", latency.percentileMillis(99), "ms", p99Limit);
        report.figure(what + " max", latency.maxMillis(), "ms");
        report.count(what + " count", latency.count());
    }

    /** Memory and processor of the target; the growth has a number to reach unless it is infinite. */
    void process(Probe.Span span, double growthLimit) {
        if (!probe.sees()) {
            return;
        }
        span.end();
        report.figure("resident at start", span.startMiB(), "MB");
        report.figure("resident max", span.maxMiB(), "MB");
        report.figure("resident at end", span.endMiB(), "MB");
        report.figure("resident peak of the process", span.peakMiB(), "MB");
        report.atMost("resident growth", span.growthMiB(), "MB", growthLimit);
        report.figure("resident slope", span.slopeMiBPerMinute(), "MB/min");
        report.figure("server CPU", span.cores() * 100, "% of a core");
    }

    /** The promise of the line: it holds on any machine. */
    void line(Probe.Span span) {
        if (probe.sees()) {
            double line = options.mebibytes("line");
            report.require(
                    "resident never above the line",
                    span.maxMiB() <= line,
                    span.maxMiB() + " MB (expected: <= " + line + ")");
        }
    }

    void alive() {
        if (probe.sees()) {
            report.require("server alive", probe.now().residentBytes() > 0, "the process is gone");
        }
    }
}
