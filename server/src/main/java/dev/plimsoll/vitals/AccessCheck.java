package dev.plimsoll.vitals;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Whether calls are denied for longer than it takes clients to log in anew. A fleet whose tokens end together is denied once
 * and no more.
 */
final class AccessCheck implements Check {
    static final Condition DENIED = new Condition(
            "access",
            "calls are denied",
            "clients without a permission, with a login that is not known any more, or somebody who tries: look at the"
                    + " addresses named, and give their role what they need (the command permission)");

    private static final long MANY = 30; // a minute
    private static final long FEW = 10;
    private static final int SHORT = 2; // looks that new logins may last

    private final LongSupplier denied;
    private final Talkers who;
    private long before;
    private int lasting; // looks in a row

    /** @param denied so far */
    AccessCheck(LongSupplier denied, Talkers who) {
        this.denied = denied;
        this.who = who;
    }

    @Override
    public String name() {
        return DENIED.check();
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Measured look(Findings findings) {
        long all = denied.getAsLong();
        long now = all - before;
        before = all;
        lasting = now > MANY ? lasting + 1 : 0;
        String evidence = now + " denied in the last minute";
        if (lasting > SHORT) {
            findings.found(DENIED, Severity.WARNING, evidence + "; most from " + most());
        } else if (now < FEW) {
            findings.over(DENIED, evidence);
        }
        return Measured.of(evidence);
    }

    private String most() {
        String most = who.most(3).stream()
                .map(talker -> talker.name() + " " + Math.round(talker.share() * 100) + " %")
                .collect(Collectors.joining(", "));
        return most.isEmpty() ? "many, none with a twentieth" : most;
    }
}
