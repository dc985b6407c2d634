package dev.plimsoll;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.wire.Message.ClientRequest;
import dev.plimsoll.wire.MessageTypes;
import dev.plimsoll.wire.Payload;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole server, attacked by gRPC. What callers can try by HTTP is in {@code http/AccessTest}. */
class WireHolesTest {
    private static final Pattern TOKEN = Pattern.compile("\"accessToken\":\"([^\"]+)\"");
    private static final String CONFIG = "\"dataId\":\"d\",\"group\":\"G\",\"tenant\":\"dev\"";
    private static final String ORDERS = "\"namespace\":\"dev\",\"groupName\":\"G\",\"serviceName\":\"orders\"";

    @TempDir
    static Path data;

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static Server server;
    private static String admin;
    private static Map<String, String> dev; // headers of one who may read and write in namespace dev

    @BeforeAll
    static void start() throws Exception {
        Values values = Values.read(List.of("--port=0", "--auth=on", "--data=" + data), Map.of());
        server = Server.start(Settings.of(values, MemoryLine.ofProcess(values.get(KnownSettings.MEMORY))));
        admin = login(
                "admin",
                Files.readString(data.resolve(Server.FIRST_PASSWORD_FILE)).strip());
        dev = user("dev");
        http("POST", "/v1/cs/configs", "tenant=dev&group=G&dataId=d&content=a+secret", admin);
        http("POST", "/v1/cs/configs", "tenant=prod&group=G&dataId=d&content=a+secret", admin);
    }

    @AfterAll
    static void stop() {
        server.drain();
        server.close();
    }

    /** The headers of a user with the role {@code devs}. */
    private static Map<String, String> user(String name) throws Exception {
        http("POST", "/v1/auth/users", "username=" + name + "&password=a-password", admin);
        http("POST", "/v1/auth/roles", "role=devs&username=" + name, admin);
        http("POST", "/v1/auth/permissions", "role=devs&resource=dev:*:*&action=rw", admin);
        return Map.of("accessToken", login(name, "a-password"));
    }

    private static String login(String user, String password) throws Exception {
        var token = TOKEN.matcher(http("POST", "/v1/auth/login", "username=" + user + "&password=" + password, ""));
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    private static String http(String method, String path, String form, String token)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.httpPort() + "/nacos" + path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("accessToken", token)
                .method(method, BodyPublishers.ofString(form))
                .build();
        HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static WireClient client() {
        return new WireClient(server.grpcPort());
    }

    private static void assertError(Payload answer, int code) {
        assertThat(WireClient.text(answer)).contains("\"errorCode\":" + code).doesNotContain("a secret");
    }

    @Test
    void nothing_but_signs_of_life_is_answered_without_a_token() {
        try (var client = client().connect()) {
            int asked = 0;
            for (Class<?> request : ClientRequest.class.getPermittedSubclasses()) {
                String type = request.getSimpleName();
                if (MessageTypes.responseType(type) == null) {
                    continue; // the set-up, which comes on the stream
                }
                for (Map<String, String> headers : List.of(
                        Map.<String, String>of(),
                        Map.of("accessToken", ""),
                        Map.of("accessToken", "AUTH_DISABLED"),
                        Map.of("username", "dev", "password", "a-password"),
                        Map.of("serverIdentity", "security", "User-Agent", "Nacos-Server"))) {
                    Payload answer = client.call(type, "{" + CONFIG + "," + ORDERS + "}", headers);
                    if (type.equals("ServerCheckRequest") || type.equals("HealthCheckRequest")) {
                        assertThat(WireClient.text(answer)).contains("\"resultCode\":200");
                    } else {
                        assertError(answer, 403);
                        asked++;
                    }
                }
            }
            assertThat(asked).isGreaterThanOrEqualTo(50);
        }
    }

    @Test
    void nothing_is_looked_at_before_the_set_up() {
        try (var client = client()) {
            assertError(client.call("ConfigQueryRequest", "{" + CONFIG + "}", dev), 301);
            assertError(client.call("HealthCheckRequest", "{}", dev), 301);
            assertError(client.call("ConnectionSetupRequest", "{}", dev), 302);
        }
    }

    @Test
    void a_token_counts_as_a_header_of_the_message_and_nowhere_else() {
        try (var client = client().connect()) {
            String query = "{" + CONFIG + "}";
            String token = dev.get("accessToken");
            assertThat(WireClient.text(client.call("ConfigQueryRequest", query, dev)))
                    .contains("a secret");
            var beside = Map.of("accesstoken", token, "authorization", "Bearer " + token);
            assertError(client.call("ConfigQueryRequest", query, Map.of(), beside), 403);
            String within = "{" + CONFIG + ",\"headers\":{\"accessToken\":\"" + token + "\"}}";
            assertError(client.call("ConfigQueryRequest", within, Map.of()), 403);
            String prod = "{\"dataId\":\"d\",\"group\":\"G\",\"tenant\":\"prod\"}";
            assertError(client.call("ConfigQueryRequest", prod, dev, Map.of("accesstoken", admin)), 403);
            var both = Map.of("Authorization", "Bearer " + token, "accessToken", admin);
            assertError(client.call("ConfigQueryRequest", prod, both), 403);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ConfigChangeClusterSyncRequest",
                "DistroDataRequest",
                "MemberReportRequest",
                "ServerReloadRequest",
                "ServerLoaderInfoRequest",
                "ConnectResetRequest",
                "ClientDetectionRequest",
                "ClientConfigMetricRequest",
                "NotifySubscriberRequest",
                "LockOperationRequest",
                "ServiceQueryResponse",
                "java.lang.Runtime",
                ""
            })
    void what_servers_tell_each_other_has_no_handler(String type) {
        try (var client = client().connect()) {
            assertError(client.call(type, "{}", Map.of("accessToken", admin)), 302);
        }
    }

    @Test
    void whatever_is_missing_from_a_request_it_is_refused_in_words() {
        try (var client = client().connect()) {
            int asked = 0;
            for (Class<?> request : ClientRequest.class.getPermittedSubclasses()) {
                if (MessageTypes.responseType(request.getSimpleName()) == null) {
                    continue;
                }
                var bodies = new ArrayList<>(List.of("", "null", "[]", "\"x\"", "{", "{\"@type\":\"java.net.URL\"}"));
                for (RecordComponent field : request.getRecordComponents()) {
                    for (String value : List.of("null", "1", "[null]", "{\"a\":null}", "\"a\\r\\nb\"", "1e400")) {
                        bodies.add("{" + CONFIG + "," + ORDERS + ",\"" + field.getName() + "\":" + value + "}");
                    }
                }
                for (String body : bodies) {
                    String answer = WireClient.text(client.call(request.getSimpleName(), body, dev));
                    assertThat(answer)
                            .as("%s %s", request.getSimpleName(), body)
                            .contains("\"resultCode\":")
                            .doesNotContain("internal error")
                            .doesNotContain("Exception");
                    asked++;
                }
            }
            assertThat(asked).isGreaterThan(200);
        }
    }

    @Test
    void who_is_gone_hears_nothing_more_though_his_connection_is_still_there() throws Exception {
        Map<String, String> leaver = user("leaver");
        try (var client = client().connect();
                var stays = client().connect()) {
            String subscribe = "{" + ORDERS + ",\"subscribe\":true,\"clusters\":\"\"}";
            String listen = "{\"listen\":true,\"configListenContexts\":[{" + CONFIG + ",\"md5\":\"\"}]}";
            for (var one : Map.of(client, leaver, stays, dev).entrySet()) {
                assertThat(WireClient.text(one.getKey().call("SubscribeServiceRequest", subscribe, one.getValue())))
                        .contains("\"resultCode\":200");
                assertThat(WireClient.text(one.getKey().call("ConfigBatchListenRequest", listen, one.getValue())))
                        .contains("\"resultCode\":200");
            }
            Awaitility.await()
                    .until(() -> tells(client, "NotifySubscriberRequest") && tells(stays, "NotifySubscriberRequest"));
            http("DELETE", "/v1/auth/users?username=leaver", "", admin);
            int before = client.told().size();

            http("POST", "/v1/ns/instance", "namespaceId=dev&groupName=G&serviceName=orders&ip=10.0.0.8&port=1", admin);
            http("POST", "/v1/cs/configs", "tenant=dev&group=G&dataId=d&content=another+secret", admin);
            Awaitility.await().until(() -> tells(stays, "10.0.0.8") && tells(stays, "ConfigChangeNotifyRequest"));

            // Both connections were marked in the same turn, so what was to come has come; once more to be sure of it.
            http("POST", "/v1/ns/instance", "namespaceId=dev&groupName=G&serviceName=orders&ip=10.0.0.9&port=1", admin);
            Awaitility.await().until(() -> tells(stays, "10.0.0.9"));
            assertThat(client.told()).hasSize(before);
            assertError(client.call("ServiceQueryRequest", "{" + ORDERS + "}", leaver), 403);
        }
    }

    private static boolean tells(WireClient client, String what) {
        return client.told().stream()
                .anyMatch(told ->
                        told.type().equals(what) || WireClient.text(told).contains(what));
    }

    @Test
    void the_past_names_who_wrote_and_from_where_whatever_he_says_of_himself() throws Exception {
        try (var client = client().connect("10.66.66.66")) {
            String names = "\"dataId\":\"authored\",\"group\":\"G\",\"tenant\":\"dev\"";
            client.call(
                    "ConfigPublishRequest",
                    "{" + names + ",\"content\":\"x\",\"additionMap\":{\"src_user\":\"admin\"}}",
                    dev);
            client.call("ConfigRemoveRequest", "{" + names + "}", dev);
        }
        String past = http("GET", "/v1/cs/history?tenant=dev&group=G&dataId=authored", "", admin);
        assertThat(past)
                .contains("\"totalCount\":2,")
                .containsSubsequence(
                        "\"srcIp\":\"127.0.0.1\",\"srcUser\":\"dev\"", "\"srcIp\":\"127.0.0.1\",\"srcUser\":\"dev\"")
                .doesNotContain("10.66.66.66");
    }

    @Test
    void a_key_that_is_not_fit_for_a_header_is_refused_before_it_is_one() throws Exception {
        String names = "\"dataId\":\"sealed\",\"group\":\"G\",\"tenant\":\"dev\",\"content\":\"x\"";
        try (var client = client().connect()) {
            for (String key : List.of("a\\r\\nX-Injected: 1", "a\\u0000", "\\u010a")) {
                String publish = "{" + names + ",\"additionMap\":{\"encryptedDataKey\":\"" + key + "\"}}";
                assertError(client.call("ConfigPublishRequest", publish, dev), 400);
            }
        }
        String form = "tenant=dev&group=G&dataId=sealed&content=x&encryptedDataKey=";
        http("POST", "/v1/cs/configs", form + URLEncoder.encode("plain key ~", UTF_8), admin);
        assertThat(http("GET", "/v1/cs/configs?tenant=dev&group=G&dataId=sealed", "", admin))
                .isEqualTo("x");
    }
}
