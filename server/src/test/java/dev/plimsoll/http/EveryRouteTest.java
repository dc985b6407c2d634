package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.auth.Oracle;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.helpers.NOPLogger;

/** Every route there is, called by those who may not: a new one cannot be forgotten here. */
class EveryRouteTest {
    /** What anybody is answered: signs of life, what a client must know before it logs in; and the logins. */
    private static final Set<String> OPEN = Set.of(
            "GET /health/live",
            "GET /health/ready",
            "GET /nacos/v1/console/health/liveness",
            "GET /nacos/v1/console/health/readiness",
            "GET /nacos/v2/console/health/liveness",
            "GET /nacos/v2/console/health/readiness",
            "GET /nacos/v3/console/health/liveness",
            "GET /nacos/v3/console/health/readiness",
            "GET /nacos/v3/admin/core/state/liveness",
            "GET /nacos/v3/admin/core/state/readiness",
            "GET /nacos/v3/admin/core/ops/liveness",
            "GET /nacos/v3/admin/core/ops/readiness",
            "GET /nacos/v1/console/server/state",
            "GET /nacos/v3/console/server/state",
            "GET /nacos/v3/admin/core/state",
            "GET /nacos/v1/console/server/announcement",
            "GET /nacos/v1/console/server/guide",
            "GET /nacos/v3/console/server/announcement",
            "GET /nacos/v3/console/server/guide",
            "POST /nacos/v1/auth/users/admin",
            "POST /nacos/v3/auth/user/admin");

    /** Names what is there in all the ways in which it is named; what is there holds the word {@code canary}. */
    private static final String NAMES = "?tenant=prod&namespaceId=prod&namespace=prod&customNamespaceId=prod"
            + "&targetNamespaceId=prod&group=G&groupName=G&dataId=named&serviceName=G%40%40named&ip=10.99.0.1&port=80"
            + "&key=prod%23%23G%40%40named&pageNo=1&pageSize=100&namespaceName=n&namespaceShowName=n&clusterName=DEFAULT"
            + "&content=changed&ids=1,2,3&nid=1&id=1&all=true&withInstances=true&healthy=false&weight=9&enabled=false"
            + "&metadata=a%3Db&protectThreshold=0.5&clientId=10.99.0.1%3A80%23true&entry=check&value=false&resource=*"
            + "&role=devs&action=a";

    /** An instance that lives without beats for as long as this test may take. */
    private static final String PATIENT =
            "preserved.heart.beat.timeout%3D3600000,preserved.ip.delete.timeout%3D3600000";

    private HttpFixture server;
    private String admin;
    private String nobody; // has logged in, and no role
    private String dev; // may do everything in another namespace
    private List<String> routes;

    @BeforeEach
    void start(@TempDir Path data) throws Exception {
        server = new HttpFixture(data, "/nacos", router -> {}, true, NOPLogger.NOP_LOGGER, NOPLogger.NOP_LOGGER);
        admin = server.token(
                "admin", Files.readString(data.resolve("admin-password")).strip());
        nobody = server.login("nobody", new Oracle(List.of()));
        dev = server.login("dev", new Oracle(List.of(new Oracle.Rule("dev", "*", "*", "dev:*:*", "a"))));
        for (String form : List.of(
                "/v2/console/namespace?namespaceName=canary&namespaceId=prod",
                "/v1/cs/configs?tenant=prod&group=G&dataId=named&content=canary&desc=canary&config_tags=canary",
                "/v1/cs/configs?tenant=prod&group=G&dataId=canary&content=canary",
                "/v1/cs/configs?tenant=prod&group=G&dataId=named&content=canary-beta&betaIps=10.0.0.1",
                "/v1/ns/instance?namespaceId=prod&groupName=G&serviceName=named&ip=10.99.0.1&port=80&metadata=canary%3Dx,"
                        + PATIENT,
                "/v1/ns/instance?namespaceId=prod&groupName=G&serviceName=canary&ip=10.99.0.2&port=80&metadata="
                        + PATIENT,
                "/v1/auth/users?username=canary&password=canary")) {
            assertThat(server.post("/nacos" + form, "accessToken", admin).statusCode())
                    .as(form)
                    .isEqualTo(200);
        }
        // Those who log in wait the longer the more often they fail; what logins answer is looked at elsewhere.
        routes = server.router.all().stream()
                .filter(route -> !route.endsWith("/login"))
                .toList();
        assertThat(routes).hasSizeGreaterThan(150);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> call(String route, String query, String... headers) {
        String[] parts = route.split(" ", 2);
        return server.send(parts[0], parts[1].replace("*", "prod%23%23G%40%40named") + query, null, headers);
    }

    @Test
    void nobody_is_answered_without_a_token_but_for_signs_of_life_and_logins() {
        var answered = new TreeSet<String>();
        for (String route : routes) {
            for (String query : List.of("", NAMES)) {
                var answer = call(route, query, "User-Agent", "Nacos-Server", "serverIdentity", "security");
                if (answer.statusCode() != 403) {
                    answered.add(route);
                }
                assertThat(answer.body()).as(route).doesNotContain("canary");
            }
        }
        assertThat(answered).isEqualTo(OPEN);
    }

    @Test
    void what_is_of_another_namespace_is_neither_shown_nor_changed_by_any_route() {
        String before = everything();
        for (String token : List.of(nobody, dev)) {
            for (String route : routes) {
                for (String query : List.of("", NAMES)) {
                    var answer = call(route, query, "accessToken", token);
                    assertThat(answer.body()).as(route).doesNotContain("canary");
                    assertThat(answer.statusCode()).as(route).isLessThan(502);
                }
            }
        }
        assertThat(everything()).isEqualTo(before);
        assertThat(before).contains("canary");
    }

    /** What there is, as the administrator sees it. */
    private String everything() {
        var all = new ArrayList<String>();
        for (String page : List.of(
                "/v1/cs/configs?search=blur&dataId=&group=&tenant=prod&pageNo=1&pageSize=100",
                "/v1/cs/configs?beta=true&tenant=prod&group=G&dataId=named",
                "/v1/cs/history?tenant=prod&group=G&dataId=named",
                "/v1/ns/catalog/services?namespaceId=prod&withInstances=true&pageNo=1&pageSize=100",
                "/v1/console/namespaces",
                "/v1/auth/users?search=blur&pageNo=1&pageSize=100",
                "/v1/auth/roles?search=blur&pageNo=1&pageSize=100",
                "/v1/auth/permissions?search=blur&pageNo=1&pageSize=100",
                "/v1/ns/operator/switches")) {
            var answer = server.get("/nacos" + page, "accessToken", admin);
            assertThat(answer.statusCode()).as(page).isEqualTo(200);
            all.add(answer.body());
        }
        return String.join("\n", all);
    }
}
