package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.helpers.NOPLogger;

/** What callers who may see some services see, and may do. */
class NamingAccessTest {
    private static HttpFixture server;
    private static String admin;
    private static String dev; // may read and write services of group MINE in namespace dev

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = new HttpFixture(data, "/nacos", router -> {}, true, NOPLogger.NOP_LOGGER, NOPLogger.NOP_LOGGER);
        admin = server.token(
                "admin", Files.readString(data.resolve("admin-password")).strip());
        call("POST", "/v1/auth/users?username=dev&password=devs-password", admin, 200);
        call("POST", "/v1/auth/roles?role=devs&username=dev", admin, 200);
        call("POST", "/v1/auth/permissions?role=devs&resource=dev:MINE:naming/*&action=rw", admin, 200);
        dev = server.token("dev", "devs-password");
        for (String service : List.of("MINE@@a", "MINE@@b", "THEIRS@@secret")) {
            call("POST", "/v1/ns/instance?namespaceId=dev&serviceName=" + service + "&ip=10.0.0.1&port=80", admin, 200);
        }
        call("POST", "/v1/ns/instance?serviceName=G@@elsewhere&ip=10.0.0.1&port=80", admin, 200);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String call(String method, String path, String token, int status) {
        HttpResponse<String> answer = server.send(method, "/nacos" + path, null, "accessToken", token);
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(status);
        return answer.body();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/ns/catalog/services?namespaceId=dev&pageNo=1&pageSize=100",
                "/v3/admin/ns/service/list?namespaceId=dev",
                "/v3/console/ns/service/list?namespaceId=dev&withInstances=true"
            })
    void searches_show_what_the_caller_may_read_and_count_nothing_else(String path) {
        assertThat(call("GET", path, dev, 200))
                .contains("\"a\"", "\"b\"")
                .doesNotContain("secret")
                .doesNotContain("ount\":3");
        assertThat(call("GET", path, admin, 200)).contains("secret");
    }

    @Test
    void lists_of_names_do_so_too() {
        String mine = "/v1/ns/service/list?namespaceId=dev&groupName=MINE&pageNo=1&pageSize=10";
        assertThat(call("GET", mine, dev, 200)).isEqualTo("{\"count\":2,\"doms\":[\"a\",\"b\"]}");
        String theirs = "/v1/ns/service/list?namespaceId=dev&groupName=THEIRS&pageNo=1&pageSize=10";
        assertThat(call("GET", theirs, dev, 200)).isEqualTo("{\"count\":0,\"doms\":[]}");
        assertThat(call("GET", theirs, admin, 200)).isEqualTo("{\"count\":1,\"doms\":[\"secret\"]}");
        assertThat(call("GET", "/v2/ns/service/list?groupName=G", dev, 200)).contains("\"count\":0");
        assertThat(call("GET", "/v1/ns/service/names", dev, 200))
                .isEqualTo("{\"META-INF/services\":{\"dev\":[\"MINE@@a\",\"MINE@@b\"]},\"count\":2}");
        assertThat(call("GET", "/v1/ns/service/names", admin, 200)).contains("G@@elsewhere", "THEIRS@@secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/ns/service?namespaceId=dev&serviceName=THEIRS@@secret",
                "GET /v1/ns/instance/list?namespaceId=dev&serviceName=THEIRS@@secret",
                "GET /v1/ns/instance/statuses?key=dev%23%23THEIRS@@secret",
                "GET /v1/ns/instance/statuses?key=dev%23%23THEIRS@@secret&namespaceId=dev&serviceName=MINE@@a",
                "GET /v2/ns/instance/statuses/dev%23%23THEIRS@@secret",
                "GET /v3/admin/ns/service/subscribers?namespaceId=dev&groupName=THEIRS&serviceName=secret",
                "PUT /v1/ns/instance?namespaceId=dev&serviceName=THEIRS@@secret&ip=10.0.0.1&port=80&enabled=false",
                "PATCH /v1/ns/instance?namespaceId=dev&serviceName=THEIRS@@secret&ip=10.0.0.1&port=80&weight=0",
                "PUT /v1/ns/instance/metadata/batch?namespaceId=dev&serviceName=THEIRS@@secret&metadata=a%3D1",
                "DELETE /v3/admin/ns/service?namespaceId=dev&groupName=THEIRS&serviceName=secret",
                "PUT /v1/ns/health?namespaceId=dev&serviceName=THEIRS@@secret&ip=10.0.0.1&port=80&healthy=false",
                "PUT /v1/ns/cluster?namespaceId=dev&serviceName=MINE@@a&clusterName=c&checkPort=1"
                        + "&useInstancePort4Check=true&healthChecker=%7B%7D",
                "PUT /v1/ns/operator/switches?entry=check&value=false",
                "PUT /v3/admin/ns/ops/switches?entry=check&value=false",
                "GET /v2/ns/client/list",
                "GET /v3/admin/ns/client?clientId=10.0.0.1:80%23true",
                "GET /v3/admin/ns/client/service/publisher/list?namespaceId=dev&groupName=MINE&serviceName=a"
            })
    void what_is_not_the_callers_is_denied(String route) {
        String[] parts = route.split(" ", 2);
        assertThat(call(parts[0], parts[1], dev, 403)).contains("authorization failed!");
    }

    @Test
    void what_follows_a_second_join_is_no_part_of_the_name() {
        call("POST", "/v1/auth/users?username=pub&password=pubs-password", admin, 200);
        call("POST", "/v1/auth/roles?role=pubs&username=pub", admin, 200);
        call("POST", "/v1/auth/permissions?role=pubs&resource=dev:THEIRS:naming/*-open&action=rw", admin, 200);
        String pub = server.token("pub", "pubs-password");
        call("GET", "/v1/ns/instance/list?namespaceId=dev&serviceName=THEIRS@@x-open", pub, 200);
        call("GET", "/v1/ns/instance/list?namespaceId=dev&serviceName=THEIRS@@secret@@-open", pub, 403);
    }

    @Test
    void what_is_the_callers_is_allowed() {
        String a = "namespaceId=dev&serviceName=MINE@@a&ip=10.0.0.1&port=80";
        call("PUT", "/v1/ns/instance?" + a + "&weight=2", dev, 200);
        call("PATCH", "/v1/ns/instance?" + a + "&weight=3", dev, 200);
        call("GET", "/v1/ns/instance/statuses?key=dev%23%23MINE@@a", dev, 200);
        call("POST", "/v3/admin/ns/service?namespaceId=dev&groupName=MINE&serviceName=c", dev, 200);
        call("DELETE", "/v3/admin/ns/service?namespaceId=dev&groupName=MINE&serviceName=c", dev, 200);
        call("GET", "/v1/ns/operator/metrics", dev, 200);
        assertThat(server.get("/nacos/v1/ns/service/names").statusCode()).isEqualTo(403);
        assertThat(server.get("/nacos/v1/ns/operator/switches").statusCode()).isEqualTo(403);
    }

    @Test
    void permission_for_all_of_a_cluster_lets_one_set_its_checker() {
        call("POST", "/v1/auth/users?username=op&password=ops-password", admin, 200);
        call("POST", "/v1/auth/roles?role=ops&username=op", admin, 200);
        call("POST", "/v1/auth/permissions?role=ops&resource=dev:*:*&action=a", admin, 200);
        call(
                "PUT",
                "/v1/ns/cluster?namespaceId=dev&serviceName=MINE@@b&clusterName=c&checkPort=1"
                        + "&useInstancePort4Check=true&healthChecker=%7B%22type%22:%22NONE%22%7D",
                server.token("op", "ops-password"),
                200);
    }
}
