package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.measure.Probe;
import java.time.Duration;

/** Everyone disconnects and returns at once. */
final class Storm implements Scenario {
    @Override
    public String name() {
        return "storm";
    }

    @Override
    public String summary() {
        return "everyone disconnects and returns at once, registers and subscribes again";
    }

    @Override
    public Options options() {
        return new Options()
                .option("connections", "2000", "that go and come")
                .option("share", "10", "connections that have a service in common")
                .option("rounds", "3", "storms")
                .option("baseline", "10", "undisturbed time before")
                .option("line", "256m", "resident size the server must keep to");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        int count = options.integer("connections");
        Crowd crowd = new Crowd(run, "storm", count, options.integer("share"));
        crowd.come(64);
        run.until("connecting", Duration.ofSeconds(60), () -> "", () -> crowd.settled() == count);
        Bystanders others = new Bystanders(run);
        Bystanders.Phase undisturbed = others.undisturbed(options.duration("baseline"));
        Bystanders.Phase disturbed = others.phase();
        Probe.Span span = run.probe().begin();
        double longest = 0;
        boolean all = true;
        for (int round = 0; round < options.integer("rounds"); round++) {
            long begin = System.nanoTime();
            crowd.go();
            crowd.come(count);
            all &= run.until(
                    "storm " + (round + 1),
                    Duration.ofSeconds(60),
                    () -> crowd.settled() + " are back  " + disturbed.state(),
                    () -> crowd.settled() == count);
            longest = Math.max(longest, (System.nanoTime() - begin) / 1e9);
            run.pass("calm", Duration.ofSeconds(2), disturbed::state);
        }
        span.end();
        run.report().require("all came back", all, crowd.settled() + " of " + count + ", " + crowd.given());
        run.report().figure("longest return of all", longest, "s");
        run.report()
                .count(
                        "connects and registrations refused, and tried again",
                        crowd.refused().count());
        others.report(undisturbed, disturbed, "in the storm");
        run.process(span, Double.POSITIVE_INFINITY);
        run.line(span);
        NacosClient asker = run.connect(Events.NONE);
        String missing = crowd.missing(asker);
        run.report().require("every live registration visible", missing.isEmpty(), missing);
        run.report()
                .require(
                        "no connection dropped",
                        crowd.lost().count() == 0,
                        crowd.lost().toString());
        others.finish();
        run.alive();
        if (crowd.refused().count() > 0) {
            run.report().note("refused: " + crowd.refused());
        }
        crowd.go();
        asker.close();
    }
}
