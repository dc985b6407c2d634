package dev.plimsoll.vitals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether something grows towards its limit, and when it would reach it. Looked at over an hour, ten hours and a day: what
 * grows over a window rises in most of it, rises still in its second half, and rises by more than a twenty-fifth of the
 * limit. So a fleet that connects, and then stays, is a level. What grows while that which it is made of grows too, clients
 * or instances, grows with its load; what grows alone is a leak.
 */
final class GrowthCheck implements Check {
    static final Condition ALONE = new Condition(
            "growth",
            "memory grows, and the load does not",
            "this is what a leak looks like: keep the logs, the page /memory and a heap dump, report it, and restart"
                    + " before the limit is reached");
    static final Condition WITH_LOAD = new Condition(
            "growth",
            "memory grows with the load",
            "find out who grows (the pages /clients and /memory), or give a larger --memory before the limit is reached");

    private static final List<Window> WINDOWS = List.of(
            new Window("1 h", Duration.ofHours(1), Duration.ofMinutes(1), 3, 1),
            new Window("10 h", Duration.ofHours(10), Duration.ofMinutes(10), 48, 12),
            new Window("24 h", Duration.ofHours(24), Duration.ofMinutes(20), 7 * 24, 24));
    private static final double STEADY = 0.6;
    private static final double LEAST_RISE = 0.04; // of the limit
    private static final double COVERED = 0.9;
    private static final double SERIOUS = 0.5; // of the limit

    private final Sampler sampler;
    private final List<Subject> subjects;
    private final List<String> load;

    /** @param limit what it may reach, in its own unit */
    record Subject(String gauge, LongSupplier limit) {}

    /**
     * @param warnHours reaching the limit within so many is worth a warning
     * @param criticalHours and within so many it is critical
     */
    private record Window(String words, Duration back, Duration step, double warnHours, double criticalHours) {}

    /** @param hours until the limit */
    private record Growth(Window window, double perHour, double now, double limit, double hours) {
        boolean isCritical() {
            return hours <= window.criticalHours && now >= SERIOUS * limit;
        }
    }

    /** @param load gauges of that which memory is made of */
    GrowthCheck(Sampler sampler, List<Subject> subjects, List<String> load) {
        this.sampler = sampler;
        this.subjects = List.copyOf(subjects);
        this.load = List.copyOf(load);
    }

    @Override
    public String name() {
        return ALONE.check();
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(10);
    }

    @Override
    public Measured look(Findings findings) {
        var worst = new Growth[subjects.size()];
        var because = new String[subjects.size()];
        var said = new ArrayList<String>();
        boolean known = false;
        for (Window window : WINDOWS) {
            var names = new ArrayList<>(subjects.stream().map(Subject::gauge).toList());
            names.addAll(load);
            List<Curves.Curve> curves =
                    sampler.read(window.back, window.step, names).curves();
            if (!covered(curves.get(0).values())) {
                continue;
            }
            known = true;
            for (int i = 0; i < subjects.size(); i++) {
                Growth growth = growth(
                        curves.get(i).values(), window, subjects.get(i).limit().getAsLong());
                if (growth == null) {
                    continue;
                }
                Growth before = worst[i];
                // The longest window says most, unless a shorter one is worse.
                if (before == null || growth.isCritical() || !before.isCritical()) {
                    worst[i] = growth;
                    because[i] = grownBy(curves, relative(curves.get(i).values()));
                }
            }
            said.add(words(subjects.get(0).gauge(), curves.get(0).values(), window));
        }
        for (int i = 0; i < subjects.size(); i++) {
            tell(findings, subjects.get(i).gauge(), worst[i], because[i]);
        }
        return known ? Measured.of(String.join("; ", said)) : Measured.tooLittle("an hour of samples is needed");
    }

    private void tell(Findings findings, String subject, @Nullable Growth growth, @Nullable String because) {
        if (growth == null) {
            findings.over(ALONE, subject, "level");
            findings.over(WITH_LOAD, subject, "level");
            return;
        }
        Condition condition = because == null ? ALONE : WITH_LOAD;
        findings.over(because == null ? WITH_LOAD : ALONE, subject, "another cause");
        String evidence = subject + " grows by " + amount(growth.perHour) + " an hour over " + growth.window.words
                + "; at " + amount(growth.now) + " of " + amount(growth.limit) + ", which it would reach in "
                + hours(growth.hours)
                + (because == null ? "; of " + String.join(", ", load) + " none grows so" : "; " + because);
        findings.found(condition, subject, growth.isCritical() ? Severity.CRITICAL : Severity.WARNING, evidence);
    }

    /** Null when it is a level, or far from its limit. */
    private static @Nullable Growth growth(float[] values, Window window, long limit) {
        Trend all = Trend.of(values);
        Trend half = Trend.of(Arrays.copyOfRange(values, values.length / 2, values.length));
        double stepsPerHour = Duration.ofHours(1).toMillis() / (double) window.step.toMillis();
        boolean rises = all.rising() >= STEADY && half.rising() >= STEADY / 2 && half.perStep() >= all.perStep() / 4;
        if (!covered(values) || !rises || all.perStep() * values.length < LEAST_RISE * limit) {
            return null;
        }
        double perHour = all.perStep() * stepsPerHour;
        double hours = Math.max(0, limit - all.last()) / perHour;
        return hours > window.warnHours ? null : new Growth(window, perHour, all.last(), (double) limit, hours);
    }

    /** Of the load, what grew in the same stretch of time by a like part; null when nothing did. */
    private @Nullable String grownBy(List<Curves.Curve> curves, double relative) {
        for (int i = 0; i < load.size(); i++) {
            Curves.Curve curve = curves.get(subjects.size() + i);
            Trend trend = Trend.of(curve.values());
            double grown = relative(curve.values());
            if (trend.rising() >= STEADY && grown >= relative / 2) {
                return curve.name() + " grew too, by " + Math.round(grown * 100) + " % to " + Math.round(trend.last());
            }
        }
        return null;
    }

    /** By which part of what it was in the beginning it has grown. */
    private static double relative(float[] values) {
        Trend trend = Trend.of(values);
        double rise = trend.perStep() * values.length;
        return rise / Math.max(1, trend.last() - rise);
    }

    private static boolean covered(float[] values) {
        int present = 0;
        for (float value : values) {
            present += Float.isNaN(value) ? 0 : 1;
        }
        return present >= COVERED * values.length;
    }

    private static String words(String gauge, float[] values, Window window) {
        Trend trend = Trend.of(values);
        double perHour = trend.perStep() * Duration.ofHours(1).toMillis() / window.step.toMillis();
        String sign = perHour < 0 ? "-" : "+";
        String kind = trend.rising() >= STEADY ? "rising" : trend.rising() <= -STEADY ? "falling" : "level";
        return gauge + " " + sign + amount(Math.abs(perHour)) + "/h over " + window.words + ", " + kind;
    }

    static String amount(long bytes) {
        return amount((double) bytes);
    }

    private static String amount(double bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (1 << 20));
    }

    private static String hours(double hours) {
        return hours < 2
                ? Math.round(hours * 60) + " min"
                : hours < 48 ? Math.round(hours) + " h" : Math.round(hours / 24) + " days";
    }
}
