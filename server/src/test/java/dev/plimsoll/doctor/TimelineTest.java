package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final long NOON = 1_795_000_000_000L;

    private static long sum(Timeline timeline) {
        return Arrays.stream(timeline.values(0)).sum();
    }

    @Test
    void a_short_time_is_seen_by_the_finest_step() {
        var timeline = new Timeline(1, 1_000);
        timeline.add(0, NOON, 1);
        timeline.add(0, NOON + 2_500, 3);

        assertThat(timeline.step()).isEqualTo(1_000);
        assertThat(timeline.values(0)).containsExactly(1, 0, 3);
    }

    @Test
    void a_year_fits_and_nothing_is_lost() {
        var timeline = new Timeline(1, 1_000);
        for (long hour = 0; hour < 365 * 24; hour++) {
            timeline.add(0, NOON + hour * 3_600_000, 1);
        }

        assertThat(sum(timeline)).isEqualTo(365 * 24);
        assertThat(timeline.used()).isLessThanOrEqualTo(Timeline.STEPS);
        assertThat(timeline.from()).isLessThanOrEqualTo(NOON);
    }

    @RepeatedTest(20)
    void events_in_any_order_are_counted_in_their_step(org.junit.jupiter.api.RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        var timeline = new Timeline(1, 1_000);
        long first = Long.MAX_VALUE;
        long last = 0;
        for (int i = 0; i < 5_000; i++) {
            long at = NOON + (long) (random.nextGaussian() * 10_000_000);
            first = Math.min(first, at);
            last = Math.max(last, at);
            timeline.add(0, at, 1);
        }

        assertThat(sum(timeline)).isEqualTo(5_000);
        assertThat(timeline.values(0)[(int) ((first - timeline.from()) / timeline.step())])
                .isPositive();
        assertThat((last - timeline.from()) / timeline.step()).isEqualTo(timeline.used() - 1);
    }
}
