package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FindingsTest {
    private static final Condition FULL = new Condition("accounts", "an account is full", "give a larger line");

    private long now = 1_000;
    private final Findings findings = new Findings(() -> Instant.ofEpochMilli(now));
    private final List<String> heard = new ArrayList<>();

    private void listen() {
        findings.follow(new Findings.Follower() {
            @Override
            public void critical(Finding finding) {
                heard.add("critical " + finding.what() + " since " + finding.sinceMillis());
            }

            @Override
            public void over(Finding finding) {
                heard.add("over " + finding.what() + " until " + finding.untilMillis());
            }
        });
    }

    @Test
    void a_finding_keeps_its_beginning_and_tells_the_newest_numbers() {
        findings.found(FULL, "registry", Severity.WARNING, "90 %");
        now = 5_000;
        findings.found(FULL, "registry", Severity.WARNING, "95 %");
        findings.found(FULL, "watches", Severity.WARNING, "91 %");
        assertThat(findings.current())
                .containsExactly(
                        new Finding(FULL, "registry", Severity.WARNING, "95 %", 1_000, null),
                        new Finding(FULL, "watches", Severity.WARNING, "91 %", 5_000, null));
        assertThat(findings.worst()).contains(Severity.WARNING);
    }

    @Test
    void one_that_is_over_is_remembered_with_its_end() {
        findings.found(FULL, Severity.WARNING, "90 %");
        now = 9_000;
        findings.over(FULL, "10 %");
        findings.over(FULL, "10 %");
        assertThat(findings.current()).isEmpty();
        assertThat(findings.worst()).isEmpty();
        assertThat(findings.ended()).containsExactly(new Finding(FULL, "", Severity.WARNING, "90 %", 1_000, 9_000L));
    }

    @Test
    void who_follows_hears_once_of_what_becomes_critical_and_once_of_its_end() {
        listen();
        findings.found(FULL, "registry", Severity.WARNING, "90 %");
        findings.found(FULL, "registry", Severity.CRITICAL, "100 %");
        findings.found(FULL, "registry", Severity.CRITICAL, "101 %");
        now = 4_000;
        findings.over(FULL, "registry", "10 %");
        findings.found(FULL, "watches", Severity.WARNING, "90 %");
        findings.over(FULL, "watches", "10 %");
        assertThat(heard)
                .containsExactly(
                        "critical an account is full: registry since 1000",
                        "over an account is full: registry until 4000");
    }

    @Test
    void each_is_logged_once_when_it_begins_becomes_critical_and_is_over() {
        var log = (Logger) LoggerFactory.getLogger(Findings.class);
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        log.addAppender(lines);
        try {
            findings.found(FULL, "registry", Severity.WARNING, "90 %");
            findings.found(FULL, "registry", Severity.WARNING, "95 %");
            findings.found(FULL, "registry", Severity.CRITICAL, "100 %");
            findings.found(FULL, "registry", Severity.CRITICAL, "101 %");
            now = 4_000;
            findings.over(FULL, "registry", "10 %");
        } finally {
            log.detachAppender(lines);
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::toString)
                .containsExactly(
                        "[WARN] an account is full: registry: 90 %; give a larger line",
                        "[ERROR] an account is full: registry: 100 %; give a larger line",
                        "[INFO] an account is full: registry: over after 3 s: 10 %");
    }

    @Test
    void one_that_is_critical_no_more_is_over_for_who_follows() {
        listen();
        findings.found(FULL, Severity.CRITICAL, "100 %");
        findings.found(FULL, Severity.WARNING, "90 %");
        findings.over(FULL, "10 %");
        assertThat(heard)
                .containsExactly("critical an account is full since 1000", "over an account is full until null");
    }

    @Test
    void who_follows_late_hears_of_what_is_critical_already() {
        findings.found(FULL, Severity.CRITICAL, "100 %");
        listen();
        assertThat(heard).hasSize(1);
    }

    @Test
    void there_are_never_more_findings_than_the_bound() {
        for (int i = 0; i < 3 * Findings.MAX; i++) {
            findings.found(FULL, "account " + i, Severity.CRITICAL, "x".repeat(10_000));
        }
        assertThat(findings.current()).hasSize(Findings.MAX);
        assertThat(findings.current()).allMatch(finding -> finding.evidence().length() <= 500);
        findings.found(FULL, "account 3", Severity.CRITICAL, "other evidence");
        assertThat(findings.current()).anyMatch(finding -> finding.evidence().equals("other evidence"));
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 3 * Findings.MAX; i++) {
                findings.over(FULL, "account " + i, "");
                findings.found(FULL, "account " + i, Severity.WARNING, "");
            }
        }
        assertThat(findings.ended()).hasSize(Findings.MAX_ENDED);
    }
}
