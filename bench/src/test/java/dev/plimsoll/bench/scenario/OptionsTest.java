package dev.plimsoll.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OptionsTest {
    private final Options options = new Options()
            .option("seconds", "60", "")
            .option("every", "500ms", "")
            .option("line", "256m", "")
            .option("mode", "both", "");

    @Test
    void what_is_not_given_has_its_default() {
        assertThat(options.parse(List.of()).duration("seconds")).isEqualTo(Duration.ofSeconds(60));
        assertThat(options.duration("every")).isEqualTo(Duration.ofMillis(500));
        assertThat(options.mebibytes("line")).isEqualTo(256);
    }

    @Test
    void both_ways_to_give_a_value_are_understood() {
        options.parse(List.of("--seconds", "2m", "--line=1g"));

        assertThat(options.duration("seconds")).isEqualTo(Duration.ofMinutes(2));
        assertThat(options.mebibytes("line")).isEqualTo(1024);
    }

    @Test
    void wrong_words_are_refused_with_what_was_expected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.parse(List.of("--second", "3")))
                .withMessageContaining("--seconds");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.parse(List.of("--seconds")))
                .withMessageContaining("a value after it");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.parse(List.of("--seconds", "soon")).duration("seconds"))
                .withMessageContaining("'soon'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.parse(List.of("--mode=none")).choice("mode", "both", "tcp"))
                .withMessageContaining("both, tcp");
    }
}
