package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.ClientLoops;
import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.measure.Latency;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that come in while others misbehave, two each second, and try again as SDKs do when they are turned away. */
final class Newcomers {
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final double P50_MILLIS = 2_000;

    private final Run run;
    private final ClientLoops own = new ClientLoops(1);
    private final Latency took = new Latency();
    private final Faults refused = new Faults();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean stopped;

    Newcomers(Run run) {
        this.run = run;
    }

    void come() {
        if (!stopped) {
            waiting.incrementAndGet();
            tryToCome(System.nanoTime());
            own.after(EVERY_NANOS, this::come);
        }
    }

    private void tryToCome(long since) {
        run.connecting(own, Events.NONE).whenComplete((client, error) -> {
            if (error == null) {
                took.record(System.nanoTime() - since);
                waiting.decrementAndGet();
                client.close();
            } else {
                refused.add(String.valueOf(error.getMessage()));
                own.after(AGAIN_NANOS, () -> tryToCome(since));
            }
        });
    }

    void stop() throws InterruptedException {
        stopped = true;
        boolean all = run.until("newcomers", WAIT, () -> "", () -> waiting.get() == 0);
        run.report().require("all newcomers came in", all, waiting.get() + " did not");
        own.close();
    }

    void report() {
        run.report().count("newcomers", took.count());
        run.report().atMost("newcomer p50", took.percentileMillis(50), "ms", P50_MILLIS);
        run.report().figure("newcomer p99", took.percentileMillis(99), "ms");
        run.report().count("newcomers' attempts that failed", refused.count());
        if (refused.count() > 0) {
            run.report().note("newcomers' failed attempts: " + refused);
        }
    }
}
