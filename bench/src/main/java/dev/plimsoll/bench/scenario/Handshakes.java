package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.measure.Probe;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** TLS that is begun and not ended, in thousands; others must not notice, and newcomers must come in. */
final class Handshakes implements Scenario {
    private static final double GROWTH = 64;

    @Override
    public String name() {
        return "handshakes";
    }

    @Override
    public String summary() {
        return "TLS begun and not ended: half greetings, noise, oversized records, and new keys asked for without end";
    }

    @Override
    public Options options() {
        return new Options()
                .option("silent", "2000", "handshakes left half open at a time, and begun again when they are closed")
                .option("rate", "500", "others begun each second: noise, oversized ones, and whole ones")
                .option("keys", "4", "connections that ask for new keys without end and read nothing")
                .option("baseline", "10", "undisturbed time before")
                .option("seconds", "30", "time of the storm")
                .option("line", "256m", "the server's memory line");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        var others = new Bystanders(run);
        Bystanders.Phase undisturbed = others.undisturbed(options.duration("baseline"));
        Bystanders.Phase disturbed = others.phase();
        Probe.Span span = run.probe().begin();
        var storm = new HandshakeStorm(run);
        storm.begin(options.integer("silent"), options.integer("rate"));
        List<KeyAsker> askers = Stream.generate(() -> new KeyAsker(run.target().grpc()))
                .limit(options.integer("keys"))
                .toList();
        askers.forEach(Thread::start);
        var newcomers = new Newcomers(run);
        newcomers.come();
        run.pass("storm of handshakes", options.duration("seconds"), disturbed::state);
        newcomers.stop();
        span.end();
        storm.end();
        long closed = 0;
        for (KeyAsker asker : askers) {
            closed += asker.end();
        }
        storm.report();
        run.report().count("connections that asked for new keys, closed", closed);
        newcomers.report();
        others.report(undisturbed, disturbed, "meanwhile");
        run.process(span, GROWTH);
        run.line(span);
        Bystanders.Phase after = others.phase();
        run.pass("after the storm", Duration.ofSeconds(2), after::state);
        if (run.probe().sees()) {
            run.report().figure("resident after the storm", run.probe().begin().startMiB(), "MB");
        }
        others.finish();
        run.alive();
    }
}
