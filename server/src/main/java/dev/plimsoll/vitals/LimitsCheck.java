package dev.plimsoll.vitals;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Whether the memory line can hold: its split, the machine and the cgroup it is drawn in, and the resident memory under it.
 */
final class LimitsCheck implements Check {
    static final Condition SPLIT = new Condition(
            "limits",
            "direct memory is not a quarter to a half of the heap",
            "leave the split to the launcher: no -Xmx and no MaxDirectMemorySize among the JVM's options");
    static final Condition MACHINE = new Condition(
            "limits",
            "the memory line is all the machine has",
            "leave a tenth to the system: a smaller --memory, or a larger machine or cgroup");
    static final Condition RESIDENT = new Condition(
            "limits",
            "resident memory is at the memory line",
            "see the page /memory for what holds it; a larger --memory gives room, and a JVM option may have taken it");

    private static final double LEFT_TO_OTHERS = 0.9;
    private static final double NEAR = 0.95;
    private static final double BELOW = 0.92;

    private final Line line;
    private final Supplier<OptionalLong> resident;
    private final Supplier<OptionalLong> machine;
    private final Supplier<OptionalLong> cgroup;

    /** The memory line and its split, in bytes. */
    record Line(long total, long heap, long direct) {}

    LimitsCheck(
            Line line, Supplier<OptionalLong> resident, Supplier<OptionalLong> machine, Supplier<OptionalLong> cgroup) {
        this.line = line;
        this.resident = resident;
        this.machine = machine;
        this.cgroup = cgroup;
    }

    @Override
    public String name() {
        return SPLIT.check();
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Measured look(Findings findings) {
        String split = "heap " + amount(line.heap()) + ", direct " + amount(line.direct());
        if (line.direct() < line.heap() / 4 || line.direct() > line.heap() / 2) {
            findings.found(SPLIT, Severity.WARNING, split);
        } else {
            findings.over(SPLIT, split);
        }
        within(findings, "machine", machine.get(), LEFT_TO_OTHERS);
        within(findings, "cgroup", cgroup.get(), 1); // nothing else need live in it
        OptionalLong now = resident.get();
        if (now.isEmpty()) {
            return Measured.of(split + "; resident memory is not told by this system");
        }
        long bytes = now.getAsLong();
        String evidence = amount(bytes) + " resident, line " + amount(line.total());
        if (bytes > NEAR * line.total()) {
            findings.found(
                    RESIDENT, bytes > line.total() ? Severity.CRITICAL : Severity.WARNING, evidence + "; " + split);
        } else if (bytes < BELOW * line.total()) {
            findings.over(RESIDENT, evidence);
        }
        return Measured.of(evidence + "; " + split);
    }

    private void within(Findings findings, String whose, OptionalLong has, double part) {
        if (has.isEmpty()) {
            return;
        }
        String evidence = "line " + amount(line.total()) + ", " + whose + " " + amount(has.getAsLong());
        if (line.total() > part * has.getAsLong()) {
            findings.found(MACHINE, whose, Severity.WARNING, evidence);
        } else {
            findings.over(MACHINE, whose, evidence);
        }
    }

    private static String amount(long bytes) {
        return GrowthCheck.amount(bytes);
    }
}
