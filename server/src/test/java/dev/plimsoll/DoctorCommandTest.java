package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoctorCommandTest {
    @TempDir
    Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path logs;

    @BeforeEach
    void logs() throws IOException {
        logs = Files.createDirectories(dir.resolve("nacos/logs"));
        started("2.2.3", "-Xmx512m");
    }

    private void started(String version, String flags) throws IOException {
        Files.writeString(
                logs.resolve("start.out"),
                "/opt/jdk/bin/java " + flags + " -jar /opt/nacos/target/nacos-server.jar\n\n   : |    Nacos " + version
                        + "\n");
    }

    private int run(String... words) {
        return DoctorCommand.run(
                List.of(words),
                Map.of(),
                dir.resolve("root"),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void the_exit_status_is_how_bad_it_is() throws IOException {
        assertThat(run("--nacos", logs.toString())).isEqualTo(1);
        started("3.1.0", "-Xmx512m -XX:MaxDirectMemorySize=192m");
        assertThat(run("--nacos", logs.toString())).isZero();
        Files.writeString(
                logs.resolve("nacos.log"),
                "2026-11-22 12:00:00,000 ERROR java.lang.OutOfMemoryError: Java heap space\n");
        assertThat(run("--nacos", logs.toString())).isEqualTo(2);
        assertThat(err()).isEmpty();
    }

    @Test
    void json_is_all_that_is_printed_when_it_is_asked_for() {
        run("--nacos=" + logs, "--json");

        assertThat(out())
                .startsWith("{\"subject\":\"Nacos 2.2.3 at ")
                .endsWith("}\n")
                .hasLineCount(1);
    }

    @Test
    void a_page_is_written_beside_what_is_printed() throws IOException {
        Path page = dir.resolve("report.html");
        run("--nacos", logs.toString(), "--html", page.toString());

        assertThat(Files.readString(page)).startsWith("<!doctype html>").contains("Nacos 2.2.3");
        assertThat(out()).contains("WARNING").contains("the page is " + page);
    }

    @Test
    void nothing_is_written_where_the_examined_server_lives() {
        Path page = logs.resolve("report.html");

        assertThat(run("--nacos", logs.toString(), "--html", page.toString())).isEqualTo(DoctorCommand.NOT_EXAMINED);
        assertThat(page).doesNotExist();
        assertThat(err()).contains("where nothing is written");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--nacos", "--nacos /nowhere/at/all", "word --nacos .", "--colour x --nacos ."})
    void what_is_not_understood_is_not_examined(String words) {
        assertThat(run(words.split(" ", -1))).isEqualTo(DoctorCommand.NOT_EXAMINED);
        assertThat(err()).startsWith("plimsoll: ").contains("expected").hasLineCount(1);
    }

    @Test
    void a_password_is_never_a_word_of_the_command() {
        assertThat(run("--nacos", logs.toString(), "--user", "nacos", "--password=secret"))
                .isEqualTo(DoctorCommand.NOT_EXAMINED);
        assertThat(err()).contains("a password is never on the command line").doesNotContain("secret");
    }

    @Test
    void help_tells_options_and_exit_status() {
        assertThat(run("--help")).isZero();
        assertThat(out()).contains("--nacos DIR", "--html FILE", "0 healthy, 1 warnings, 2 critical");
    }
}
