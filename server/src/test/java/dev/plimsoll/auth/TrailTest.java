package dev.plimsoll.auth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;

class TrailTest {
    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private final Logger log = context.getLogger("trail");
    private final Trail trail = new Trail(log, 3);

    TrailTest() {
        written.start();
        log.addAppender(written);
    }

    @Test
    void beyond_its_rate_lines_are_counted_and_the_count_is_told() {
        for (int i = 0; i < 10; i++) {
            if (trail.admits(5_000 + i)) {
                trail.write("line");
            }
        }
        assertThat(trail.admits(6_000)).isTrue();
        assertThat(written.list.stream().map(ILoggingEvent::getFormattedMessage))
                .containsExactly("line", "line", "line", "suppressed 7 lines in one second");
    }

    @Test
    void a_text_from_outside_stays_one_word() {
        assertThat(Trail.word("a b\nresult=0\u2028\"c\"\u0085\u009b")).isEqualTo("a_b_result_0__c___");
        assertThat(Trail.word("")).isEqualTo("-");
        assertThat(Trail.word("x".repeat(1_000))).hasSize(259);
    }
}
