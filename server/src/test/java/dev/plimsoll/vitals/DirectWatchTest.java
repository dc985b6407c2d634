package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.vitals.DirectWatch.Direct;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class DirectWatchTest {
    private static final long MIB = 1 << 20;
    private static final Instant NOW = Instant.parse("2026-11-22T16:19:48Z");

    private final MemoryBudget budget = new MemoryBudget(0, 40 * MIB);
    private final Account outbound = budget.direct("outbound", 0.9);
    private final Findings findings = new Findings(InstantSource.fixed(NOW));
    private Direct direct = new Direct(2 * MIB, 0, 0);
    private final DirectWatch watch = new DirectWatch(budget, () -> direct, 2);

    private void seconds(int count) {
        for (int i = 0; i < count; i++) {
            watch.look(findings);
        }
    }

    @Test
    void a_buffer_that_was_not_to_be_had_is_critical_and_over_ten_minutes_after_the_last() {
        direct = new Direct(20 * MIB, 9 * MIB, 3);
        seconds(1);
        assertThat(findings.current())
                .containsExactly(new Finding(
                        DirectWatch.SHORT,
                        "",
                        Severity.CRITICAL,
                        "3 since the start; 20.0 MiB taken, 9.0 MiB in use, 0.0 MiB accounted",
                        NOW.toEpochMilli(),
                        null));
        direct = new Direct(2 * MIB, 0, 3);
        seconds(DirectWatch.LASTS - 1);
        assertThat(findings.current()).hasSize(1);
        seconds(1);
        assertThat(findings.current()).isEmpty();
        direct = new Direct(20 * MIB, 2 * MIB, 4);
        seconds(1);
        assertThat(findings.current()).hasSize(1);
    }

    @Test
    void buffers_that_are_accounted_as_the_allocator_rounds_them_are_no_finding() {
        outbound.reserve(12 * MIB);
        direct = new Direct(16 * MIB, 12 * MIB + 2 * MIB + 2 * DirectWatch.PER_LOOP, 0);
        seconds(20);
        assertThat(findings.current()).isEmpty();
        assertThat(watch.last().drift()).isEqualTo(2 * MIB + 2 * DirectWatch.PER_LOOP);
        assertThat(watch.last().drift()).isEqualTo(watch.tolerance(12 * MIB));
    }

    @Test
    void buffers_nobody_reserved_are_found_when_they_stay_and_forgotten_when_they_go() {
        direct = new Direct(4 * MIB, 2 * DirectWatch.PER_LOOP + 1, 0);
        seconds(DirectWatch.SAMPLES - 1);
        assertThat(findings.current()).isEmpty();
        seconds(1);
        assertThat(findings.current())
                .containsExactly(new Finding(
                        DirectWatch.UNACCOUNTED,
                        "",
                        Severity.WARNING,
                        "4.0 MiB taken, 1.0 MiB in use, 0.0 MiB accounted",
                        NOW.toEpochMilli(),
                        null));
        direct = new Direct(4 * MIB, 0, 0);
        seconds(1);
        assertThat(findings.current()).isEmpty();
    }

    @Test
    void a_burst_between_two_quiet_seconds_is_no_finding() {
        for (int i = 0; i < 20; i++) {
            direct = new Direct(9 * MIB, i % DirectWatch.SAMPLES == 0 ? 0 : 8 * MIB, 0);
            seconds(1);
        }
        assertThat(findings.current()).isEmpty();
    }

    @Test
    void chunks_that_hold_nothing_are_found() {
        direct = new Direct(28 * MIB, 0, 0);
        seconds(DirectWatch.SAMPLES);
        assertThat(findings.current()).isEmpty();
        direct = new Direct(29 * MIB, 0, 0);
        seconds(DirectWatch.SAMPLES);
        assertThat(findings.current()).extracting(Finding::condition).containsExactly(DirectWatch.IDLE);
    }
}
