package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.registry.ServiceKey;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators set for clusters, instances and the whole server, and the numbers they read. */
class OperatorRoutesTest {
    private static final String OK = "{\"code\":0,\"message\":\"success\",\"data\":\"ok\"}";
    private static final String AT = "&ip=127.0.0.1&port=1";

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

    private void ok(String method, String path) {
        var answer = server.send(method, path, null);
        assertThat(answer.body()).isIn("ok", OK);
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private String cluster(String checker) {
        return "/nacos/v1/ns/cluster?serviceName=checked&clusterName=DEFAULT&checkPort=81"
                + "&useInstancePort4Check=false&metadata=a%3Db&healthChecker=" + encoded(checker);
    }

    @Test
    void switches_are_told_as_the_reference_tells_them() {
        String defaults = "{\"masters\":null,\"adWeightMap\":{},\"defaultPushCacheMillis\":10000,"
                + "\"clientBeatInterval\":5000,\"defaultCacheMillis\":3000,\"distroThreshold\":0.7,"
                + "\"healthCheckEnabled\":true,\"autoChangeHealthCheckEnabled\":true,\"distroEnabled\":true,"
                + "\"enableStandalone\":true,\"pushEnabled\":true,\"checkTimes\":3,"
                + "\"httpHealthParams\":{\"max\":5000,\"min\":500,\"factor\":0.85},"
                + "\"tcpHealthParams\":{\"max\":5000,\"min\":1000,\"factor\":0.75},"
                + "\"mysqlHealthParams\":{\"max\":3000,\"min\":2000,\"factor\":0.65},\"incrementalList\":[],"
                + "\"serverStatusSynchronizationPeriodMillis\":2000,"
                + "\"serviceStatusSynchronizationPeriodMillis\":5000,\"disableAddIP\":false,\"sendBeatOnly\":false,"
                + "\"lightBeatEnabled\":true,\"limitedUrlMap\":{},\"distroServerExpiredMillis\":10000,"
                + "\"pushVersionOfGo\":\"0.1.0\",\"pushVersionOfJava\":\"0.1.0\",\"pushVersionOfPython\":\"0.4.3\","
                + "\"pushVersionOfC\":\"1.0.12\",\"pushVersionOfCsharp\":\"0.9.0\",\"enableAuthentication\":false,"
                + "\"overriddenServerStatus\":null,\"defaultInstanceEphemeral\":true,\"healthCheckWhiteList\":[],"
                + "\"name\":\"00-00---000-NACOS_SWITCH_DOMAIN-000---00-00\",\"checksum\":null}";
        for (String base : List.of("/v1/ns/operator", "/v1/ns/ops")) {
            assertThat(server.get("/nacos" + base + "/switches").body()).isEqualTo(defaults);
        }
        for (String base : List.of("/v2/ns/operator", "/v2/ns/ops", "/v3/admin/ns/ops")) {
            assertThat(server.get("/nacos" + base + "/switches").body())
                    .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":" + defaults + "}");
        }
    }

    @Test
    void what_is_set_survives_a_restart() {
        ok("PUT", "/nacos/v1/ns/operator/switches?entry=clientBeatInterval&value=7000");
        ok("PUT", "/nacos/v2/ns/operator/switches?entry=masters&value=a,b");
        ok("POST", "/nacos/v1/ns/service?serviceName=checked&metadata=k%3Dv");
        ok("POST", "/nacos/v1/ns/instance?serviceName=checked&ephemeral=false" + AT);
        ok("PUT", cluster("{\"type\":\"HTTP\",\"path\":\"/up\",\"headers\":\"a:b\",\"expectedResponseCode\":200}"));
        ok("PUT", "/nacos/v1/ns/instance?serviceName=checked&enabled=false&weight=3" + AT);
        server.close();
        server = new HttpFixture(data);
        assertThat(server.get("/nacos/v1/ns/ops/switches").body())
                .contains("\"clientBeatInterval\":7000", "\"masters\":[\"a\",\"b\"]");
        assertThat(server.get("/nacos/v1/ns/service?serviceName=checked").body())
                .contains("\"metadata\":{\"k\":\"v\"}")
                .contains("{\"name\":\"DEFAULT\",\"healthChecker\":{\"type\":\"HTTP\",\"path\":\"/up\","
                        + "\"headers\":\"a:b\",\"expectedResponseCode\":200},\"metadata\":{\"a\":\"b\"}}");
        assertThat(server.get("/nacos/v1/ns/catalog/service?serviceName=checked")
                        .body())
                .isEqualTo("{\"service\":{\"name\":\"checked\",\"groupName\":\"DEFAULT_GROUP\","
                        + "\"protectThreshold\":0.0,\"selector\":{\"type\":\"none\",\"contextType\":\"NONE\"},"
                        + "\"metadata\":{\"k\":\"v\"}},\"clusters\":[{\"serviceName\":\"DEFAULT_GROUP@@checked\","
                        + "\"name\":\"DEFAULT\",\"healthChecker\":{\"type\":\"HTTP\",\"path\":\"/up\","
                        + "\"headers\":\"a:b\",\"expectedResponseCode\":200},\"defaultPort\":80,"
                        + "\"defaultCheckPort\":81,\"useIPPort4Check\":false,\"metadata\":{\"a\":\"b\"}}]}");
        assertThat(server.get("/nacos/v1/ns/instance?serviceName=checked" + AT).body())
                .contains("\"weight\":3.0");
        assertThat(server.get("/nacos/v1/ns/instance/list?serviceName=checked").body())
                .contains("\"hosts\":[]");
        assertThat(server.put("/nacos/v1/ns/instance/beat?serviceName=other&ip=1.1.1.1&port=2")
                        .body())
                .contains("\"clientBeatInterval\":7000");
    }

    @Test
    void a_checkers_password_is_told_to_nobody() {
        ok("POST", "/nacos/v1/ns/service?serviceName=checked");
        ok("PUT", cluster("{\"type\":\"MYSQL\",\"user\":\"u\",\"pwd\":\"secret\",\"cmd\":\"select 1\"}"));
        for (String path : List.of("/v1/ns/service", "/v2/ns/service", "/v1/ns/catalog/service")) {
            assertThat(server.get("/nacos" + path + "?serviceName=checked").body())
                    .contains("\"type\":\"MYSQL\",\"user\":\"u\",\"cmd\":\"select 1\"")
                    .doesNotContain("secret");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x|healthChecker: 'x' (expected: {\"type\":\"TCP\"}, or another type with its fields)",
                "{\"type\":\"HTTP\",\"expectedResponseCode\":302}|expectedResponseCode: '302' (expected: 200, the one"
                        + " that is looked for)",
                "{\"type\":\"HTTP\",\"headers\":\"a\"}|headers: 'a' (expected: name:value|name:value)",
            })
    void a_checker_that_makes_no_sense_is_refused(String checker, String reason) {
        ok("POST", "/nacos/v1/ns/service?serviceName=checked");
        var refused = server.put(cluster(checker));
        assertThat(refused.body()).startsWith(reason);
        assertThat(refused.statusCode()).isEqualTo(400);
    }

    @Test
    void a_cluster_needs_its_service_and_all_it_is_to_be() {
        var missing = server.put(cluster("{\"type\":\"TCP\"}"));
        assertThat(missing.statusCode()).isEqualTo(400);
        assertThat(missing.body()).isEqualTo("service DEFAULT_GROUP@@checked not found!");
        assertThat(server.put("/nacos/v1/ns/cluster?serviceName=checked&clusterName=c")
                        .body())
                .isEqualTo("Param 'checkPort' is required.");
        assertThat(server.put("/nacos/v3/admin/ns/cluster?serviceName=checked&clusterName=c&checkPort=1"
                                + "&useInstancePort4Check=true&healthChecker=%7B%7D")
                        .body())
                .contains("\"code\":30000");
        assertThat(server.put("/nacos/v3/admin/ns/cluster?serviceName=checked&clusterName=c&checkPort=1"
                                + "&healthChecker=%7B%7D")
                        .body())
                .contains("Required parameter 'useInstancePort4Check' type Boolean is not present");
    }

    @Test
    void health_is_set_where_nobody_checks() {
        ok("POST", "/nacos/v1/ns/instance?serviceName=checked&ephemeral=false" + AT);
        for (String version : List.of("v1", "v2")) {
            var refused = server.put("/nacos/" + version + "/ns/health?serviceName=checked&healthy=false" + AT);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body())
                    .contains("health check is still working, service: DEFAULT_GROUP@@checked, cluster: DEFAULT");
        }
        ok("PUT", cluster("{\"type\":\"NONE\"}"));
        ok("PUT", "/nacos/v1/ns/health/instance?serviceName=checked&valid=false" + AT);
        assertThat(server.get("/nacos/v1/ns/instance?serviceName=checked" + AT).body())
                .contains("\"healthy\":false");
        ok("PUT", "/nacos/v3/admin/ns/health/instance?serviceName=checked&healthy=true" + AT);
        assertThat(server.get("/nacos/v1/ns/instance?serviceName=checked" + AT).body())
                .contains("\"healthy\":true");
        ok("PUT", "/nacos/v2/ns/health/instance?serviceName=checked&healthy=true&ip=10.1.1.1&port=7");
        assertThat(server.put("/nacos/v1/ns/health?serviceName=checked" + AT).body())
                .isEqualTo("Param 'healthy' is required.");
    }

    @Test
    void checkers_are_listed() {
        String checkers = "{\"TCP\":{},\"HTTP\":{\"path\":\"\",\"headers\":\"\",\"expectedResponseCode\":200},"
                + "\"MYSQL\":{\"user\":null,\"pwd\":null,\"cmd\":null},\"NONE\":{}}";
        assertThat(server.get("/nacos/v1/ns/health/checkers").body()).isEqualTo(checkers);
        assertThat(server.get("/nacos/v3/admin/ns/health/checkers").body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":" + checkers + "}");
        assertThat(server.get("/nacos/v1/ns/health/server").body())
                .isEqualTo("{\"msg\":\"Hello! I am Nacos-Naming and healthy! total services: 0\"}");
    }

    @Test
    void the_status_is_up_until_somebody_says_otherwise() {
        assertThat(server.get("/nacos/v1/ns/operator/metrics").body()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(server.get("/nacos/v3/admin/ns/ops/metrics").body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":{\"status\":\"UP\"}}");
        String list = "/nacos/v1/ns/instance/list?serviceName=closed";
        ok("PUT", "/nacos/v1/ns/operator/switches?entry=overriddenServerStatus&value=WRITE_ONLY");
        var refused = server.get(list);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).isEqualTo("server is WRITE_ONLYnow, please try again later!");
        ok("POST", "/nacos/v1/ns/instance?serviceName=closed" + AT);
        ok("PUT", "/nacos/v1/ns/operator/switches?entry=overriddenServerStatus&value=READ_ONLY");
        assertThat(server.get(list).statusCode()).isEqualTo(200);
        assertThat(server.delete("/nacos/v1/ns/instance?serviceName=closed" + AT)
                        .statusCode())
                .isEqualTo(503);
        ok("PUT", "/nacos/v1/ns/operator/switches?entry=overriddenServerStatus&value=DOWN");
        assertThat(server.get(list).statusCode()).isEqualTo(503);
        assertThat(server.get("/nacos/v1/ns/operator/metrics").body()).isEqualTo("{\"status\":\"DOWN\"}");
        ok("PUT", "/nacos/v1/ns/operator/switches?entry=overriddenServerStatus&value=null");
        assertThat(server.get(list).statusCode()).isEqualTo(200);
    }

    @Test
    void the_kind_of_an_instance_that_does_not_say_is_a_switch() {
        ok("PUT", "/nacos/v3/admin/ns/ops/switches?entry=defaultInstanceEphemeral&value=false");
        ok("POST", "/nacos/v1/ns/instance?serviceName=unsaid" + AT);
        assertThat(server.registry.snapshot(new ServiceKey("", "", "unsaid")).ephemeral())
                .isFalse();
        ok("PUT", "/nacos/v3/admin/ns/ops/switches?entry=lightBeatEnabled&value=false");
        assertThat(server.put("/nacos/v1/ns/instance/beat?serviceName=unsaid&ip=1.1.1.1&port=2")
                        .body())
                .contains("\"lightBeatEnabled\":false");
    }

    @Test
    void a_bad_value_is_refused_and_an_unknown_entry_changes_nothing() {
        var v1 = server.put("/nacos/v1/ns/operator/switches?entry=distroThreshold&value=-1.0");
        assertThat(v1.statusCode()).isEqualTo(400);
        assertThat(v1.body()).isEqualTo("distroThreshold can not be zero or negative: -1.0");
        for (String base : List.of("/v2/ns/operator", "/v3/admin/ns/ops")) {
            var later = server.put("/nacos" + base + "/switches?entry=distroThreshold&value=-1.0");
            assertThat(later.statusCode()).isEqualTo(500);
            assertThat(later.body())
                    .isEqualTo("{\"code\":30000,\"message\":\"server error\","
                            + "\"data\":\"distroThreshold can not be zero or negative: -1.0\"}");
        }
        ok("PUT", "/nacos/v1/ns/operator/switches?entry=unheardOf&value=1");
        assertThat(server.put("/nacos/v1/ns/operator/switches?entry=check").body())
                .isEqualTo("Param 'value' is required.");
        assertThat(server.put("/nacos/v3/admin/ns/ops/switches?value=1").body())
                .contains("Required parameter 'entry' type String is not present");
    }

    @Test
    void numbers_are_those_of_what_there_is() {
        ok("POST", "/nacos/v1/ns/instance?serviceName=a&ip=10.0.0.1&port=1");
        ok("POST", "/nacos/v1/ns/instance?serviceName=b&ip=10.0.0.1&port=1");
        ok("POST", "/nacos/v1/ns/instance?serviceName=c&ip=10.0.0.2&port=1&ephemeral=false");
        String counts = "\"status\":\"UP\",\"serviceCount\":3,\"instanceCount\":3,\"subscribeCount\":0,";
        String clients = "\"clientCount\":2,\"connectionBasedClientCount\":0,\"ephemeralIpPortClientCount\":1,"
                + "\"persistentIpPortClientCount\":1,\"responsibleClientCount\":2";
        assertThat(server.get("/nacos/v1/ns/operator/metrics?onlyStatus=false").body())
                .startsWith("{" + counts + "\"responsibleInstanceCount\":3," + clients + ",\"cpu\":")
                .contains("\"load\":", "\"mem\":0.");
        assertThat(server.get("/nacos/v2/ns/ops/metrics?onlyStatus=false").body())
                .contains(counts + clients + ",\"cpu\":");
        assertThat(server.get("/nacos/v3/admin/ns/ops/metrics?onlyStatus=false").body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":{" + counts + clients + "}}");
        assertThat(server.get("/nacos/v1/ns/operator/push/state").body())
                .isEqualTo("{\"succeed\":0,\"total\":0,\"ratio\":0.0,\"detail\":{\"avgPushCost\":-1,"
                        + "\"maxPushCost\":-1},\"reset\":false}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/ns/operator/distro/client?ip=1.1.1.1&port=1",
                "GET /v3/admin/ns/client/distro?ip=1.1.1.1&port=1",
                "PUT /v1/ns/operator/log?logName=naming-push&logLevel=debug",
                "PUT /v3/admin/ns/ops/log?logName=naming-push&logLevel=debug"
            })
    void what_a_single_server_has_not_is_said_so(String route) {
        String[] parts = route.split(" ", 2);
        var refused = server.send(parts[0], "/nacos" + parts[1], null);
        assertThat(refused.statusCode()).isEqualTo(501);
        assertThat(refused.body()).endsWith(": not supported by this server");
    }
}
