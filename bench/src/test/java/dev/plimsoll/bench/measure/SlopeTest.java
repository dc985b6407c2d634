package dev.plimsoll.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SlopeTest {
    @Test
    void line_has_its_slope() {
        assertThat(Slope.robust(new double[] {0, 1, 2, 5}, new double[] {10, 12, 14, 20}))
                .isEqualTo(2);
    }

    @Test
    void few_outliers_do_not_tilt_it() {
        double[] x = IntStream.range(0, 100).asDoubleStream().toArray();
        double[] y = IntStream.range(0, 100)
                .mapToDouble(i -> i % 10 == 3 ? 500 : 7 + 0.5 * i)
                .toArray();

        assertThat(Slope.robust(x, y)).isCloseTo(0.5, within(0.05));
    }

    @Test
    void step_up_and_down_again_is_no_rise() {
        double[] x = IntStream.range(0, 101).asDoubleStream().toArray();
        double[] y = IntStream.range(0, 101)
                .mapToDouble(i -> i >= 40 && i <= 60 ? 50 : 10)
                .toArray();

        assertThat(Slope.robust(x, y)).isZero();
    }

    @Test
    void many_points_are_thinned_not_refused() {
        double[] x = IntStream.range(0, 20_000).asDoubleStream().toArray();
        double[] y = IntStream.range(0, 20_000).mapToDouble(i -> 3.0 * i).toArray();

        assertThat(Slope.robust(x, y)).isCloseTo(3, within(1e-9));
    }

    @Test
    void less_than_two_points_have_none() {
        assertThat(Slope.robust(new double[] {}, new double[] {})).isZero();
        assertThat(Slope.robust(new double[] {1}, new double[] {1})).isZero();
        assertThat(Slope.robust(new double[] {1, 1}, new double[] {1, 9})).isZero();
    }
}
