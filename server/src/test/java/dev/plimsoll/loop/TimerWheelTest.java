package dev.plimsoll.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
    private static final class Thing extends TimerWheel.Entry {
        final long dueMillis;

        Thing(long dueMillis) {
            this.dueMillis = dueMillis;
        }
    }

    private final ManualLoop loop = new ManualLoop();
    private final List<Thing> looked = new ArrayList<>();
    private final TimerWheel<Thing> wheel = new TimerWheel<>(loop, Thing.class, this::look, () -> {});

    private long look(Thing thing, long nowNanos) {
        long now = nowNanos / 1_000_000;
        assertThat(now).isBetween(thing.dueMillis, thing.dueMillis + 2_000);
        looked.add(thing);
        return 0;
    }

    @Test
    void each_is_looked_at_in_its_second_however_far_that_is() {
        var random = new Random(7);
        int count = 20_000;
        for (int i = 0; i < count; i++) {
            long millis = (long) Math.pow(10, random.nextDouble() * 9); // up to eleven days: beyond the rings
            wheel.put(new Thing(loop.nanoTime() / 1_000_000 + millis), millis);
            if (i % 100 == 0) {
                loop.advance(Duration.ofMillis(random.nextInt(3_000)));
            }
        }
        loop.advance(Duration.ofDays(12));
        assertThat(looked).hasSize(count);
        assertThat(wheel.isEmpty()).isTrue();
    }

    @Test
    void begins_at_the_present_after_it_was_empty() {
        wheel.put(new Thing(1_000), 1_000);
        loop.advance(Duration.ofDays(100));
        long now = loop.nanoTime() / 1_000_000;
        wheel.put(new Thing(now + 5_000), 5_000);
        loop.advance(Duration.ofSeconds(7));
        assertThat(looked).hasSize(2);
    }

    @Test
    void who_comes_and_goes_leaves_nothing_behind() {
        for (int i = 0; i < 1_000; i++) {
            var thing = new Thing(0);
            wheel.put(thing, 999_999_999_999_999_999L - i);
            wheel.put(thing, 1_000L * i);
            wheel.remove(thing);
            wheel.remove(thing);
        }
        assertThat(wheel.isEmpty()).isTrue();
        loop.advance(Duration.ofHours(1));
        assertThat(looked).isEmpty();
    }

    @Test
    void examination_that_fails_does_not_stop_the_others() {
        var all = new ArrayList<Thing>();
        var failing = new TimerWheel<>(
                loop,
                Thing.class,
                (thing, now) -> {
                    all.add(thing);
                    if (all.size() == 1) {
                        throw new IllegalStateException("the first");
                    }
                    return 0;
                },
                () -> {});
        failing.put(new Thing(100), 100);
        failing.put(new Thing(100), 100);
        assertThatThrownBy(() -> loop.advance(Duration.ofSeconds(5))).hasMessage("the first");
        loop.advance(Duration.ofSeconds(5));
        assertThat(all).hasSize(2);
        assertThat(failing.isEmpty()).isTrue();
    }

    @Test
    void leaves_the_loop_to_others_between_turns() {
        var turns = new ArrayList<Integer>();
        var looks = new ArrayList<Thing>();
        var busy = new TimerWheel<>(
                loop,
                Thing.class,
                (thing, now) -> {
                    looks.add(thing);
                    return 0;
                },
                () -> turns.add(looks.size()));
        for (int i = 0; i < 2 * TimerWheel.LOOKS_PER_TURN + 1; i++) {
            busy.put(new Thing(100), 100);
        }
        loop.advance(Duration.ofSeconds(2));
        assertThat(turns)
                .containsExactly(
                        TimerWheel.LOOKS_PER_TURN, 2 * TimerWheel.LOOKS_PER_TURN, 2 * TimerWheel.LOOKS_PER_TURN + 1);
    }
}
