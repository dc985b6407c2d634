package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.client.Windows;
import dev.plimsoll.bench.measure.Latency;
import dev.plimsoll.bench.measure.Probe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/** One change, and all subscribers have it: how soon, and at what cost. */
final class Fanout implements Scenario {
    @Override
    public String name() {
        return "fanout";
    }

    @Override
    public String summary() {
        return "one change reaches all subscribers of a service";
    }

    @Override
    public Options options() {
        return new Options()
                .option("subscribers", "200", "of the one service")
                .option("instances", "100", "of the service")
                .option("every", "500ms", "a change; a multiple of what one fan-out takes")
                .option("seconds", "20", "measured time")
                .option("warmup", "5", "time before, left out");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        AtomicReference<Latency> latency = new AtomicReference<>(new Latency());
        Faults faults = new Faults();
        NacosClient bulk = run.connect(Events.NONE);
        NacosClient changer = run.connect(Events.NONE);
        ChangingService service =
                new ChangingService(run.named("fanout"), options.integer("instances"), List.of(changer), faults);
        service.register(run, bulk);
        Subscriber.Shared shared = new Subscriber.Shared(List.of(service), latency::get);
        List<Subscriber> subscribers = IntStream.range(0, options.integer("subscribers"))
                .mapToObj(i -> new Subscriber(shared, true))
                .toList();
        List<NacosClient> clients = run.connect(subscribers.size(), Windows.WIDE, subscribers::get);
        for (NacosClient client : clients) {
            run.ask(client, Request.subscribe(service.name(), true));
            run.progress().show("subscribing");
        }
        Changes changes = new Changes(changer, List.of(service), options.duration("every")).start();
        run.pass("warming up", options.duration("warmup"), () -> "");
        Latency measured = new Latency();
        latency.set(measured);
        long pushes = shared.pushes.sum();
        long bytes = shared.bytes.sum();
        Probe.Span span = run.probe().begin();
        run.pass(
                "fanning out",
                options.duration("seconds"),
                () -> String.format(
                        "p50 %.1f ms  p99 %.1f ms", measured.percentileMillis(50), measured.percentileMillis(99)));
        changes.stop();
        boolean all = run.until("final state", Duration.ofSeconds(15), () -> "", () -> subscribers.stream()
                .allMatch(Subscriber::isCurrent));
        span.end();
        long counted = Math.max(1, shared.pushes.sum() - pushes);
        run.latency("push", measured, 10, 50);
        run.report().count("pushes", counted);
        run.report().figure("bytes per push", (shared.bytes.sum() - bytes) / (double) counted, "B");
        if (run.probe().sees()) {
            run.report().atMost("server CPU per push", span.cpuMicros() / counted, "us", 150);
        }
        run.process(span, Double.POSITIVE_INFINITY);
        run.report()
                .require(
                        "all subscribers saw the last change",
                        all,
                        subscribers.size() + " subscribers, not all are current");
        String wrong = subscribers.stream()
                .map(Subscriber::difference)
                .filter(difference -> !difference.isEmpty())
                .findFirst()
                .orElse("");
        run.report().require("their last push is the final state", wrong.isEmpty(), wrong);
        run.report().require("no connection dropped", shared.lost.count() == 0, shared.lost.toString());
        run.report().require("every change accepted", faults.count() == 0, faults.toString());
        run.alive();
        run.report()
                .note("latency: change sent until a subscriber has read it whole, each subscriber counted; "
                        + "the client reads all of them on two threads");
        Run.closeAll(clients);
        bulk.close();
        changer.close();
    }
}
