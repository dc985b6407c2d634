package dev.plimsoll.vitals;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a server's samples and checks cost once a day of samples is there, in processor time for an hour of them; reading the
 * process and the domains is not in it, since all gauges are constant here. Run by hand, {@code CheckupLoad}.
 */
public final class CheckupLoad {
    private static final int ACCOUNTS = 16;
    private static final List<String> LEVELS = List.of(
            "resident",
            "direct-used",
            "heap-live",
            "clients",
            "connections",
            "instances",
            "subscriptions",
            "udp-subscribers",
            "configs",
            "listeners");

    private CheckupLoad() {}

    public static void main(String[] arguments) throws IOException {
        var names = new ArrayList<>(LEVELS);
        var budget = new MemoryBudget(1 << 20, 1 << 20);
        for (int i = 0; i < ACCOUNTS; i++) {
            names.add("account." + budget.heap("a" + i, 0.05).word());
        }
        var admission = new Admission(budget.accounts().get(0), budget.direct("outbound", 0.5), 1 << 20);
        names.add("account.outbound");
        for (int i = names.size(); i < 70; i++) {
            names.add("other" + i); // as many columns as a server has
        }
        var fixture = new SampledFixture(Files.createTempDirectory("checkup"), names);
        var watch = new DirectWatch(budget, () -> new DirectWatch.Direct(0, 0, 0), 2);
        var memory = new Memory(256 << 20, 132 << 20, 44 << 20, budget, admission, watch, fixture.findings);
        var noHost = new Host(
                Files.createTempDirectory("host"),
                Files.createTempDirectory("disk"),
                OptionalLong::empty,
                OptionalLong::empty);
        fixture.pass(Duration.ofHours(25));
        cost("samples", fixture);
        Checkup.of(fixture.loop, memory, fixture.sampler, fixture.traffic, noHost, List::of, List::of, () -> 0, () -> 0)
                .start();
        for (int hour = 0; hour < 5; hour++) {
            cost("samples and checks", fixture);
        }
    }

    private static void cost(String what, SampledFixture fixture) {
        long before = cpuNanos();
        fixture.pass(Duration.ofHours(1));
        double millis = (cpuNanos() - before) / 1e6;
        System.out.printf("%s: %.0f ms for an hour, %.4f %% of a core%n", what, millis, millis / 36_000);
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
