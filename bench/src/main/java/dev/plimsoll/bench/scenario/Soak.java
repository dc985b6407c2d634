package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.BenchInstance;
import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.Message;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Reply;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.client.Windows;
import dev.plimsoll.bench.measure.Latency;
import dev.plimsoll.bench.measure.Probe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that hurts, again and again, while ordinary work goes on at a moderate rate. One cycle, in twelfths: 0 some
 * subscribers stop reading, and every other cycle a process with connections is stopped dead; 2 deaf clients come; 6 they
 * go; 7 a storm; 9 the stalled wake; 10 the stopped process is killed; 12 the woken must have converged.
 */
final class Soak implements Scenario {
    private static final int CHANGERS = 4;
    private static final int HEALTHY = 2;
    private static final int REGISTERING = 4;
    private static final int SERVICES_PER_CLIENT = 20;
    private static final int PUBLISHERS = 4;
    private static final int READERS = 4;
    private static final int CONFIGS_PER_PUBLISHER = 25;
    private static final int CONFIG_SIZE = 2_048;
    private static final int DEAF = 4;
    private static final int DEAF_QUERIES = 300;
    private static final int HELD = 20;
    private static final int TWELFTHS = 12;
    private static final Duration SLOPE_OF = Duration.ofMinutes(15);
    private static final Duration CONVERGE = Duration.ofSeconds(20);

    @Override
    public String name() {
        return "soak";
    }

    @Override
    public String summary() {
        return "all causes together for many minutes, sampling the line";
    }

    @Override
    public Options options() {
        return new Options()
                .option("minutes", "20", "in all; 0: a single cycle")
                .option("cycle", "60s", "in which each cause comes once (a process stopped dead: every other)")
                .option("stalled", "20", "subscribers that stop reading")
                .option("instances", "200", "of each of the two services they watch")
                .option("crowd", "300", "connections that storm")
                .option("line", "256m", "resident size the server must keep to")
                .option("csv", "", "file for a line of figures each second");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        new Soaking(run).run();
    }

    private static final class Soaking {
        private final Run run;
        private final long cycleNanos;
        private final long totalNanos;
        private final Faults faults = new Faults();
        private final Faults notConverged = new Faults();
        private final NacosClient bulk;
        private final List<ChangingService> services = new ArrayList<>();
        private final Changes changes;
        private final Latency pushLatency = new Latency();
        private final List<Subscriber> healthy;
        private final List<Subscriber> stalled;
        private final List<NacosClient> healthyClients;
        private final List<NacosClient> stalledClients;
        private final Subscriber.Shared reading;
        private final Subscriber.Shared notReading;
        private final Crowd crowd;

        private final List<String> dataIds;
        private final AtomicLongArray acknowledged;
        private final List<NacosClient> publishers;
        private final List<NacosClient> registering;
        private final AtomicLongArray lastRegister = new AtomicLongArray(REGISTERING);
        private final List<String> registerServices;
        private final ClosedLoop publishing;
        private final ClosedLoop configReading;
        private final ClosedLoop registers;
        private final Bystanders others;

        private @Nullable DeafPeers deaf;
        private @Nullable HeldProcess held;
        private boolean stormed = true;

        Soaking(Run run) {
            this.run = run;
            Options options = run.options();
            cycleNanos = options.duration("cycle").toNanos();
            totalNanos = Math.max(cycleNanos, TimeUnit.MINUTES.toNanos(options.integer("minutes")));
            bulk = run.connect(Events.NONE);
            List<NacosClient> changers = run.connect(CHANGERS, Windows.WIDE, i -> Events.NONE);
            for (String name : run.names("soak", 2)) {
                ChangingService service = new ChangingService(name, options.integer("instances"), changers, faults);
                service.register(run, bulk);
                services.add(service);
            }
            reading = new Subscriber.Shared(services, () -> pushLatency);
            Latency ofTheStalled = new Latency();
            notReading = new Subscriber.Shared(services, () -> ofTheStalled);
            healthy = IntStream.range(0, HEALTHY)
                    .mapToObj(i -> new Subscriber(reading, true))
                    .toList();
            stalled = IntStream.range(0, options.integer("stalled"))
                    .mapToObj(i -> new Subscriber(notReading, true))
                    .toList();
            healthyClients = run.connect(healthy.size(), Windows.WIDE, healthy::get);
            stalledClients = run.connect(stalled.size(), Windows.DEFAULT, stalled::get);
            for (List<NacosClient> clients : List.of(healthyClients, stalledClients)) {
                clients.forEach(client ->
                        services.forEach(service -> run.ask(client, Request.subscribe(service.name(), true))));
            }
            changes = new Changes(bulk, services, Duration.ofMillis(500)).start();
            crowd = new Crowd(run, "crowd", options.integer("crowd"), 10);
            crowd.come(32);

            dataIds = run.names("soak-config", PUBLISHERS * CONFIGS_PER_PUBLISHER);
            acknowledged = new AtomicLongArray(dataIds.size());
            publishers = run.connect(PUBLISHERS, Windows.WIDE, i -> Events.NONE);
            for (int i = 0; i < dataIds.size(); i++) {
                run.ask(bulk, Request.publishConfig(dataIds.get(i), content(i, 0)));
            }
            publishing = new ClosedLoop(publishers, new Publishing(), faults, Duration.ofMillis(100));
            configReading = new ClosedLoop(
                    run.connect(READERS, Windows.WIDE, i -> Events.NONE), new Reading(), faults, Duration.ofMillis(20));
            registering = run.connect(REGISTERING, Windows.WIDE, i -> Events.NONE);
            registerServices = run.names("soak-register", REGISTERING * SERVICES_PER_CLIENT);
            registers = new ClosedLoop(registering, new Registering(), faults, Duration.ofMillis(20));
            others = new Bystanders(run);
        }

        private String content(int config, long version) {
            return Contents.of(dataIds.get(config), version, CONFIG_SIZE);
        }

        private static int config(int publisher, long call) {
            return publisher * CONFIGS_PER_PUBLISHER + (int) (call % CONFIGS_PER_PUBLISHER);
        }

        private final class Publishing implements ClosedLoop.Load {
            @Override
            public Request next(int client, long call) {
                int config = config(client, call);
                return Request.publishConfig(dataIds.get(config), content(config, call + 1));
            }

            @Override
            public void answered(int client, long call, Reply reply) {
                acknowledged.set(config(client, call), call + 1);
            }
        }

        private final class Reading implements ClosedLoop.Load {
            @Override
            public Request next(int client, long call) {
                return Request.readConfig(dataIds.get((int) ((call * READERS + client) % dataIds.size())));
            }

            @Override
            public void answered(int client, long call, Reply reply) {
                String dataId = dataIds.get((int) ((call * READERS + client) % dataIds.size()));
                String found = reply.body().text("content");
                String[] words = found.split(" ", 4);
                if (words.length < 4 || !found.equals(Contents.of(dataId, Long.parseLong(words[2]), CONFIG_SIZE))) {
                    faults.add("read of " + dataId + " gave '" + found + "'");
                }
            }
        }

        private final class Registering implements ClosedLoop.Load {
            @Override
            public Request next(int client, long call) {
                return call % 2 == 0
                        ? Request.register(registerService(client, call), instance(client, call))
                        : Request.deregister(registerService(client, call), instance(client, call));
            }

            @Override
            public void answered(int client, long call, Reply reply) {
                lastRegister.set(client, call);
            }
        }

        private String registerService(int client, long call) {
            return registerServices.get(client * SERVICES_PER_CLIENT + (int) (call / 2 % SERVICES_PER_CLIENT));
        }

        private static BenchInstance instance(int client, long call) {
            return BenchInstance.of(client * 5_000 + (int) (call / 2 % 5_000));
        }

        void run() throws InterruptedException {
            publishing.start();
            configReading.start();
            registers.start();
            Bystanders.Phase undisturbed =
                    others.undisturbed(Duration.ofNanos(Math.min(cycleNanos / 4, 10_000_000_000L)));
            Bystanders.Phase disturbed = others.phase();
            String csv = run.options().text("csv");
            Probe.Span span = run.probe().begin();
            Probe.Span last;
            LineLog log = csv.isEmpty()
                    ? null
                    : new LineLog(
                            Path.of(csv),
                            run.probe(),
                            "query_p99_ms,push_p99_ms,config_reads,config_publishes,registers,crowd,faults",
                            () -> state(disturbed));
            try {
                last = cycles(span, disturbed);
            } finally {
                if (log != null) {
                    log.close();
                }
                release();
            }
            span.end();
            last.end();
            others.phase();
            finish(span, last, undisturbed, disturbed);
        }

        private String state(Bystanders.Phase phase) {
            return String.format(
                    Locale.ROOT,
                    "%.2f,%.2f,%d,%d,%d,%d,%d",
                    phase.query().percentileMillis(99),
                    phase.push().percentileMillis(99),
                    configReading.finished(),
                    publishing.finished(),
                    registers.finished(),
                    crowd.settled(),
                    faults.count() + others.faults().count());
        }

        /** Answers the span that the slope is taken of. */
        private Probe.Span cycles(Probe.Span all, Bystanders.Phase phase) throws InterruptedException {
            long begin = System.nanoTime();
            Probe.Span last = all;
            Duration twelfth = Duration.ofNanos(cycleNanos / TWELFTHS);
            for (int cycle = 0; System.nanoTime() - begin < totalNanos; cycle++) {
                for (int part = 0; part < TWELFTHS; part++) {
                    if (last == all
                            && totalNanos > SLOPE_OF.toNanos()
                            && System.nanoTime() - begin > totalNanos - SLOPE_OF.toNanos()) {
                        last = run.probe().begin();
                    }
                    long due = begin + cycle * cycleNanos + (part + 1) * twelfth.toNanos();
                    step(cycle, part);
                    Duration rest = Duration.ofNanos(Math.max(0, due - System.nanoTime()));
                    String where = String.format(
                            "soak %d of %d s:",
                            TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin),
                            TimeUnit.NANOSECONDS.toSeconds(totalNanos));
                    run.pass(
                            where,
                            rest,
                            () -> phase.state() + "  faults "
                                    + (faults.count() + others.faults().count()));
                }
                converged(cycle);
            }
            return last;
        }

        private void step(int cycle, int part) throws InterruptedException {
            switch (part) {
                case 0 -> {
                    stalledClients.forEach(NacosClient::stallPushes);
                    if (cycle % 2 == 0) {
                        held = HeldProcess.start(
                                run,
                                HELD,
                                run.named("soak-held"),
                                services.stream().map(ChangingService::name).toList());
                        held.stop();
                    }
                }
                case 2 -> {
                    deaf = new DeafPeers(run, DEAF, "both");
                    deaf.ask(i -> Request.query(services.get(0).name()), DEAF_QUERIES, false);
                }
                case 6 -> {
                    if (deaf != null) {
                        deaf.close();
                        deaf = null;
                    }
                }
                case 7 -> {
                    stormed &= crowd.settled() == crowd.size();
                    crowd.go();
                    crowd.come(crowd.size());
                }
                case 9 -> stalledClients.forEach(NacosClient::wakePushes);
                case 10 -> {
                    if (held != null) {
                        held.close();
                        held = null;
                    }
                }
                default -> {}
            }
        }

        private void converged(int cycle) throws InterruptedException {
            long[] revs = services.stream().mapToLong(ChangingService::rev).toArray();
            boolean all = run.until(
                    "converging", CONVERGE, () -> "", () -> stalled.stream().allMatch(one -> one.hasSeen(revs)));
            if (!all) {
                notConverged.add("cycle " + cycle + ": "
                        + stalled.stream().filter(one -> !one.hasSeen(revs)).count() + " of " + stalled.size());
            }
        }

        private void release() {
            if (deaf != null) {
                deaf.close();
            }
            if (held != null) {
                held.close();
            }
        }

        private void finish(Probe.Span span, Probe.Span last, Bystanders.Phase undisturbed, Bystanders.Phase disturbed)
                throws InterruptedException {
            changes.stop();
            boolean stopped = publishing.stop();
            stopped &= configReading.stop();
            stopped &= registers.stop();
            run.report().require("all calls answered", stopped, "some were not");
            boolean current = run.until(
                    "final state",
                    CONVERGE,
                    () -> "",
                    () -> healthy.stream().allMatch(Subscriber::isCurrent)
                            && stalled.stream().allMatch(Subscriber::isCurrent)
                            && crowd.settled() == crowd.size());
            run.latency("healthy push", pushLatency);
            run.latency("config publish", publishing.latency());
            run.latency("config read", configReading.latency());
            run.latency("register", registers.latency());
            others.report(undisturbed, disturbed, "in the soak");
            run.process(span, Double.POSITIVE_INFINITY);
            run.line(span);
            if (run.probe().sees()) {
                double minutes = last.seconds() / 60;
                run.report().figure("slope taken of the last", minutes, "min");
                run.report().atMost("resident rise in that time", last.slopeMiBPerMinute() * minutes, "MB", 1);
            }
            run.report()
                    .require(
                            "all subscribers saw the final state, the crowd is back",
                            current,
                            crowd.settled() + " in the crowd");
            for (Subscriber subscriber : healthy) {
                String difference = subscriber.difference();
                run.report()
                        .require(
                                "a healthy subscriber's last push is the final state",
                                difference.isEmpty(),
                                difference);
            }
            run.report()
                    .require(
                            "the stalled converged after each waking",
                            notConverged.count() == 0,
                            notConverged.toString());
            run.report()
                    .require("no stalled connection dropped", notReading.lost.count() == 0, notReading.lost.toString());
            run.report().require("no healthy connection dropped", reading.lost.count() == 0, reading.lost.toString());
            run.report().require("the crowd came back from each storm", stormed, crowd.given() + " " + crowd.refused());
            run.report().require("no call failed", faults.count() == 0, faults.toString());
            configsReadBack();
            registrationsVisible();
            others.finish();
            run.alive();
            run.report()
                    .note("causes: " + stalled.size() + " stalled, " + DEAF + " deaf x " + DEAF_QUERIES + " queries, "
                            + HELD + " connections of a stopped process, a storm of " + crowd.size() + ", every "
                            + run.options().text("cycle") + "; closed loops with a pause between calls");
            crowd.go();
            Run.closeAll(stalledClients);
            Run.closeAll(healthyClients);
            bulk.close();
        }

        private void configsReadBack() {
            Faults wrong = new Faults();
            for (int i = 0; i < dataIds.size(); i++) {
                Reply reply = run.await(bulk.ask(Request.readConfig(dataIds.get(i))));
                if (!reply.ok() || !reply.body().contains(Message.ascii(content(i, acknowledged.get(i))))) {
                    wrong.add(dataIds.get(i) + " is not at version " + acknowledged.get(i) + ": " + reply.error());
                }
                run.ask(bulk, Request.removeConfig(dataIds.get(i)));
            }
            run.report().require("every acknowledged config reads back", wrong.count() == 0, wrong.toString());
        }

        private void registrationsVisible() {
            String missing = crowd.missing(bulk);
            Faults wrong = new Faults();
            for (int client = 0; client < REGISTERING; client++) {
                long call = lastRegister.get(client);
                String answer = run.ask(bulk, Request.query(registerService(client, call)))
                        .body()
                        .json();
                boolean visible = answer.contains('"' + instance(client, call).ip() + '"');
                if (visible != (call % 2 == 0)) {
                    wrong.add(registerService(client, call) + " shows " + visible + " (expected: " + (call % 2 == 0)
                            + ")");
                }
            }
            run.report()
                    .require(
                            "every live registration visible, no ended one",
                            missing.isEmpty() && wrong.count() == 0,
                            missing + " " + wrong);
        }
    }
}
