package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.client.Windows;
import dev.plimsoll.bench.measure.Latency;
import dev.plimsoll.bench.measure.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Some subscribers stop reading; the others must not notice, and the server must not grow. */
final class Stall implements Scenario {
    private static final int CHANGERS = 10;
    private static final Duration CONVERGE = Duration.ofSeconds(30);
    /** Up to this many stalled subscribers the smaller growth is asked for. */
    private static final int FEW = 50;

    private static final double GROWTH_FEW = 8;
    private static final double GROWTH_MANY = 24;

    @Override
    public String name() {
        return "stall";
    }

    @Override
    public String summary() {
        return "some subscribers stop reading but keep health checks up; later they wake";
    }

    @Override
    public Options options() {
        return new Options()
                .option("stalled", "50", "subscribers that stop reading")
                .option("healthy", "5", "subscribers that read")
                .option("services", "2", "each subscribed by all")
                .option("instances", "500", "of each service")
                .option("every", "500ms", "one change of each service")
                .option("seconds", "60", "how long they stay stalled")
                .option("warmup", "5", "time before, all reading")
                .option("stall", "stream", "what is not read: stream (pushes; health checks go on) or tcp (the socket)")
                .option("window", "65535", "HTTP/2 window of a stalled subscriber's streams, bytes");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        int count = options.integer("stalled");
        boolean tcp = options.choice("stall", "stream", "tcp").equals("tcp");
        AtomicReference<Latency> latency = new AtomicReference<>(new Latency());
        AtomicReference<Latency> wakeLatency = new AtomicReference<>(new Latency());
        Faults faults = new Faults();

        NacosClient bulk = run.connect(Events.NONE);
        List<NacosClient> changers = run.connect(CHANGERS, Windows.WIDE, i -> Events.NONE);
        List<ChangingService> services = new ArrayList<>();
        for (String name : run.names("stall", options.integer("services"))) {
            ChangingService service = new ChangingService(name, options.integer("instances"), changers, faults);
            service.register(run, bulk);
            services.add(service);
        }
        Subscriber.Shared reading = new Subscriber.Shared(services, latency::get);
        Subscriber.Shared notReading = new Subscriber.Shared(services, wakeLatency::get);
        List<Subscriber> healthy = IntStream.range(0, options.integer("healthy"))
                .mapToObj(i -> new Subscriber(reading, true))
                .toList();
        List<Subscriber> stalled = IntStream.range(0, count)
                .mapToObj(i -> new Subscriber(notReading, true))
                .toList();
        List<NacosClient> healthyClients = run.connect(healthy.size(), Windows.WIDE, healthy::get);
        List<NacosClient> stalledClients =
                run.connect(count, new Windows(options.integer("window"), Windows.DEFAULT.connection()), stalled::get);
        for (List<NacosClient> clients : List.of(healthyClients, stalledClients)) {
            for (NacosClient client : clients) {
                services.forEach(service -> run.ask(client, Request.subscribe(service.name(), true)));
                run.progress().show("subscribing");
            }
        }

        Changes warmup = new Changes(bulk, services, options.duration("every")).start();
        run.pass("warming up, all reading", options.duration("warmup"), () -> "");
        warmup.stop();
        // Else what the many readers of the warm-up still have to get would delay the first measured pushes.
        boolean caughtUp = run.until(
                "warmed up, catching up", CONVERGE, () -> "", () -> Stream.concat(healthy.stream(), stalled.stream())
                        .allMatch(Subscriber::isCurrent));
        run.report()
                .require(
                        "all saw the final state of the warm-up",
                        caughtUp,
                        behind(healthy) + ", stalled-to-be: " + behind(stalled));
        stalledClients.forEach(tcp ? NacosClient::stopSocket : NacosClient::stallPushes);
        Latency measured = new Latency();
        latency.set(measured);
        Probe.Span span = run.probe().begin();
        Changes changes = new Changes(bulk, services, options.duration("every")).start();
        run.pass(
                count + " stalled",
                options.duration("seconds"),
                () -> String.format(
                        "p50 %.1f ms  p99 %.1f ms", measured.percentileMillis(50), measured.percentileMillis(99)));
        changes.stop();
        boolean current = run.until(
                "final state", CONVERGE, () -> "", () -> healthy.stream().allMatch(Subscriber::isCurrent));
        span.end();
        latency.set(new Latency());

        run.report().require("healthy subscribers saw every final state", current, behind(healthy));
        run.report()
                .require(
                        "their last push is the final state",
                        difference(healthy).isEmpty(),
                        difference(healthy));
        run.latency("healthy push", measured, 20, 100);
        run.process(span, count <= FEW ? GROWTH_FEW : GROWTH_MANY);
        run.report().require("no healthy connection dropped", reading.lost.count() == 0, reading.lost.toString());
        String dropped = notReading.lost.toString();
        if (tcp) {
            run.report().note("stalled connections dropped (expected: they answer no health check): " + dropped);
        } else {
            run.report().require("no stalled connection dropped", notReading.lost.count() == 0, dropped);
            run.report()
                    .require(
                            "stalled clients' health checks answered",
                            notReading.unhealthy.count() == 0,
                            notReading.unhealthy.toString());
        }
        run.report().require("every change accepted", faults.count() == 0, faults.toString());

        wake(run, stalled, stalledClients, tcp);
        run.alive();
        run.report()
                .note(
                        "a stalled subscriber grants " + options.integer("window")
                                + " bytes of its push stream and no more; pushes after waking include what came into that window");
        Run.closeAll(stalledClients);
        Run.closeAll(healthyClients);
        Run.closeAll(changers);
        bulk.close();
    }

    private static void wake(Run run, List<Subscriber> stalled, List<NacosClient> clients, boolean tcp)
            throws InterruptedException {
        List<Subscriber> awaited = IntStream.range(0, clients.size())
                .filter(i -> clients.get(i).isOpen())
                .mapToObj(stalled::get)
                .toList();
        List<long[]> before = awaited.stream().map(Subscriber::pushCounts).toList();
        Probe.Span span = run.probe().begin();
        long begin = System.nanoTime();
        clients.forEach(tcp ? NacosClient::startSocket : NacosClient::wakePushes);
        boolean converged =
                run.until("waking", CONVERGE, () -> "", () -> awaited.stream().allMatch(Subscriber::isCurrent));
        run.report().figure("woken", awaited.size(), "clients");
        run.report().figure("converged after", (System.nanoTime() - begin) / 1e6, "ms");
        // A push too many would come now.
        run.pass("after waking", Duration.ofSeconds(2), () -> "");
        if (!tcp) {
            run.report().require("woken clients converge", converged, behind(awaited));
            run.report()
                    .require(
                            "their last push is the final state",
                            difference(awaited).isEmpty(),
                            difference(awaited));
        }
        long most = 0;
        for (int i = 0; i < awaited.size(); i++) {
            long[] after = awaited.get(i).pushCounts();
            for (int s = 0; s < after.length; s++) {
                most = Math.max(most, after[s] - before.get(i)[s]);
            }
        }
        run.report().atMost("pushes per service after waking, most", (double) most, "", 2);
        if (run.probe().sees()) {
            run.report().figure("resident growth while waking", span.end().growthMiB(), "MB");
        }
    }

    private static String behind(List<Subscriber> subscribers) {
        return subscribers.stream()
                        .filter(subscriber -> !subscriber.isCurrent())
                        .count() + " of " + subscribers.size() + " are behind";
    }

    private static String difference(List<Subscriber> subscribers) {
        return subscribers.stream()
                .map(Subscriber::difference)
                .filter(difference -> !difference.isEmpty())
                .findFirst()
                .orElse("");
    }
}
