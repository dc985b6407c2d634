package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceRoutesTest {
    private static final String V1 = "/nacos/v1/console/namespaces";
    private static final String V2 = "/nacos/v2/console/namespace";
    private static final String ADMIN = "/nacos/v3/admin/core/namespace";
    private static final String CONSOLE = "/nacos/v3/console/core/namespace";
    private static final String DONE = "{\"code\":0,\"message\":\"success\",\"data\":true}";

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

    private String body(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private void create(String id, String name) {
        assertThat(body(server.post(V1 + "?customNamespaceId=" + id + "&namespaceName=" + encoded(name))))
                .isEqualTo("true");
    }

    private void publish(String tenant, String dataId) {
        body(server.post("/nacos/v1/cs/configs?dataId=" + dataId + "&group=G&content=x&type=text&tenant=" + tenant));
    }

    @Test
    void every_version_lists_the_public_one_first_and_counts_configs() {
        create("dev", "Development");
        publish("dev", "a");
        publish("dev", "b");
        publish("", "c");
        publish("unnamed", "d");
        server.delete("/nacos/v1/cs/configs?dataId=b&group=G&tenant=dev");
        String v2 = "[{\"namespace\":\"\",\"namespaceShowName\":\"public\",\"namespaceDesc\":null,\"quota\":200,"
                + "\"configCount\":1,\"type\":0},"
                + "{\"namespace\":\"dev\",\"namespaceShowName\":\"Development\",\"namespaceDesc\":\"\",\"quota\":200,"
                + "\"configCount\":1,\"type\":2}]";
        assertThat(body(server.get(V1))).isEqualTo("{\"code\":200,\"message\":null,\"data\":" + v2 + "}");
        assertThat(body(server.get(V2 + "/list")))
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":" + v2 + "}");
        String v3 = v2.replace(
                        "{\"namespace\":\"\",\"namespaceShowName\":\"public\",\"namespaceDesc\":null",
                        "{\"namespace\":\"public\",\"namespaceShowName\":\"public\","
                                + "\"namespaceDesc\":\"Default Namespace\"")
                .replace("\"type\":2", "\"type\":1");
        for (String base : new String[] {ADMIN, CONSOLE}) {
            assertThat(body(server.get(base + "/list")))
                    .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":" + v3 + "}");
        }
    }

    @Test
    void what_was_created_and_described_is_there_after_a_restart() {
        create("dev", "Development");
        create("gone", "x");
        assertThat(body(server.put(V1 + "?namespace=dev&namespaceShowName=%C3%89t%C3%A9&namespaceDesc=what%20for")))
                .isEqualTo("true");
        assertThat(body(server.delete(V1 + "?namespaceId=gone"))).isEqualTo("true");
        server.close();
        server = new HttpFixture(data);
        assertThat(body(server.get(V1 + "?show=all&namespaceId=dev")))
                .isEqualTo("{\"namespace\":\"dev\",\"namespaceShowName\":\"\u00c9t\u00e9\","
                        + "\"namespaceDesc\":\"what for\",\"quota\":200,\"configCount\":0,\"type\":2}");
        assertThat(body(server.get(V1))).doesNotContain("gone");
    }

    @Test
    void deleting_a_namespace_takes_its_name_only() {
        create("dev", "Development");
        publish("dev", "a");
        assertThat(body(server.delete(V1 + "?namespaceId=dev"))).isEqualTo("true");
        assertThat(body(server.get(V1))).doesNotContain("Development");
        assertThat(body(server.get("/nacos/v1/cs/configs?dataId=a&group=G&tenant=dev")))
                .isEqualTo("x");
    }

    @Test
    void v1_says_no_by_false_and_takes_what_is_not_there_for_done() {
        create("dev", "Development");
        assertThat(body(server.post(V1 + "?customNamespaceId=dev&namespaceName=again")))
                .isEqualTo("false");
        assertThat(body(server.post(V1 + "?customNamespaceId=public&namespaceName=again")))
                .isEqualTo("false");
        assertThat(body(server.post(V1 + "?customNamespaceId=a%20b&namespaceName=n")))
                .isEqualTo("false");
        assertThat(body(server.put(V1 + "?namespace=none&namespaceShowName=n"))).isEqualTo("true");
        assertThat(body(server.delete(V1 + "?namespaceId=none"))).isEqualTo("true");
        assertThat(body(server.get(V1))).contains("Development").doesNotContain("again", "none");
        assertThat(server.get(V1 + "?show=all&namespaceId=none").statusCode()).isEqualTo(404);
    }

    @Test
    void without_an_id_one_is_made_up() {
        for (String created : new String[] {
            V1 + "?customNamespaceId=&namespaceName=v1",
            V2 + "?namespaceName=v2",
            ADMIN + "?namespaceName=v3",
            CONSOLE + "?namespaceName=console"
        }) {
            body(server.post(created));
        }
        String uuid = "\"namespace\":\"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\",\"namespaceShowName\":";
        assertThat(body(server.get(V1)))
                .containsPattern(uuid + "\"v1\"")
                .containsPattern(uuid + "\"v2\"")
                .containsPattern(uuid + "\"v3\"")
                .containsPattern(uuid + "\"console\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {V2, ADMIN})
    void v2_and_v3_change_one(String base) {
        assertThat(body(server.post(base + "?namespaceId=dev&namespaceName=n&namespaceDesc=d")))
                .isEqualTo(DONE);
        assertThat(body(server.get(base + "?namespaceId=dev"))).contains("\"namespaceShowName\":\"n\"");
        assertThat(body(server.send("PUT", base, "namespaceId=dev&namespaceName=m")))
                .isEqualTo(DONE);
        assertThat(body(server.get(base + "?namespaceId=dev")))
                .contains("\"namespaceShowName\":\"m\",\"namespaceDesc\":\"\"");
        assertThat(body(server.delete(base + "?namespaceId=dev"))).isEqualTo(DONE);
        assertThat(server.get(base + "?namespaceId=dev").statusCode()).isEqualTo(404);
    }

    @Test
    void consoles_ask_whether_an_id_is_taken() {
        create("dev", "Development");
        assertThat(body(server.get(V1 + "?checkNamespaceIdExist=true&customNamespaceId=dev")))
                .isEqualTo("true");
        assertThat(body(server.get(V1 + "?checkNamespaceIdExist=true&customNamespaceId=none")))
                .isEqualTo("false");
        assertThat(body(server.get(V1 + "?checkNamespaceIdExist=true&customNamespaceId=")))
                .isEqualTo("false");
        assertThat(body(server.get(CONSOLE + "/exist?customNamespaceId=dev"))).contains("\"data\":true");
        assertThat(body(server.get(ADMIN + "/check?namespaceId=dev"))).contains("\"data\":1");
        assertThat(body(server.get(ADMIN + "/check?namespaceId=none"))).contains("\"data\":0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "namespaceId=dev&namespaceName=n|400|22002|namespaceId [dev] already exist",
                "namespaceId=a%20b&namespaceName=n|400|22000|namespaceId [a b] mismatch the pattern",
                "namespaceId=..%2Fx&namespaceName=n|400|22000|namespaceId [../x] mismatch the pattern",
                "namespaceId=x&namespaceName=a%23b|400|22000|namespaceName [a#b] contains illegal char",
                "namespaceId=x|400|10000|Required parameter 'namespaceName' type String is not present",
            })
    void a_wrong_one_is_refused_with_its_code(String parameters, int status, int code, String reason) {
        create("dev", "Development");
        for (String base : new String[] {V2, ADMIN}) {
            var refused = server.post(base + "?" + parameters);
            assertThat(refused.statusCode()).isEqualTo(status);
            assertThat(refused.body()).contains("\"code\":" + code + ",").contains("\"data\":\"" + reason + "\"");
        }
    }

    @Test
    void texts_are_bounded() {
        String id = "i".repeat(128);
        assertThat(body(server.post(V2 + "?namespaceName=" + "n".repeat(256) + "&namespaceId=" + id)))
                .isEqualTo(DONE);
        assertThat(server.post(V2 + "?namespaceName=n&namespaceId=" + id + "i").body())
                .contains("too long namespaceId, over 128");
        assertThat(server.post(V2 + "?namespaceName=" + "n".repeat(257)).body())
                .contains("too long namespaceName, over 256");
        assertThat(server.send("POST", V2, "namespaceName=n&namespaceDesc=" + "d".repeat(257))
                        .body())
                .contains("too long namespaceDesc, over 256");
    }

    @ParameterizedTest
    @ValueSource(strings = {"public", "PUBLIC", "null", ""})
    void the_public_one_cannot_be_changed(String id) {
        for (var refused : new HttpResponse<?>[] {
            server.delete(V1 + "?namespaceId=" + id),
            server.put(V1 + "?namespaceShowName=x&namespace=" + id),
            server.delete(V2 + "?namespaceId=" + id),
            server.put(ADMIN + "?namespaceName=x&namespaceId=" + id)
        }) {
            assertThat(refused.statusCode()).isEqualTo(400);
        }
        assertThat(body(server.get(V2 + "?namespaceId=" + id))).contains("\"namespaceShowName\":\"public\"");
    }
}
