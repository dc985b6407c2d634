package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.refusal.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AlertsTest {
    private static final Condition FULL = new Condition("accounts", "an account is full", "give a larger line");

    private final ManualLoop loop = new ManualLoop();
    private final Account account = new MemoryBudget(1 << 20, 0).heap("vitals", 1);
    private final Findings findings = new Findings(() -> Instant.ofEpochMilli(loop.currentTimeMillis()));
    private final List<String> sent = new ArrayList<>();
    private final List<CompletableFuture<Void>> answers = new ArrayList<>();
    private final Alerts alerts = new Alerts(
            loop,
            account,
            findings,
            (finding, over) -> {
                sent.add((over ? "over " : "critical ") + finding.subject());
                var answer = new CompletableFuture<Void>();
                answers.add(answer);
                return answer;
            },
            3);

    @BeforeEach
    void follow() {
        findings.follow(alerts);
    }

    private void critical(String subject) {
        findings.found(FULL, subject, Severity.CRITICAL, "100 %");
        loop.runAll();
    }

    private void over(String subject) {
        findings.over(FULL, subject, "10 %");
        loop.runAll();
    }

    private void take() {
        answers.get(answers.size() - 1).complete(null);
        loop.runAll();
    }

    private void refuse() {
        answers.get(answers.size() - 1)
                .completeExceptionally(new Unavailable("http://hook: status 500 (expected: 2xx)"));
        loop.runAll();
    }

    private List<String> currentCauses() {
        return findings.current().stream()
                .map(finding -> finding.condition().cause())
                .toList();
    }

    @Test
    void what_becomes_critical_is_sent_once_and_its_end_is_too() {
        critical("registry");
        critical("registry");
        assertThat(sent).containsExactly("critical registry");
        take();
        over("registry");
        assertThat(sent).containsExactly("critical registry", "over registry");
        take();
        loop.advance(Duration.ofMinutes(10));
        assertThat(sent).hasSize(2);
        assertThat(alerts.waiting()).isZero();
    }

    @Test
    void warnings_are_for_nobody() {
        findings.found(FULL, "registry", Severity.WARNING, "90 %");
        findings.over(FULL, "registry", "10 %");
        loop.runAll();
        assertThat(sent).isEmpty();
    }

    @Test
    void what_was_critical_before_anybody_followed_is_sent() {
        critical("registry");
        take();
        findings.follow(alerts);
        loop.runAll();
        assertThat(sent).containsExactly("critical registry", "critical registry");
    }

    @Test
    void one_that_is_not_taken_is_sent_again_after_pauses_that_double() {
        critical("registry");
        refuse();
        loop.advance(Duration.ofMillis(999));
        assertThat(sent).hasSize(1);
        loop.advance(Duration.ofMillis(1));
        assertThat(sent).hasSize(2);
        refuse();
        loop.advance(Duration.ofMillis(1_999));
        assertThat(sent).hasSize(2);
        loop.advance(Duration.ofMillis(1));
        assertThat(sent).hasSize(3);
        take();
        assertThat(currentCauses()).containsExactly("an account is full");
    }

    @Test
    void one_that_is_never_taken_is_given_up_and_that_is_a_finding_until_the_next_one_is_taken() {
        critical("registry");
        for (int i = 0; i < 3; i++) {
            refuse();
            loop.advance(Duration.ofMinutes(2));
        }
        assertThat(sent).hasSize(3);
        assertThat(findings.current())
                .filteredOn(finding -> finding.condition().equals(Alerts.UNDELIVERED))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
                    assertThat(finding.evidence())
                            .isEqualTo("an account is full: registry: not taken in 3 attempts: http://hook: status 500"
                                    + " (expected: 2xx)");
                });
        critical("watches");
        take();
        assertThat(currentCauses()).containsExactly("an account is full", "an account is full");
    }

    @Test
    void while_nobody_answers_the_newest_state_of_each_finding_waits() {
        critical("registry");
        critical("watches");
        over("watches");
        critical("watches");
        critical("journal");
        over("watches");
        assertThat(sent).containsExactly("critical registry");
        assertThat(alerts.waiting()).isEqualTo(2);
        take();
        take();
        take();
        assertThat(sent).containsExactly("critical registry", "over watches", "critical journal");
    }

    @Test
    void the_end_of_one_that_could_not_be_told_takes_its_place() {
        critical("registry");
        refuse();
        over("registry");
        loop.advance(Duration.ofSeconds(1));
        assertThat(sent).containsExactly("critical registry", "over registry");
        assertThat(alerts.waiting()).isZero();
    }

    @Test
    void a_flood_takes_so_many_places_and_the_oldest_are_dropped_and_counted() {
        for (int i = 0; i < 60; i++) {
            critical("account " + i);
        }
        assertThat(sent).containsExactly("critical account 0");
        assertThat(alerts.waiting()).isEqualTo(Alerts.MAX_WAITING);
        assertThat(alerts.dropped()).isEqualTo(59 - Alerts.MAX_WAITING);
        for (int round = 0; round < 1_000; round++) {
            over("account 59");
            critical("account 59");
        }
        assertThat(alerts.waiting()).isEqualTo(Alerts.MAX_WAITING);
        take();
        assertThat(sent).endsWith("critical account 44");
        assertThat(account.held()).isEqualTo(Alerts.HEAP_BYTES);
    }
}
