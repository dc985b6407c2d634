package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static dev.plimsoll.http.HttpFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.ServiceKey;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamingRoutesTest {
    private static final String INSTANCE = "/nacos/v1/ns/instance";
    private static HttpFixture server;

    @BeforeAll
    static void start(@TempDir Path data) {
        server = new HttpFixture(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void what_is_registered_is_listed_at_once() {
        var registered = server.post(
                INSTANCE + "?serviceName=golden&ip=10.9.8.4&port=90&weight=2&metadata=" + encoded("{\"a\":\"b\"}"));
        assertThat(registered.statusCode()).isEqualTo(200);
        assertThat(registered.body()).isEqualTo("ok");
        assertThat(header(registered, "Content-Type")).isEqualTo("text/plain;charset=UTF-8");

        var listed = list("golden", "");
        assertThat(listed.statusCode()).isEqualTo(200);
        assertThat(header(listed, "Content-Type")).isEqualTo("application/json");
        assertThat(listed.body().replaceFirst("\"lastRefTime\":\\d+", "\"lastRefTime\":0"))
                .isEqualTo("{\"name\":\"DEFAULT_GROUP@@golden\",\"groupName\":\"DEFAULT_GROUP\",\"clusters\":\"\","
                        + "\"hosts\":[{\"instanceId\":\"10.9.8.4#90#DEFAULT#DEFAULT_GROUP@@golden\","
                        + "\"ip\":\"10.9.8.4\",\"port\":90,\"weight\":2.0,\"healthy\":true,\"enabled\":true,"
                        + "\"ephemeral\":true,\"clusterName\":\"DEFAULT\",\"serviceName\":\"DEFAULT_GROUP@@golden\","
                        + "\"metadata\":{\"a\":\"b\"},\"instanceHeartBeatInterval\":5000,"
                        + "\"instanceHeartBeatTimeOut\":15000,\"ipDeleteTimeout\":30000}],\"lastRefTime\":0,"
                        + "\"reachProtectionThreshold\":false,\"cacheMillis\":10000,\"checksum\":\"\","
                        + "\"allIPs\":false,\"valid\":true}");
    }

    @Test
    void an_unknown_service_is_an_empty_one() {
        var listed = list("nobody", "");
        assertThat(listed.statusCode()).isEqualTo(200);
        assertThat(listed.body()).contains("\"name\":\"DEFAULT_GROUP@@nobody\"", "\"hosts\":[]", "\"valid\":true");
    }

    @Test
    void both_kinds_go_when_they_are_deregistered_and_only_their_own() {
        for (boolean ephemeral : new boolean[] {true, false}) {
            String kind = "&ephemeral=" + ephemeral;
            String service = "leaving" + ephemeral;
            register(service, "&ip=10.0.0.1&port=80" + kind);
            register(service, "&ip=10.0.0.2&port=80" + kind);
            assertThat(list(service, "").body()).contains("10.0.0.1", "10.0.0.2", "\"ephemeral\":" + ephemeral);

            var gone = server.delete(INSTANCE + "?serviceName=" + service + "&ip=10.0.0.1&port=80" + kind);
            assertThat(gone.statusCode()).isEqualTo(200);
            assertThat(gone.body()).isEqualTo("ok");
            assertThat(list(service, "").body()).contains("10.0.0.2").doesNotContain("10.0.0.1");
        }
    }

    @Test
    void deregistering_what_is_not_there_is_ok() {
        assertThat(server.delete(INSTANCE + "?serviceName=never&ip=10.0.0.1&port=80")
                        .body())
                .isEqualTo("ok");
        assertThat(server.delete(INSTANCE + "?serviceName=never&ip=10.0.0.1&port=80&ephemeral=false")
                        .body())
                .isEqualTo("ok");
    }

    @Test
    void a_service_is_of_one_kind() {
        register("onekind", "&ip=10.0.0.1&port=80");
        var refused = server.post(INSTANCE + "?serviceName=onekind&ip=10.0.0.2&port=80&ephemeral=false");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .contains("Current service DEFAULT_GROUP@@onekind is ephemeral service, can't register persistent"
                        + " instance.");
    }

    @ParameterizedTest
    @CsvSource({
        "names1, serviceName=names1, DEFAULT_GROUP, names1",
        "names2, serviceName=names2&groupName=G, G, names2",
        "names3, serviceName=H@@names3&groupName=G, H, names3",
        "names4, serviceName=H@@names4@@rest, H, names4",
        "names5, serviceName=%20names5%20&groupName=%20G%20, G, names5",
        "names6, serviceName=names6&groupName=%20, DEFAULT_GROUP, names6",
    })
    void a_service_is_named_with_or_beside_its_group(String test, String parameters, String group, String name) {
        assertThat(server.post(INSTANCE + "?" + parameters + "&ip=10.0.0.1&port=80")
                        .body())
                .isEqualTo("ok");
        assertThat(server.registry.snapshot(new ServiceKey("", group, name)).instances())
                .as(test)
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ip=1.1.1.1&port=80|Param 'serviceName' is required.",
                "serviceName=%20&ip=1.1.1.1&port=80|Param 'serviceName' is required.",
                "serviceName=s&port=80|Param 'ip' is required.",
                "serviceName=s&ip=1.1.1.1|Param 'port' is required.",
                "serviceName=s&ip=1.1.1.1&port=abc|For input string: \"abc\"",
                "serviceName=s&ip=1.1.1.1&port=70000"
                        + "|Param 'port' is illegal, the value should be between 0 and 65535.",
                "serviceName=s&ip=1.1.1.1&port=-1"
                        + "|Param 'port' is illegal, the value should be between 0 and 65535.",
                "serviceName=s&ip=1.1.1.1&port=80&weight=heavy|For input string: \"heavy\"",
                "serviceName=s&ip=1.1.1.1&port=80&weight=10001"
                        + "|instance format invalid: The weights range from 0.0 to 10000.0",
                "serviceName=s&ip=1.1.1.1&port=80&weight=NaN"
                        + "|instance format invalid: The weights range from 0.0 to 10000.0",
                "serviceName=s&ip=1.1.1.1&port=80&metadata=a|metadata format incorrect:a",
                "serviceName=s&ip=1.1.1.1&port=80&metadata=a%3D1%3D2|metadata format incorrect:a=1=2",
                "serviceName=s&ip=1.1.1.1&port=80&metadata=%7B%22a%22|metadata format incorrect:{\"a\"",
                "serviceName=s&ip=1.1.1.1&port=80&metadata=%7B%22a%22:%22%5Cud800%22%7D"
                        + "|metadata format incorrect:{\"a\":\"\\ud800\"}",
                "serviceName=s&ip=1.1.1.1&port=80&metadata=%7B%22a%22:%7B%7D%7D|metadata format incorrect:{\"a\":{}}",
                "serviceName=@@s&ip=1.1.1.1&port=80"
                        + "|Param 'serviceName' is illegal, it should be format as 'groupName@@serviceName'",
                "serviceName=g@@&ip=1.1.1.1&port=80"
                        + "|Param 'serviceName' is illegal, it should be format as 'groupName@@serviceName'",
                "serviceName=a%20b&ip=1.1.1.1&port=80"
                        + "|Param 'serviceName' is illegal, illegal characters should not appear in the param.",
                "serviceName=s&ip=1.1.1.1&port=80&clusterName=a.b"
                        + "|Instance 'clusterName' should be characters with only 0-9a-zA-Z-. (current: a.b)",
                "serviceName=s&ip=1.1.1.1&port=80&encoding=klingon"
                        + "|encoding: 'klingon' (expected: the name of a character set)",
                "serviceName=s&ip=1.1.1.1&port=80&metadata=preserved.heart.beat.interval%3D60000"
                        + "|Instance 'heart beat interval' must less than 'heart beat timeout' and 'ip delete timeout'.",
            })
    void a_wrong_registration_is_refused(String parameters, String reason) {
        for (boolean inQuery : new boolean[] {true, false}) {
            var refused =
                    inQuery ? server.post(INSTANCE + "?" + parameters) : server.send("POST", INSTANCE, parameters);
            assertThat(refused.body()).isEqualTo(reason);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(header(refused, "Content-Type")).isEqualTo("text/plain;charset=UTF-8");
        }
        assertThat(server.registry.snapshot(new ServiceKey("", "", "s")).instances())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', true",
        "' ', true",
        "true, true",
        "TRUE, true",
        "yes, true",
        "y, true",
        "on, true",
        "t, true",
        "1, true",
        "false, false",
        "no, false",
        "0, false",
        "nonsense, false",
    })
    void a_switch_is_on_for_the_words_of_the_reference(String word, boolean on) {
        assertThat(only("switches", "&enabled=" + encoded(word)).enabled()).isEqualTo(on);
        assertThat(only("switches", "&enable=" + encoded(word)).enabled()).isEqualTo(on);
        assertThat(only("switches", "&healthy=" + encoded(word)).healthy()).isEqualTo(on);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":\"1\",\"b\":\"\"}|a=1 b=",
                "{\"n\":1,\"t\":true,\"z\":null}|n=1 t=true",
                "a=1,b=2|a=1 b=2",
                "a=|a=",
                "{}|",
                "|",
            })
    void metadata_is_json_or_pairs(String given, String expected) {
        var wanted = new HashMap<String, String>();
        if (expected != null) {
            for (String pair : expected.split(" ", -1)) {
                wanted.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
            }
        }
        assertThat(only("described", "&metadata=" + encoded(given == null ? "" : given))
                        .metadata())
                .isEqualTo(Map.copyOf(wanted));
    }

    @Test
    void metadata_without_bound_is_refused_unread() {
        var refused =
                server.send("POST", INSTANCE, "serviceName=s&ip=1.1.1.1&port=80&metadata=" + "a%3D1,".repeat(1 << 18));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).isEqualTo("Param 'metadata' is illegal, the param length should not exceed 65536.");
    }

    @Test
    void a_cluster_goes_by_two_names() {
        assertThat(only("clustered", "&clusterName=A").cluster()).isEqualTo("A");
        assertThat(only("clustered", "&cluster=B").cluster()).isEqualTo("B");
        assertThat(only("clustered", "").cluster()).isEqualTo("DEFAULT");
    }

    @Test
    void a_list_shows_the_enabled_ones_of_the_clusters_asked_for() {
        register("filtered", "&ip=10.0.0.1&port=80&clusterName=A");
        register("filtered", "&ip=10.0.0.2&port=80&clusterName=B&healthy=false");
        register("filtered", "&ip=10.0.0.3&port=80&clusterName=C");
        register("filtered", "&ip=10.0.0.4&port=80&clusterName=A&enabled=false");
        assertThat(list("filtered", "&clusters=A,B").body())
                .contains("\"clusters\":\"A,B\"", "10.0.0.1", "10.0.0.2")
                .doesNotContain("10.0.0.3", "10.0.0.4");
        assertThat(list("filtered", "&healthyOnly=true").body())
                .contains("10.0.0.1", "10.0.0.3")
                .doesNotContain("10.0.0.2");
        assertThat(list("filtered", "&healthyOnly=yes&udpPort=55555&clientIP=1.1.1.1")
                        .body())
                .contains("10.0.0.2");
    }

    @Test
    void namespaces_do_not_see_each_other() {
        register("apart", "&ip=10.0.0.1&port=80&namespaceId=dev");
        assertThat(list("apart", "").body()).contains("\"hosts\":[]");
        assertThat(list("apart", "&namespaceId=dev").body()).contains("10.0.0.1");
    }

    @Test
    void one_instance_can_be_asked_for() {
        register("single", "&ip=10.9.8.1&port=80&metadata=a%3Db");
        var found = server.get(INSTANCE + "?serviceName=single&ip=10.9.8.1&port=80");
        assertThat(found.statusCode()).isEqualTo(200);
        assertThat(found.body())
                .isEqualTo("{\"service\":\"DEFAULT_GROUP@@single\",\"ip\":\"10.9.8.1\",\"port\":80,"
                        + "\"clusterName\":\"DEFAULT\",\"weight\":1.0,\"healthy\":true,"
                        + "\"instanceId\":\"10.9.8.1#80#DEFAULT#DEFAULT_GROUP@@single\",\"metadata\":{\"a\":\"b\"}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ip=10.9.8.2&port=80", "ip=10.9.8.1&port=81", "ip=10.9.8.1&port=80&clusterName=X"})
    void an_instance_that_does_not_match_is_not_found(String parameters) {
        register("one", "&ip=10.9.8.1&port=80");
        var missing = server.get(INSTANCE + "?serviceName=one&" + parameters);
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).isEqualTo("no matched ip found!");
    }

    @Test
    void an_instance_of_no_service_is_not_found() {
        var missing = server.get(INSTANCE + "?serviceName=none&ip=10.9.8.1&port=80");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).isEqualTo("no ips found for cluster DEFAULT in service DEFAULT_GROUP@@none");
    }

    @Test
    void a_light_beat_keeps_what_is_known_and_reports_what_is_not() {
        String beat = INSTANCE + "/beat?serviceName=beating&ip=10.0.0.1&port=80";
        var unknown = server.put(beat);
        assertThat(unknown.statusCode()).isEqualTo(200);
        assertThat(unknown.body()).isEqualTo("{\"clientBeatInterval\":5000,\"code\":20404,\"lightBeatEnabled\":true}");
        assertThat(header(unknown, "Content-Type")).isEqualTo("application/json");

        register("beating", "&ip=10.0.0.1&port=80&metadata=preserved.heart.beat.interval%3D3000");
        assertThat(server.put(beat).body())
                .isEqualTo("{\"clientBeatInterval\":3000,\"code\":10200,\"lightBeatEnabled\":true}");
    }

    @Test
    void a_full_beat_registers_what_is_unknown() {
        String full = "{\"ip\":\"10.0.0.7\",\"port\":81,\"weight\":3.0,\"serviceName\":\"DEFAULT_GROUP@@revived\","
                + "\"cluster\":\"A\",\"metadata\":{\"k\":\"v\"},\"scheduled\":false,\"period\":5000,\"stopped\":false,"
                + "\"cpu\":0.5,\"other\":[1]}";
        var beat =
                server.send("PUT", INSTANCE + "/beat?serviceName=revived&ip=9.9.9.9&port=9", "beat=" + encoded(full));
        assertThat(beat.body()).contains("\"code\":10200");
        assertThat(server.registry.snapshot(new ServiceKey("", "", "revived")).instances())
                .singleElement()
                .satisfies(instance -> {
                    assertThat(instance.ip()).isEqualTo("10.0.0.7");
                    assertThat(instance.port()).isEqualTo(81);
                    assertThat(instance.cluster()).isEqualTo("A");
                    assertThat(instance.weight()).isEqualTo(3.0);
                    assertThat(instance.metadata()).isEqualTo(Map.of("k", "v"));
                });
    }

    @Test
    void a_beat_makes_its_instance_healthy() {
        register("ailing", "&ip=10.0.0.1&port=80&healthy=false");
        assertThat(server.put(INSTANCE + "/beat?serviceName=ailing&ip=10.0.0.1&port=80")
                        .body())
                .contains("\"code\":10200");
        assertThat(list("ailing", "").body()).contains("\"healthy\":true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "x",
                "{\"ip\":\"1.1.1.1\",\"port\":\"x\"}",
                "{}",
                "{\"port\":80}",
                "{\"ip\":\"1.1.1.1\",\"port\":99999}",
                "{\"ip\":\"1.1.1.1\",\"port\":80,\"ephemeral\":false}"
            })
    void a_beat_that_makes_no_sense_is_refused(String json) {
        var refused = server.put(INSTANCE + "/beat?serviceName=senseless&beat=" + encoded(json));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(refused.body()).isNotBlank();
        assertThat(server.registry.snapshot(new ServiceKey("", "", "senseless")).instances())
                .isEmpty();
    }

    @Test
    void services_are_listed_by_pages() {
        for (String name : new String[] {"b", "a", "c"}) {
            register(name, "&ip=10.0.0.1&port=80&groupName=PAGED");
        }
        String list = "/nacos/v1/ns/service/list?groupName=PAGED";
        assertThat(server.get(list + "&pageNo=1&pageSize=2").body()).isEqualTo("{\"count\":3,\"doms\":[\"a\",\"b\"]}");
        assertThat(server.get(list + "&pageNo=2&pageSize=2").body()).isEqualTo("{\"count\":3,\"doms\":[\"c\"]}");
        assertThat(server.get(list + "&pageNo=9&pageSize=2").body()).isEqualTo("{\"count\":3,\"doms\":[]}");
        assertThat(server.get(list + "&pageNo=1").body()).isEqualTo("Param 'pageSize' is required.");
    }

    private static void register(String service, String parameters) {
        assertThat(server.post(INSTANCE + "?serviceName=" + service + parameters)
                        .body())
                .isEqualTo("ok");
    }

    private static HttpResponse<String> list(String service, String parameters) {
        return server.get(INSTANCE + "/list?serviceName=" + service + parameters);
    }

    /** What becomes of a registration, the only one of its service. */
    private static Instance only(String service, String parameters) {
        register(service, "&ip=10.0.0.1&port=80" + parameters);
        var instances =
                server.registry.snapshot(new ServiceKey("", "", service)).instances();
        assertThat(instances).hasSize(1);
        return instances.get(0);
    }
}
