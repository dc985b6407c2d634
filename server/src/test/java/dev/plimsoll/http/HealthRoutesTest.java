package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HealthRoutesTest {
    private static HttpFixture server;

    @BeforeAll
    static void start(@TempDir Path data) {
        server = new HttpFixture(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void ready() {
        server.ready = true;
    }

    @ParameterizedTest
    @CsvSource({
        "/health/ready, 503",
        "/nacos/v1/console/health/readiness, 500",
    })
    void readiness_is_a_text_and_a_status(String path, int notReady) {
        assertThat(server.get(path).statusCode()).isEqualTo(200);
        assertThat(server.get(path).body()).isEqualTo("OK");
        server.ready = false;
        assertThat(server.get(path).statusCode()).isEqualTo(notReady);
        assertThat(server.get(path).body()).isEqualTo("config and naming not in readiness");
    }

    @ParameterizedTest
    @CsvSource({
        "/nacos/v2/console/health/readiness, 500",
        "/nacos/v3/console/health/readiness, 500",
        "/nacos/v3/admin/core/state/readiness, 200",
        "/nacos/v3/admin/core/ops/readiness, 200",
    })
    void readiness_is_an_envelope_from_v2_on(String path, int notReady) {
        assertThat(server.get(path).statusCode()).isEqualTo(200);
        assertThat(server.get(path).body()).isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":\"ok\"}");
        server.ready = false;
        assertThat(server.get(path).statusCode()).isEqualTo(notReady);
        assertThat(server.get(path).body())
                .isEqualTo("{\"code\":30000,\"message\":\"config and naming not in readiness\",\"data\":null}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/health/live",
                "/nacos/v1/console/health/liveness",
                "/nacos/v2/console/health/liveness",
                "/nacos/v3/console/health/liveness",
                "/nacos/v3/admin/core/state/liveness",
                "/nacos/v3/admin/core/ops/liveness",
            })
    void a_server_that_is_not_ready_lives_all_the_same(String path) {
        server.ready = false;
        assertThat(server.get(path).statusCode()).isEqualTo(200);
        assertThat(server.get(path).body()).containsIgnoringCase("ok");
    }

    @Test
    void the_state_is_what_a_console_needs_and_no_more() {
        String state = "{\"version\":\"1.2.3\",\"standalone_mode\":\"standalone\",\"startup_mode\":\"standalone\","
                + "\"function_mode\":null,\"auth_enabled\":\"false\",\"auth_system_type\":\"nacos\","
                + "\"auth_admin_request\":\"false\",\"login_page_enabled\":\"false\",\"console_ui_enabled\":\"false\"}";
        assertThat(server.get("/nacos/v1/console/server/state").body()).isEqualTo(state);
        assertThat(server.get("/nacos/v3/console/server/state").body()).isEqualTo(state);
        var enveloped = server.get("/nacos/v3/admin/core/state");
        assertThat(enveloped.body()).isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":" + state + "}");
        assertThat(header(enveloped, "Content-Type")).isEqualTo("application/json;charset=UTF-8");
    }
}
