package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.measure.Latency;
import dev.plimsoll.bench.measure.Probe;
import java.time.Duration;

/** Many held long polls, of which few at a time are told of a change. */
final class LongPoll implements Scenario {
    private volatile boolean stopped;

    @Override
    public String name() {
        return "longpoll";
    }

    @Override
    public String summary() {
        return "long polls of 1.x clients, held until a configuration changes";
    }

    @Override
    public Options options() {
        return new Options()
                .option("polls", "20000", "held, a connection each")
                .option("share", "20", "polls that wait for the same configuration")
                .option("every", "200ms", "a configuration changes")
                .option("seconds", "60", "measured time")
                .option("warmup", "10", "time before, left out")
                .option("timeout", "30", "seconds a client is willing to wait")
                .option("line", "256m", "resident size the server must keep to");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        int count = options.integer("polls");
        int configs = Math.max(1, count / options.integer("share"));
        Faults faults = new Faults();
        NacosClient publisher = run.connect(Events.NONE);
        double before = run.probe().sees() ? run.probe().now().residentBytes() : 0;
        var waiters = new Waiters(run, count, configs, options.duration("timeout"), faults, publisher);
        waiters.start();
        boolean all = run.until("polling", Duration.ofSeconds(30), waiters::state, () -> waiters.held() == count);
        run.report().require("all polls are held", all, waiters.state());
        change(publisher, waiters, options.duration("every").toNanos(), 0);
        run.pass("warming up", options.duration("warmup"), waiters::state);
        Latency measured = waiters.measure();
        Probe.Span span = run.probe().begin();
        run.pass("polling", options.duration("seconds"), waiters::state);
        span.end();
        waiters.measure();
        stopped = true;
        boolean current = run.until("last notices", Duration.ofSeconds(15), waiters::state, waiters::current);
        run.latency("from publish to notice", measured);
        if (run.probe().sees()) {
            run.report()
                    .figure(
                            "resident per poll and its connection",
                            (run.probe().now().residentBytes() - before) / 1024 / count,
                            "KB");
        }
        run.process(span, Double.POSITIVE_INFINITY);
        run.line(span);
        run.report().require("everybody read the newest version", current, waiters.state());
        run.report().require("no call failed", faults.count() == 0, faults.toString());
        run.alive();
        run.report().note(configs + " configurations, one of which changes every " + options.text("every"));
        waiters.close();
        publisher.close();
    }

    private void change(NacosClient publisher, Waiters waiters, long everyNanos, int config) {
        if (!stopped) {
            waiters.change(publisher, config);
            publisher.schedule(
                    everyNanos, () -> change(publisher, waiters, everyNanos, (config + 1) % waiters.configs()));
        }
    }
}
