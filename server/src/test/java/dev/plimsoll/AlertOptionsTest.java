package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlertOptionsTest {
    @Test
    void nobody_is_told_by_default() {
        Values values = Values.read(List.of(), Map.of());
        assertThat(AlertOptions.of(
                                values.get(KnownSettings.ALERT_WEBHOOK),
                                values.get(KnownSettings.ALERT_TIMEOUT),
                                values.get(KnownSettings.ALERT_ATTEMPTS))
                        .webhook())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://hook:8080/x?token=secret", "https://ops:secret@[::1]/x"})
    void an_address_of_http_or_https_is_taken_and_told_to_nobody(String address) {
        AlertOptions options = AlertOptions.of(address, 5, 5);
        assertThat(options.webhook()).isPresent();
        assertThat(options).hasToString("alerts on");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://host/secret",
                "file:///secret",
                "http:///secret",
                "host/secret",
                "http://ho st/secret",
                "secret"
            })
    void anything_else_stops_the_start_and_is_not_repeated(String address) {
        assertThatThrownBy(() -> AlertOptions.of(address, 5, 5))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageStartingWith("alert.webhook: ")
                .hasMessageNotContaining("/secret")
                .hasNoCause();
    }
}
