package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.OwnerId;
import dev.plimsoll.registry.RegistryCommand;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.session.Session;
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

class StandingRoutesTest {
    private static final String PATH = "/nacos/v3/admin/plimsoll/instance?namespaceId=public&groupName=DEFAULT_GROUP";
    private static final String CONNECTION = "1700000000000_10.0.0.7_50001";

    private static HttpFixture server;

    @BeforeAll
    static void start(@TempDir Path data) {
        server = new HttpFixture(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void register(OwnerId owner, String service, String ip) {
        var instance = new Instance(ip, 8080, 1, true, true, "", "", Map.of());
        server.registry
                .submit(new RegistryCommand.Register(
                        owner, new ServiceKey("public", "DEFAULT_GROUP", service), List.of(instance)))
                .toCompletableFuture()
                .join();
    }

    private static String ask(String query) {
        HttpResponse<String> response = server.get(PATH + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private static String missing(String query) {
        HttpResponse<String> response = server.get(PATH + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(404);
        assertThat(response.body()).startsWith("{\"code\":20004,\"message\":\"resource not found\",\"data\":\"");
        return response.body();
    }

    @Test
    void an_instance_of_a_connection_is_told_with_its_client() {
        Session session = server.connect(CONNECTION, "10.0.0.7");
        register(session.owner(), "orders", "10.0.0.7");
        assertThat(ask("&serviceName=orders&ip=10.0.0.7&port=8080"))
                .startsWith("{\"code\":0,\"message\":\"success\",\"data\":{\"namespaceId\":\"public\",\"groupName\":"
                        + "\"DEFAULT_GROUP\",\"serviceName\":\"orders\",\"count\":1,\"protection\":false,\"instances\":[{"
                        + "\"ip\":\"10.0.0.7\",\"port\":8080,\"clusterName\":\"DEFAULT\",\"ephemeral\":true,"
                        + "\"healthy\":true,\"enabled\":true,\"weight\":1.0,\"keptBy\":\"connection\",\"owner\":\""
                        + CONNECTION + "\",\"since\":")
                .contains("\"client\":{\"ip\":\"10.0.0.7\",\"app\":\"shop\","
                        + "\"version\":\"Nacos-Java-Client:v2.4.3\",\"connectedSince\":")
                .contains(
                        "\"shown\":true,\"why\":\"it was registered by the connection " + CONNECTION
                                + " of 10.0.0.7 (shop, Nacos-Java-Client:v2.4.3), open for ",
                        "\"seen\":\"shown as healthy\"",
                        "a client that is silent for 20 s and does not answer within 5 s more is closed");
    }

    @Test
    void an_instance_of_nobody_is_about_to_go_or_a_fault() {
        register(OwnerId.connection("1700000000000_10.0.0.9_1"), "left-over", "10.0.0.9");
        assertThat(ask("&serviceName=left-over"))
                .contains("\"keptBy\":\"connection\"", "which is no client's: it is about to go")
                .doesNotContain("\"client\":");
    }

    @Test
    void an_instance_that_beats_is_told_with_its_last_beat() {
        register(OwnerId.beating("10.0.0.8", 8080), "beating", "10.0.0.8");
        assertThat(ask("&serviceName=beating&ip=10.0.0.8&port=8080&clusterName=DEFAULT"))
                .contains(
                        "\"keptBy\":\"beats\",\"owner\":\"10.0.0.8:8080#true\",\"since\":",
                        ",\"lastBeat\":",
                        "\"beatTimeout\":15000,\"deleteTimeout\":30000",
                        "\"goes\":\"15 s without a beat make it unhealthy, 30 s remove it, as a deregistration does\"");
    }

    @Test
    void a_persistent_instance_stays_until_it_is_deregistered() {
        assertThat(server.post("/nacos/v1/ns/instance?serviceName=stored&ip=10.0.0.5&port=80&ephemeral=false")
                        .body())
                .isEqualTo("ok");
        assertThat(ask("&serviceName=stored&ip=10.0.0.5&port=80"))
                .contains(
                        "\"ephemeral\":false",
                        "\"keptBy\":\"store\",\"owner\":\"10.0.0.5:80#false\",\"checker\":\"TCP\"",
                        "\"why\":\"it is persistent: it stays until somebody deregisters it; it was not looked at yet\"",
                        "only a deregistration removes it");
    }

    @Test
    void one_that_an_operator_disabled_is_not_shown_and_says_by_whom() {
        register(OwnerId.beating("10.0.0.4", 8080), "disabled", "10.0.0.4");
        assertThat(server.put("/nacos/v1/ns/instance?serviceName=disabled&ip=10.0.0.4&port=8080&enabled=false&weight=0")
                        .statusCode())
                .isEqualTo(200);
        assertThat(ask("&serviceName=disabled&ip=10.0.0.4&port=8080"))
                .contains(
                        "\"overlay\":{\"weight\":0.0,\"enabled\":false,\"metadata\":{},\"since\":",
                        ",\"by\":\"\",\"from\":\"127.0.0.1\"}",
                        "\"shown\":false",
                        "\"seen\":\"not shown: disabled by an operator without a login from 127.0.0.1 at 20");
    }

    @Test
    void one_that_the_protection_threshold_shows_as_healthy_says_so() {
        server.registry
                .submit(new RegistryCommand.CreateService(
                        new ServiceKey("public", "DEFAULT_GROUP", "protected"), true, 1, Map.of()))
                .toCompletableFuture()
                .join();
        server.registry
                .submit(new RegistryCommand.Register(
                        OwnerId.connection("c"),
                        new ServiceKey("public", "DEFAULT_GROUP", "protected"),
                        List.of(new Instance("10.0.0.3", 1, 0, false, true, "", "", Map.of()))))
                .toCompletableFuture()
                .join();
        assertThat(ask("&serviceName=protected"))
                .contains(
                        "\"protection\":true",
                        "\"seen\":\"shown as healthy though it is not: so few instances are that the protection"
                                + " threshold shows all; its weight is 0, so that callers who balance send it nothing\"");
    }

    @Test
    void one_that_is_not_there_is_told_why_it_went() {
        Session session = server.connect("1700000000000_10.0.0.7_50002", "10.0.0.7");
        register(session.owner(), "past", "10.0.0.7");
        server.sessions.ended(session, "silent for 20 s");
        String query = "&serviceName=past&ip=10.0.0.7&port=8080";
        await().untilAsserted(() -> assertThat(missing(query))
                .containsPattern(
                        "no instance at 10\\.0\\.0\\.7:8080 of public DEFAULT_GROUP@@past; it went at \\S+Z: the"
                                + " connection 1700000000000_10\\.0\\.0\\.7_50002 of 10\\.0\\.0\\.7 \\(shop,"
                                + " Nacos-Java-Client:v2\\.4\\.3\\) ended: silent for 20 s\"}"));
        assertThat(missing("&serviceName=past&ip=10.0.0.99&port=8080"))
                .contains("none is known to have gone from there lately");
        assertThat(missing("&serviceName=never")).contains("no instances of public DEFAULT_GROUP@@never");
    }

    @Test
    void one_that_was_deregistered_is_told_so() {
        assertThat(server.post("/nacos/v1/ns/instance?serviceName=taken&ip=10.0.0.2&port=80")
                        .body())
                .isEqualTo("ok");
        assertThat(server.delete("/nacos/v1/ns/instance?serviceName=taken&ip=10.0.0.2&port=80")
                        .body())
                .isEqualTo("ok");
        assertThat(missing("&serviceName=taken&ip=10.0.0.2&port=80")).contains("Z: it was deregistered\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | 10000",
                "&serviceName=orders&port=70000 | 20002",
                "&serviceName=orders&port=x | 20002",
                "&serviceName=a%20b | 20002"
            })
    void what_is_asked_wrongly_is_refused(String query, int code) {
        HttpResponse<String> response = server.get(PATH + query);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).startsWith("{\"code\":" + code);
    }
}
