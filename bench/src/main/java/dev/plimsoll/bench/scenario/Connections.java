package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.measure.Probe;
import java.time.Duration;

/** Many connections, each with one instance and one subscription: what each costs, coming and staying. */
final class Connections implements Scenario {
    @Override
    public String name() {
        return "connections";
    }

    @Override
    public String summary() {
        return "many connections, each with one instance and one subscription";
    }

    @Override
    public Options options() {
        return new Options()
                .option("count", "5000", "connections")
                .option("share", "10", "connections that have a service in common; 1: a service each")
                .option("parallel", "64", "connecting at a time")
                .option("idle", "20", "time in which only health checks go on");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        int count = options.integer("count");
        NacosClient asker = run.connect(Events.NONE);
        Crowd warmup = new Crowd(run, "warmup", Math.min(500, count), options.integer("share"));
        warmup.come(options.integer("parallel"));
        run.until("warming up", Duration.ofSeconds(30), () -> "", () -> warmup.settled() == warmup.size());
        warmup.go();
        run.pass("warming up", Duration.ofSeconds(3), () -> "");

        Crowd crowd = new Crowd(run, "connections", count, options.integer("share"));
        Probe.Span coming = run.probe().begin();
        long begin = System.nanoTime();
        crowd.come(options.integer("parallel"));
        boolean all = run.until(
                "connecting",
                Duration.ofSeconds(60),
                () -> crowd.settled() + " of " + count,
                () -> crowd.settled() + crowd.given().count() >= count);
        double seconds = (System.nanoTime() - begin) / 1e9;
        run.report()
                .require("all connected", all && crowd.settled() == count, crowd.settled() + " did, " + crowd.given());
        run.report().atLeast("connect rate", crowd.settled() / seconds, "/s", 500);
        run.pass("settling", Duration.ofSeconds(3), () -> "");
        coming.end();
        Probe.Span idle = run.probe().begin();
        run.pass("idle", options.duration("idle"), () -> "");
        idle.end();
        if (run.probe().sees()) {
            run.report()
                    .atMost("resident per connection", (idle.endMiB() - coming.startMiB()) * 1024 / count, "KB", 40);
            run.report().figure("server CPU per connection made", coming.cpuMicros() / count, "us");
            run.report().atMost("idle CPU", idle.cores() * 100, "% of a core", 5);
        }
        run.process(coming, Double.POSITIVE_INFINITY);
        String missing = crowd.missing(asker);
        run.report().require("every registration visible", missing.isEmpty(), missing);
        run.report()
                .require(
                        "no connection dropped",
                        crowd.lost().count() == 0,
                        crowd.lost().toString());
        run.report()
                .require(
                        "health checks answered",
                        crowd.unhealthy().count() == 0,
                        crowd.unhealthy().toString());
        run.report()
                .require(
                        "none refused",
                        crowd.refused().count() == 0,
                        crowd.refused().toString());
        run.alive();
        run.report()
                .note(
                        "a connection made is: connect, server check, setup, register, subscribe; the warm-up made and closed "
                                + warmup.size() + "; health checks each 5 s while idle");
        crowd.go();
        asker.close();
    }
}
