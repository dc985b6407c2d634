package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SurgeCheckTest {
    private static final String QUERIES = "requests.query";

    @TempDir
    Path folder;

    private SampledFixture fixture;
    private SurgeCheck check;

    @BeforeEach
    void start() {
        fixture = new SampledFixture(folder, List.of());
        check = new SurgeCheck(fixture.sampler, fixture.traffic);
    }

    private Check.Measured look() {
        return check.look(fixture.findings);
    }

    @Test
    void many_times_the_usual_rate_is_found_with_who_asks_and_ends_when_it_ends() {
        fixture.rate(QUERIES, 40);
        fixture.pass(Duration.ofHours(3));
        look();
        assertThat(fixture.found()).isEmpty();

        fixture.rate(QUERIES, 400);
        for (int i = 0; i < 80; i++) {
            fixture.traffic.by(
                    RequestKind.QUERY, i % 4 == 0 ? "10.0.0.8" : "10.0.0.7", "dev", i % 10 == 0 ? "users" : "orders");
        }
        fixture.pass(Duration.ofMinutes(2));
        look();
        assertThat(fixture.found()).containsExactly("more requests than usual: query warning");
        assertThat(fixture.findings.current().get(0).evidence())
                .isEqualTo(
                        "query: 400 a second for two minutes, usually at most 40.0; most from 10.0.0.7 75 %, 10.0.0.8"
                                + " 25 %; in namespace dev 100 %; about orders 90 %, users 10 %");

        fixture.rate(QUERIES, 50);
        fixture.pass(Duration.ofMinutes(2));
        look();
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void who_asks_for_something_else_is_not_named() {
        usual(40);
        fixture.rate(QUERIES, 400);
        for (int i = 0; i < 1_000; i++) {
            fixture.traffic.by(RequestKind.BEAT, "10.0.0.1", "prod", "payments");
            fixture.traffic.by(RequestKind.QUERY, "10.0.0.7", "", "orders");
        }
        assertThat(surge()).endsWith("; most from 10.0.0.7 100 %; in namespace public 100 %; about orders 100 %");
    }

    @Test
    void a_flood_from_everywhere_about_everything_names_nobody() {
        usual(40);
        fixture.rate(QUERIES, 40_000);
        for (int i = 0; i < 200_000; i++) {
            fixture.traffic.by(RequestKind.QUERY, "10.0." + i / 250 % 250 + "." + i % 250, "ns" + i, "service" + i);
        }
        assertThat(surge())
                .endsWith(
                        "; most from many, none with a twentieth; in namespace many, none with a twentieth; about many,"
                                + " none with a twentieth");
    }

    @Test
    void whatever_names_clients_give_the_evidence_is_one_line_that_is_not_cut() {
        usual(40);
        fixture.rate(QUERIES, 1_000_000);
        for (int i = 0; i < 1_000; i++) {
            String name = i % 3 + "\n" + "x".repeat(5_000);
            fixture.traffic.by(RequestKind.QUERY, name, name, name);
        }
        assertThat(surge()).hasSizeLessThan(500).doesNotContain("\n").endsWith("%");
    }

    private void usual(double rate) {
        fixture.rate(QUERIES, rate);
        fixture.pass(Duration.ofHours(2));
        look();
        assertThat(fixture.found()).isEmpty();
    }

    /** What is said of the surge that is there now. */
    private String surge() {
        fixture.pass(Duration.ofMinutes(2));
        look();
        assertThat(fixture.found()).containsExactly("more requests than usual: query warning");
        return fixture.findings.current().get(0).evidence();
    }

    @Test
    void a_burst_of_half_a_minute_is_none() {
        fixture.rate(QUERIES, 40);
        fixture.pass(Duration.ofHours(2));
        fixture.rate(QUERIES, 300);
        fixture.pass(Duration.ofSeconds(30));
        look();
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void what_came_yesterday_at_night_is_usual_today() {
        fixture.rate(QUERIES, 10);
        fixture.pass(Duration.ofHours(10));
        fixture.rate(QUERIES, 500);
        fixture.pass(Duration.ofHours(2));
        fixture.rate(QUERIES, 10);
        fixture.pass(Duration.ofHours(10));
        fixture.rate(QUERIES, 500);
        fixture.pass(Duration.ofMinutes(5));
        look();
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void a_few_requests_where_there_were_none_are_no_surge() {
        fixture.pass(Duration.ofHours(2));
        fixture.rate("requests.login", 15);
        fixture.pass(Duration.ofMinutes(5));
        look();
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void nothing_is_unusual_while_nothing_is_usual() {
        fixture.rate(QUERIES, 5_000);
        fixture.pass(Duration.ofMinutes(30));
        Check.Measured seen = look();
        assertThat(seen.known()).isFalse();
        assertThat(seen.words()).startsWith("5000.0 requests a second");
        assertThat(fixture.found()).isEmpty();
    }
}
