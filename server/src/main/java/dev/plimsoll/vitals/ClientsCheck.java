package dev.plimsoll.vitals;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Whether clients fail to take what they are sent: parked for long, or failing again and again. */
final class ClientsCheck implements Check {
    static final Condition SOME = new Condition(
            "clients",
            "clients do not take what they are sent",
            "look at the processes named; they cost the others nothing, but serve their callers with old lists");
    static final Condition MANY = new Condition(
            "clients",
            "many clients do not take what they are sent",
            "when so many fail at once it is the network or a version they share: see who they are on the page /clients");

    private static final double MANY_PART = 0.2;
    private static final int MANY_LEAST = 5;
    private static final int SHOWN = 3;

    private final Supplier<List<Trouble>> troubles;
    private final IntSupplier clients;

    /**
     * @param troubles those that have been in trouble for a minute or longer
     * @param clients connected ones
     */
    ClientsCheck(Supplier<List<Trouble>> troubles, IntSupplier clients) {
        this.troubles = troubles;
        this.clients = clients;
    }

    @Override
    public String name() {
        return SOME.check();
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Measured look(Findings findings) {
        List<Trouble> now = troubles.get();
        int all = clients.getAsInt();
        String evidence = now.size() + " of " + all + " clients" + (now.isEmpty() ? "" : "; longest: " + longest(now));
        boolean many = now.size() >= MANY_LEAST && now.size() > MANY_PART * all;
        if (many) {
            findings.found(MANY, Severity.CRITICAL, evidence);
        } else {
            findings.over(MANY, evidence);
        }
        if (now.isEmpty() || many) {
            findings.over(SOME, evidence);
        } else {
            findings.found(SOME, Severity.WARNING, evidence);
        }
        return Measured.of(evidence);
    }

    private static String longest(List<Trouble> troubles) {
        return troubles.stream()
                .sorted(Comparator.comparingLong(Trouble::millis).reversed())
                .limit(SHOWN)
                .map(t -> t.who() + " for " + t.millis() / 1_000 + " s: " + t.why() + ", " + t.failures()
                        + " failures, " + t.bytesWaiting() + " bytes waiting")
                .collect(Collectors.joining("; "));
    }
}
