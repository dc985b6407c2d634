package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.auth.Scrapers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every caller is asked for, whatever he calls. */
class AccessTest extends AccessFixture {
    @Test
    void every_route_says_what_it_asks_of_its_caller() {
        var permissions =
                new Permissions("/nacos", server.auth, Scrapers.ADMINISTRATORS, java.time.InstantSource.system());
        List<String> unnamed = server.router.all().stream()
                .filter(route -> !route.endsWith("/thrown")) // the test's own
                .filter(route -> {
                    String[] parts = route.split(" ", 2);
                    return !permissions.names(parts[0], parts[1]);
                })
                .toList();
        assertThat(unnamed).as("routes to be entered in Permissions").isEmpty();
    }

    @Test
    void a_token_is_taken_wherever_a_client_puts_it() {
        String list = "/nacos/v1/ns/service/list?pageNo=1&pageSize=10&namespaceId=dev";
        ok(server.get(list + "&accessToken=" + dev));
        ok(server.get(list, "accessToken", dev));
        ok(server.get(list, "Authorization", "Bearer " + dev));
        assertThat(server.get(list).statusCode()).isEqualTo(403);
        assertThat(server.get(list, "Authorization", "Basic " + dev).statusCode())
                .isEqualTo(403);
        assertThat(server.get(list + "&accessToken=x", "accessToken", dev).statusCode())
                .as("a parameter goes before a header")
                .isEqualTo(403);
    }

    @Test
    void a_refusal_has_the_form_of_the_interface() {
        var v1 = server.get(CONFIGS + "?dataId=d&group=g");
        assertThat(v1.statusCode()).isEqualTo(403);
        assertThat(v1.body())
                .contains(
                        "\"status\":403,\"error\":\"Forbidden\",\"message\":\"user not found!\",\"path\":\"" + CONFIGS);
        var denied = get(CONFIGS + "?dataId=d&group=g", dev);
        assertThat(denied.statusCode()).isEqualTo(403);
        assertThat(denied.body()).contains("\"message\":\"authorization failed!\"");
        var v3 = get("/nacos/v3/admin/plimsoll/memory", dev);
        assertThat(v3.statusCode()).isEqualTo(403);
        assertThat(v3.body())
                .isEqualTo("{\"code\":10001,\"message\":\"access denied\",\"data\":\"authorization failed!\"}");
    }

    @Test
    void each_may_do_what_his_permissions_say_and_no_more() {
        ok(post(CONFIGS + "?tenant=dev&dataId=mine&group=G&content=x", dev));
        ok(get(CONFIGS + "?tenant=dev&dataId=mine&group=G", dev));
        assertThat(post(CONFIGS + "?dataId=mine&group=G&content=x", dev).statusCode())
                .isEqualTo(403);
        assertThat(get(CONFIGS + "?tenant=public&dataId=mine&group=G", dev).statusCode())
                .isEqualTo(403);
        ok(post("/nacos/v1/ns/instance?namespaceId=dev&serviceName=s&ip=10.0.0.1&port=80", dev));
        ok(get("/nacos/v1/ns/instance/list?namespaceId=dev&serviceName=s", dev));
        assertThat(get("/nacos/v1/ns/instance/list?serviceName=s", dev).statusCode())
                .isEqualTo(403);
        ok(get("/nacos/v3/admin/plimsoll/memory", admin));
        ok(get("/nacos/v3/admin/plimsoll/logins", admin));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?tenant=dev&tenant=prod&dataId=d&group=G",
                "?tenant=dev&namespaceId=prod&dataId=d&group=G",
                "?namespaceId=dev&dataId=d&group=G",
                "?tenant=dev&dataId=d&group=G&groupName=H",
                "?tenant=dev&dataId=d&dataId=e&group=G"
            })
    void a_request_that_names_two_things_is_refused(String query) {
        assertThat(get(CONFIGS + query, dev).statusCode()).isEqualTo(400);
    }

    @Test
    void a_form_cannot_say_other_than_the_query() {
        var response =
                server.send("POST", CONFIGS + "?tenant=dev", "tenant=&dataId=d&group=G&content=x", "accessToken", dev);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(get("/nacos/v1/ns/instance/list?namespaceId=dev&groupName=A&serviceName=B@@s", dev)
                        .statusCode())
                .isEqualTo(400);
        assertThat(get("/nacos/v1/ns/instance/list?namespaceId=dev&serviceName=d%C3%A9&encoding=UTF-16", dev)
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void health_and_state_are_open_and_tell_that_logins_are_needed() {
        ok(server.get("/health/live"));
        ok(server.get("/health/ready"));
        ok(server.get("/nacos/v3/admin/core/state/liveness"));
        assertThat(server.get("/nacos/v1/console/server/state").body()).contains("\"auth_enabled\":\"true\"");
    }

    @ParameterizedTest
    @CsvSource({
        "User-Agent, Nacos-Server",
        "User-Agent, Nacos-Server:v2.2.3",
        "serverIdentity, security",
        "nacos.core.auth.server.identity.key, nacos.core.auth.server.identity.value",
        "X-Forwarded-For, 127.0.0.1"
    })
    void no_header_opens_what_a_token_does_not(String name, String value) {
        assertThat(server.get("/nacos/v1/auth/users?search=accurate&pageNo=1&pageSize=9", name, value)
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.post("/nacos/v1/auth/users?username=x&password=y", name, value)
                        .statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nacos/v1/cs/ops/derby?sql=select%20*%20from%20users",
                "/nacos/v1/cs/ops/data/removal",
                "/nacos/v3/admin/cs/ops/derby?sql=select%201",
                "/nacos/actuator/env",
                "/nacos/actuator/heapdump",
                "/nacos/v1/ns/raft/peer",
                "/nacos/v1/ns/distro/datum",
                "/nacos/../../etc/passwd",
                "/nacos/%2e%2e/%2e%2e/etc/passwd",
                "/..%2f..%2fdata/admin-password",
                "/nacos/v1/console/server/announcement?language=../../admin-password"
            })
    void there_is_no_sql_no_inside_and_no_file_to_be_had(String path) {
        var response = get(path, admin);
        assertThat(response.statusCode()).isIn(400, 403, 404, 405, 410, 501);
        assertThat(response.body()).doesNotContain(adminPassword).doesNotContain("root:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?tenant=dev&group=G&dataId=d%0d%0aX-Injected:%201",
                "?tenant=dev%0d%0aX-Injected:%201&group=G&dataId=d",
                "?tenant=dev&group=G%0aX-Injected:%201&dataId=d",
                "?tenant=dev&group=G&dataId=d&type=text%0d%0aX-Injected:%201",
                "?tenant=dev&group=G&dataId=d&appName=a%0d%0aX-Injected:%201",
                "?tenant=dev&group=G&dataId=d&config_tags=t%0d%0aX-Injected:%201",
            })
    void a_line_end_in_a_parameter_makes_no_header_and_no_line_of_a_log(String query) {
        for (HttpResponse<String> answer : List.of(
                server.post(CONFIGS + query + "&content=x", "accessToken", admin),
                server.get(CONFIGS + query, "accessToken", admin),
                server.get(CONFIGS + query, "accessToken", dev),
                server.get("/nacos/v2/cs/config" + query.replace("tenant", "namespaceId"), "accessToken", admin))) {
            assertThat(answer.statusCode()).isIn(200, 400, 403, 404);
            assertThat(answer.headers().map()).doesNotContainKey("X-Injected");
        }
        assertThat(LOGGED).noneMatch(line -> line.contains("\n") || line.contains("\r"));
    }
}
