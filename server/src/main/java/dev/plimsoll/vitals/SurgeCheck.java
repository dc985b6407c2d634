package dev.plimsoll.vitals;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether more is asked than usual: for each kind of request, the mean of the last two minutes against what nineteen of
 * twenty stretches of ten minutes of the day before stayed below. So what comes every night is usual the next day.
 */
final class SurgeCheck implements Check {
    static final Condition SURGE = new Condition(
            "surge",
            "more requests than usual",
            "look at who asks: a client in a loop is restarted or fixed; a fleet that has grown needs a larger line");

    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration STEP = Duration.ofMinutes(10);
    private static final int LATE = 2; // steps that the surge itself may be in
    private static final int LEAST = 6; // steps without which nothing is usual
    private static final int AGAIN = 10; // looks until what is usual is found out anew
    private static final double TIMES = 3;
    private static final double TIMES_OVER = 2;
    private static final double FEW = 20; // a second

    private final Sampler sampler;
    private final Traffic traffic;
    private final Map<RequestKind, Double> usual = new HashMap<>();
    private int looks;

    SurgeCheck(Sampler sampler, Traffic traffic) {
        this.sampler = sampler;
        this.traffic = traffic;
    }

    @Override
    public String name() {
        return SURGE.check();
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Measured look(Findings findings) {
        if (looks++ % AGAIN == 0) {
            learn();
        }
        traffic.fade();
        double all = 0;
        for (RequestKind kind : RequestKind.values()) {
            double now = sampler.recently(gauge(kind), Sampler.RECENT);
            all += Double.isNaN(now) ? 0 : now;
            Double most = usual.get(kind);
            if (most == null || Double.isNaN(now)) {
                continue;
            }
            String evidence = String.format(
                    Locale.ROOT, "%s: %.0f a second for two minutes, usually at most %.1f", kind.word(), now, most);
            if (now > most * TIMES + FEW) {
                findings.found(SURGE, kind.word(), Severity.WARNING, evidence + by(kind));
            } else if (now <= most * TIMES_OVER + FEW) {
                findings.over(SURGE, kind.word(), evidence);
            }
        }
        String measured = String.format(Locale.ROOT, "%.1f requests a second", all);
        return usual.isEmpty()
                ? Measured.tooLittle(measured + "; an hour is needed to know what is usual")
                : Measured.of(measured);
    }

    private void learn() {
        List<String> gauges =
                Arrays.stream(RequestKind.values()).map(SurgeCheck::gauge).toList();
        Curves day = sampler.read(DAY, STEP, gauges);
        usual.clear();
        Iterator<Curves.Curve> curves = day.curves().iterator();
        for (RequestKind kind : RequestKind.values()) {
            float[] rates = curves.next().values();
            float[] known = numbers(Arrays.copyOf(rates, Math.max(0, rates.length - LATE)));
            if (known.length >= LEAST) {
                Arrays.sort(known);
                usual.put(kind, (double) known[(known.length - 1) * 19 / 20]);
            }
        }
    }

    private static float[] numbers(float[] values) {
        var numbers = new float[values.length];
        int n = 0;
        for (float value : values) {
            if (!Float.isNaN(value)) {
                numbers[n++] = value;
            }
        }
        return Arrays.copyOf(numbers, n);
    }

    /** Three addresses, two namespaces and three names at most, since a finding has room for no more. */
    private String by(RequestKind kind) {
        Traffic.Askers askers = traffic.askers(kind);
        return words("; most from ", askers.addresses(), 3)
                + words("; in namespace ", askers.namespaces(), 2)
                + words("; about ", askers.names(), 3);
    }

    private static String words(String what, Talkers talkers, int count) {
        if (talkers.isSilent()) {
            return "";
        }
        String most = talkers.most(count).stream()
                .map(talker -> (talker.name().isEmpty() ? "public" : talker.name()) + " "
                        + Math.round(talker.share() * 100) + " %")
                .collect(Collectors.joining(", "));
        return what + (most.isEmpty() ? "many, none with a twentieth" : most);
    }

    private static String gauge(RequestKind kind) {
        return "requests." + kind.word();
    }
}
