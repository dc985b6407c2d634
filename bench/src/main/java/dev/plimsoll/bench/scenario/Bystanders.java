package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.BenchInstance;
import dev.plimsoll.bench.client.ClientLoops;
import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.measure.Latency;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Well-behaved others, who must not notice what the scenario does: one queries, one subscribes to a service that keeps
 * changing. Closed loop: a query follows the answer of the one before, five milliseconds later. They have a
 * thread of their own: what the load itself waits for must not count as the server's time.
 */
final class Bystanders {
    private static final long THINK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final Duration CHANGE_EVERY = Duration.ofMillis(50);
    private static final int QUERIED = 15;
    private static final int WATCHED = 20;
    private static final double TIMES_UNDISTURBED = 3;

    /** The times of one part of a run. */
    record Phase(Latency query, Latency push) {
        Phase() {
            this(new Latency(), new Latency());
        }

        String state() {
            return String.format(
                    "others: query p99 %.1f ms, push p99 %.1f ms",
                    query.percentileMillis(99), push.percentileMillis(99));
        }
    }

    private final Run run;
    private final ClientLoops loop = new ClientLoops(1);
    private final Faults faults = new Faults();
    private final NacosClient provider;
    private final NacosClient querier;
    private final NacosClient subscribing;
    private final NacosClient changer;
    private final Subscriber subscriber;
    private final Request query;
    private final byte[] lastOfQueried;
    private final Changes changes;
    private volatile Phase phase = new Phase();
    private volatile boolean stopped;

    Bystanders(Run run) {
        this.run = run;
        Events watched = new Events() {
            @Override
            public void lost(NacosClient client, String reason) {
                faults.add("connection lost: " + reason);
            }
        };
        provider = run.connect(loop, watched);
        querier = run.connect(loop, watched);
        changer = run.connect(loop, watched);
        String queried = run.named("others-queried");
        run.ask(
                provider,
                Request.registerAll(
                        queried,
                        IntStream.range(0, QUERIED).mapToObj(BenchInstance::of).toList()));
        query = Request.query(queried);
        lastOfQueried = dev.plimsoll.bench.client.Message.ascii(
                "\"" + BenchInstance.of(QUERIED - 1).ip() + "\"");
        ChangingService service = new ChangingService(run.named("others-watched"), WATCHED, List.of(changer), faults);
        service.register(run, provider);
        subscriber = new Subscriber(new Subscriber.Shared(List.of(service), () -> phase.push()), true) {
            @Override
            public void lost(NacosClient client, String reason) {
                faults.add("subscriber's connection lost: " + reason);
            }
        };
        subscribing = run.connect(loop, subscriber);
        run.ask(subscribing, Request.subscribe(service.name(), true));
        changes = new Changes(changer, List.of(service), CHANGE_EVERY).start();
        querier.execute(this::query);
    }

    private void query() {
        if (stopped) {
            return;
        }
        querier.call(query, reply -> {
            if (!reply.ok()) {
                faults.add("query: " + reply.error());
            } else if (!reply.body().contains(lastOfQueried)) {
                faults.add("query: an instance is missing in " + reply.body().json());
            } else {
                phase.query().record(reply.nanos());
            }
            querier.schedule(THINK_NANOS, this::query);
        });
    }

    /** From now on times count for another part of the run. */
    Phase phase() {
        Phase next = new Phase();
        phase = next;
        return next;
    }

    Faults faults() {
        return faults;
    }

    /** Undisturbed times; the first second is warm-up. */
    Phase undisturbed(Duration time) throws InterruptedException {
        run.pass("warming up", Duration.ofSeconds(2), () -> "");
        Phase undisturbed = phase();
        run.pass("undisturbed", time, undisturbed::state);
        phase();
        return undisturbed;
    }

    void report(Phase undisturbed, Phase disturbed, String when) {
        report(undisturbed, disturbed, when, TIMES_UNDISTURBED);
    }

    /** @param times how much longer than undisturbed the 99th percentile may be */
    void report(Phase undisturbed, Phase disturbed, String when, double times) {
        compare("others' query", undisturbed.query(), disturbed.query(), when, times);
        compare("others' push", undisturbed.push(), disturbed.push(), when, times);
    }

    private void compare(String what, Latency before, Latency during, String when, double times) {
        run.report().figure(what + " p50 undisturbed", before.percentileMillis(50), "ms");
        run.report().figure(what + " p99 undisturbed", before.percentileMillis(99), "ms");
        run.report().figure(what + " p50 " + when, during.percentileMillis(50), "ms");
        run.report().figure(what + " p99 " + when, during.percentileMillis(99), "ms");
        run.report().figure(what + " max " + when, during.maxMillis(), "ms");
        run.report()
                .atMost(
                        what + " p99 against undisturbed",
                        during.percentileMillis(99) / before.percentileMillis(99),
                        "times",
                        times);
    }

    /** Stops, and requires that nothing was lost meanwhile. */
    void finish() throws InterruptedException {
        stopped = true;
        changes.stop();
        boolean current = run.until("others' final state", Duration.ofSeconds(15), () -> "", subscriber::isCurrent);
        run.report().require("others saw the final state", current, "a push is missing after 15 s");
        String difference = subscriber.difference();
        run.report().require("others' last push is the final state", difference.isEmpty(), difference);
        run.report().require("no error for others", faults.count() == 0, faults.toString());
        Run.closeAll(List.of(provider, querier, changer, subscribing));
        loop.close();
    }
}
