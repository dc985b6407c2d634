package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.vitals.Curves.Curve;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplerTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private final ManualLoop loop = new ManualLoop();
    private final Account account = new MemoryBudget(1 << 20, 0).heap("vitals", 1);
    private final Latency latency = new Latency();
    private double resident = 1_000;
    private long requests;
    private Sampler sampler;

    @BeforeEach
    void start() {
        sampler = sampler(account);
        sampler.start();
        loop.runAll();
    }

    private Sampler sampler(Account account) {
        return new Sampler(
                loop,
                List.of(
                        Gauge.Level.bytes("resident", "Memory", () -> resident),
                        Gauge.Rate.perSecond("requests.query", "Requests", () -> requests),
                        new Gauge.Rate("cpu", "cores", 1e-9, "Time", () -> requests * 1_000_000),
                        new Gauge.Slowest("p99.query", "Slow", latency)),
                folder.resolve("vitals"),
                account);
    }

    private Curves read(long from, long to, long step, String... names) {
        var stage = sampler.read(from, to, step, List.of(names)).toCompletableFuture();
        loop.runAll();
        return stage.join();
    }

    private Curve minute(String name) {
        long now = loop.currentTimeMillis();
        return read(now - 60_000, now, 60, name).curves().get(0);
    }

    @Test
    void levels_rates_and_slow_ones_are_sampled_every_ten_seconds() {
        for (int i = 0; i < 12; i++) {
            requests += 50;
            latency.took(8_000_000);
            loop.advance(Duration.ofSeconds(10));
        }
        Curves curves = read(0, 0, 10);
        assertThat(curves.curves())
                .extracting(Curve::name)
                .containsExactly("resident", "requests.query", "cpu", "p99.query");
        long sampled = IntStream.range(0, curves.points())
                .filter(i -> !Float.isNaN(curves.curves().get(0).values()[i]))
                .count();
        assertThat(sampled).isEqualTo(12);
        assertThat(minute("resident").values()).contains(1_000f);
        assertThat(minute("requests.query").values()[0]).isCloseTo(5f, within(0.6f));
        assertThat(minute("cpu").values()[0]).isCloseTo(0.005f, within(0.001f));
        assertThat(minute("p99.query").values()[0]).isCloseTo(8f, within(1f));
    }

    @Test
    void a_step_shows_the_peak_of_a_level_and_the_mean_of_a_rate() {
        loop.advance(MINUTE);
        resident = 9_000;
        requests += 600;
        loop.advance(Duration.ofSeconds(10));
        resident = 1_000;
        loop.advance(MINUTE.multipliedBy(9));
        long now = loop.currentTimeMillis();
        Curves curves = read(now - 600_000, now, 1_200);
        assertThat(curves.curves().get(0).values()).contains(9_000f);
        for (float rate : curves.curves().get(1).values()) {
            assertThat(Float.isNaN(rate) || rate < 2).isTrue();
        }
    }

    @Test
    void what_cannot_be_told_is_no_number() {
        resident = Double.NaN;
        loop.advance(MINUTE);
        assertThat(minute("resident").values()).containsOnly(Float.NaN);
    }

    @Test
    void a_reading_that_throws_does_not_end_the_sampling() {
        var broken = new boolean[] {true};
        var other = new Sampler(
                loop,
                List.of(Gauge.Level.count("threads", "Threads", () -> {
                    if (broken[0]) {
                        throw new IllegalStateException("not now");
                    }
                    return 7;
                })),
                folder.resolve("other"),
                account);
        other.start();
        Assertions.assertThatThrownBy(() -> loop.advance(Duration.ofSeconds(20)))
                .isInstanceOf(IllegalStateException.class);
        broken[0] = false;
        loop.advance(Duration.ofSeconds(20));
        assertThat(other.recently("threads", 1)).isEqualTo(7);
    }

    @Test
    void the_clock_may_be_set_back_and_sampling_goes_on() {
        loop.advance(MINUTE);
        loop.setBack(Duration.ofHours(2));
        resident = 2_000;
        loop.advance(MINUTE);
        assertThat(minute("resident").values()).contains(2_000f);
    }

    @Test
    void history_outlives_the_server() {
        loop.advance(MINUTE);
        sampler = sampler(new MemoryBudget(1 << 20, 0).heap("vitals", 1));
        resident = 5_000;
        sampler.start();
        loop.advance(MINUTE);
        long now = loop.currentTimeMillis();
        assertThat(read(now - 120_000, now, 60, "resident").curves().get(0).values())
                .contains(1_000f, 5_000f);
    }

    @Test
    void the_last_two_minutes_are_at_hand() {
        loop.advance(Duration.ofSeconds(50));
        assertThat(sampler.recently("resident", 12)).isNaN();
        loop.advance(MINUTE.multipliedBy(2));
        resident = 4_000;
        loop.advance(MINUTE);
        assertThat(sampler.recently("resident", 6)).isEqualTo(4_000);
        assertThat(sampler.recently("resident", 12)).isEqualTo(2_500);
    }

    @Test
    void names_may_be_beginnings() {
        loop.advance(MINUTE);
        assertThat(read(0, 0, 10, "p99.*", "resident").curves())
                .extracting(Curve::name)
                .containsExactly("p99.query", "resident");
        assertThat(read(0, 0, 10, "*", "resident").curves()).hasSize(4);
    }

    @Test
    void the_usual_step_gives_at_most_360_points() {
        for (long hours : new long[] {1, 2, 24, 24 * 7, 24 * 30}) {
            long now = loop.currentTimeMillis();
            Curves curves = read(now - Duration.ofHours(hours).toMillis(), now, 0);
            assertThat(curves.points()).isBetween(100, 361);
            assertThat(curves.toMillis()).isBetween(now, now + curves.stepMillis());
        }
    }

    @Test
    void what_is_too_much_or_makes_no_sense_is_refused() {
        long now = loop.currentTimeMillis();
        long day = Duration.ofDays(1).toMillis();
        refused(() -> read(now - day, now, 10), "points: 8640");
        refused(() -> read(now - 31 * day, now, 0), "30 days");
        refused(() -> read(now, now - 1, 0), "from before to");
        refused(() -> read(0, 0, 7), "step: 7");
        refused(() -> read(0, 0, Long.MAX_VALUE / 1_000), "step");
        refused(() -> read(0, 0, 0, "resident", "no-such"), "'no-such'");
        refused(() -> read(0, 0, 0, ""), "names: ''");
        refused(() -> read(0, 0, 0, "z*"), "'z*'");
    }

    private static void refused(Runnable reading, String why) {
        Assertions.assertThatThrownBy(reading::run)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining(why);
    }

    @Test
    void it_is_paid_for_at_the_start_and_costs_the_same_ever_after() {
        long atStart = account.held();
        assertThat(atStart).isBetween(20_000L, 64_000L);
        loop.advance(Duration.ofHours(30));
        read(0, 0, 0);
        assertThat(account.held()).isEqualTo(atStart);
    }
}
