package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first slice of HTTP, as curl and older clients use it, and that it is the same registry and the same configs. */
@EveryJava
class HttpTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Parameter
    EveryJava.Jdk jdk;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/health/live",
                "/health/ready",
                "/nacos/v1/console/health/liveness",
                "/nacos/v1/console/health/readiness",
                "/nacos/v2/console/health/liveness",
                "/nacos/v2/console/health/readiness",
                "/nacos/v3/admin/core/state/liveness",
                "/nacos/v3/admin/core/state/readiness"
            })
    void a_running_server_says_that_it_is_well(String path) throws Exception {
        assertThat(send("GET", path).statusCode()).isEqualTo(200);
    }

    @Test
    void both_ports_answer_http() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + jdk.shared().grpcPort() + "/health/live"))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(10))
                .build();

        assertThat(HTTP.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    @Test
    void a_config_published_over_http_is_read_over_http_and_grpc_and_deleted() throws Exception {
        String dataId = ClientRun.unique("http");
        String content = "a: \u6f22 & b=c+d";
        String key = "dataId=" + dataId + "&group=DEFAULT_GROUP";

        HttpResponse<String> published = send("POST", "/nacos/v1/cs/configs?" + key + "&content=" + encoded(content));
        assertThat(published.statusCode()).isEqualTo(200);
        assertThat(published.body()).isEqualTo("true");

        HttpResponse<String> read = send("GET", "/nacos/v1/cs/configs?" + key);
        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(read.body()).isEqualTo(content);
        try (RawClient client = RawClient.connected(jdk.shared())) {
            assertThat(client.ok("ConfigQueryRequest", RawClient.configRequest(dataId, ""))
                            .json()
                            .path("content")
                            .asText())
                    .isEqualTo(content);
        }

        assertThat(send("DELETE", "/nacos/v1/cs/configs?" + key).body()).isEqualTo("true");
        assertThat(send("GET", "/nacos/v1/cs/configs?" + key).statusCode()).isEqualTo(404);
    }

    @Test
    void an_instance_registered_over_http_is_heard_over_grpc() throws Exception {
        String service = ClientRun.unique("http");
        String instance = "/nacos/v1/ns/instance?serviceName=" + service + "&ip=10.1.2.3&port=8080";
        try (RawClient client = RawClient.connected(jdk.shared())) {
            client.subscribe(service, "");
            HttpResponse<String> registered = send("POST", instance);
            assertThat(registered.statusCode()).isEqualTo(200);
            assertThat(registered.body()).isEqualTo("ok");
            client.nextState(service, 1);

            assertThat(send("GET", "/nacos/v1/ns/instance/list?serviceName=" + service)
                            .body())
                    .contains("\"ip\":\"10.1.2.3\"")
                    .contains("DEFAULT_GROUP@@" + service);

            assertThat(send("DELETE", instance).body()).isEqualTo("ok");
            client.nextState(service, 0);
        }
    }

    @Test
    void an_instance_registered_over_grpc_is_listed_over_http() throws Exception {
        String service = ClientRun.unique("grpc");
        try (RawClient client = RawClient.connected(jdk.shared())) {
            client.register(service, "10.1.2.3", 8080);

            assertThat(send("GET", "/nacos/v1/ns/instance/list?serviceName=" + service)
                            .body())
                    .contains("\"ip\":\"10.1.2.3\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nacos/v1/ns/instance",
                "/nacos/v1/ns/instance?serviceName=a",
                "/nacos/v1/ns/instance?serviceName=a&ip=10.1.2.3&port=many",
                "/nacos/v1/cs/configs",
                "/nacos/v1/cs/configs?dataId=a&group=b"
            })
    void a_bad_request_is_told_so_without_a_word_on_the_insides(String path) throws Exception {
        HttpResponse<String> response = send("POST", path);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).doesNotContain("\tat ", "dev.plimsoll", "java.lang");
    }

    @Test
    void an_unknown_path_is_not_found() throws Exception {
        assertThat(send("GET", "/nacos/v1/nothing/here").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/").statusCode()).isNotEqualTo(500);
    }

    @Test
    void a_body_beyond_all_measure_is_refused_and_others_are_served() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/nacos/v1/cs/configs"))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .timeout(Duration.ofSeconds(20))
                .POST(BodyPublishers.ofString("dataId=huge&group=g&content=" + "a".repeat(64 * 1024 * 1024)))
                .build();
        try {
            assertThat(HTTP.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
        } catch (java.net.http.HttpTimeoutException e) {
            throw new AssertionError("an oversized body got no answer", e);
        } catch (IOException e) {
            // The server may answer and close before all is sent, which this client reports as a broken connection.
            // What
            // has to be so is that the server goes on, which is asked next.
        }
        assertThat(send("GET", "/health/live").statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(10))
                .method(method, BodyPublishers.noBody())
                .build();
        return HTTP.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private URI uri(String path) {
        return URI.create("http://" + jdk.shared().address() + path);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
