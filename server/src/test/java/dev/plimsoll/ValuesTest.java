package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    @TempDir
    Path dir;

    private Values values(Map<String, String> environment, String file, String... options) throws IOException {
        Path config = Files.writeString(dir.resolve("plimsoll.properties"), file);
        var words = new ArrayList<>(List.of("--config", config.toString()));
        words.addAll(List.of(options));
        return Values.read(words, environment);
    }

    private static Values options(String... options) {
        return Values.read(List.of(options), Map.of());
    }

    @Test
    void every_setting_has_its_default_when_nobody_sets_it() {
        Values values = Values.read(List.of(), Map.of());

        assertThat(values.get(KnownSettings.PORT)).isEqualTo(8848);
        assertThat(values.get(KnownSettings.HOST)).isEqualTo("127.0.0.1");
        assertThat(values.get(KnownSettings.DATA)).isEqualTo(Path.of("data").resolveSibling("./data"));
        assertThat(values.get(KnownSettings.MEMORY)).isEqualTo(256L << 20);
        assertThat(values.get(KnownSettings.CONTEXT_PATH)).isEqualTo("/nacos");
    }

    @Test
    void options_win_over_the_environment_and_that_over_the_file() throws IOException {
        assertThat(values(Map.of("PLIMSOLL_PORT", "2"), "port=3", "--port", "1").get(KnownSettings.PORT))
                .isEqualTo(1);
        assertThat(values(Map.of("PLIMSOLL_PORT", "2"), "port=3").get(KnownSettings.PORT))
                .isEqualTo(2);
        assertThat(values(Map.of(), "port=3").get(KnownSettings.PORT)).isEqualTo(3);
    }

    @Test
    void the_references_names_set_what_they_mean_in_any_spelling() throws IOException {
        assertThat(values(Map.of(), "server.port=1").get(KnownSettings.PORT)).isEqualTo(1);
        assertThat(values(Map.of(), "server.port=1\nnacos.server.main.port=2").get(KnownSettings.PORT))
                .isEqualTo(2);
        assertThat(values(Map.of(), "server.port=1\nport=3").get(KnownSettings.PORT))
                .isEqualTo(3);
        assertThat(values(Map.of("SERVER_PORT", "4"), "server.port=1").get(KnownSettings.PORT))
                .isEqualTo(4);
        assertThat(values(Map.of("NACOS_APPLICATION_PORT", "5"), "").get(KnownSettings.PORT))
                .isEqualTo(5);
        assertThat(values(Map.of(), "server.servlet.contextPath=/a").get(KnownSettings.CONTEXT_PATH))
                .isEqualTo("/a");
        assertThat(values(Map.of(), "server.servlet.context-path=/b").get(KnownSettings.CONTEXT_PATH))
                .isEqualTo("/b");
        assertThat(values(Map.of("SERVER_SERVLET_CONTEXTPATH", "/c"), "").get(KnownSettings.CONTEXT_PATH))
                .isEqualTo("/c");
        assertThat(options("--server.port=7").get(KnownSettings.PORT)).isEqualTo(7);
    }

    @Test
    void an_empty_value_is_no_value() throws IOException {
        assertThat(values(Map.of("SERVER_PORT", ""), "server.servlet.contextPath=")
                        .get(KnownSettings.CONTEXT_PATH))
                .isEqualTo("/nacos");
    }

    @ParameterizedTest
    @CsvSource({
        "prot, port",
        "conntext-path, context-path",
        "server.prot, server.port",
        "log.fils, log.files",
        "nacos.core.auth.enabld, nacos.core.auth.enabled"
    })
    void an_unknown_name_in_the_file_stops_the_start_and_names_the_nearest(String wrong, String right) {
        assertThatThrownBy(() -> values(Map.of(), wrong + "=1"))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("'" + wrong + "'")
                .hasMessageContaining("the nearest is '" + right + "'");
    }

    @Test
    void an_unknown_option_or_variable_of_ours_names_the_nearest_in_its_own_spelling() {
        assertThatThrownBy(() -> options("--prot", "1")).hasMessageContaining("'--port'");
        assertThatThrownBy(() -> Values.read(List.of(), Map.of("PLIMSOLL_CONTEXT_PAHT", "/x")))
                .hasMessageContaining("'PLIMSOLL_CONTEXT_PATH'");
    }

    @Test
    void variables_of_others_are_left_alone() {
        var environment = Map.of(
                "PLIMSOLL_PORT", "tcp://10.0.0.7:8848", // Kubernetes, for a service named plimsoll
                "PLIMSOLL_SERVICE_HOST", "10.0.0.7",
                "PLIMSOLL_SERVICE_PORT", "8848",
                "PLIMSOLL_SERVICE_PORT_GRPC", "9848",
                "PLIMSOLL_PORT_8848_TCP_ADDR", "10.0.0.7",
                "HOST", "laptop",
                "DATA", "/x",
                "NACOS_SERVER_ADDR", "elsewhere:8848",
                "server_port", "1",
                "PLIMSOLL_JAVA_OPTS", "-Dx=y");
        Values values = Values.read(List.of(), environment);

        assertThat(values.get(KnownSettings.PORT)).isEqualTo(8848);
        assertThat(values.get(KnownSettings.HOST)).isEqualTo("127.0.0.1");
        assertThat(values.get(KnownSettings.DATA).toString()).isEqualTo("./data");
        assertThat(values.notYetSupported()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "port, 64536",
        "port, -1",
        "port, 88x",
        "port, 99999999999999999999",
        "memory, 127m",
        "memory, much",
        "context-path, nacos",
        "context-path, /a/../b?",
        "log.level, loud",
        "log.files, 0",
        "log.file-size, 2g"
    })
    void a_value_out_of_bounds_is_refused_with_its_name_itself_and_what_was_expected(String name, String text) {
        assertThatThrownBy(() -> KnownSettings.ALL.forEach(options("--" + name, text)::get))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageStartingWith("option: --" + name + ": '" + text + "' (expected: ");
    }

    @Test
    void a_single_slash_is_no_context_path() {
        assertThat(options("--context-path", "/").get(KnownSettings.CONTEXT_PATH))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "${MY_PORT}, 7001",
        "${MY_PORT:1}, 7001",
        "${NO_SUCH:7002}, 7002",
        "${NO_SUCH:${MY_PORT:1}}, 7001",
        "70${TWO:0}${TWO:3}, 7003",
        "${other}, 7004"
    })
    void placeholders_take_the_environment_the_other_names_or_their_default(String text, int port) throws IOException {
        Values values = values(
                Map.of("MY_PORT", "7001"),
                "log.files=4\nspring.other=1\nlogging.x=7004\nport=" + text.replace("other", "logging.x"));

        assertThat(values.get(KnownSettings.PORT)).isEqualTo(port);
    }

    @Test
    void placeholders_that_lead_nowhere_or_in_a_circle_are_refused() throws IOException {
        Values nowhere = values(Map.of(), "port=${NO_SUCH}");
        assertThatThrownBy(() -> nowhere.get(KnownSettings.PORT)).hasMessageContaining("${NO_SUCH}");
        Values circle = values(Map.of(), "port=${host}\nhost=${port}");
        assertThatThrownBy(() -> circle.get(KnownSettings.PORT)).hasMessageContaining("nested");
        Values bomb = values(
                Map.of(),
                "logging.a=" + "x".repeat(60_000)
                        + "\nlogging.b=${logging.a}${logging.a}\nhost=${logging.b}${logging.b}");
        assertThatThrownBy(() -> bomb.get(KnownSettings.HOST)).hasMessageContaining("characters");
    }

    @Test
    void a_file_of_the_reference_starts_the_server_and_names_what_is_missing() throws IOException {
        Values values = values(Map.of(), """
                server.servlet.contextPath=${SERVER_SERVLET_CONTEXTPATH:/nacos}
                server.error.include-message=ALWAYS
                server.port=${NACOS_APPLICATION_PORT:8849}
                spring.sql.init.platform=${SPRING_DATASOURCE_PLATFORM:}
                nacos.config.push.maxRetryTime=50
                db.url.0=jdbc:mysql://${MYSQL_SERVICE_HOST}:3306/nacos?useSSL=false
                db.pool.config.idleTimeout=1
                management.metrics.export.elastic.enabled=false
                server.tomcat.accesslog.enabled=true
                server.tomcat.accesslog.pattern=%h %l %u %t "%r" %s %b %D
                server.tomcat.basedir=file:.
                nacos.security.ignore.urls=/,/error
                nacos.core.auth.system.type=nacos
                nacos.core.auth.enabled=false
                nacos.core.auth.caching.enabled=true
                nacos.core.auth.enable.userAgentAuthWhite=false
                nacos.core.auth.server.identity.key=
                nacos.istio.mcp.server.enabled=false
                nacos.core.protocol.raft.data.cli_service_thread_num=8
                """);

        assertThat(values.get(KnownSettings.PORT)).isEqualTo(8849);
        assertThat(values.notYetSupported())
                .containsExactly(
                        "db.url.0",
                        "nacos.config.push.maxRetryTime",
                        "server.tomcat.accesslog.enabled",
                        "server.tomcat.accesslog.pattern");
    }

    @Test
    void what_would_weaken_the_server_is_refused_with_the_reason() {
        assertThatThrownBy(() -> values(Map.of(), "nacos.core.auth.enable.userAgentAuthWhite=true"))
                .hasMessageContaining("userAgentAuthWhite: 'true'")
                .hasMessageContaining("User-Agent");
    }

    @Test
    void the_reference_s_variables_for_what_is_missing_are_named() {
        Values values = Values.read(
                List.of(), Map.of("NACOS_CORE_AUTH_SYSTEM_TYPE", "ldap", "NACOS_CORE_AUTH_CACHING_ENABLED", "true"));

        assertThat(values.notYetSupported()).containsExactly("NACOS_CORE_AUTH_SYSTEM_TYPE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"port", "-p", "8848"})
    void a_word_that_is_no_option_is_refused(String word) {
        assertThatThrownBy(() -> options(word)).hasMessageContaining("'" + word + "'");
    }

    @Test
    void an_option_needs_its_value() {
        assertThatThrownBy(() -> options("--port")).hasMessageContaining("--port: no value");
    }

    @Test
    void a_settings_file_that_cannot_be_read_is_refused_in_one_line() throws IOException {
        Path latin = Files.write(dir.resolve("latin"), "host=\u00e4".getBytes(StandardCharsets.ISO_8859_1));
        Path broken = Files.writeString(dir.resolve("broken"), "host=\\u12");
        Path large = Files.writeString(dir.resolve("large"), "#".repeat(1024 * 1024 + 1));
        for (Path config : List.of(dir.resolve("none"), dir, latin, broken, large)) {
            assertThatThrownBy(() -> options("--config", config.toString()))
                    .isInstanceOf(InvalidRequest.class)
                    .hasMessageStartingWith("settings file " + config + ": ")
                    .hasMessageContaining("(expected: ");
        }
    }

    @Test
    void no_name_means_two_things() {
        var names = new ArrayList<String>();
        for (Setting<?> setting : KnownSettings.ALL) {
            names.add(Setting.canonical(setting.name()));
            setting.referenceNames().forEach(name -> names.add(Setting.canonical(name)));
        }
        new ReferenceKeys().names().forEach(name -> names.add(Setting.canonical(name)));

        assertThat(names).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"a, a, 0", "a, b, 1", "prot, port, 2", "'', abc, 3", "kitten, sitting, 3"})
    void distance_counts_edits(String one, String other, int expected) {
        assertThat(Values.distance(one, other)).isEqualTo(expected);
    }
}
