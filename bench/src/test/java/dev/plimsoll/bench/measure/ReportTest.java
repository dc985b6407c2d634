package dev.plimsoll.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ReportTest {
    @Test
    void figure_beyond_its_number_warns_and_passes() {
        Report report = new Report("stall", "here", true);
        report.atMost("growth", 9, "MB", 8);

        assertThat(report.passed()).isTrue();
        assertThat(printed(report))
                .contains("WARN growth: 9 MB (expected: <= 8)")
                .contains("verdict: pass");
    }

    @Test
    void what_must_hold_and_does_not_fails() {
        Report report = new Report("stall", "here", true);
        report.require("final state", false, "5 are \"behind\"");

        assertThat(report.passed()).isFalse();
        assertThat(printed(report))
                .contains("FAIL final state: 5 are \"behind\"")
                .contains("verdict: FAIL");
    }

    @Test
    void nothing_is_judged_when_nothing_is_expected() {
        Report report = new Report("stall", "here", false);
        report.require("final state", false, "behind");
        report.atMost("growth", 9, "MB", 8);

        assertThat(report.passed()).isTrue();
        assertThat(printed(report))
                .doesNotContain("FAIL ")
                .doesNotContain("WARN")
                .doesNotContain("verdict");
    }

    @Test
    void last_line_is_for_machines() {
        Report report = new Report("stall", "here", true);
        report.figure("p50", 1.25, "ms");
        report.figure("nothing", Double.NaN, "x");
        report.require("final state", false, "a \"quote\"\n");

        String[] lines = printed(report).split("\n", -1);

        assertThat(lines[lines.length - 2])
                .isEqualTo("RESULT {\"scenario\":\"stall\",\"target\":\"here\",\"passed\":false,"
                        + "\"figures\":{\"p50 ms\":1.250,\"nothing x\":null},\"warnings\":[],"
                        + "\"failures\":[\"final state: a \\\"quote\\\"\\u000a\"]}");
    }

    private static String printed(Report report) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        report.print(new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }
}
