package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpsRoutesTest {
    @TempDir
    static Path data;

    private static HttpFixture server;

    @BeforeAll
    static void start() {
        server = new HttpFixture(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|/v1/cs/health|200|UP",
                "POST|/v1/cs/ops/localCache|200|200",
                "POST|/v3/admin/cs/ops/localCache|200|"
                        + "{\"code\":0,\"message\":\"success\",\"data\":\"Local cache updated from store successfully!\"}",
                "GET|/v1/console/server/announcement?language=en-US|200|{\"code\":200,\"message\":null,\"data\":\"\"}",
                "GET|/v1/console/server/guide|200|{\"code\":200,\"message\":null,\"data\":\"\"}",
                "GET|/v3/console/server/guide|200|{\"code\":0,\"message\":\"success\",\"data\":\"\"}",
                "GET|/v3/console/server/announcement?language=..%2Fx|400|"
                        + "{\"code\":30000,\"message\":\"Unsupported language: ../x\",\"data\":null}",
            })
    void what_there_is_an_answer_to_is_answered(String method, String path, int status, String body) {
        var answer = server.send(method, "/nacos" + path, null);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(body);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/cs/capacity?group=g",
        "POST, /v1/cs/capacity?group=g&quota=1",
        "PUT, /v1/cs/ops/log?logName=x&logLevel=DEBUG",
        "GET, /v1/cs/ops/derby?sql=select",
        "POST, /v1/cs/ops/data/removal",
        "GET, /v1/cs/metrics/cluster?ip=1.1.1.1",
        "GET, /v3/admin/cs/capacity?groupName=g",
        "PUT, /v3/admin/cs/ops/log?logName=x&logLevel=DEBUG",
        "GET, /v3/admin/cs/ops/derby?sql=select",
        "POST, /v3/admin/cs/ops/derby/import",
        "GET, /v3/admin/cs/metrics/ip?ip=1.1.1.1",
    })
    void what_is_not_offered_says_so(String method, String path) {
        var refused = server.send(method, "/nacos" + path, null);
        assertThat(refused.statusCode()).isEqualTo(501);
        assertThat(refused.body()).contains("not ");
        if (path.startsWith("/v3")) {
            assertThat(refused.body()).startsWith("{\"code\":40001,\"message\":\"API function disabled.\",");
        }
    }

    @Test
    void contents_are_still_there_after_the_cache_was_dropped() {
        server.post("/nacos/v1/cs/configs?dataId=a&group=G&content=x");
        server.post("/nacos/v1/cs/ops/localCache");
        assertThat(server.get("/nacos/v1/cs/configs?dataId=a&group=G").body()).isEqualTo("x");
    }
}
