package dev.plimsoll.vitals;

import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** Whether logins go as they should: few wrong ones, none refused, and one for many requests. */
final class LoginsCheck implements Check {
    static final Condition WRONG = new Condition(
            "logins",
            "many wrong passwords",
            "a client with an old password, or somebody who guesses: see who on the page /logins");
    static final Condition REFUSED = new Condition(
            "logins",
            "logins are refused",
            "too many passwords at once that were not seen before, or an address that is shut out: see the page /logins");
    static final Condition EVERY_CALL = new Condition(
            "logins",
            "clients log in again and again",
            "a token is good for hours: update the clients named, which log in at every call");

    private static final double MANY_WRONG = 1; // a second
    private static final double ANY = 0.1; // a second
    private static final double MANY = 5; // a second
    private static final double OF_ALL = 0.2;

    private final Sampler sampler;
    private final Traffic traffic;

    LoginsCheck(Sampler sampler, Traffic traffic) {
        this.sampler = sampler;
        this.traffic = traffic;
    }

    @Override
    public String name() {
        return WRONG.check();
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Measured look(Findings findings) {
        double ok = rate("logins.ok");
        double wrong = rate("logins.wrong");
        double refused = rate("logins.refused");
        double hashed = rate("logins.hashed");
        if (Double.isNaN(ok)) {
            return Measured.tooLittle("two minutes of samples are needed");
        }
        double all = ok + wrong + refused;
        double requests = 0;
        for (RequestKind kind : RequestKind.values()) {
            requests += rate("requests." + kind.word());
        }
        String evidence = String.format(
                Locale.ROOT,
                "%.1f right, %.1f wrong, %.1f refused a second, %.0f %% answered from memory",
                ok,
                wrong,
                refused,
                all == 0 ? 100 : 100 * Math.max(0, 1 - hashed / all));
        String by = evidence + "; most by " + most();
        tell(findings, WRONG, wrong > MANY_WRONG, wrong < MANY_WRONG / 2, by);
        tell(findings, REFUSED, refused > ANY, refused < ANY / 2, by);
        boolean often = all > MANY && all > OF_ALL * requests;
        tell(findings, EVERY_CALL, often, all < MANY / 2 || all < OF_ALL / 2 * requests, by);
        return Measured.of(evidence);
    }

    private static void tell(Findings findings, Condition condition, boolean found, boolean over, String evidence) {
        if (found) {
            findings.found(condition, Severity.WARNING, evidence);
        } else if (over) {
            findings.over(condition, evidence);
        }
    }

    private double rate(String gauge) {
        return sampler.recently(gauge, Sampler.RECENT);
    }

    private String most() {
        String most = traffic.logins().most(3).stream()
                .map(talker -> talker.name() + " " + Math.round(talker.share() * 100) + " %")
                .collect(Collectors.joining(", "));
        return most.isEmpty() ? "nobody known" : most;
    }
}
