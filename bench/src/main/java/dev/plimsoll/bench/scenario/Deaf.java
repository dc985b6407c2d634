package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.BenchInstance;
import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.measure.Probe;
import java.time.Duration;
import java.util.stream.IntStream;

/** Big answers that nobody reads. */
final class Deaf implements Scenario {
    private static final double GROWTH = 24;

    @Override
    public String name() {
        return "deaf";
    }

    @Override
    public String summary() {
        return "pipelines big queries without reading the answers";
    }

    @Override
    public Options options() {
        return new Options()
                .option("connections", "10", "that do not read")
                .option("queries", "1000", "pipelined on each")
                .option("instances", "500", "of the queried service")
                .option("deaf", "both", "window (no HTTP/2 window granted), tcp (socket unread) or both, half each")
                .option("ignore-limit", "false", "true: send all at once, whatever number of streams the server allows")
                .option("baseline", "10", "undisturbed time before")
                .option("seconds", "20", "time with the deaf ones");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        String mode = options.choice("deaf", "window", "tcp", "both");
        boolean ignoreLimit = options.choice("ignore-limit", "true", "false").equals("true");
        NacosClient provider = run.connect(Events.NONE);
        String service = run.named("deaf");
        run.ask(
                provider,
                Request.registerAll(
                        service,
                        IntStream.range(0, options.integer("instances"))
                                .mapToObj(BenchInstance::of)
                                .toList()));
        Request query = Request.query(service);
        int size = run.ask(provider, query).body().size();
        Bystanders others = new Bystanders(run);
        Bystanders.Phase undisturbed = others.undisturbed(options.duration("baseline"));

        DeafPeers deaf = new DeafPeers(run, options.integer("connections"), mode);
        Bystanders.Phase disturbed = others.phase();
        Probe.Span span = run.probe().begin();
        deaf.ask(i -> query, options.integer("queries"), ignoreLimit);
        run.pass("deaf", options.duration("seconds"), disturbed::state);
        span.end();
        long unsent = deaf.unsent();
        others.phase();
        run.report().figure("answer", size, "B");
        run.report().count("queries sent", (long) options.integer("connections") * options.integer("queries") - unsent);
        run.report().count("kept back by the server's stream limit", unsent);
        run.report().count("deaf connections the server closed", deaf.dropped().count());
        others.report(undisturbed, disturbed, "meanwhile");
        run.process(span, GROWTH);

        deaf.close();
        Bystanders.Phase after = others.phase();
        run.pass("after they left", Duration.ofSeconds(5), after::state);
        if (run.probe().sees()) {
            run.report().figure("resident after they left", run.probe().begin().startMiB(), "MB");
        }
        others.finish();
        run.alive();
        run.report()
                .note("deaf: " + mode
                        + "; others in a closed loop: a query 5 ms after the last answer, a change each 50 ms");
        if (deaf.dropped().count() > 0) {
            run.report().note("deaf connections closed: " + deaf.dropped());
        }
        provider.close();
    }
}
