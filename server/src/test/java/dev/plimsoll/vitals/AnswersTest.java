package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswersTest {
    private static final long MILLI = 1_000_000;

    private final Answers answers = new Answers();

    private Answers.Series only() {
        assertThat(answers.all()).hasSize(1);
        return answers.all().get(0);
    }

    @Test
    void a_route_counts_by_status_with_the_time_it_took() {
        Answers.Route route = answers.route("GET", "/a");
        assertThat(answers.all()).isEmpty();
        route.answered(200, 3 * MILLI);
        route.answered(200, 5 * MILLI);
        assertThat(only().method()).isEqualTo("GET");
        assertThat(only().uri()).isEqualTo("/a");
        assertThat(only().status()).isEqualTo(200);
        assertThat(only().count()).isEqualTo(2);
        assertThat(only().seconds()).isEqualTo(0.008);
        route.answered(404, MILLI);
        answers.route("POST", "/a").answered(200, MILLI);
        assertThat(answers.all()).extracting(Answers.Series::status).containsExactly(200, 404, 200);
        assertThat(answers.all()).extracting(Answers.Series::method).containsExactly("GET", "GET", "POST");
    }

    @Test
    void the_longest_is_forgotten_after_two_minutes() {
        Answers.Route route = answers.route("GET", "/a");
        route.answered(200, 9 * MILLI);
        route.answered(200, 5 * MILLI);
        assertThat(only().longestSeconds()).isEqualTo(0.009);
        answers.fade();
        route.answered(200, 4 * MILLI);
        assertThat(only().longestSeconds()).isEqualTo(0.009);
        answers.fade();
        assertThat(only().longestSeconds()).isEqualTo(0.004);
        answers.fade();
        assertThat(only().longestSeconds()).isZero();
        assertThat(only().count()).isEqualTo(3);
    }

    @Test
    void what_would_be_more_series_than_there_is_room_for_is_counted_together() {
        for (int i = 0; i < 3 * Answers.MAX; i++) {
            answers.route("GET", "/" + i).answered(200, MILLI);
        }
        assertThat(answers.all()).hasSize(Answers.MAX + 1);
        Answers.Series others = answers.all().get(Answers.MAX);
        assertThat(others.uri()).isEqualTo(Answers.UNKNOWN);
        assertThat(others.status()).isZero();
        assertThat(others.count()).isEqualTo(2 * Answers.MAX);
    }
}
