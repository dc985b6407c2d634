package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryRoutesTest {
    private static final String MEMORY = "/nacos/v3/admin/plimsoll/memory";
    private static final String LIST = "/nacos/v1/ns/instance/list?serviceName=orders";

    @TempDir
    Path data;

    private HttpFixture server;

    @BeforeEach
    void start() {
        server = new HttpFixture(data);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shows_the_line_its_accounts_and_what_the_allocator_says() {
        server.requests.reserve(12_345);
        assertThat(server.get(MEMORY).body())
                .startsWith("{\"code\":0,\"message\":\"success\",\"data\":{\"line\":629145600,\"heap\":314572800,")
                .contains("\"directTaken\":3145728,\"directInUse\":1048576,", "\"drift\":", "\"findings\":[]")
                .containsPattern("\"name\":\"requests\",\"kind\":\"heap\",\"share\":41943040,\"limit\":41943040,"
                        + "\"held\":1[2-9]\\d{3},");
        server.requests.release(12_345);
    }

    @Test
    void queries_are_refused_when_requests_are_many_and_registrations_and_health_are_not() {
        long most = server.requests.limit() / 4 * 3 + 1;
        server.requests.reserve(most);
        var refused = server.get(LIST);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(refused.body()).startsWith("requests: ").contains("queries wait");
        assertThat(server.post("/nacos/v1/ns/instance?serviceName=orders&ip=1.1.1.1&port=80")
                        .body())
                .isEqualTo("ok");
        assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(server.get(MEMORY).body()).contains("\"queriesRefused\":1,");
        server.requests.release(most);
        assertThat(server.get(LIST).statusCode()).isEqualTo(200);
        assertThat(server.requests.held()).isZero();
    }
}
