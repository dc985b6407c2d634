package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthOptionsTest {
    @TempDir
    Path dir;

    private static AuthOptions options(List<String> words, Map<String, String> environment) {
        return Settings.of(Values.read(words, environment), MemoryLine.ofProcess(256L << 20))
                .auth();
    }

    @ParameterizedTest
    @CsvSource({
        "auto, 127.0.0.1, false",
        "auto, localhost, false",
        "auto, ::1, false",
        "auto, 0.0.0.0, true",
        "auto, ::, true",
        "auto, 192.0.2.1, true",
        "on, 127.0.0.1, true",
        "true, 127.0.0.1, true",
        "off, 0.0.0.0, false",
        "false, 127.0.0.1, false",
        "false, 0.0.0.0, true"
    })
    void nothing_but_off_opens_a_network(String auth, String host, boolean on) {
        assertThat(options(List.of("--auth", auth), Map.of()).on(host).on()).isEqualTo(on);
    }

    @Test
    void an_existing_file_that_says_false_opens_nothing_and_one_line_says_so() throws Exception {
        Path file = Files.writeString(dir.resolve("application.properties"), "nacos.core.auth.enabled=false\n");
        AuthOptions options = options(List.of("--config", file.toString()), Map.of());
        assertThat(options.on("0.0.0.0").on()).isTrue();
        assertThat(options.warning("0.0.0.0").orElseThrow()).contains("nacos.core.auth.enabled is false", "auth=off");
        assertThat(options.warning("127.0.0.1")).isEmpty();
        assertThat(options(List.of(), Map.of("NACOS_AUTH_ENABLE", "true"))
                        .on("127.0.0.1")
                        .on())
                .isTrue();
    }

    @Test
    void no_text_form_holds_a_key() {
        AuthOptions options =
                options(List.of("--auth.token-key", "s3cr3t", "--auth.former-token-key", "0ld"), Map.of());
        assertThat(options.toString()).doesNotContain("s3cr3t").doesNotContain("0ld");
    }
}
