package dev.plimsoll.http;

import static dev.plimsoll.auth.Oracle.any;
import static dev.plimsoll.http.HttpFixture.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.auth.Oracle;
import dev.plimsoll.auth.Oracle.Touch;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.helpers.NOPLogger;

/** The gate of HTTP against an oracle, over random permissions and random requests: all versions of the interface. */
class GateTest {
    private static final List<String> NAMESPACES = List.of("dev", "prod", "", "public");
    private static final List<String> GROUPS = List.of("G", "H", "GG");
    private static final List<String> NAMES = List.of("one", "two", "o.e");
    private static final int USERS = 10;
    private static final int REQUESTS = 600;

    @TempDir
    private Path data;

    private record Asked(String method, String path, Touch touch) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void the_gate_agrees_with_the_oracle(long seed) {
        var random = new Random(seed);
        try (var server =
                new HttpFixture(data, "/nacos", router -> {}, true, NOPLogger.NOP_LOGGER, NOPLogger.NOP_LOGGER)) {
            int permitted = 0;
            for (int u = 0; u < USERS; u++) {
                Oracle oracle = Oracle.random(random);
                String token = server.login("user" + u, oracle);
                for (int i = 0; i < REQUESTS / USERS; i++) {
                    Asked asked = asked(random);
                    int status = server.send(asked.method(), "/nacos" + asked.path(), null, "accessToken", token)
                            .statusCode();
                    boolean expected = oracle.permits(asked.touch());
                    assertThat(status != 403)
                            .as("%s may %s: %s", oracle.rules(), asked, status)
                            .isEqualTo(expected);
                    permitted += expected ? 1 : 0;
                }
            }
            assertThat(permitted).as("both answers occur").isBetween(REQUESTS / 20, REQUESTS * 19 / 20);
        }
    }

    private static Asked asked(Random random) {
        String namespace = any(NAMESPACES, random);
        String group = any(GROUPS, random);
        String name = any(NAMES, random);
        String v1 = "?tenant=" + namespace + "&group=" + group + "&dataId=" + name;
        String v2 = "?namespaceId=" + namespace + "&group=" + group + "&dataId=" + name;
        String v3 = "?namespaceId=" + namespace + "&groupName=" + group + "&dataId=" + name;
        String service = "?namespaceId=" + namespace + "&groupName=" + group + "&serviceName=" + name;
        String joined = "?namespaceId=" + namespace + "&serviceName=" + encoded(group + "@@" + name);
        String host = "&ip=10.0.0.1&port=80";
        Touch readConfig = Touch.config('r', namespace, group, name);
        Touch readService = Touch.service('r', namespace, group, name);
        Touch register = Touch.service('p', namespace, group, name);
        Touch deregister = Touch.service('w', namespace, group, name);
        return switch (random.nextInt(12)) {
            case 0 -> new Asked("GET", "/v1/cs/configs" + v1, readConfig);
            case 1 -> new Asked("GET", "/v2/cs/config" + v2, readConfig);
            case 2 -> new Asked("GET", "/v3/client/cs/config" + v3, readConfig);
            case 3 ->
                new Asked("POST", "/v1/cs/configs" + v1 + "&content=x", Touch.config('p', namespace, group, name));
            case 4 -> new Asked("POST", "/v2/cs/config" + v2 + "&content=x", Touch.config('p', namespace, group, name));
            case 5 -> new Asked("DELETE", "/v1/cs/configs" + v1, Touch.config('w', namespace, group, name));
            case 6 -> new Asked("GET", "/v1/ns/instance/list" + service, readService);
            case 7 -> new Asked("GET", "/v1/ns/instance/list" + joined, readService);
            case 8 -> new Asked("POST", "/v1/ns/instance" + service + host, register);
            case 9 -> new Asked("POST", "/v1/ns/instance" + joined + host, register);
            case 10 -> new Asked("DELETE", "/v1/ns/instance" + service + host, deregister);
            default -> new Asked("PUT", "/v1/ns/instance/beat" + service + host, register);
        };
    }
}
