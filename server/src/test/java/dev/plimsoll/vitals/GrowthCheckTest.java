package dev.plimsoll.vitals;

import static dev.plimsoll.vitals.SampledFixture.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowthCheckTest {
    private static final long LINE = 256 * MIB;
    private static final int HOUR = 60;
    private static final int DAY = 24 * HOUR;

    @TempDir
    Path folder;

    private final Random random = new Random(7);
    private SampledFixture fixture;
    private GrowthCheck check;

    @BeforeEach
    void start() {
        fixture = new SampledFixture(folder, List.of("resident", "account.registry", "clients", "instances"));
        check = new GrowthCheck(
                fixture.sampler,
                List.of(
                        new GrowthCheck.Subject("resident", () -> LINE),
                        new GrowthCheck.Subject("account.registry", () -> 40 * MIB)),
                List.of("clients", "instances"));
    }

    private Check.Measured look() {
        return check.look(fixture.findings);
    }

    /** Up to {@code peak} and down again, as a heap is between collections. */
    private double tooth(double peak) {
        return peak * (0.8 + 0.2 * random.nextDouble());
    }

    @Test
    void a_level_that_goes_up_and_down_is_none() {
        fixture.minutes(DAY + 60, minute -> fixture.level("resident", tooth(150 * MIB)));
        assertThat(look().words()).contains("over 1 h", "over 10 h", "over 24 h, level");
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void a_leak_is_found_with_the_time_that_is_left() {
        // 140 MiB and one and a half more each hour.
        fixture.minutes(DAY + 60, minute -> {
            fixture.level("resident", tooth(20 * MIB) + 120 * MIB + minute * 1.5 * MIB / HOUR);
            fixture.level("clients", 100 + random.nextInt(5));
        });
        look();
        assertThat(fixture.found()).containsExactly("memory grows, and the load does not: resident warning");
        assertThat(fixture.findings.current().get(0).evidence())
                .matches(
                        "resident grows by 1\\.\\d MiB an hour over 24 h; at 1\\d\\d\\.\\d MiB of 256\\.0 MiB, which it"
                                + " would reach in (4\\d h|2 days); of clients, instances none grows so");
    }

    @Test
    void a_leak_that_reaches_the_line_today_is_critical() {
        fixture.minutes(11 * HOUR, minute -> fixture.level("resident", 100 * MIB + minute * 12.0 * MIB / HOUR));
        look();
        assertThat(fixture.found()).containsExactly("memory grows, and the load does not: resident critical");
    }

    @Test
    void what_grows_with_its_clients_is_told_apart() {
        fixture.minutes(DAY + 60, minute -> {
            fixture.level("account.registry", 10 * MIB + minute * 0.9 * MIB / HOUR);
            fixture.level("instances", 10_000 + minute * 900.0 / HOUR);
        });
        look();
        assertThat(fixture.found()).containsExactly("memory grows with the load: account.registry critical");
        assertThat(fixture.findings.current().get(0).evidence()).contains("instances grew too");
    }

    @Test
    void a_fleet_that_connects_and_stays_is_a_level() {
        fixture.minutes(DAY, minute -> fixture.level("resident", tooth(10 * MIB) + (minute < 600 ? 80 : 200) * MIB));
        look();
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void growth_that_has_ended_is_a_level_and_the_finding_is_over() {
        fixture.minutes(12 * HOUR, minute -> fixture.level("resident", 60 * MIB + minute * 8.0 * MIB / HOUR));
        look();
        assertThat(fixture.found()).hasSize(1);
        fixture.minutes(12 * HOUR, minute -> fixture.level("resident", 156 * MIB));
        look();
        assertThat(fixture.found()).isEmpty();
        assertThat(fixture.findings.ended()).hasSize(1);
    }

    @Test
    void growth_far_below_its_limit_is_nobodys_concern() {
        fixture.minutes(DAY + 60, minute -> fixture.level("resident", 60 * MIB + minute * 0.1 * MIB / HOUR));
        look();
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void before_an_hour_has_passed_nothing_is_known() {
        fixture.minutes(30, minute -> fixture.level("resident", minute * 10.0 * MIB));
        assertThat(look()).isEqualTo(Check.Measured.tooLittle("an hour of samples is needed"));
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void a_line_through_points_is_not_turned_by_a_burst_or_a_gap() {
        var values = new float[100];
        for (int i = 0; i < 100; i++) {
            values[i] = i >= 40 && i < 50 ? Float.NaN : i >= 60 && i < 80 ? 9_000 : 2 * i;
        }
        Trend trend = Trend.of(values);
        assertThat(trend.perStep()).isCloseTo(2, within(0.5));
        assertThat(trend.points()).isEqualTo(90);
        assertThat(Trend.of(new float[] {Float.NaN, 3}).perStep()).isZero();
        assertThat(Trend.of(new float[0]).points()).isZero();
        assertThat(Trend.of(new float[] {4, 3, 2, 1}).rising()).isEqualTo(-1);
    }
}
