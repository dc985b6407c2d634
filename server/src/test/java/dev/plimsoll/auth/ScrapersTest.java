package dev.plimsoll.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScrapersTest {
    private static final String TOKEN = "0123456789abcdef";

    @TempDir
    Path dir;

    private Scrapers with(String text) throws IOException {
        return Scrapers.withTokenIn("metrics.token-file", Files.writeString(dir.resolve("token"), text));
    }

    @Test
    void the_token_of_the_file_is_known_and_no_other() throws IOException {
        for (String end : new String[] {"", "\n", "\r\n"}) {
            Scrapers scrapers = with(TOKEN + end);
            assertThat(scrapers.know(TOKEN)).isTrue();
            assertThat(scrapers.know(TOKEN + "0")).isFalse();
            assertThat(scrapers.know(TOKEN.substring(1))).isFalse();
            assertThat(scrapers.know("")).isFalse();
            assertThat(scrapers.know(null)).isFalse();
            assertThat(scrapers.isEverybody()).isFalse();
        }
        assertThat(with("x".repeat(1_024) + "\n").know("x".repeat(1_024))).isTrue();
    }

    @Test
    void without_a_file_no_token_is_known() {
        assertThat(Scrapers.ADMINISTRATORS.know("")).isFalse();
        assertThat(Scrapers.ADMINISTRATORS.know(TOKEN)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "secret-short",
                "secret-with a blank in it",
                "secret-in-two\nlines-of-text",
                "secret-\u00e4\u00f6\u00fc-not-ascii"
            })
    void what_is_no_token_is_refused_and_not_told(String text) {

        assertThatThrownBy(() -> with(text))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageStartingWith("metrics.token-file: ")
                .hasMessageContaining("(expected: 16 to 1024, no blanks")
                .message()
                .doesNotContain("secret");
    }

    @Test
    void a_file_that_is_missing_or_far_too_large_is_refused() throws IOException {
        assertThatThrownBy(() -> Scrapers.withTokenIn("metrics.token-file", dir.resolve("none")))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("none");
        assertThatThrownBy(() -> with("x".repeat(1_000_000))).isInstanceOf(InvalidRequest.class);
    }
}
