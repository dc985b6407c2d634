package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static dev.plimsoll.http.HttpFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.ServiceKey;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Instances in all generations of the interface, and what operators lay over them. */
class InstanceRoutesTest {
    private static final String V1 = "/nacos/v1/ns/instance";
    private static final String V2 = "/nacos/v2/ns/instance";
    private static final String CLIENT = "/nacos/v3/client/ns/instance";
    private static final String ADMIN = "/nacos/v3/admin/ns/instance";
    private static final String OK = "{\"code\":0,\"message\":\"success\",\"data\":\"ok\"}";
    private static final String AT = "&ip=10.9.8.3&port=90";

    private static HttpFixture server;

    @BeforeAll
    static void start(@TempDir Path data) {
        server = new HttpFixture(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<Instance> instances(String service) {
        return server.registry.snapshot(new ServiceKey("", "", service)).instances();
    }

    private static Instance only(String service) {
        assertThat(instances(service)).hasSize(1);
        return instances(service).get(0);
    }

    private static void register(String service, String more) {
        ok(server.post(V1 + "?serviceName=" + service + AT + more));
    }

    private static void ok(HttpResponse<String> response) {
        assertThat(response.body()).isEqualTo("ok");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Type")).isEqualTo("text/plain;charset=UTF-8");
    }

    private static void envelopedOk(HttpResponse<String> response) {
        assertThat(response.body()).isEqualTo(OK);
        assertThat(response.statusCode()).isEqualTo(200);
    }

    private static void failed(HttpResponse<String> response, int status, int code, String words, String data) {
        assertThat(response.body())
                .isEqualTo("{\"code\":" + code + ",\"message\":\"" + words + "\",\"data\":\"" + data + "\"}");
        assertThat(response.statusCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {V2, CLIENT, ADMIN})
    void later_generations_register_and_deregister_in_an_envelope(String path) {
        String service = "later" + path.length();
        envelopedOk(server.post(path + "?serviceName=" + service + AT + "&groupName=DEFAULT_GROUP&weight=2&enabled=on"
                + "&metadata=" + encoded("{\"a\":\"b\"}")));
        assertThat(only(service).weight()).isEqualTo(2.0);
        assertThat(only(service).metadata()).isEqualTo(Map.of("a", "b"));
        envelopedOk(server.delete(path + "?serviceName=" + service + AT));
        envelopedOk(server.delete(path + "?serviceName=" + service + AT));
        assertThat(instances(service)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ip=1.1.1.1&port=80|10000|parameter missing|Required parameter 'serviceName' type String is not present",
                "serviceName=s&port=80|10000|parameter missing|Required parameter 'ip' type String is not present",
                "serviceName=s&ip=1.1.1.1|10000|parameter missing|Required parameter 'port' type Integer is not present",
                "serviceName=s&ip=1.1.1.1&port=x|20002|parameter validate error|For input string: \\\"x\\\"",
                "serviceName=s&ip=1.1.1.1&port=70000|20002|parameter validate error|Param 'port' is illegal, the value"
                        + " should be between 0 and 65535.",
                "serviceName=A@@s&ip=1.1.1.1&port=80|20002|parameter validate error|Param 'serviceName' is illegal,"
                        + " illegal characters should not appear in the param.",
                "serviceName=s&ip=1.1.1.1&port=80&weight=10001|21001|weight error|instance format invalid: The weights"
                        + " range from 0.0 to 10000.0",
                "serviceName=s&ip=1.1.1.1&port=80&metadata=a|21002|instance metadata error|metadata format incorrect:a",
                "serviceName=s&ip=1.1.1.1&port=80&clusterName=a.b|21004|instance error|Instance 'clusterName' should be"
                        + " characters with only 0-9a-zA-Z-. (current: a.b)",
                "serviceName=s&ip=1.1.1.1&port=80&healthy=maybe|20002|parameter validate error|healthy: 'maybe'"
                        + " (expected: true or false)",
            })
    void what_is_wrong_has_its_code(String parameters, int code, String words, String data) {
        for (String path : List.of(V2, CLIENT, ADMIN)) {
            failed(server.post(path + "?" + parameters), 400, code, words, data);
        }
        assertThat(instances("s")).isEmpty();
    }

    @Test
    void a_client_without_an_sdk_beats_by_registering_again() {
        String beat = CLIENT + "?serviceName=simple" + AT + "&heartBeat=true";
        var unknown = server.post(beat);
        assertThat(unknown.statusCode()).isEqualTo(200);
        assertThat(unknown.body()).isEqualTo("{\"code\":21003,\"message\":\"instance not found\",\"data\":null}");
        assertThat(instances("simple")).isEmpty();
        envelopedOk(server.post(CLIENT + "?serviceName=simple" + AT + "&healthy=false"));
        envelopedOk(server.post(beat));
        assertThat(only("simple").healthy()).isTrue();
    }

    @Test
    void an_update_is_laid_over_what_the_client_registers() {
        register("updated", "&metadata=a%3D1,b%3D2");
        ok(server.put(V1 + "?serviceName=updated" + AT + "&weight=3&enabled=false&metadata=b%3D3"));
        register("updated", "&metadata=a%3D4&weight=7");
        assertThat(only("updated").weight()).isEqualTo(3.0);
        assertThat(only("updated").enabled()).isFalse();
        assertThat(only("updated").metadata()).isEqualTo(Map.of("a", "4", "b", "3"));
        assertThat(server.get(V1 + "/list?serviceName=updated").body()).contains("\"hosts\":[]");
        envelopedOk(server.put(V2 + "?serviceName=updated" + AT));
        assertThat(only("updated").enabled()).isTrue();
        envelopedOk(server.put(ADMIN + "?serviceName=updated" + AT + "&enabled=false"));
        assertThat(only("updated").enabled()).isFalse();
    }

    @Test
    void an_update_of_no_service_is_refused() {
        String gone = "service not found, namespace: public, service: DEFAULT_GROUP@@nothere";
        var v1 = server.put(V1 + "?serviceName=nothere" + AT);
        assertThat(v1.statusCode()).isEqualTo(400);
        assertThat(v1.body()).isEqualTo(gone);
        failed(server.put(V2 + "?serviceName=nothere" + AT), 400, 21004, "instance error", gone);
        failed(server.put(ADMIN + "?serviceName=nothere" + AT), 400, 21004, "instance error", gone);
    }

    @Test
    void a_patch_changes_what_it_gives() {
        register("patched", "&weight=5");
        ok(server.send("PATCH", V1, "serviceName=patched" + AT + "&metadata=a%3D1"));
        assertThat(only("patched").weight()).isEqualTo(5.0);
        assertThat(only("patched").metadata()).isEqualTo(Map.of("a", "1"));
        ok(server.send("PATCH", V1 + "?serviceName=patched" + AT + "&weight=9&enabled=false", null));
        assertThat(only("patched").weight()).isEqualTo(9.0);
        assertThat(only("patched").enabled()).isFalse();
        assertThat(only("patched").metadata()).isEqualTo(Map.of("a", "1"));

        ok(server.send(
                "PATCH", V2, "serviceName=DEFAULT_GROUP@@patched" + AT + "&weight=1&enabled=true&metadata=c%3D2"));
        assertThat(only("patched").metadata()).isEqualTo(Map.of("c", "2"));
        envelopedOk(server.put(ADMIN + "/partial?serviceName=patched" + AT + "&weight=2"));
        assertThat(only("patched").weight()).isEqualTo(2.0);
        assertThat(only("patched").metadata()).isEqualTo(Map.of("c", "2"));
    }

    @Test
    void a_patch_of_no_instance_is_refused() {
        var nobody = server.send("PATCH", V1 + "?serviceName=unpatched" + AT, null);
        assertThat(nobody.statusCode()).isEqualTo(404);
        assertThat(nobody.body()).isEqualTo("no ips found for cluster DEFAULT in service DEFAULT_GROUP@@unpatched");
        register("unpatched", "&clusterName=A");
        var other = server.send("PATCH", V1 + "?serviceName=unpatched" + AT, null);
        assertThat(other.statusCode()).isEqualTo(404);
        assertThat(other.body()).isEqualTo("no matched ip found!");
        failed(
                server.put(ADMIN + "/partial?serviceName=unpatched" + AT),
                404,
                20004,
                "resource not found",
                "no matched ip found!");
        failed(
                server.send(
                        "PATCH", V2 + "?serviceName=unpatched" + AT + "&weight=1&enabled=true&metadata=a%3D1", null),
                400,
                20002,
                "parameter validate error",
                "Param 'serviceName' is illegal, it should be format as 'groupName@@serviceName'");
        failed(
                server.send("PATCH", V2 + "?serviceName=G@@unpatched" + AT + "&weight=1&metadata=a%3D1", null),
                400,
                10000,
                "parameter missing",
                "Required parameter 'enabled' type Boolean is not present");
    }

    @Test
    void metadata_of_many_is_changed_at_once() {
        register("batch", "");
        ok(server.post(V1 + "?serviceName=batch&ip=10.9.8.4&port=90&clusterName=A"));
        String batch = "/metadata/batch?serviceName=batch&metadata=" + encoded("{\"zone\":\"a\",\"rack\":\"7\"}");
        var all = server.put(V1 + batch);
        assertThat(all.body())
                .isEqualTo("{\"updated\":[\"10.9.8.3:90:unknown:DEFAULT:ephemeral\","
                        + "\"10.9.8.4:90:unknown:A:ephemeral\"]}");
        assertThat(header(all, "Content-Type")).isEqualTo("application/json");
        assertThat(instances("batch"))
                .allSatisfy(instance -> assertThat(instance.metadata()).isEqualTo(Map.of("zone", "a", "rack", "7")));
        String one = "&instances=" + encoded("[{\"ip\":\"10.9.8.3\",\"port\":90},{\"ip\":\"10.9.8.9\",\"port\":90}]");
        assertThat(server.delete(V2 + "/metadata/batch?serviceName=batch&metadata=rack%3D" + one)
                        .body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":"
                        + "{\"updated\":[\"10.9.8.3:90:unknown:DEFAULT:ephemeral\"]}}");
        assertThat(instances("batch").get(0).metadata()).isEqualTo(Map.of("zone", "a"));
        assertThat(instances("batch").get(1).metadata()).isEqualTo(Map.of("zone", "a", "rack", "7"));
        assertThat(server.put(ADMIN + "/metadata/batch?serviceName=nobody&metadata=a%3D1")
                        .body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":{\"updated\":[]}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "x", "{}", "[{\"ip\":\"\",\"port\":1}]", "[{\"ip\":\"1.1.1.1\",\"port\":-1}]"})
    void instances_that_make_no_sense_are_not_taken_for_all(String json) {
        register("listed", "");
        var refused = server.put(V1 + "/metadata/batch?serviceName=listed&metadata=a%3D1&instances=" + encoded(json));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(only("listed").metadata()).isEmpty();
    }

    @Test
    void persistent_ones_are_changed_in_the_same_way() {
        register("kept", "&ephemeral=false");
        ok(server.send("PATCH", V1 + "?serviceName=kept" + AT + "&weight=4", null));
        assertThat(only("kept").weight()).isEqualTo(4.0);
        assertThat(server.put(V1 + "/metadata/batch?serviceName=kept&metadata=a%3D1&consistencyType=persist")
                        .body())
                .isEqualTo("{\"updated\":[\"10.9.8.3:90:unknown:DEFAULT:persist\"]}");
    }

    @Test
    void one_instance_is_told_in_each_form() {
        register("told", "&metadata=a%3D1");
        assertThat(server.get(V2 + "?serviceName=told" + AT).body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":{\"serviceName\":\"DEFAULT_GROUP@@told\","
                        + "\"ip\":\"10.9.8.3\",\"port\":90,\"clusterName\":\"DEFAULT\",\"weight\":1.0,"
                        + "\"healthy\":true,\"instanceId\":\"10.9.8.3#90#DEFAULT#DEFAULT_GROUP@@told\","
                        + "\"metadata\":{\"a\":\"1\"}}}");
        String instance = "{\"instanceId\":\"10.9.8.3#90#DEFAULT#DEFAULT_GROUP@@told\",\"ip\":\"10.9.8.3\","
                + "\"port\":90,\"weight\":1.0,\"healthy\":true,\"enabled\":true,\"ephemeral\":true,"
                + "\"clusterName\":\"DEFAULT\",\"serviceName\":\"DEFAULT_GROUP@@told\",\"metadata\":{\"a\":\"1\"},"
                + "\"instanceHeartBeatInterval\":5000,\"instanceHeartBeatTimeOut\":15000,\"ipDeleteTimeout\":30000}";
        assertThat(server.get(ADMIN + "?serviceName=told" + AT).body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":" + instance + "}");
        for (String path : List.of(CLIENT, ADMIN)) {
            assertThat(server.get(path + "/list?serviceName=told").body())
                    .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":[" + instance + "]}");
        }
        assertThat(server.get("/nacos/v3/console/ns/instance/list?serviceName=told&pageSize=10")
                        .body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":{\"totalCount\":1,\"pageNumber\":1,"
                        + "\"pagesAvailable\":1,\"pageItems\":[" + instance + "]}}");
        assertThat(server.get("/nacos/v1/ns/catalog/instances?serviceName=told&clusterName=DEFAULT&pageNo=1&pageSize=9")
                        .body())
                .isEqualTo("{\"list\":[" + instance + "],\"count\":1}");
        assertThat(server.get("/nacos/v2/ns/catalog/instances?serviceName=told&pageNo=1&pageSize=9")
                        .body())
                .isEqualTo(
                        "{\"code\":0,\"message\":\"success\",\"data\":{\"instances\":[" + instance + "],\"count\":1}}");
        failed(
                server.get(V2 + "?serviceName=told&ip=10.9.8.3&port=91"),
                404,
                20004,
                "resource not found",
                "no matched ip found!");
    }

    @Test
    void clients_see_those_that_are_on_and_operators_all() {
        register("some", "&enabled=false&healthy=false");
        assertThat(server.get(CLIENT + "/list?serviceName=some").body()).contains("\"data\":[]");
        assertThat(server.get(ADMIN + "/list?serviceName=some").body()).contains("10.9.8.3");
        assertThat(server.get(ADMIN + "/list?serviceName=some&healthyOnly=true").body())
                .contains("\"data\":[]");
        String catalog = "/nacos/v2/ns/catalog/instances?serviceName=DEFAULT_GROUP@@some&pageNo=1&pageSize=9";
        assertThat(server.get(catalog + "&enabledOnly=true").body()).contains("\"instances\":[],\"count\":1");
        assertThat(server.get(catalog + "&enabledOnly=false").body()).contains("10.9.8.3");
        assertThat(server.get(catalog + "&pageNo=2").statusCode())
                .as("the first value counts")
                .isEqualTo(200);
        assertThat(server.get(CLIENT + "/list?serviceName=noservice").body()).contains("\"data\":[]");
    }

    @Test
    void operators_are_told_what_is_missing() {
        register("here", "");
        failed(
                server.get(ADMIN + "/list?serviceName=away"),
                404,
                30000,
                "server error",
                "service DEFAULT_GROUP@@away is not found!");
        failed(
                server.get(ADMIN + "/list?serviceName=here&clusterName=X"),
                404,
                30000,
                "server error",
                "cluster X is not found!");
        var v1 = server.get("/nacos/v1/ns/catalog/instances?serviceName=away&clusterName=X&pageNo=1&pageSize=9");
        assertThat(v1.statusCode()).isEqualTo(404);
        assertThat(v1.body()).isEqualTo("service DEFAULT_GROUP@@away is not found!");
        assertThat(server.get("/nacos/v2/ns/catalog/instances?serviceName=away&pageNo=1&pageSize=9")
                        .body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":{\"count\":0}}");
        failed(
                server.get("/nacos/v3/console/ns/instance/list?serviceName=here&pageNo=0"),
                400,
                20002,
                "parameter validate error",
                "Required parameter 'pageNo' should be positive integer, current is 0");
    }

    @Test
    void a_list_of_v2_is_that_of_v1_in_an_envelope() {
        register("wrapped", "&clusterName=A");
        String v1 = server.get(V1 + "/list?serviceName=wrapped&clusters=A").body();
        assertThat(server.get(V2 + "/list?serviceName=wrapped&clusterName=A").body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":" + v1 + "}");
    }

    @Test
    void statuses_are_asked_for_by_key() {
        register("stated", "&healthy=false");
        String answer = "{\"ips\":[\"10.9.8.3:90_false\"]}";
        assertThat(server.get(V1 + "/statuses?key=" + encoded("public##DEFAULT_GROUP@@stated"))
                        .body())
                .isEqualTo(answer);
        assertThat(server.get(V1 + "/statuses?key=DEFAULT_GROUP@@stated").body())
                .isEqualTo(answer);
        assertThat(server.get(V2 + "/statuses/" + encoded("public##DEFAULT_GROUP@@stated"))
                        .body())
                .isEqualTo(answer);
        assertThat(server.get(V1 + "/statuses?key=stated").statusCode()).isEqualTo(400);
        assertThat(server.get(V2 + "/statuses/a/b").statusCode()).isEqualTo(404);
    }

    @Test
    void a_beat_of_v2_takes_the_grouped_name_and_has_no_envelope() {
        register("beating", "");
        assertThat(server.put(V2 + "/beat?serviceName=DEFAULT_GROUP@@beating" + AT)
                        .body())
                .isEqualTo("{\"clientBeatInterval\":5000,\"code\":10200,\"lightBeatEnabled\":true}");
        failed(
                server.put(V2 + "/beat?serviceName=beating" + AT),
                400,
                20002,
                "parameter validate error",
                "Param 'serviceName' is illegal, it should be format as 'groupName@@serviceName'");
    }

    @Test
    void a_wrong_method_of_v1_is_no_such_api() {
        var wrong = server.post("/nacos/v1/ns/service/list");
        assertThat(wrong.statusCode()).isEqualTo(501);
        assertThat(wrong.body()).contains("no such api:POST:/nacos/v1/ns/service/list");
        assertThat(server.post("/nacos/v2/ns/service/list").statusCode()).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/ns/raft/leader",
                "POST /v1/ns/raft/vote",
                "PUT /v1/ns/distro/datum",
                "GET /v1/ns/distro/datums",
                "GET /v1/ns/service/checksum",
                "POST /v1/ns/service/status",
                "GET /v1/ns/operator/server/status",
                "GET /v1/ns/operator/cluster/states",
                "GET /v1/ns/api/srvAllIP"
            })
    void what_only_servers_of_1x_had_is_refused_cleanly(String route) {
        String[] parts = route.split(" ", 2);
        var refused = server.send(parts[0], "/nacos" + parts[1], null);
        assertThat(refused.statusCode()).isEqualTo(501);
        assertThat(refused.body()).contains("no such api:" + parts[0] + ":/nacos" + parts[1]);
    }
}
