package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** What is reserved at start for what is counted and found, against what the objects measure when they are full. */
class VitalsBytesTest {
    /** Not of Latin letters, so that each takes two bytes. */
    private static final String LONG = "\u0416".repeat(1_000);

    @Test
    void counts_of_requests_take_what_is_reserved_for_them() {
        var traffic = new Traffic(System::nanoTime);
        for (int i = 0; i < 1_000; i++) {
            for (RequestKind kind : RequestKind.values()) {
                traffic.answered(kind, traffic.begin());
            }
            for (RequestKind kind : RequestKind.values()) {
                traffic.by(kind, i + LONG, i + LONG, i + LONG);
            }
            traffic.loginBy(i + LONG, i + LONG);
            traffic.denied(i + LONG);
            traffic.answers().route("GET", "/").answered(200, i);
            traffic.refused(() -> LONG);
        }
        assertCharge(GraphLayout.parseInstance(traffic).totalSize(), Traffic.HEAP_BYTES);
    }

    @Test
    void findings_take_what_is_reserved_for_them() {
        InstantSource clock = () -> Instant.EPOCH;
        var findings = new Findings(clock);
        long empty = GraphLayout.parseInstance(findings).totalSize();
        var condition = new Condition("accounts", "an account of the memory line is nearly full", "-");
        for (int i = 0; i < 2 * Findings.MAX_ENDED; i++) {
            findings.found(condition, i + LONG, Severity.WARNING, LONG);
            findings.over(condition, i + LONG, "");
        }
        for (int i = 0; i < 2 * Findings.MAX; i++) {
            findings.found(condition, i + LONG, Severity.WARNING, LONG);
        }
        assertThat(findings.current()).hasSize(Findings.MAX);
        assertThat(findings.ended()).hasSize(Findings.MAX_ENDED);
        assertCharge(GraphLayout.parseInstance(findings).totalSize() - empty, Findings.HEAP_BYTES);
    }

    /** The charge covers what is held, and no more than half of it again. */
    private static void assertCharge(long measured, long charged) {
        assertThat(measured).isBetween(charged * 2 / 3, charged);
    }
}
