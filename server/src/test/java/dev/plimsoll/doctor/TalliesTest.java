package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.doctor.Tallies.Count;
import org.junit.jupiter.api.Test;

class TalliesTest {
    @Test
    void few_names_are_counted_exactly() {
        var tallies = new Tallies<>(10, Count::new);
        for (int i = 0; i < 30; i++) {
            tallies.of("name" + i % 3).count++;
        }

        assertThat(tallies.heaviest(2)).extracting(Tallies.Entry::name).containsExactly("name0", "name1");
        assertThat(tallies.heaviest(3)).allMatch(entry -> entry.tally().count == 10);
        assertThat(tallies.howMany()).isEqualTo("3");
    }

    @Test
    void a_flood_of_names_costs_a_bounded_number_and_keeps_the_heaviest() {
        var tallies = new Tallies<>(100, Count::new);
        for (int i = 0; i < 1_000_000; i++) {
            tallies.of("passing" + i).count++;
            if (i % 10 == 0) {
                tallies.of("heavy" + i % 50).count++;
            }
        }

        assertThat(tallies.size()).isLessThanOrEqualTo(200);
        assertThat(tallies.heaviest(5))
                .extracting(Tallies.Entry::name)
                .containsExactlyInAnyOrder("heavy0", "heavy10", "heavy20", "heavy30", "heavy40");
        assertThat(tallies.howMany()).startsWith("more than ");
    }

    @Test
    void a_name_costs_no_more_than_its_bound() {
        var tallies = new Tallies<>(10, Count::new);
        tallies.of("x".repeat(100_000)).count++;

        assertThat(tallies.heaviest(1).get(0).name()).hasSize(Tallies.LONGEST_NAME);
    }
}
