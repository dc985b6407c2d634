package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.doctor.PushLine.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PushLineTest {
    private static final String SERVICE =
            "Service{namespace='dev', group='SHOP', name='orders', ephemeral=true, revision=8}";
    private static final long AT = LogTime.parse("2026-11-22 16:53:44,747", 0);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[PUSH-SUCC] 17ms, all delay time 547ms for subscriber 10.1.0.7, " + SERVICE
                        + ", originalSize=500, DataSize=500",
                "[PUSH-SUCC] 17ms, all delay time 664ms, SLA 130ms, " + SERVICE + ", DataSize=501, target=10.1.0.7",
                "[PUSH-SUCC] 17ms, all delay time 664ms, SLA 130ms, " + SERVICE
                        + ", originalSize=501, DataSize=501, target=10.1.0.7"
            })
    void a_success_is_read_in_each_form_of_2_x_and_3_x(String rest) {
        assertThat(PushLine.parse("2026-11-22 16:53:44,747 INFO " + rest))
                .isEqualTo(new PushLine(AT, true, 17, "dev SHOP@@orders", "10.1.0.7", Reason.NONE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5012 | Timeout After 5000 milliseconds,requestId =1 | TIMEOUT",
                "20001 | null | UDP",
                "3 | null | TIMEOUT",
                "0 | connection is busy | BUSY",
                "1 | failed to allocate 2097152 byte(s) of direct memory (used: 1, max: 2) | NO_MEMORY",
                "2 | Stream is already completed, no further calls are allowed | CLOSED",
                "2 | anything else | OTHER"
            })
    void a_failure_tells_its_reason(long cost, String text, Reason reason) {
        assertThat(PushLine.parse("2026-11-22 16:53:44,747 ERROR [PUSH-FAIL] " + cost + "ms, " + SERVICE + ", reason="
                        + text + ", target=10.1.0.7"))
                .isEqualTo(new PushLine(AT, false, cost, "dev SHOP@@orders", "10.1.0.7", reason));
    }

    @Test
    void a_reason_may_look_like_the_rest_of_the_line() {
        PushLine line = PushLine.parse("2026-11-22 16:53:44,747 ERROR [PUSH-FAIL] 5000ms, " + SERVICE
                + ", reason=Timeout, target=1.2.3.4, reason=x, target=10.1.0.7");

        assertThat(line).isNotNull().extracting(PushLine::target).isEqualTo("10.1.0.7");
        assertThat(line).isNotNull().extracting(PushLine::reason).isEqualTo(Reason.TIMEOUT);
    }

    @Test
    void pushes_by_udp_and_notices_of_configurations_fail_in_words_of_their_own() {
        assertThat(PushLine.parse("2026-11-22 16:53:44,747 WARN max re-push times reached, retry times 2, key:"
                        + " 10.1.0.7,44044,21423454882111356"))
                .isEqualTo(new PushLine(AT, false, 0, "", "10.1.0.7", Reason.UDP));
        assertThat(PushLine.parse("2026-11-22 16:53:44,747 WARN Push fail, dataId=app.yml, group=SHOP, tenant=dev,"
                        + " clientId=1795364278792_10.1.0.7_50580"))
                .isEqualTo(new PushLine(AT, false, 0, "dev SHOP@@app.yml", "10.1.0.7", Reason.TIMEOUT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-11-22 16:53:44,747 INFO [PUSH] Task merge for " + SERVICE,
                "2026-11-22 16:53:44,747 ERROR Reason detail: ",
                "2026-11-22 16:53:44,747 ERROR [PUSH-FAIL] ",
                "2026-11-22 16:53:44,747 ERROR [PUSH-FAIL] 5000ms, reason=, target=",
                "java.util.concurrent.TimeoutException: Timeout After 5000 milliseconds,requestId =1",
                "[PUSH-FAIL] 5000ms, " + SERVICE + ", reason=x, target=10.1.0.7"
            })
    void any_other_line_is_none(String line) {
        assertThat(PushLine.parse(line)).isNull();
    }

    @Test
    void names_are_kept_only_so_far() {
        PushLine line = PushLine.parse("2026-11-22 16:53:44,747 ERROR [PUSH-FAIL] 5000ms, Service{namespace='"
                + "n".repeat(5_000) + "', group='g', name='s', ephemeral=true, revision=1}, reason=Timeout, target="
                + "t".repeat(5_000));

        assertThat(line).isNotNull().satisfies(kept -> assertThat(
                        kept.topic().length() + kept.target().length())
                .isLessThan(600));
    }
}
