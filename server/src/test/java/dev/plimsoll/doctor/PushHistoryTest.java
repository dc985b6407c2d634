package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.doctor.PushHistory.Outage;
import dev.plimsoll.doctor.PushLine.Reason;
import org.junit.jupiter.api.Test;

class PushHistoryTest {
    private static final long NOON = LogTime.parse("2026-11-22 12:00:00,000", 0);

    private final PushHistory history = new PushHistory();

    private void ok(long second, String target) {
        history.add(new PushLine(NOON + second * 1_000, true, 5, "public G@@orders", target, Reason.NONE));
    }

    private void fail(long second, String target) {
        history.add(new PushLine(NOON + second * 1_000, false, 5_000, "public G@@orders", target, Reason.TIMEOUT));
    }

    @Test
    void an_outage_begins_after_the_last_success_and_counts_those_who_had_answered_before() {
        ok(0, "10.1.0.1");
        ok(1, "10.1.0.2");
        fail(2, "10.1.0.9");
        ok(3, "10.1.0.1");
        for (int second = 5; second < 45; second++) {
            fail(second, "10.1.0." + (second % 2 + 1));
        }

        assertThat(history.outages())
                .containsExactly(new Outage(
                        NOON + 3_000, NOON + 5_000, NOON + 44_000, 40, 2, NOON + 5_000, NOON + 6_000, false));
        assertThat(history.firstFailure())
                .isNotNull()
                .extracting(PushLine::target)
                .isEqualTo("10.1.0.9");
    }

    @Test
    void an_outage_ends_with_the_next_success() {
        ok(0, "10.1.0.1");
        for (int second = 1; second < 60; second++) {
            fail(second, "10.1.0.1");
        }
        ok(60, "10.1.0.1");

        assertThat(history.outages()).hasSize(1).allMatch(Outage::over);
    }

    @Test
    void a_client_that_never_answered_makes_no_outage_however_often_it_is_tried() {
        for (int second = 0; second < 10_000; second++) {
            fail(second, "10.1.0.9");
        }

        assertThat(history.outages()).isEmpty();
        assertThat(history.failed()).isEqualTo(10_000);
    }

    @Test
    void failures_between_successes_make_no_outage() {
        for (int second = 0; second < 1_000; second += 2) {
            ok(second, "10.1.0.1");
            fail(second + 1, "10.1.0.9");
        }

        assertThat(history.outages()).isEmpty();
    }

    @Test
    void the_longest_silence_within_an_outage_is_told() {
        ok(0, "10.1.0.1");
        for (int i = 0; i < 20; i++) {
            fail(1, "10.1.0.1");
        }
        for (int i = 0; i < 20; i++) {
            fail(75, "10.1.0.1");
        }

        assertThat(history.outages()).hasSize(1);
        assertThat(history.outages().get(0).silentFrom()).isEqualTo(NOON + 1_000);
        assertThat(history.outages().get(0).silentUntil()).isEqualTo(NOON + 75_000);
    }

    @Test
    void of_many_outages_those_with_the_most_failures_are_kept() {
        for (long outage = 0; outage < 100; outage++) {
            ok(outage * 1_000, "10.1.0.1");
            for (int i = 0; i < 40 + outage; i++) {
                fail(outage * 1_000 + 1 + i, "10.1.0.1");
            }
        }
        ok(1_000_000, "10.1.0.1");

        assertThat(history.outages()).hasSize(PushHistory.MOST_OUTAGES).allMatch(outage -> outage.failures() > 100);
    }
}
