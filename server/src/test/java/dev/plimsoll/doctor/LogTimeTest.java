package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogTimeTest {
    @ParameterizedTest
    @ValueSource(strings = {"1970-01-01 00:00:00", "2000-02-29 23:59:59", "2026-11-22 16:53:47", "2027-03-01 00:00:01"})
    void days_are_counted_as_the_calendar_does(String text) {
        long expected = LocalDateTime.parse(text.replace(' ', 'T'))
                .toInstant(ZoneOffset.UTC)
                .toEpochMilli();

        assertThat(LogTime.parse(text + ",917 INFO", 0)).isEqualTo(expected + 917);
        assertThat(LogTime.parse(text + " no fraction", 0)).isEqualTo(expected);
        assertThat(LogTime.toTheSecond(expected)).isEqualTo(text);
    }

    @Test
    void access_logs_have_another_form_of_the_same_moment() {
        assertThat(LogTime.parseAccess("[22/Nov/2026:16:51:55 +0000]", 1))
                .isEqualTo(LogTime.parse("2026-11-22 16:51:55,000", 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "2026", "\tat java.base/java.lang.Thread.run(Thread.java:840)", "2026-13-22 16:53:47,917",
                "2026-11-22 25:53:47,917", "2026-11-22T16-53-47,917", "x026-11-22 16:53:47,917",
                        "0000-00-00 00:00:00,000"
            })
    void what_is_no_moment_is_none(String text) {
        assertThat(LogTime.parse(text, 0)).isEqualTo(LogTime.NONE);
        assertThat(LogTime.parseAccess(text, 0)).isEqualTo(LogTime.NONE);
    }

    @Test
    void durations_are_told_in_two_units_at_most() {
        assertThat(LogTime.duration(420)).isEqualTo("420 ms");
        assertThat(LogTime.duration(131_000)).isEqualTo("2 min 11 s");
        assertThat(LogTime.duration(3 * 3_600_000L)).isEqualTo("3 h");
        assertThat(LogTime.duration(52 * 3_600_000L)).isEqualTo("2 d 4 h");
    }
}
