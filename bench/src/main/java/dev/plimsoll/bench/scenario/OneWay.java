package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.measure.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Peers vanish without a word: no FIN, no reset, no answer. */
final class OneWay implements Scenario {
    /** Idle for 20 s, asked, and given 5 s; twice that. */
    private static final Duration GONE_WITHIN = Duration.ofSeconds(50);

    @Override
    public String name() {
        return "oneway";
    }

    @Override
    public String summary() {
        return "peers vanish without FIN: a process holding the connections is stopped, and killed later";
    }

    @Override
    public Options options() {
        return new Options()
                .option("connections", "200", "that vanish")
                .option("services", "2", "each subscribed by all of them")
                .option("instances", "200", "of each service")
                .option("every", "500ms", "one change of each service")
                .option("baseline", "10", "undisturbed time before")
                .option("seconds", "60", "time after they vanish")
                .option("line", "256m", "resident size the server must keep to");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        int count = options.integer("connections");
        Faults faults = new Faults();
        NacosClient bulk = run.connect(Events.NONE);
        NacosClient changer = run.connect(Events.NONE);
        List<ChangingService> services = new ArrayList<>();
        for (String name : run.names("oneway", options.integer("services"))) {
            ChangingService service = new ChangingService(name, options.integer("instances"), List.of(changer), faults);
            service.register(run, bulk);
            services.add(service);
        }
        String held = run.named("held");
        Request query = Request.query(held);
        run.progress().show("starting the process that holds " + count + " connections");
        try (HeldProcess process = HeldProcess.start(
                run, count, held, services.stream().map(ChangingService::name).toList())) {
            Changes changes = new Changes(changer, services, options.duration("every")).start();
            Bystanders others = new Bystanders(run);
            Bystanders.Phase undisturbed = others.undisturbed(options.duration("baseline"));
            run.report()
                    .require(
                            "all were there",
                            hosts(run, bulk, query) == count,
                            hosts(run, bulk, query) + " of " + count);

            Bystanders.Phase disturbed = others.phase();
            Probe.Span span = run.probe().begin();
            process.stop();
            long stopped = System.nanoTime();
            boolean gone = run.until("vanished", GONE_WITHIN, disturbed::state, () -> hosts(run, bulk, query) == 0);
            double after = (System.nanoTime() - stopped) / 1e9;
            run.report()
                    .require(
                            "their instances are gone",
                            gone,
                            hosts(run, bulk, query) + " are left after " + after + " s");
            run.report().figure("instances gone after", after, "s");
            Duration rest = options.duration("seconds").minusNanos(System.nanoTime() - stopped);
            run.pass("vanished", rest.isNegative() ? Duration.ZERO : rest, disturbed::state);
            span.end();
            others.phase();
            others.report(undisturbed, disturbed, "meanwhile");
            run.process(span, Double.POSITIVE_INFINITY);
            run.line(span);
            changes.stop();
            others.finish();
        }
        run.report().require("every change accepted", faults.count() == 0, faults.toString());
        run.alive();
        run.report()
                .note(
                        "vanished: a process with " + count
                                + " connections under SIGSTOP, killed in the end; its kernel still takes bytes until its buffers are full");
        bulk.close();
        changer.close();
    }

    private static int hosts(Run run, NacosClient asker, Request query) {
        String json = run.ask(asker, query).body().json();
        int count = 0;
        for (int at = json.indexOf("\"ip\":"); at >= 0; at = json.indexOf("\"ip\":", at + 1)) {
            count++;
        }
        return count;
    }
}
