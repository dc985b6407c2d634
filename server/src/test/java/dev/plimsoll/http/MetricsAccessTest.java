package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.auth.Scrapers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may read metrics where callers must log in. */
class MetricsAccessTest {
    private static final String TOKEN = "a-scraper-s-own-token";
    private static final List<String> PAGES = List.of("/metrics", "/nacos/actuator/prometheus");

    @TempDir
    Path data;

    private HttpFixture server;
    private String adminPassword;

    @BeforeEach
    void start() throws Exception {
        Path file = Files.writeString(data.resolve("scraper"), TOKEN + "\n");
        server = new HttpFixture(data, Scrapers.withTokenIn("metrics.token-file", file));
        adminPassword = Files.readString(data.resolve("admin-password")).strip();
        server.auth.users().create("dev", "devs-password").toCompletableFuture().join();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int status(String path, String... headers) {
        return server.get(path, headers).statusCode();
    }

    private static String basic(String nameAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(nameAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void nobody_reads_them_without_a_right() {
        for (String page : PAGES) {
            assertThat(status(page)).isEqualTo(403);
            assertThat(server.send("HEAD", page, null).statusCode()).isEqualTo(403);
            assertThat(status(page, "Authorization", "Bearer " + TOKEN + "x")).isEqualTo(403);
            assertThat(status(page, "Authorization", "Bearer ")).isEqualTo(403);
            assertThat(status(page, "Authorization", TOKEN)).isEqualTo(403);
            assertThat(status(page, "Authorization", "Bearer " + server.token("dev", "devs-password")))
                    .as("no administrator")
                    .isEqualTo(403);
            assertThat(server.get(page).body()).doesNotContain("plimsoll_");
        }
    }

    @Test
    void the_scraper_s_token_opens_them_and_nothing_else() {
        for (String page : PAGES) {
            assertThat(status(page, "Authorization", "Bearer " + TOKEN)).isEqualTo(200);
        }
        for (String other : List.of(
                "/nacos/v3/admin/plimsoll/vitals",
                "/nacos/v3/admin/plimsoll/memory",
                "/nacos/v1/ns/operator/metrics",
                "/nacos/v1/ns/service/list?pageNo=1&pageSize=1",
                "/nacos/v1/cs/configs?dataId=a&group=b")) {
            assertThat(status(other, "Authorization", "Bearer " + TOKEN))
                    .as(other)
                    .isEqualTo(403);
        }
    }

    @Test
    void an_administrator_reads_them_by_token_and_by_name_and_password() {
        for (String page : PAGES) {
            assertThat(status(page, "Authorization", "Bearer " + server.token("admin", adminPassword)))
                    .isEqualTo(200);
            assertThat(status(page, "Authorization", basic("admin:" + adminPassword)))
                    .isEqualTo(200);
            assertThat(status(page + "?username=admin&password=" + adminPassword))
                    .isEqualTo(200);
        }
    }

    @Test
    void a_password_with_every_scrape_is_hashed_once() {
        long before = server.auth.logins().totals().hashed();
        for (int i = 0; i < 20; i++) {
            assertThat(status("/metrics", "Authorization", basic("admin:" + adminPassword)))
                    .isEqualTo(200);
        }
        assertThat(server.auth.logins().totals().hashed() - before).isEqualTo(1);
    }

    @Test
    void basic_authentication_of_others_is_refused_and_so_is_what_is_none() {
        assertThat(status("/metrics", "Authorization", basic("dev:devs-password")))
                .as("no administrator")
                .isEqualTo(403);
        assertThat(status("/metrics", "Authorization", basic("admin:guess"))).isEqualTo(403);
        assertThat(status("/metrics", "Authorization", basic("nobody:guess"))).isEqualTo(403);
        assertThat(server.auth.logins().totals().wrong()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic", "Basic ", "Basic %%%", "Basic YWRtaW4", "Basic Og==", "Basic OmE=", "Digest a"})
    void a_broken_header_is_no_login(String header) {
        var answer = server.get("/metrics", "Authorization", header);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("\"Forbidden\"");
    }

    @Test
    void basic_authentication_is_for_scrapers_alone() {
        assertThat(status("/nacos/v3/admin/plimsoll/vitals", "Authorization", basic("admin:" + adminPassword)))
                .isEqualTo(403);
    }

    @Test
    void they_are_open_where_the_operator_says_so() {
        try (var open = new HttpFixture(data.resolve("open"), Scrapers.EVERYBODY)) {
            for (String page : PAGES) {
                assertThat(open.get(page).statusCode()).isEqualTo(200);
            }
            assertThat(open.get("/nacos/v3/admin/plimsoll/vitals").statusCode()).isEqualTo(403);
        }
    }
}
