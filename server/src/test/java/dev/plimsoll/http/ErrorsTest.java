package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.Conflict;
import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.refusal.Unavailable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorsTest {
    private static final Map<String, Refusal> REFUSALS = Stream.of(
                    new InvalidRequest("this \"here\""),
                    new NotFound("this \"here\""),
                    new Conflict("this \"here\""),
                    new Forbidden("this \"here\""),
                    new OverBudget("this \"here\""),
                    new Unavailable("this \"here\""))
            .collect(Collectors.toMap(refusal -> refusal.getClass().getSimpleName(), refusal -> refusal));

    private static HttpFixture server;

    @BeforeAll
    static void start(@TempDir Path data) {
        server = new HttpFixture(data, "/nacos", ErrorsTest::addRefusals);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void addRefusals(Router router) {
        for (String version : List.of("v1", "v2", "v3")) {
            router.get("/nacos/" + version + "/refuse", call -> {
                throw REFUSALS.get(String.valueOf(call.parameter("with")));
            });
            router.get("/nacos/" + version + "/break", call -> {
                throw new IllegalStateException("a secret of ours");
            });
        }
    }

    @Test
    void every_kind_of_refusal_is_tried_below() {
        assertThat(Arrays.stream(Refusal.class.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .toList())
                .containsExactlyInAnyOrderElementsOf(REFUSALS.keySet());
    }

    @ParameterizedTest
    @CsvSource({
        "InvalidRequest, 400, 20002, parameter validate error",
        "NotFound, 404, 20004, resource not found",
        "Conflict, 500, 20005, resource conflict",
        "Forbidden, 403, 10001, access denied",
        "OverBudget, 503, 30000, server error",
        "Unavailable, 503, 30000, server error",
    })
    void a_refusal_takes_the_form_of_the_interface(String kind, int status, int code, String words) {
        var v1 = server.get("/nacos/v1/refuse?with=" + kind);
        assertThat(v1.statusCode()).isEqualTo(status);
        assertThat(v1.body()).isEqualTo("this \"here\"");
        assertThat(header(v1, "Content-Type")).isEqualTo("text/plain;charset=UTF-8");
        assertThat(header(v1, "Retry-After")).isEqualTo(kind.equals("OverBudget") ? "1" : "(none)");
        for (String version : List.of("v2", "v3")) {
            var later = server.get("/nacos/" + version + "/refuse?with=" + kind);
            assertThat(later.statusCode()).isEqualTo(status);
            assertThat(later.body())
                    .isEqualTo("{\"code\":" + code + ",\"message\":\"" + words + "\",\"data\":\"this \\\"here\\\"\"}");
            assertThat(header(later, "Content-Type")).isEqualTo("application/json;charset=UTF-8");
        }
    }

    @Test
    void what_broke_stays_in_the_log() {
        assertThat(server.get("/nacos/v1/break").statusCode()).isEqualTo(500);
        assertThat(server.get("/nacos/v1/break").body()).isEqualTo("internal error");
        assertThat(server.get("/nacos/v3/break").body())
                .isEqualTo("{\"code\":30000,\"message\":\"server error\",\"data\":\"internal error\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, 404, Not Found, No endpoint GET /.",
        "GET, /nacos/v1/cs/nothing, 404, Not Found, No endpoint GET /nacos/v1/cs/nothing.",
        "POST, /nacos/v3/x, 404, Not Found, No endpoint POST /nacos/v3/x.",
        "GET, /v1/cs/configs, 404, Not Found, No endpoint GET /v1/cs/configs.",
        "GET, /nacos/v1/ns/raft, 501, Not Implemented, no such api:GET:/nacos/v1/ns/raft",
    })
    void an_unknown_path_is_an_error_of_the_web(String method, String path, int status, String error, String message) {
        var answer = server.send(method, path, null);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body())
                .isEqualTo("{\"timestamp\":\"2026-11-22T16:19:48.764+00:00\",\"status\":" + status + ",\"error\":\""
                        + error + "\",\"message\":\"" + message + "\",\"path\":\"" + path + "\"}");
    }

    @Test
    void a_wrong_method_is_told_the_right_ones() {
        var answer = server.put("/nacos/v1/cs/configs?dataId=a&group=b");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(header(answer, "Allow")).isEqualTo("DELETE, GET, POST, HEAD");
        assertThat(answer.body())
                .isEqualTo("{\"timestamp\":\"2026-11-22T16:19:48.764+00:00\",\"status\":405,"
                        + "\"error\":\"Method Not Allowed\",\"message\":\"Request method 'PUT' is not supported\","
                        + "\"path\":\"/nacos/v1/cs/configs\"}");
    }

    @Test
    void a_long_path_is_not_echoed_whole() {
        assertThat(server.get("/nacos/" + "x".repeat(5000)).body()).hasSizeLessThan(500);
    }

    @Test
    void without_a_context_path_the_interfaces_are_at_the_root(@TempDir Path data) {
        try (var bare = new HttpFixture(data, "", router -> {})) {
            assertThat(bare.get("/v1/cs/configs?dataId=a&group=b").statusCode()).isEqualTo(404);
            assertThat(bare.get("/v1/cs/configs?dataId=a&group=b").body()).isEqualTo("config data not exist\n");
            assertThat(bare.get("/v2/console/health/liveness").body()).contains("\"ok\"");
            assertThat(bare.get("/health/live").body()).isEqualTo("OK");
            assertThat(bare.get("/v1/ns/raft").statusCode()).isEqualTo(501);
        }
    }
}
