package dev.plimsoll.vitals;

import dev.plimsoll.loop.Loop;
import java.time.Duration;

/**
 * Whether the clock of the day was set while the server ran, by more than a time service corrects it by: tokens, histories
 * and what clients compare then make no sense for a while.
 */
final class ClockCheck implements Check {
    static final Condition SET = new Condition(
            "clock",
            "the clock was set",
            "let a time service keep it (chrony, systemd-timesyncd), which moves it a little at a time");

    private static final Duration SUDDEN = Duration.ofSeconds(2);
    private static final Duration TOLD = Duration.ofHours(1);

    private final Loop loop;
    private long nanos;
    private long millis;
    private long setNanos;
    private boolean told;

    ClockCheck(Loop loop) {
        this.loop = loop;
        this.nanos = loop.nanoTime();
        this.millis = loop.currentTimeMillis();
    }

    @Override
    public String name() {
        return SET.check();
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Measured look(Findings findings) {
        long nowNanos = loop.nanoTime();
        long nowMillis = loop.currentTimeMillis();
        long set = nowMillis - millis - (nowNanos - nanos) / 1_000_000;
        nanos = nowNanos;
        millis = nowMillis;
        if (Math.abs(set) > SUDDEN.toMillis()) {
            told = true;
            setNanos = nowNanos;
            String way = set > 0 ? "forward" : "back";
            findings.found(SET, Severity.WARNING, "by " + Math.abs(set) / 1_000 + " s " + way + " within a minute");
        } else if (told && nowNanos - setNanos > TOLD.toNanos()) {
            told = false;
            findings.over(SET, "it has run evenly for an hour");
        }
        return Measured.of("off by " + set + " ms from an even pace in the last minute");
    }
}
