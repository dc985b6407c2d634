package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.http.MetricsPage;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.vitals.Findings;
import dev.plimsoll.vitals.Traffic;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server, scraped. */
class LiveMetricsTest {
    private static final String TOKEN = "0123456789abcdef";

    @TempDir
    Path dir;

    private Server start(String... more) {
        var words = new ArrayList<>(List.of(
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--data",
                dir.resolve("data").toString()));
        words.addAll(List.of(more));
        Values values = Values.read(words, Map.of());
        return Server.start(Settings.of(values, MemoryLine.ofProcess(values.get(KnownSettings.MEMORY))));
    }

    private static HttpURLConnection ask(Server server, String method, String path, String authorization)
            throws IOException {
        var asked = (HttpURLConnection) URI.create("http://127.0.0.1:" + server.httpPort() + path)
                .toURL()
                .openConnection();
        asked.setRequestMethod(method);
        asked.setRequestProperty("Authorization", authorization);
        return asked;
    }

    private static MetricsPage page(Server server, String authorization) throws IOException {
        try (var in = ask(server, "GET", "/metrics", authorization).getInputStream()) {
            return new MetricsPage(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** A route has its series from its first answer on. */
    private static List<String> withoutRoutes(MetricsPage page) {
        return page.samples().keySet().stream()
                .filter(series -> !series.startsWith("http_server_requests"))
                .toList();
    }

    @Test
    void a_server_is_scraped_and_its_numbers_move() throws IOException {
        try (Server server = start()) {
            MetricsPage before = page(server, "");
            assertThat(before.value("plimsoll_memory_line_bytes"))
                    .isEqualTo((double) MemoryLine.ofProcess(256 << 20).total());
            assertThat(before.value("plimsoll_account_used_bytes{account=\"vitals\"}"))
                    .as("what is counted and found is paid for at start")
                    .isGreaterThan((double) (Traffic.HEAP_BYTES + Findings.HEAP_BYTES));
            var register = ask(server, "POST", "/nacos/v1/ns/instance?serviceName=orders&ip=10.0.0.1&port=80", "");
            assertThat(register.getResponseCode()).isEqualTo(200);

            MetricsPage after = page(server, "");
            assertThat(withoutRoutes(after)).isEqualTo(withoutRoutes(before));
            assertThat(after.value("plimsoll_instances")).isEqualTo(1);
            assertThat(after.value("nacos_monitor{module=\"naming\",name=\"ipCount\"}"))
                    .isEqualTo(1);
            assertThat(after.value("plimsoll_connections")).isPositive();
        }
    }

    @Test
    void where_logins_are_asked_for_a_scraper_has_its_token_from_a_file() throws IOException {
        Path file = Files.writeString(dir.resolve("scraper"), TOKEN);
        try (Server server = start("--auth", "on", "--metrics.token-file", file.toString())) {
            assertThat(ask(server, "GET", "/metrics", "").getResponseCode()).isEqualTo(403);
            page(server, "Bearer " + TOKEN);
        }
        try (Server server = start("--auth", "on", "--metrics.open", "true")) {
            page(server, "");
        }
        assertThatThrownBy(
                        () -> start("--metrics.token-file", dir.resolve("none").toString()))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("metrics.token-file");
    }
}
