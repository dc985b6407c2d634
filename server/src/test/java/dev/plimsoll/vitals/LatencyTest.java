package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatencyTest {
    private static final long MILLI = 1_000_000;

    private final Latency latency = new Latency();
    private final Latency.Window window = new Latency.Window(latency);

    @Test
    void the_slowest_hundredth_is_left_out_and_the_rest_told_within_an_eighth() {
        for (int i = 0; i < 990; i++) {
            latency.took(3 * MILLI);
        }
        for (int i = 0; i < 10; i++) {
            latency.took(900 * MILLI);
        }
        assertThat(window.slowest()).isCloseTo(3.0, within(3.0 / 8));
        for (int i = 0; i < 100; i++) {
            latency.took(i < 98 ? MILLI : 900 * MILLI);
        }
        assertThat(window.slowest()).isCloseTo(900.0, within(900.0 / 8));
    }

    @Test
    void a_window_tells_of_what_came_since_the_last_look_only() {
        latency.took(900 * MILLI);
        assertThat(window.slowest()).isGreaterThan(700);
        assertThat(window.slowest()).isNaN();
        latency.took(MILLI);
        assertThat(window.slowest()).isCloseTo(1, within(0.125));
        assertThat(latency.count()).isEqualTo(2);
        assertThat(latency.seconds()).isCloseTo(0.901, within(1e-9));
    }

    @Test
    void every_time_has_a_span_and_longer_ones_later_ones() {
        int before = 0;
        for (long nanos = 0; nanos < TimeUnit.HOURS.toNanos(1); nanos = nanos * 5 / 4 + 500) {
            int span = Latency.span(nanos);
            assertThat(span).isBetween(before, Latency.SPANS - 1);
            before = span;
        }
        assertThat(before).isEqualTo(Latency.SPANS - 1);
        assertThat(Latency.span(-1)).isZero();
        assertThat(Latency.span(Long.MAX_VALUE)).isEqualTo(Latency.SPANS - 1);
        for (int span = 4; span < Latency.SPANS - 1; span++) {
            assertThat(Latency.span((long) (Latency.middle(span) * MILLI))).isEqualTo(span);
        }
    }

    @Test
    void the_longest_of_all_is_told_within_a_quarter() {
        assertThat(latency.longestMillis()).isZero();
        latency.took(MILLI);
        latency.took(100 * MILLI);
        window.slowest(); // looks do not forget it
        assertThat(latency.longestMillis()).isBetween(100.0, 125.0);
    }

    @Test
    void threads_lose_none_of_each_others() throws InterruptedException {
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            var thread = new Thread(() -> {
                for (int k = 0; k < 10_000; k++) {
                    latency.took(MILLI);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(latency.count()).isEqualTo(40_000);
    }
}
