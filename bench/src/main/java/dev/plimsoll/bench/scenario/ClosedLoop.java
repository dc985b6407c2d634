package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Reply;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.measure.Latency;
import dev.plimsoll.bench.measure.Probe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps one call in flight per client: the next is sent when the answer has come. A slow answer so delays the calls
 * behind it, which percentiles of a closed loop do not show.
 */
final class ClosedLoop {
    /** What a client asks next. On the client's loop; a client's calls come one after another. */
    interface Load {
        Request next(int client, long call);

        /** The call was answered well. */
        default void answered(int client, long call, Reply reply) {}
    }

    private final List<NacosClient> clients;
    private final Load load;
    private final Faults faults;
    private final long thinkNanos;
    private final CountDownLatch ended;
    private final LongAdder finished = new LongAdder();
    private volatile Latency latency = new Latency();
    private volatile boolean stopping;

    ClosedLoop(List<NacosClient> clients, Load load, Faults faults) {
        this(clients, load, faults, Duration.ZERO);
    }

    /** @param think time between an answer and the next call */
    ClosedLoop(List<NacosClient> clients, Load load, Faults faults, Duration think) {
        this.thinkNanos = think.toNanos();
        this.clients = clients;
        this.load = load;
        this.faults = faults;
        this.ended = new CountDownLatch(clients.size());
    }

    void start() {
        for (int i = 0; i < clients.size(); i++) {
            int client = i;
            clients.get(i).execute(() -> next(client, 0));
        }
    }

    private void next(int client, long call) {
        if (stopping) {
            ended.countDown();
            return;
        }
        NacosClient caller = clients.get(client);
        caller.call(load.next(client, call), reply -> {
            if (reply.ok()) {
                latency.record(reply.nanos());
                finished.increment();
                load.answered(client, call, reply);
            } else {
                faults.add(String.valueOf(reply.error()));
                if (!caller.isOpen()) {
                    ended.countDown();
                    return;
                }
            }
            if (thinkNanos == 0) {
                next(client, call + 1);
            } else {
                caller.schedule(thinkNanos, () -> next(client, call + 1));
            }
        });
    }

    Latency latency() {
        return latency;
    }

    long finished() {
        return finished.sum();
    }

    boolean stop() throws InterruptedException {
        stopping = true;
        return ended.await(15, TimeUnit.SECONDS);
    }

    /** Warm-up, then the measured part: rate, percentiles, processor time per call. */
    Probe.Span measure(Run run, String what, double cpuLimit) throws InterruptedException {
        Duration warmup = run.options().duration("warmup");
        start();
        run.pass("warming up", warmup, () -> "");
        Latency measured = new Latency();
        finished.reset();
        latency = measured;
        Probe.Span span = run.probe().begin();
        run.pass(what, run.options().duration("seconds"), () -> String.format("%,d calls", finished.sum()));
        span.end();
        long calls = finished.sum();
        latency = new Latency();
        run.report().require("all calls answered", stop(), "some were not within 15 s of the end");
        run.report().figure("rate", calls / span.seconds(), "calls/s");
        run.latency(what, measured);
        if (run.probe().sees()) {
            run.report().atMost("server CPU per call", span.cpuMicros() / Math.max(1, calls), "us", cpuLimit);
        }
        run.process(span, Double.POSITIVE_INFINITY);
        run.report().require("no call failed", faults.count() == 0, faults.toString());
        run.report()
                .note("closed loop of " + clients.size() + " clients, one call in flight each; " + warmup.toSeconds()
                        + " s of warm-up left out");
        return span;
    }

    static Options options(int connections) {
        return new Options()
                .option("connections", Integer.toString(connections), "clients, one call in flight each")
                .option("seconds", "15", "measured time")
                .option("warmup", "5", "time before, left out");
    }
}
