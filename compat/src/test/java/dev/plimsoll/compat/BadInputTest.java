package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in, the answer is the protocol's own error, and everybody else is served as before. */
@EveryJava
class BadInputTest {

    private static final int MEBIBYTE = 1024 * 1024;

    @Parameter
    EveryJava.Jdk jdk;

    private RawClient client;
    private RawClient bystander;

    @BeforeEach
    void connect() {
        client = RawClient.connected(jdk.shared());
        bystander = RawClient.connected(jdk.shared());
    }

    @AfterEach
    void everybody_else_is_served_as_before() {
        try {
            String dataId = ClientRun.unique("after");
            bystander.publish(dataId, "fine");
            assertThat(bystander
                            .ok("ConfigQueryRequest", RawClient.configRequest(dataId, ""))
                            .json()
                            .path("content")
                            .asText())
                    .isEqualTo("fine");
            assertThat(jdk.shared().isAlive()).isTrue();
        } finally {
            client.close();
            bystander.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{broken",
                "[]",
                "null",
                "17",
                "\"text\"",
                "{\"instance\":17}",
                "{\"namespace\":{}}",
                "{\"instance\":{\"port\":\"many\"}}",
                "\u0000\u0001\u0002"
            })
    void a_body_that_is_no_such_request_is_a_typed_error(String body) {
        assertRefused(client.call("InstanceRequest", body));
    }

    @Test
    void a_body_that_is_not_even_text_is_a_typed_error() {
        byte[] noise = new byte[1000];
        new Random(1).nextBytes(noise);

        assertRefused(client.call(Payload.of("ConfigPublishRequest", noise)));
    }

    @Test
    void a_deeply_nested_body_is_a_typed_error() {
        assertRefused(client.call("InstanceRequest", "{\"instance\":".repeat(100_000)));
        assertRefused(client.call("ConfigBatchListenRequest", "{\"configListenContexts\":" + "[".repeat(100_000)));
    }

    @Test
    void an_unknown_type_is_a_typed_error() {
        Payload reply = client.call("NoSuchRequest", "{}");
        assertRefused(reply);
        assertThat(reply.type()).isEqualTo("ErrorResponse");
        assertThat(reply.json().path("errorCode").asInt()).isEqualTo(302);
        assertRefused(client.call("", "{}"));
        assertRefused(client.call("x".repeat(100_000), "{}"));
    }

    @Test
    void an_empty_message_is_a_typed_error() {
        assertRefused(client.call(Payload.of("", new byte[0])));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "InstanceRequest",
                "BatchInstanceRequest",
                "PersistentInstanceRequest",
                "ServiceQueryRequest",
                "SubscribeServiceRequest",
                "ConfigQueryRequest",
                "ConfigPublishRequest",
                "ConfigRemoveRequest"
            })
    void a_request_without_any_field_is_a_typed_error(String type) {
        assertRefused(client.call(type, "{}"));
    }

    @Test
    void names_beyond_all_measure_are_refused() {
        String endless = "n".repeat(100_000);
        assertRefused(
                client.call("InstanceRequest", RawClient.instanceRequest("registerInstance", endless, "10.1.2.3", 80)));
        assertRefused(client.call("InstanceRequest", RawClient.instanceRequest("registerInstance", "s", endless, 80)));
        assertRefused(client.call("ConfigPublishRequest", RawClient.configRequest(endless, "\"content\":\"a\"")));
        assertRefused(client.call("InstanceRequest", """
                {"namespace":"public","serviceName":"s","groupName":"DEFAULT_GROUP","type":"registerInstance",
                 "instance":{"ip":"10.1.2.3","port":80,"metadata":{"k":"%s"}}}""".formatted(endless)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"not/legal", "a b", "\u6f22", "a@@b"})
    void illegal_data_ids_are_refused(String dataId) {
        assertRefused(client.call("ConfigPublishRequest", RawClient.configRequest(dataId, "\"content\":\"a\"")));
    }

    @Test
    void a_message_over_the_limit_is_refused_with_a_word_on_the_limit() {
        String request =
                RawClient.configRequest(ClientRun.unique("huge"), "\"content\":\"" + "a".repeat(11 * MEBIBYTE) + "\"");

        assertThatThrownBy(() -> client.call("ConfigPublishRequest", request))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                    assertThat(e.getStatus().getDescription()).contains("10485760");
                });

        // The same connection goes on.
        assertThat(client.call("HealthCheckRequest", "{}")
                        .json()
                        .path("success")
                        .asBoolean())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noise_on_a_port_ends_that_connection_only(boolean grpc) throws IOException {
        int port = grpc ? jdk.shared().grpcPort() : jdk.shared().port();
        byte[] noise = new byte[64 * 1024];
        new Random(port).nextBytes(noise);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            try {
                out.write(noise);
                out.write("\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
                while (socket.getInputStream().read() >= 0) {
                    // An HTTP error page may come first.
                }
            } catch (java.net.SocketTimeoutException e) {
                throw new AssertionError("the server keeps a connection that speaks no protocol", e);
            } catch (IOException e) {
                // A reset is as good an end.
                assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|aborted).*");
            }
        }
    }

    /** A failure in the form clients read, without a word on the server's insides. */
    private static void assertRefused(Payload reply) {
        JsonNode json = reply.json();
        assertThat(reply.type()).endsWith("Response");
        assertThat(json.path("success").asBoolean(true)).as("%s", reply).isFalse();
        assertThat(json.path("resultCode").asInt()).as("%s", reply).isNotEqualTo(200);
        assertThat(json.path("errorCode").asInt()).as("%s", reply).isNotZero();
        assertThat(json.path("message").asText())
                .as("%s", reply)
                .isNotBlank()
                .hasSizeLessThan(2000)
                .doesNotContain("Exception", "\tat ", "dev.plimsoll", "java.");
    }
}
