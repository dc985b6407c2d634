package dev.plimsoll.http;

import static dev.plimsoll.auth.Oracle.any;
import static dev.plimsoll.http.HttpFixture.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.auth.Oracle;
import dev.plimsoll.registry.ServiceKey;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.helpers.NOPLogger;

/** A namespace is the same one to the gate and to what is behind it, whatever it is called and wherever. */
class OneNamespaceTest {
    private static final List<String> PUBLIC =
            List.of("", "public", "PUBLIC", "Public", "null", "NULL", " public ", "\u0001", "\u2003");
    private static final List<String> DEV = List.of("dev", " dev", "dev\t");
    private static final Pattern IN_PUBLIC = Pattern.compile("\"(tenant\":\"\"|namespaceId\":\"public\")");

    /** Where a service is registered; the namespace comes first. */
    private static final List<String> REGISTER = List.of(
            "/v1/ns/instance?namespaceId=%s&serviceName=%s&ip=10.0.0.1&port=80",
            "/v2/ns/instance?namespaceId=%s&serviceName=%s&ip=10.0.0.1&port=80",
            "/v3/admin/ns/instance?namespaceId=%s&serviceName=%s&ip=10.0.0.1&port=80",
            "/v3/client/ns/instance?namespaceId=%s&serviceName=%s&ip=10.0.0.1&port=80",
            "/v1/ns/service?namespaceId=%s&serviceName=%s",
            "/v2/ns/service?namespaceId=%s&serviceName=%s",
            "/v3/admin/ns/service?namespaceId=%s&serviceName=%s");

    /** And where a configuration is published. */
    private static final List<String> PUBLISH = List.of(
            "/v1/cs/configs?content=x&group=G&tenant=%s&dataId=%s",
            "/v2/cs/config?content=x&group=G&namespaceId=%s&dataId=%s",
            "/v3/admin/cs/config?content=x&groupName=G&namespaceId=%s&dataId=%s");

    private HttpFixture server;
    private String admin;

    @BeforeEach
    void start(@TempDir Path data) throws Exception {
        server = new HttpFixture(data, "/nacos", router -> {}, true, NOPLogger.NOP_LOGGER, NOPLogger.NOP_LOGGER);
        admin = server.token(
                "admin", Files.readString(data.resolve("admin-password")).strip());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** By requests of two users, of whom each may do anything in one namespace and nothing elsewhere. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void what_is_authorised_is_what_is_touched(long seed) {
        var random = new Random(seed);
        String inPublic = user("inPublic", any(List.of(":*:*", "public:*:*", "PUBLIC:*:*", "null:*:*"), random));
        String inDev = user("inDev", "dev:*:*");
        int passed = 0;
        for (int i = 0; i < 400; i++) {
            boolean wantsPublic = random.nextBoolean();
            boolean isPublic = random.nextBoolean();
            String namespace = any(wantsPublic ? PUBLIC : DEV, random);
            String name = (isPublic ? "public" : "dev") + i;
            String path = any(random.nextBoolean() ? REGISTER : PUBLISH, random);
            int status = send("POST", path.formatted(encoded(namespace), name), isPublic ? inPublic : inDev)
                    .statusCode();
            assertThat(status)
                    .as("%s in '%s' by who may %s", path, namespace, name)
                    .isEqualTo(wantsPublic == isPublic ? 200 : 403);
            passed += status == 200 ? 1 : 0;
        }
        assertThat(passed).isBetween(100, 300);
        for (ServiceKey key : server.registry.services("").toList()) {
            assertThat(key.name()).startsWith(key.namespace());
        }
        String configs =
                send("GET", "/v3/admin/cs/config/list?pageSize=500", admin).body();
        assertThat(configs).doesNotContain("\"dataId\":\"dev").contains("\"dataId\":\"public");
        configs = send("GET", "/v3/admin/cs/config/list?pageSize=500&namespaceId=dev", admin)
                .body();
        assertThat(configs).doesNotContain("\"dataId\":\"public").contains("\"dataId\":\"dev");
    }

    /** Written under one name, it is found under all: in each version, in lists, in the past and in what listens. */
    @Test
    void all_names_of_the_public_namespace_lead_to_the_same() {
        int number = 0;
        var written = new ArrayList<String>();
        for (String namespace : PUBLIC) {
            for (String path : REGISTER.subList(0, 4)) {
                assertThat(send("POST", path.formatted(encoded(namespace), "service"), admin)
                                .statusCode())
                        .isEqualTo(200);
            }
            for (String path : PUBLISH) {
                String name = "config" + number++;
                assertThat(send("POST", path.formatted(encoded(namespace), name), admin)
                                .statusCode())
                        .isEqualTo(200);
                written.add(name);
            }
        }
        assertThat(server.registry.services("")).containsExactly(new ServiceKey("public", "", "service"));
        String id = firstId(
                send("GET", "/v3/admin/cs/config/list?dataId=config0", admin).body());
        for (String namespace : PUBLIC) {
            String in = encoded(namespace);
            for (String path : List.of(
                    "/v1/ns/instance/list?serviceName=service&namespaceId=",
                    "/v2/ns/instance/list?serviceName=service&namespaceId=",
                    "/v3/client/ns/instance/list?serviceName=service&namespaceId=",
                    "/v1/ns/service/list?pageNo=1&pageSize=10&namespaceId=",
                    "/v2/ns/service/list?namespaceId=",
                    "/v1/ns/service/names?namespaceId=",
                    "/v1/ns/catalog/services?pageNo=1&pageSize=10&namespaceId=",
                    "/v3/admin/ns/service/list?namespaceId=")) {
                String body = send("GET", path + in, admin).body();
                assertThat(body)
                        .as(path + in)
                        .contains("service")
                        .containsAnyOf("10.0.0.1", "\"count\":1", "Count\":1");
            }
            for (String path : List.of(
                    "/v1/cs/configs?search=accurate&dataId=&group=&pageNo=1&pageSize=500&tenant=",
                    "/v2/cs/config/searchDetail?dataId=&group=&pageNo=1&pageSize=500&tenant=",
                    "/v3/admin/cs/config/list?pageSize=500&namespaceId=",
                    "/v1/cs/history/configs?tenant=",
                    "/v2/cs/history/configs?namespaceId=",
                    "/v3/admin/cs/history/configs?namespaceId=")) {
                String body = send("GET", path + in, admin).body();
                assertThat(IN_PUBLIC.matcher(body).results()).as(path + in).hasSameSizeAs(written);
            }
            for (String path : List.of(
                    "/v1/cs/configs?show=all&dataId=config0&group=G&tenant=",
                    "/v1/cs/configs?dataId=config0&group=G&tenant=",
                    "/v2/cs/config?dataId=config0&group=G&namespaceId=",
                    "/v3/client/cs/config?dataId=config0&groupName=G&namespaceId=",
                    "/v3/admin/cs/config?dataId=config0&groupName=G&namespaceId=",
                    "/v1/cs/history?search=accurate&pageNo=1&pageSize=9&dataId=config0&group=G&tenant=",
                    "/v2/cs/history/list?dataId=config0&group=G&namespaceId=",
                    "/v3/admin/cs/history/list?dataId=config0&groupName=G&namespaceId=",
                    "/v1/cs/configs?export=true&ids=" + id + "&tenant=",
                    "/v3/admin/cs/config/export?dataId=config0&namespaceId=")) {
                HttpResponse<String> answer = send("GET", path + in, admin);
                assertThat(answer.statusCode()).as(path + in).isEqualTo(200);
                assertThat(answer.body()).as(path + in).containsAnyOf("x", "config0");
            }
            for (String path : List.of("/v2/console/namespace?namespaceId=", "/v3/admin/core/namespace?namespaceId=")) {
                assertThat(send("GET", path + in, admin).body()).contains("\"namespaceShowName\":\"public\"");
                assertThat(send("DELETE", path + in, admin).statusCode()).isEqualTo(400);
                assertThat(send("PUT", path + in + "&namespaceName=mine", admin).statusCode())
                        .isEqualTo(400);
            }
            String polled = "config0\2G\2\2" + namespace.trim() + "\1";
            assertThat(server.post(
                                    "/nacos/v1/cs/configs/listener?Listening-Configs=" + encoded(polled),
                                    "Long-Pulling-Timeout",
                                    "30000",
                                    "accessToken",
                                    admin)
                            .body())
                    .as("polled in '%s'", namespace)
                    .contains("config0");
        }
        for (String namespace : List.of("PUBLIC", "null", "Public")) {
            assertThat(send("POST", "/v2/console/namespace?namespaceName=mine&namespaceId=" + namespace, admin)
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    private static String firstId(String list) {
        var id = Pattern.compile("\"id\":\"(\\d+)\"").matcher(list);
        assertThat(id.find()).as(list).isTrue();
        return id.group(1);
    }

    private HttpResponse<String> send(String method, String path, String token) {
        return server.send(method, "/nacos" + path, null, "accessToken", token);
    }

    private String user(String name, String resource) {
        return server.login(name, new Oracle(List.of(new Oracle.Rule("", "", "", resource, "a"))));
    }
}
