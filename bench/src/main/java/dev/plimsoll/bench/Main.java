package dev.plimsoll.bench;

import dev.plimsoll.bench.client.ClientLoops;
import dev.plimsoll.bench.client.Target;
import dev.plimsoll.bench.client.WireException;
import dev.plimsoll.bench.measure.Probe;
import dev.plimsoll.bench.measure.Progress;
import dev.plimsoll.bench.measure.Report;
import dev.plimsoll.bench.scenario.Options;
import dev.plimsoll.bench.scenario.Run;
import dev.plimsoll.bench.scenario.Scenario;
import dev.plimsoll.bench.scenario.Scenarios;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code plimsoll bench SCENARIO --target host:port ...}. */
public final class Main {
    private static final int PASSED = 0;
    private static final int FAILED = 1;
    private static final int REFUSED = 2;

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        System.exit(run(List.of(args), System.out, System.err, Boolean.getBoolean("plimsoll.terminal")));
    }

    /** Runs one scenario; the status is 0 passed, 1 failed, 2 refused. */
    public static int run(List<String> words, PrintStream out, PrintStream err, boolean terminal)
            throws InterruptedException {
        String name = words.isEmpty() ? "--help" : words.get(0);
        if (name.equals("--help") || name.equals("-h") || name.equals("help") || words.contains("--help")) {
            help(out);
            return PASSED;
        }
        Scenario scenario = Stream.concat(Scenarios.all().stream(), Stream.of(Scenarios.hold()))
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElse(null);
        if (scenario == null) {
            err.println("bench: unknown scenario '" + name + "' (expected: one of "
                    + Scenarios.all().stream().map(Scenario::name).toList() + ")");
            return REFUSED;
        }
        try {
            Options options = common(scenario.options()).parse(words.subList(1, words.size()));
            return run(scenario, options, out, err, terminal);
        } catch (IllegalArgumentException e) {
            err.println("bench: " + e.getMessage());
            return REFUSED;
        }
    }

    private static int run(Scenario scenario, Options options, PrintStream out, PrintStream err, boolean terminal)
            throws InterruptedException {
        if (options.text("target").isEmpty()) {
            throw new IllegalArgumentException("--target is missing (expected: host:port of the server)");
        }
        Target target = Target.parse(
                options.text("target"),
                options.text("grpc"),
                options.choice("tls", "on", "off").equals("on"));
        boolean expecting = options.choice("expect", "on", "off").equals("on");
        Report report = new Report(scenario.name(), target.toString(), expecting);
        Progress progress = new Progress(out, terminal);
        String prefix =
                "bench-" + ProcessHandle.current().pid() + "-" + Long.toString(System.nanoTime() & 0xfffff, 36) + "-";
        try (Probe probe = new Probe(pid(options));
                ClientLoops loops = new ClientLoops(options.integer("loops"))) {
            scenario.run(new Run(target, loops, probe, report, progress, options, prefix));
        } catch (WireException e) {
            report.require("the scenario ran to its end", false, String.valueOf(e.getMessage()));
            progress.clear();
            report.print(out);
            err.println("bench: " + scenario.name() + ": " + e.getMessage());
            return FAILED;
        }
        progress.clear();
        if (options.text("pid").isEmpty()) {
            report.note("no --pid: memory and processor time of the server not sampled");
        }
        report.print(out);
        return report.passed() ? PASSED : FAILED;
    }

    private static @Nullable Long pid(Options options) {
        return options.text("pid").isEmpty() ? null : Long.valueOf(options.integer("pid"));
    }

    private static Options common(Options options) {
        return options.option("target", "", "host:port of the server's HTTP")
                .option("grpc", "", "host:port of its gRPC; the target's port + 1000 when not given")
                .option("tls", "off", "on: clients of gRPC speak TLS, and trust whatever certificate there is")
                .option("pid", "", "the server's process on this machine, to sample its memory and processor time")
                .option("expect", "on", "off: print only, judge nothing")
                .option("loops", "2", "threads of the load");
    }

    private static void help(PrintStream out) {
        out.println("usage: plimsoll bench SCENARIO --target host:port [--pid N] [options]");
        out.println();
        out.println("for every scenario:");
        out.print(common(new Options()).help());
        for (Scenario scenario : Scenarios.all()) {
            out.println();
            out.println(scenario.name() + ": " + scenario.summary());
            out.print(scenario.options().help());
        }
    }
}
