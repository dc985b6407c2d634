package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.OverBudget;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ExpositionTest {
    private final Exposition page = new Exposition();

    private MetricsPage parsed() {
        return new MetricsPage(new String(page.bytes(), StandardCharsets.UTF_8));
    }

    @Test
    void texts_are_escaped_so_that_they_are_read_as_they_were() {
        page.family("a_total", Exposition.COUNTER, "back\\slash and\nline")
                .sample(3, "name", "q\"b\\n\n", "of", "x,y}");
        assertThat(parsed().samples()).containsEntry("a_total{name=\"q\\\"b\\\\n\\n\",of=\"x,y}\"}", 3.0);
        assertThat(new String(page.bytes(), StandardCharsets.UTF_8)).contains("back\\\\slash and\\nline\n");
    }

    @Test
    void numbers_of_all_sizes_are_written_as_scrapers_read_them() {
        double[] numbers = {0, -1, 0.001, 1e-9, -12_345_678_901.0, 1e15, 1.5e300, Double.NaN};
        page.family("b", Exposition.GAUGE, "numbers");
        for (double number : numbers) {
            page.sample(number, "n", "" + number);
        }
        page.sample(Double.POSITIVE_INFINITY, "n", "up").sample(Double.NEGATIVE_INFINITY, "n", "down");
        MetricsPage read = parsed();
        for (double number : numbers) {
            assertThat(read.value("b{n=\"" + number + "\"}")).isEqualTo(Double.valueOf(number));
        }
        assertThat(read.value("b{n=\"down\"}")).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void a_page_has_a_largest_size() {
        page.family("c", Exposition.GAUGE, "many");
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        page.sample(i, "n", "" + i);
                    }
                })
                .isInstanceOf(OverBudget.class);
        assertThat(page.bytes()).hasSizeLessThanOrEqualTo(Exposition.MAX_BYTES);
        parsed(); // no half line
    }
}
