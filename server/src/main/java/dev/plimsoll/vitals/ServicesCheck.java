package dev.plimsoll.vitals;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Whether a service is so large that no client could be told of one instance more. Whoever registers it is refused then, and
 * nobody calls it: its owner sees an error in a log at best.
 */
final class ServicesCheck implements Check {
    static final Condition TOO_LARGE = new Condition(
            "services",
            "a service is too large to be shown",
            "instances that would be more are refused, as no client could be told of all: divide the service, shorten its"
                    + " instances' metadata, or give a larger --memory");
    static final Condition NEARLY = new Condition(
            "services",
            "a service is nearly too large to be shown",
            "soon its instances are refused: divide it, shorten its instances' metadata, or give a larger --memory");

    private static final int LONG = 5; // looks with refusals, until it is critical

    private final Supplier<List<Crowd>> crowds;
    private final Map<String, Seen> seen = new HashMap<>(); // by service: as few as the crowds

    /** What was found of a service. */
    private static final class Seen {
        private Condition condition = NEARLY;
        private long refused;
        private int refusing; // looks in a row
    }

    /** @param crowds a few */
    ServicesCheck(Supplier<List<Crowd>> crowds) {
        this.crowds = crowds;
    }

    @Override
    public String name() {
        return TOO_LARGE.check();
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Measured look(Findings findings) {
        List<Crowd> now = crowds.get();
        var there = new HashSet<String>();
        int tooLarge = 0;
        for (Crowd crowd : now) {
            if (there.add(crowd.service())) {
                tooLarge += look(crowd, findings) ? 1 : 0;
            }
        }
        seen.entrySet().removeIf(each -> {
            boolean gone = !there.contains(each.getKey());
            if (gone) {
                findings.over(
                        each.getValue().condition, each.getKey(), "it has room, or nobody has been refused lately");
            }
            return gone;
        });
        return Measured.of(tooLarge + " refuse instances, " + (there.size() - tooLarge) + " soon will");
    }

    /** True when it is too large. */
    private boolean look(Crowd crowd, Findings findings) {
        Seen before = seen.computeIfAbsent(crowd.service(), service -> new Seen());
        before.refusing = crowd.refused() > before.refused ? before.refusing + 1 : 0;
        before.refused = crowd.refused();
        boolean over = crowd.bytes() > crowd.most(); // as after a start with a smaller line
        Condition condition = over || crowd.refused() > 0 ? TOO_LARGE : NEARLY;
        String evidence = "its instances take " + GrowthCheck.amount(crowd.bytes()) + " of "
                + GrowthCheck.amount(crowd.most()) + " when they are shown"
                + (crowd.refused() == 0
                        ? ""
                        : "; " + crowd.refused() + " registrations refused, the last one " + crowd.quietMillis() / 1_000
                                + " s ago");
        if (!condition.equals(before.condition)) {
            findings.over(before.condition, crowd.service(), evidence);
            before.condition = condition;
        }
        boolean critical = over || before.refusing > LONG;
        findings.found(condition, crowd.service(), critical ? Severity.CRITICAL : Severity.WARNING, evidence);
        return condition.equals(TOO_LARGE);
    }
}
