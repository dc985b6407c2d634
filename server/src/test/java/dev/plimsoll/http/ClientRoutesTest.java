package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.RegistryCommand;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.session.Session;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of all kinds, and who is told of what, as operators see them. */
class ClientRoutesTest {
    private static final ServiceKey ORDERS = new ServiceKey("", "G", "orders");
    private static final String CONNECTION = "1795364278792_127.0.0.1_50580";
    private static final String V2 = "/nacos/v2/ns/client";
    private static final String V3 = "/nacos/v3/admin/ns/client";
    private static final String ORDERS_OF = "groupName=G&serviceName=orders";

    private static HttpFixture server;
    private static DatagramSocket udp;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = new HttpFixture(data);
        Session session = server.connect(CONNECTION, "10.7.7.7");
        var instance = new Instance("10.0.0.1", 80, 1, true, true, "", "", Map.of());
        server.registry
                .submit(new RegistryCommand.Register(session.owner(), ORDERS, List.of(instance)))
                .toCompletableFuture()
                .join();
        server.registry.watch(session, ORDERS, "").toCompletableFuture().join();
        ok("serviceName=beating&ip=10.9.8.4&port=90");
        ok("serviceName=beating2&ip=10.9.8.4&port=90");
        ok("serviceName=lasting&ip=10.9.8.5&port=91&ephemeral=false&clusterName=C");
        udp = new DatagramSocket();
        server.get(
                "/nacos/v1/ns/instance/list?app=till&udpPort=" + udp.getLocalPort() + "&" + ORDERS_OF,
                "User-Agent",
                "Nacos-Java-Client:v1.4.7");
    }

    @AfterAll
    static void stop() {
        udp.close();
        server.close();
    }

    private static void ok(String instance) {
        assertThat(server.post("/nacos/v1/ns/instance?" + instance).body()).isEqualTo("ok");
    }

    private static String data(String path) {
        var answer = server.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).startsWith("{\"code\":0,\"message\":\"success\",\"data\":");
        return answer.body()
                .substring(
                        "{\"code\":0,\"message\":\"success\",\"data\":".length(),
                        answer.body().length() - 1);
    }

    private static String udpId() {
        return "127.0.0.1:" + udp.getLocalPort() + "#udp";
    }

    @Test
    void all_kinds_are_listed_by_pages() {
        String all = "[\"" + CONNECTION + "\",\"10.9.8.4:90#true\",\"10.9.8.5:91#false\",\"" + udpId() + "\"]";
        assertThat(data(V2 + "/list")).isEqualTo(all);
        assertThat(data(V3 + "/list")).isEqualTo(all);
        assertThat(data(V3 + "/list?pageNo=2&pageSize=3")).isEqualTo("[\"" + udpId() + "\"]");
    }

    @Test
    void a_connection_is_described() {
        String start = "{\"clientId\":\"" + CONNECTION + "\",\"ephemeral\":true,\"lastUpdatedTime\":1795364278792,"
                + "\"clientType\":\"connection\",\"connectType\":\"GRPC\",\"appName\":\"shop\","
                + "\"version\":\"Nacos-Java-Client:v2.4.3\",\"clientIp\":\"10.7.7.7\",\"clientPort\":";
        assertThat(data(V2 + "?clientId=" + CONNECTION)).isEqualTo(start + "\"50580\"}");
        assertThat(data(V3 + "?clientId=" + CONNECTION)).isEqualTo(start + "50580}");
    }

    @Test
    void an_address_is_described() {
        assertThat(data(V2 + "?clientId=10.9.8.4:90%23true"))
                .matches("\\{\"clientId\":\"10.9.8.4:90#true\",\"ephemeral\":true,\"lastUpdatedTime\":[0-9]{13},"
                        + "\"clientType\":\"ipPort\",\"clientIp\":\"10.9.8.4\",\"clientPort\":\"90\"}");
        assertThat(data(V3 + "?clientId=10.9.8.5:91%23false"))
                .contains("\"ephemeral\":false", "\"clientIp\":\"10.9.8.5\",\"clientPort\":91}");
        assertThat(data(V3 + "?clientId=" + udpId().replace("#", "%23")))
                .contains("\"clientIp\":\"127.0.0.1\",\"clientPort\":" + udp.getLocalPort());
    }

    @Test
    void nobody_is_not_found() {
        for (String path : List.of("", "/publish/list", "/subscribe/list")) {
            for (String id : List.of("nobody", "1.1.1.1:1%23true", "1.1.1.1:1%23false", "%23", ":")) {
                var missing = server.get(V3 + path + "?clientId=" + id);
                assertThat(missing.statusCode()).isEqualTo(404);
                assertThat(missing.body()).contains("\"code\":20004", "clientId [ ", " ] not exist");
            }
            assertThat(server.get(V2 + path).body())
                    .contains("Required parameter 'clientId' type String is not present");
        }
    }

    @Test
    void what_a_client_publishes_is_listed() {
        assertThat(data(V2 + "/publish/list?clientId=" + CONNECTION))
                .isEqualTo("[{\"namespace\":\"public\",\"group\":\"G\",\"serviceName\":\"orders\","
                        + "\"registeredInstance\":{\"ip\":\"10.0.0.1\",\"port\":80,\"cluster\":\"DEFAULT\"}}]");
        assertThat(data(V3 + "/publish/list?clientId=10.9.8.5:91%23false"))
                .isEqualTo("[{\"namespaceId\":\"public\",\"groupName\":\"DEFAULT_GROUP\","
                        + "\"serviceName\":\"lasting\",\"publisherInfo\":{\"clientId\":null,\"ip\":\"10.9.8.5\","
                        + "\"port\":91,\"clusterName\":\"C\"},\"subscriberInfo\":null}]");
        assertThat(data(V2 + "/publish/list?clientId=10.9.8.4:90%23true")).contains("\"beating\"", "\"beating2\"");
        assertThat(data(V2 + "/publish/list?clientId=" + udpId().replace("#", "%23")))
                .isEqualTo("[]");
    }

    @Test
    void what_a_client_subscribes_to_is_listed() {
        assertThat(data(V2 + "/subscribe/list?clientId=" + CONNECTION))
                .isEqualTo("[{\"namespace\":\"public\",\"group\":\"G\",\"serviceName\":\"orders\","
                        + "\"subscriberInfo\":{\"app\":\"shop\",\"agent\":\"Nacos-Java-Client:v2.4.3\","
                        + "\"addr\":\"10.7.7.7:0\"}}]");
        assertThat(data(V3 + "/subscribe/list?clientId=" + udpId().replace("#", "%23")))
                .isEqualTo("[{\"namespaceId\":\"public\",\"groupName\":\"G\",\"serviceName\":\"orders\","
                        + "\"publisherInfo\":null,\"subscriberInfo\":{\"clientId\":\"" + udpId()
                        + "\",\"appName\":\"till\",\"agent\":\"Nacos-Java-Client:v1.4.7\",\"address\":\"127.0.0.1:"
                        + udp.getLocalPort() + "\"}}]");
        assertThat(data(V3 + "/subscribe/list?clientId=10.9.8.4:90%23true")).isEqualTo("[]");
    }

    @Test
    void publishers_and_subscribers_of_a_service_are_listed() {
        assertThat(data(V2 + "/service/publisher/list?" + ORDERS_OF))
                .isEqualTo("[{\"clientId\":\"" + CONNECTION
                        + "\",\"ip\":\"10.0.0.1\",\"port\":80,\"cluster\":\"DEFAULT\"}]");
        assertThat(data(V3 + "/service/publisher/list?serviceName=lasting"))
                .isEqualTo("[{\"clientId\":\"10.9.8.5:91#false\",\"ip\":\"10.9.8.5\",\"port\":91,"
                        + "\"clusterName\":\"C\"}]");
        assertThat(data(V3 + "/service/publisher/list?ip=10.0.0.2&" + ORDERS_OF))
                .isEqualTo("[]");
        assertThat(data(V2 + "/service/subscriber/list?" + ORDERS_OF))
                .isEqualTo("[{\"clientId\":\"" + CONNECTION + "\",\"ip\":\"10.7.7.7\",\"port\":0},"
                        + "{\"clientId\":\"" + udpId() + "\",\"ip\":\"127.0.0.1\",\"port\":" + udp.getLocalPort()
                        + "}]");
        assertThat(data(V3 + "/service/subscriber/list?ip=127.0.0.1&" + ORDERS_OF))
                .isEqualTo("[{\"clientId\":\"" + udpId() + "\",\"appName\":\"till\","
                        + "\"agent\":\"Nacos-Java-Client:v1.4.7\",\"address\":\"127.0.0.1:" + udp.getLocalPort()
                        + "\"}]");
    }

    @Test
    void subscribers_are_found_by_service_or_by_parts_of_its_name() {
        String connected = "{\"addrStr\":\"10.7.7.7:0\",\"agent\":\"Nacos-Java-Client:v2.4.3\",\"app\":\"shop\","
                + "\"ip\":\"10.7.7.7\",\"port\":0,\"namespaceId\":\"public\",\"serviceName\":\"G@@orders\","
                + "\"cluster\":\"\"}";
        String told = "{\"addrStr\":\"127.0.0.1:" + udp.getLocalPort()
                + "\",\"agent\":\"Nacos-Java-Client:v1.4.7\",\"app\":\"till\",\"ip\":\"127.0.0.1\",\"port\":"
                + udp.getLocalPort() + ",\"namespaceId\":\"public\",\"serviceName\":\"G@@orders\",\"cluster\":\"\"}";
        String v1 = "/nacos/v1/ns/service/subscribers?groupName=G&serviceName=";
        assertThat(server.get(v1 + "orders").body())
                .isEqualTo("{\"subscribers\":[" + connected + "," + told + "],\"count\":2}");
        assertThat(server.get(v1 + "rde&pageNo=2&pageSize=1").body())
                .isEqualTo("{\"subscribers\":[" + told + "],\"count\":2}");
        assertThat(server.get(v1 + "rde&namespaceId=other").body()).isEqualTo("{\"subscribers\":[],\"count\":0}");
        assertThat(data("/nacos/v3/admin/ns/service/subscribers?pageSize=1&" + ORDERS_OF))
                .isEqualTo("{\"totalCount\":2,\"pageNumber\":1,\"pagesAvailable\":2,\"pageItems\":["
                        + "{\"namespaceId\":\"public\",\"groupName\":\"G\",\"serviceName\":\"orders\","
                        + "\"ip\":\"10.7.7.7\",\"port\":0,\"agent\":\"Nacos-Java-Client:v2.4.3\","
                        + "\"appName\":\"shop\"}]}");
    }
}
