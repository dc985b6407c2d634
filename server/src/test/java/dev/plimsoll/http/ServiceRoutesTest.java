package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static dev.plimsoll.http.HttpFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Services in all generations of the interface. */
class ServiceRoutesTest {
    private static final String V1 = "/nacos/v1/ns/service";
    private static final String V2 = "/nacos/v2/ns/service";
    private static final String ADMIN = "/nacos/v3/admin/ns/service";
    private static final String CONSOLE = "/nacos/v3/console/ns/service";
    private static final String OK = "{\"code\":0,\"message\":\"success\",\"data\":\"ok\"}";

    private static HttpFixture server;

    @BeforeAll
    static void start(@TempDir Path data) {
        server = new HttpFixture(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void refused(HttpResponse<String> response, int status, String body) {
        assertThat(response.body()).isEqualTo(body);
        assertThat(response.statusCode()).isEqualTo(status);
    }

    private static String failure(int code, String words, String data) {
        return "{\"code\":" + code + ",\"message\":\"" + words + "\",\"data\":\"" + data + "\"}";
    }

    private static void register(String service, String more) {
        assertThat(server.post("/nacos/v1/ns/instance?serviceName=" + service + "&ip=10.9.8.3&port=90" + more)
                        .body())
                .isEqualTo("ok");
    }

    @Test
    void v1_creates_describes_changes_and_deletes() {
        var created = server.post(V1 + "?serviceName=golden&protectThreshold=0.5&metadata=a%3Db&selector="
                + encoded("{\"type\":\"none\"}"));
        refused(created, 200, "ok");
        assertThat(header(created, "Content-Type")).isEqualTo("text/plain;charset=UTF-8");
        register("golden", "&ephemeral=false");
        var detail = server.get(V1 + "?serviceName=golden");
        assertThat(detail.body())
                .isEqualTo("{\"namespaceId\":\"public\",\"groupName\":\"DEFAULT_GROUP\",\"name\":\"golden\","
                        + "\"protectThreshold\":0.5,\"metadata\":{\"a\":\"b\"},"
                        + "\"selector\":{\"type\":\"none\",\"contextType\":\"NONE\"},"
                        + "\"clusters\":[{\"name\":\"DEFAULT\",\"healthChecker\":{\"type\":\"TCP\"},"
                        + "\"metadata\":{}}]}");
        assertThat(header(detail, "Content-Type")).isEqualTo("application/json");

        refused(server.put(V1 + "?serviceName=golden&protectThreshold=0.25&metadata="), 200, "ok");
        assertThat(server.get(V1 + "?serviceName=DEFAULT_GROUP@@golden").body())
                .contains("\"protectThreshold\":0.25,\"metadata\":{}");
        refused(
                server.delete(V1 + "?serviceName=golden"),
                400,
                "Service DEFAULT_GROUP@@golden is not empty, can't be delete. Please unregister instance first");
        server.delete("/nacos/v1/ns/instance?serviceName=golden&ip=10.9.8.3&port=90&ephemeral=false");
        refused(server.delete(V1 + "?serviceName=golden"), 200, "ok");
        refused(server.delete(V1 + "?serviceName=golden"), 400, "service DEFAULT_GROUP@@golden not found!");
    }

    @Test
    void v1_says_what_is_wrong() {
        refused(server.post(V1 + "?serviceName=twice"), 200, "ok");
        refused(server.post(V1 + "?serviceName=twice"), 400, "specified service DEFAULT_GROUP@@twice already exists!");
        refused(
                server.get(V1 + "?serviceName=unknown"),
                400,
                "service not found, namespace: public, serviceName: DEFAULT_GROUP@@unknown");
        refused(
                server.put(V1 + "?serviceName=unknown&protectThreshold=0"),
                400,
                "service DEFAULT_GROUP@@unknown not found!");
        refused(server.put(V1 + "?serviceName=twice"), 400, "Param 'protectThreshold' is required.");
        refused(server.post(V1), 400, "Param 'serviceName' is required.");
        refused(server.post(V1 + "?serviceName=x&protectThreshold=2"), 400, "protectThreshold: 2.0 (expected: 0 to 1)");
    }

    @ParameterizedTest
    @ValueSource(strings = {V2, ADMIN, CONSOLE})
    void later_generations_do_the_same_in_an_envelope(String path) {
        String one = path + "?serviceName=later" + path.length();
        refused(server.post(one + "&groupName=G1&protectThreshold=0.3&metadata=a%3Db"), 200, OK);
        String exists = failure(
                21007, "service already exist", "specified service G1@@later" + path.length() + " already exists!");
        refused(server.post(one + "&groupName=G1"), 400, exists);
        String namespace = path.equals(V2) ? "namespace" : "namespaceId";
        assertThat(server.get(one + "&groupName=G1").body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":{\"" + namespace + "\":\"public\","
                        + "\"serviceName\":\"later" + path.length() + "\",\"groupName\":\"G1\",\"clusterMap\":{},"
                        + "\"metadata\":{\"a\":\"b\"},\"protectThreshold\":0.3,"
                        + "\"selector\":{\"type\":\"none\",\"contextType\":\"NONE\"},\"ephemeral\":false}}");
        refused(server.put(one + "&groupName=G1&protectThreshold=0.6"), 200, OK);
        assertThat(server.get(one + "&groupName=G1").body()).contains("\"protectThreshold\":0.6");
        refused(server.delete(one + "&groupName=G1"), 200, OK);
        String missing = failure(21008, "service not exist", "service G1@@later" + path.length() + " not found!");
        refused(server.delete(one + "&groupName=G1"), 400, missing);
        refused(server.put(one + "&groupName=G1"), 400, missing);
        assertThat(server.get(one + "&groupName=G1").body()).contains("\"code\":21008");
    }

    @Test
    void a_service_that_is_not_empty_is_not_deleted() {
        register("full", "");
        refused(
                server.delete(ADMIN + "?serviceName=full"),
                400,
                failure(
                        21009,
                        "service delete failure",
                        "Service DEFAULT_GROUP@@full is not empty, can't be delete. Please unregister instance first"));
    }

    @Test
    void the_detail_of_v3_tells_how_clusters_are_checked() {
        register("clustered", "&ephemeral=false&clusterName=A");
        assertThat(server.get(ADMIN + "?serviceName=clustered").body())
                .contains("\"clusterMap\":{\"A\":{\"clusterName\":\"A\",\"healthChecker\":{\"type\":\"TCP\"},"
                        + "\"healthyCheckPort\":80,\"useInstancePortForCheck\":true,\"metadata\":{},\"hosts\":null}}");
        assertThat(server.get(V2 + "?serviceName=clustered").body())
                .contains("\"clusterMap\":{\"A\":{\"clusterName\":\"A\",\"healthChecker\":{\"type\":\"TCP\"},"
                        + "\"metadata\":{},\"hosts\":null}}");
    }

    @Test
    void an_ephemeral_service_can_be_made_by_the_later_generations() {
        refused(server.post(V2 + "?serviceName=fleeting&ephemeral=true"), 200, OK);
        register("fleeting", "");
        refused(server.post(V1 + "?serviceName=lasting"), 200, "ok");
        assertThat(server.post("/nacos/v1/ns/instance?serviceName=lasting&ip=10.9.8.3&port=90")
                        .body())
                .contains("Current service DEFAULT_GROUP@@lasting is persistent service, can't register ephemeral");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"label\",\"expression\":\"CONSUMER.label.A = PROVIDER.label.A\"}|type 'label' (expected: none)",
                "{\"expression\":\"x\"}|type '' (expected: none)",
                "x|selector: 'x' (expected: {\"type\":\"none\"})",
                "%7B%22type%22%3A%22label%22%7D|type 'label' (expected: none)",
            })
    void a_selector_that_would_need_a_directory_of_places_is_refused(String selector, String reason) {
        refused(
                server.post(V1 + "?serviceName=selected&selector=" + encoded(selector)),
                400,
                "not match any type of selector! " + reason);
        assertThat(server.post(V2 + "?serviceName=selected&selector=" + encoded(selector))
                        .body())
                .contains("\"code\":21006,\"message\":\"selector error\"");
    }

    @Test
    void names_are_listed_in_the_form_of_each_generation() {
        for (String name : List.of("b", "a", "c")) {
            register(name, "&groupName=PAGED");
        }
        assertThat(server.get(V1 + "/list?groupName=PAGED&pageNo=1&pageSize=2").body())
                .isEqualTo("{\"count\":3,\"doms\":[\"a\",\"b\"]}");
        assertThat(server.get(V1 + "/list?groupName=PAGED&pageNo=0&pageSize=2").body())
                .isEqualTo("{\"count\":3,\"doms\":[\"a\",\"b\"]}");
        assertThat(server.get(V2 + "/list?groupName=PAGED").body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":"
                        + "{\"count\":3,\"services\":[\"a\",\"b\",\"c\"]}}");
    }

    @Test
    void names_are_found_in_all_namespaces_or_one() {
        register("found-1", "&namespaceId=n1");
        register("found-2", "&namespaceId=n2");
        register("found-3", "&namespaceId=n2&groupName=G");
        assertThat(server.get(V1 + "/names?expr=found-").body())
                .isEqualTo("{\"META-INF/services\":{\"n1\":[\"DEFAULT_GROUP@@found-1\"],"
                        + "\"n2\":[\"DEFAULT_GROUP@@found-2\",\"G@@found-3\"]},\"count\":3}");
        assertThat(server.get(V1 + "/names?namespaceId=n2&expr=G@@").body())
                .isEqualTo("{\"META-INF/services\":{\"n2\":[\"G@@found-3\"]},\"count\":1}");
        assertThat(server.get(V1 + "/names?namespaceId=none").body())
                .isEqualTo("{\"META-INF/services\":{},\"count\":0}");
    }

    @Test
    void there_is_one_type_of_selector() {
        assertThat(server.get(V1 + "/selector/types").body())
                .isEqualTo("{\"code\":200,\"message\":null,\"data\":[\"none\"]}");
        assertThat(server.get(ADMIN + "/selector/types").body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":[\"none\"]}");
    }
}
