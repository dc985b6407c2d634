package dev.plimsoll.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.wire.ConfigMessages.ConfigBatchListenRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigChangeBatchListenResponse;
import dev.plimsoll.wire.ConfigMessages.ConfigChangeNotifyRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigKeyInfo;
import dev.plimsoll.wire.ConfigMessages.ConfigListenContext;
import dev.plimsoll.wire.ConfigMessages.ConfigPublishRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigPublishResponse;
import dev.plimsoll.wire.ConfigMessages.ConfigQueryRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigQueryResponse;
import dev.plimsoll.wire.ConfigMessages.ConfigRemoveRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigRemoveResponse;
import dev.plimsoll.wire.ConnectionMessages.Ack;
import dev.plimsoll.wire.ConnectionMessages.ClientDetectionRequest;
import dev.plimsoll.wire.ConnectionMessages.ConnectResetRequest;
import dev.plimsoll.wire.ConnectionMessages.ConnectionSetupRequest;
import dev.plimsoll.wire.ConnectionMessages.ErrorResponse;
import dev.plimsoll.wire.ConnectionMessages.HealthCheckRequest;
import dev.plimsoll.wire.ConnectionMessages.HealthCheckResponse;
import dev.plimsoll.wire.ConnectionMessages.ServerCheckRequest;
import dev.plimsoll.wire.ConnectionMessages.ServerCheckResponse;
import dev.plimsoll.wire.ConnectionMessages.SetupAckRequest;
import dev.plimsoll.wire.NamingMessages.BatchInstanceRequest;
import dev.plimsoll.wire.NamingMessages.BatchInstanceResponse;
import dev.plimsoll.wire.NamingMessages.InstanceRequest;
import dev.plimsoll.wire.NamingMessages.InstanceResponse;
import dev.plimsoll.wire.NamingMessages.NotifySubscriberRequest;
import dev.plimsoll.wire.NamingMessages.PersistentInstanceRequest;
import dev.plimsoll.wire.NamingMessages.QueryServiceResponse;
import dev.plimsoll.wire.NamingMessages.ServiceListRequest;
import dev.plimsoll.wire.NamingMessages.ServiceListResponse;
import dev.plimsoll.wire.NamingMessages.ServiceQueryRequest;
import dev.plimsoll.wire.NamingMessages.SubscribeServiceRequest;
import dev.plimsoll.wire.NamingMessages.SubscribeServiceResponse;
import io.avaje.jsonb.Jsonb;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our records against the JSON the official SDK writes; where each file comes from is in golden/README.md. */
class GoldenMessagesTest {
    private static final String MD5 = "0cc175b9c0f1b6a831c399e269772661";
    private static final String CONNECTION = "1717401600123_10.1.2.3_51544";

    private static final InstanceInfo HOST_1 = new InstanceInfo(
            null,
            "10.1.2.3",
            8080,
            2.5,
            true,
            true,
            true,
            "DEFAULT",
            "DEFAULT_GROUP@@order",
            Map.of("version", "1.4", "preserved.heart.beat.interval", "1000"));
    private static final InstanceInfo HOST_2 =
            new InstanceInfo("id-2", "10.1.2.4", 8081, 1.0, false, true, true, "HZ", "DEFAULT_GROUP@@order", Map.of());
    private static final InstanceInfo HOST_2_PERSISTENT =
            new InstanceInfo("id-2", "10.1.2.4", 8081, 1.0, false, true, false, "HZ", "DEFAULT_GROUP@@order", Map.of());
    private static final ServiceInfo ORDERS =
            new ServiceInfo("order", "DEFAULT_GROUP", "DEFAULT,HZ", List.of(HOST_1, HOST_2), 1717401600456L, false);

    private static final List<Message> MESSAGES = List.of(
            new ServerCheckRequest(null),
            new ConnectionSetupRequest(
                    null,
                    "Nacos-Java-Client:v3.0.3",
                    "",
                    Map.of("source", "sdk", "module", "naming"),
                    Map.of("lock", true)),
            new HealthCheckRequest(null),
            new InstanceRequest(null, "public", "order", "DEFAULT_GROUP", "registerInstance", HOST_1),
            new BatchInstanceRequest(
                    null, "public", "order", "DEFAULT_GROUP", "batchRegisterInstance", List.of(HOST_1, HOST_2)),
            new PersistentInstanceRequest(
                    null, "public", "order", "DEFAULT_GROUP", "registerInstance", HOST_2_PERSISTENT),
            new ServiceQueryRequest(null, "public", "order", "DEFAULT_GROUP", "DEFAULT,HZ", true),
            new ServiceListRequest(null, "public", "DEFAULT_GROUP", 1, 10),
            new SubscribeServiceRequest(null, "public", "order", "DEFAULT_GROUP", true, ""),
            new ConfigQueryRequest(null, "app.yaml", "DEFAULT_GROUP", "", ""),
            new ConfigPublishRequest(
                    null,
                    "app.yaml",
                    "DEFAULT_GROUP",
                    "",
                    "a: \"2\"\n\u00e9\uD83D\uDE00\\",
                    MD5,
                    Map.of("type", "yaml", "encryptedDataKey", "")),
            new ConfigRemoveRequest(null, "app.yaml", "DEFAULT_GROUP", "", ""),
            new ConfigBatchListenRequest(
                    null,
                    true,
                    List.of(
                            new ConfigListenContext("app.yaml", "DEFAULT_GROUP", "", MD5),
                            new ConfigListenContext("none.yaml", "DEFAULT_GROUP", null, ""))),
            new SetupAckRequest(Map.of("supportPersistentInstanceByGrpc", true)),
            new ClientDetectionRequest("55"),
            new ConnectResetRequest("77", "10.0.0.12", "8848", CONNECTION),
            new NotifySubscriberRequest("12", ORDERS),
            new ConfigChangeNotifyRequest("401", "app.yaml", "DEFAULT_GROUP", ""),
            new ServerCheckResponse(null, CONNECTION, true),
            new HealthCheckResponse(null),
            new ErrorResponse(301, "Connection is unregistered.", null),
            new InstanceResponse(null, "registerInstance"),
            new BatchInstanceResponse(null, "batchRegisterInstance"),
            new QueryServiceResponse(null, ORDERS),
            new ServiceListResponse(null, 2, List.of("order", "pay")),
            new SubscribeServiceResponse(null, ORDERS),
            new ConfigQueryResponse(null, "a: \"1\"\n", "yaml", MD5, 1717401600000L, "", false, null),
            new ConfigPublishResponse(null),
            new ConfigRemoveResponse(null),
            new ConfigChangeBatchListenResponse(
                    null,
                    List.of(
                            new ConfigKeyInfo("app.yaml", "DEFAULT_GROUP", ""),
                            new ConfigKeyInfo("b.yaml", "DEFAULT_GROUP", null))));

    static Stream<Message> read() {
        return MESSAGES.stream().filter(Message.ClientRequest.class::isInstance);
    }

    static Stream<Message> written() {
        return MESSAGES.stream().filter(message -> !(message instanceof Message.ClientRequest));
    }

    @Test
    void every_message_has_an_example_here_under_its_own_name() {
        List<String> permitted = Arrays.stream(Message.class.getPermittedSubclasses())
                .flatMap(family -> Arrays.stream(family.getPermittedSubclasses()))
                .map(Class::getSimpleName)
                .toList();
        assertThat(MESSAGES).extracting(Message::typeName).containsExactlyInAnyOrderElementsOf(permitted);
    }

    @ParameterizedTest
    @MethodSource("read")
    void a_request_of_the_sdk_is_read(Message expected) throws IOException {
        var payload = new Payload(expected.typeName(), Map.of(), "", golden(expected.typeName() + ".json"));
        assertThat(MessageTypes.decode(payload)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("written")
    void our_answer_or_push_says_what_the_sdk_says(Message ours) throws IOException {
        assertThat(tree(join(ours.encode()))).isEqualTo(tree(golden(ours.typeName() + ".json")));
    }

    @Test
    void bodies_around_an_encoded_service_equal_the_records() {
        byte[] service = ORDERS.json();
        assertThat(tree(join(NotifySubscriberRequest.around("12", service))))
                .isEqualTo(tree(join(new NotifySubscriberRequest("12", ORDERS).encode())));
        assertThat(tree(join(QueryServiceResponse.around("a\"b", service))))
                .isEqualTo(tree(join(new QueryServiceResponse("a\"b", ORDERS).encode())));
        assertThat(tree(join(SubscribeServiceResponse.around(null, service))))
                .isEqualTo(tree(join(new SubscribeServiceResponse(null, ORDERS).encode())));
    }

    @Test
    void a_whole_payload_of_the_sdk_is_read() throws IOException {
        for (String type : List.of("InstanceRequest", "ConfigPublishRequest")) {
            byte[] bytes = HexFormat.of().parseHex(new String(golden(type + ".hex"), UTF_8));
            Payload payload = Payload.decode(Unpooled.wrappedBuffer(bytes));
            assertThat(payload.type()).isEqualTo(type);
            assertThat(payload.header("accesstoken")).isEqualTo("token-1");
            assertThat(payload.header("APP")).isEqualTo("orders");
            assertThat(payload.header("absent")).isEmpty();
            assertThat(payload.clientIp()).isNotEmpty();
            assertThat(tree(payload.body())).isEqualTo(tree(golden(type + ".json")));
        }
    }

    @Test
    void an_acknowledgement_is_read_whatever_its_type() throws IOException {
        Ack ack = Ack.decode(new Payload("NotifySubscriberResponse", Map.of(), "", golden("Ack.json")));
        assertThat(ack).isEqualTo(new Ack(200, 0, true, null, "12"));
    }

    @Test
    void a_failure_carries_a_code_for_every_kind_of_client() {
        assertThat(tree(ConnectionMessages.failure(0, "no", "7")))
                .isEqualTo(tree(
                        "{\"resultCode\":500,\"errorCode\":500,\"success\":false,\"message\":\"no\",\"requestId\":\"7\"}"
                                .getBytes(UTF_8)));
    }

    private static byte[] golden(String name) throws IOException {
        try (var in = GoldenMessagesTest.class.getResourceAsStream("golden/" + name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }

    static byte[] join(byte[][] parts) {
        var joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static Object tree(byte[] json) {
        return Jsonb.instance().type(Object.class).fromJson(json);
    }
}
