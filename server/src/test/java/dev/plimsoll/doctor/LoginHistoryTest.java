package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginHistoryTest {
    private final LoginHistory history = new LoginHistory();

    private boolean line(String address, int second, String request, int status, String agent) {
        return history.add(String.format(
                "%s - - [22/Nov/2026:16:%02d:%02d +0000] \"%s\" %d 15 70 %s -",
                address, second / 60, second % 60, request, status, agent));
    }

    @Test
    void logins_of_each_generation_are_told_from_other_requests() {
        line("10.1.0.1", 0, "POST /nacos/v1/auth/login?username=app HTTP/1.1", 200, "Nacos-Java-Client:v2.2.3");
        line("10.1.0.1", 1, "POST /nacos/v1/auth/users/login HTTP/1.1", 403, "Nacos-Go-Client:v2.2.9");
        line("10.1.0.2", 2, "POST /nacos/v3/auth/user/login HTTP/1.1", 500, "curl/8 with blanks");
        line("10.1.0.2", 3, "GET /nacos/v1/cs/configs?dataId=/auth/login HTTP/1.1", 200, "-");
        line("10.1.0.2", 4, "POST /nacos/v1/auth/users HTTP/1.1", 200, "-");

        assertThat(history.requests()).isEqualTo(5);
        assertThat(history.logins()).isEqualTo(3);
        assertThat(history.right()).isEqualTo(1);
        assertThat(history.refused()).isEqualTo(1);
        assertThat(history.broken()).isEqualTo(1);
        assertThat(history.meanMillis()).isEqualTo(70);
        assertThat(history.users().heaviest(9)).extracting(Tallies.Entry::name).containsExactly("app");
        assertThat(history.agents().heaviest(9)).extracting(Tallies.Entry::name).contains("curl/8 with blanks");
    }

    @Test
    void a_burst_is_found_beside_the_usual_rate() {
        for (int second = 0; second < 100; second++) {
            line("10.1.0.1", second, "POST /nacos/v1/auth/login HTTP/1.1", 200, "-");
        }
        for (int i = 0; i < 200; i++) {
            line("10.1.0.1", 100 + i / 10, "POST /nacos/v1/auth/login HTTP/1.1", 200, "-");
        }

        long from = LogTime.parse("2026-11-22 16:01:40", 0);
        assertThat(history.burst()).isEqualTo(new LoginHistory.Burst(from, from + 20_000, 200, 10.0, 1.0));
    }

    @Test
    void an_even_rate_has_no_burst() {
        for (int second = 0; second < 600; second++) {
            line("10.1.0.1", second, "POST /nacos/v1/auth/login HTTP/1.1", 200, "-");
        }

        assertThat(history.burst()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"",
                "[ \" \" ",
                "x - - [99/Foo/2026:16:51:55 +0000] \"POST / HTTP/1.1\" 200 1 1 - -",
                "x - - [22/Nov/2026:16:51:55 +0000] \"POST /nacos/v1/auth/login"
            })
    void a_line_of_another_form_is_passed_over(String line) {
        assertThat(history.add(line)).isFalse();
        assertThat(history.requests()).isZero();
    }

    @Test
    void numbers_that_are_none_count_as_nothing() {
        assertThat(history.add("x - - [22/Nov/2026:16:51:55 +0000] \"POST /auth/login HTTP/1.1\" abc - "
                        + "99999999999999999999 agent"))
                .isTrue();
        assertThat(history.logins()).isEqualTo(1);
        assertThat(history.meanMillis()).isZero();
    }
}
