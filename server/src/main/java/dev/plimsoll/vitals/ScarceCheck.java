package dev.plimsoll.vitals;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Whether something the system gives runs out: file descriptors, or the disk. */
final class ScarceCheck implements Check {
    static final Condition FILES = new Condition(
            "files",
            "file descriptors run out",
            "each connection takes one: raise the limit (LimitNOFILE of systemd, ulimit -n, nofile of the container)");
    static final Condition DISK = new Condition(
            "disk",
            "the disk of the data directory is nearly full",
            "what is published cannot be written then, and is refused: free space, or move the data directory");

    private static final double NO_MORE = 1.1; // of what was little, so that a finding does not come and go

    private final Condition condition;
    private final Supplier<OptionalLong> left;
    private final Supplier<OptionalLong> little;
    private final Supplier<OptionalLong> hardlyAny;
    private final String unit;
    private final double perUnit;

    private ScarceCheck(
            Condition condition,
            Supplier<OptionalLong> left,
            Supplier<OptionalLong> little,
            Supplier<OptionalLong> hardlyAny,
            String unit,
            double perUnit) {
        this.condition = condition;
        this.left = left;
        this.little = little;
        this.hardlyAny = hardlyAny;
        this.unit = unit;
        this.perUnit = perUnit;
    }

    /** File descriptors: a fifth of them left is little, a twentieth hardly any. */
    static ScarceCheck files(Supplier<OptionalLong> open, Supplier<OptionalLong> most) {
        return new ScarceCheck(
                FILES,
                () -> open.get().isEmpty() || most.get().isEmpty()
                        ? OptionalLong.empty()
                        : OptionalLong.of(most.get().getAsLong() - open.get().getAsLong()),
                () -> part(most.get(), 5),
                () -> part(most.get(), 20),
                "descriptors",
                1);
    }

    /** The disk: a gigabyte left is little, 200 megabytes are hardly any. */
    static ScarceCheck disk(Supplier<OptionalLong> free) {
        return new ScarceCheck(
                DISK, free, () -> OptionalLong.of(1L << 30), () -> OptionalLong.of(200L << 20), "MiB", 1 << 20);
    }

    @Override
    public String name() {
        return condition.check();
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Measured look(Findings findings) {
        OptionalLong now = left.get();
        OptionalLong few = little.get();
        OptionalLong least = hardlyAny.get();
        if (now.isEmpty() || few.isEmpty() || least.isEmpty()) {
            return Measured.tooLittle("this system does not tell");
        }
        String evidence = String.format(Locale.ROOT, "%.0f %s left", now.getAsLong() / perUnit, unit);
        if (now.getAsLong() < few.getAsLong()) {
            boolean critical = now.getAsLong() < least.getAsLong();
            findings.found(condition, critical ? Severity.CRITICAL : Severity.WARNING, evidence);
        } else if (now.getAsLong() > NO_MORE * few.getAsLong()) {
            findings.over(condition, evidence);
        }
        return Measured.of(evidence);
    }

    private static OptionalLong part(OptionalLong of, int parts) {
        return of.isEmpty() ? of : OptionalLong.of(of.getAsLong() / parts);
    }
}
