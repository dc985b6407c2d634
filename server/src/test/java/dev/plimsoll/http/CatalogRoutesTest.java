package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.OwnerId;
import dev.plimsoll.registry.RegistryCommand;
import dev.plimsoll.registry.ServiceKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services as consoles list them. */
class CatalogRoutesTest {
    private static final String V1 = "/nacos/v1/ns/catalog/services?pageNo=1&pageSize=10&namespaceId=shop";
    private static final String V3 = "/nacos/v3/admin/ns/service/list?namespaceId=shop";
    private static HttpFixture server;

    @BeforeAll
    static void start(@TempDir Path data) {
        server = new HttpFixture(data);
        register("orders", "&ip=10.0.0.1&port=80&metadata=a%3Db");
        register("orders", "&ip=10.0.0.2&port=80&clusterName=B&healthy=false");
        register("payments", "&ip=10.0.0.3&port=80&groupName=G");
        assertThat(server.post("/nacos/v1/ns/service?serviceName=empty&namespaceId=shop&protectThreshold=0.5")
                        .body())
                .isEqualTo("ok");
        register("elsewhere", "&ip=10.0.0.3&port=80&namespaceId=other");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void register(String service, String more) {
        assertThat(server.post("/nacos/v1/ns/instance?serviceName=" + service + more
                                + (more.contains("namespaceId") ? "" : "&namespaceId=shop"))
                        .body())
                .isEqualTo("ok");
    }

    private static String line(String name, String group, int clusters, int all, int healthy) {
        return "{\"name\":\"" + name + "\",\"groupName\":\"" + group + "\",\"clusterCount\":" + clusters
                + ",\"ipCount\":" + all + ",\"healthyInstanceCount\":" + healthy + ",\"triggerFlag\":\"false\"}";
    }

    @Test
    void lines_tell_what_is_in_a_service() {
        String lines = line("empty", "DEFAULT_GROUP", 0, 0, 0) + "," + line("orders", "DEFAULT_GROUP", 2, 2, 1) + ","
                + line("payments", "G", 1, 1, 1);
        assertThat(server.get(V1).body()).isEqualTo("{\"count\":3,\"serviceList\":[" + lines + "]}");
        assertThat(server.get(V3 + "&pageSize=10").body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":{\"totalCount\":3,\"pageNumber\":1,"
                        + "\"pagesAvailable\":1,\"pageItems\":[" + lines + "]}}");
        assertThat(server.get("/nacos/v3/console/ns/service/list?namespaceId=shop&pageNo=2&pageSize=2")
                        .body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":{\"totalCount\":3,\"pageNumber\":2,"
                        + "\"pagesAvailable\":2,\"pageItems\":[" + line("payments", "G", 1, 1, 1) + "]}}");
    }

    @Test
    void they_are_found_by_parts_of_names_and_by_addresses() {
        assertThat(server.get(V1 + "&serviceNameParam=ay").body())
                .contains("\"count\":1", "payments")
                .doesNotContain("orders");
        assertThat(server.get(V1 + "&groupNameParam=DEFAULT").body()).contains("\"count\":2");
        assertThat(server.get(V1 + "&instance=10.0.0.2").body()).contains("\"count\":1", "orders");
        assertThat(server.get(V1 + "&hasIpCount=true").body())
                .contains("\"count\":2")
                .doesNotContain("empty");
        assertThat(server.get(V3 + "&ignoreEmptyService=true").body()).contains("\"totalCount\":2");
        assertThat(server.get(V3 + "&serviceNameParam=.*").body())
                .as("a part, and no pattern")
                .contains("\"totalCount\":0,\"pageNumber\":1,\"pagesAvailable\":0,\"pageItems\":[]");
    }

    @Test
    void with_instances_each_cluster_shows_its_own() {
        assertThat(server.get(V1 + "&withInstances=true&serviceNameParam=orders")
                        .body())
                .isEqualTo("[{\"namespace\":null,\"serviceName\":\"orders\",\"groupName\":\"DEFAULT_GROUP\","
                        + "\"clusterMap\":{\"B\":{\"clusterName\":null,\"healthChecker\":null,\"metadata\":null,"
                        + "\"hosts\":[{\"valid\":false,\"metadata\":{},\"port\":80,\"ip\":\"10.0.0.2\","
                        + "\"weight\":1.0,\"enabled\":true}]},"
                        + "\"DEFAULT\":{\"clusterName\":null,\"healthChecker\":null,\"metadata\":null,"
                        + "\"hosts\":[{\"valid\":true,\"metadata\":{\"a\":\"b\"},\"port\":80,\"ip\":\"10.0.0.1\","
                        + "\"weight\":1.0,\"enabled\":true}]}},"
                        + "\"metadata\":{},\"protectThreshold\":0.0,\"selector\":null,\"ephemeral\":null}]");
        assertThat(server.get(V3 + "&withInstances=true&serviceNameParam=payments")
                        .body())
                .contains("\"pageItems\":[{\"namespaceId\":null,\"serviceName\":\"payments\",\"groupName\":\"G\","
                        + "\"clusterMap\":{\"DEFAULT\":{\"clusterName\":\"DEFAULT\","
                        + "\"healthChecker\":{\"type\":\"TCP\"},\"healthyCheckPort\":80,"
                        + "\"useInstancePortForCheck\":true,\"metadata\":{},\"hosts\":[{\"instanceId\":"
                        + "\"10.0.0.3#80#DEFAULT#G@@payments\"");
    }

    @Test
    void pages_are_to_be_asked_for() {
        assertThat(server.get("/nacos/v1/ns/catalog/services?pageNo=1").body())
                .isEqualTo("Param 'pageSize' is required.");
        assertThat(server.get(V3 + "&pageSize=0").body())
                .contains("Required parameter 'pageSize' should be positive integer, current is 0");
        var unknown = server.get("/nacos/v1/ns/catalog/service?serviceName=nobody");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).isEqualTo("service DEFAULT_GROUP@@nobody is not found!");
    }

    @Test
    void protection_that_has_set_in_is_flagged() {
        assertThat(server.post("/nacos/v2/ns/service?serviceName=shaky&namespaceId=flags&ephemeral=true"
                                + "&protectThreshold=0.5")
                        .body())
                .contains("ok");
        register("shaky", "&ip=10.0.0.1&port=80&healthy=false&namespaceId=flags");
        assertThat(server.get("/nacos/v3/admin/ns/service/list?namespaceId=flags")
                        .body())
                .contains("\"healthyInstanceCount\":0,\"triggerFlag\":\"true\"");
    }

    @Test
    void a_page_of_too_many_instances_is_refused() {
        String ips = "&namespaceId=many&groupName=G";
        var instances = new ArrayList<Instance>();
        for (int i = 0; i < 10_000; i++) {
            instances.add(new Instance("10.0." + i / 250 + "." + i % 250, 80, 1, true, true, "", "", Map.of()));
        }
        server.registry
                .submit(new RegistryCommand.Register(
                        OwnerId.connection("big"), new ServiceKey("many", "G", "big"), instances))
                .toCompletableFuture()
                .join();
        register("more", "&ip=10.0.0.1&port=80" + ips);
        var refused = server.get("/nacos/v3/admin/ns/service/list?namespaceId=many&withInstances=true");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("instances on this page: 10001 (expected: at most 10000");
        assertThat(server.get("/nacos/v3/admin/ns/service/list?namespaceId=many")
                        .statusCode())
                .isEqualTo(200);
    }
}
