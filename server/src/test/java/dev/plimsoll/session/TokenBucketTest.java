package dev.plimsoll.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long MILLI = 1_000_000;

    private long now = Long.MAX_VALUE - 500 * MILLI; // such clocks overflow
    private final TokenBucket bucket = new TokenBucket(10, Duration.ofSeconds(1), now);

    private int taken(int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += bucket.take(now) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void so_many_at_once_and_no_more() {
        assertThat(taken(100)).isEqualTo(10);
    }

    @Test
    void it_fills_again_with_time() {
        taken(100);
        now += 99 * MILLI;
        assertThat(taken(100)).isZero();
        now += MILLI;
        assertThat(taken(100)).isEqualTo(1);
        now += 500 * MILLI;
        assertThat(taken(100)).isEqualTo(5);
    }

    @Test
    void a_long_rest_fills_it_no_more_than_full() {
        taken(100);
        now += 3_600_000 * MILLI;
        assertThat(taken(100)).isEqualTo(10);
    }
}
