package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** The rules that break real clients when missed, each asserted on the wire, where no SDK smooths anything over. */
@EveryJava
class TwentyRulesTest {

    private static final String OLD_SETUP = """
            {"headers":{},"clientVersion":"Nacos-Java-Client:v2.0.4","labels":{"source":"sdk","module":"naming"},
             "abilities":{"remoteAbility":{"supportRemoteConnection":true},"configAbility":{"supportRemoteMetrics":false},
              "namingAbility":{"supportDeltaPush":false,"supportRemoteMetric":false}}}""";
    private static final String MD5_OF_NOTHING = "d41d8cd98f00b204e9800998ecf8427e";

    @Parameter
    EveryJava.Jdk jdk;

    private final List<RawClient> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(RawClient::close);
    }

    @Test
    void rule_01_the_methods_have_no_package() {
        RawClient client = connected();
        assertThat(client.call("HealthCheckRequest", "{}").type()).isEqualTo("HealthCheckResponse");

        assertThatThrownBy(() -> client.call(
                        RawClient.method("com.alibaba.nacos.Request/request", MethodType.UNARY),
                        Payload.of("HealthCheckRequest", "{}")))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    }

    @Test
    void rule_02_bodies_are_plain_json_without_a_type_url_and_only_the_metadata_says_the_type() {
        RawClient client = connected();

        Payload reply = client.call(
                Payload.of("HealthCheckRequest", "{}").withTypeUrl("type.googleapis.com/ServerCheckRequest"));

        assertThat(reply.type()).isEqualTo("HealthCheckResponse");
        assertThat(reply.typeUrl()).isEmpty();
        assertThat(reply.text()).startsWith("{").endsWith("}");
    }

    @Test
    void rule_03_every_answer_has_result_code_error_code_and_success() {
        assertThat(everyKindOfAnswer()).allSatisfy(reply -> {
            JsonNode json = reply.json();
            assertThat(json.path("resultCode").isInt())
                    .as("resultCode of %s", reply)
                    .isTrue();
            assertThat(json.path("errorCode").isInt())
                    .as("errorCode of %s", reply)
                    .isTrue();
            assertThat(json.path("success").isBoolean())
                    .as("success of %s", reply)
                    .isTrue();
            assertThat(json.path("success").asBoolean())
                    .as("%s", reply)
                    .isEqualTo(json.path("resultCode").asInt() == 200);
        });
    }

    @Test
    void rule_04_a_failure_has_an_error_code_and_a_success_has_none() {
        List<Payload> replies = everyKindOfAnswer();

        assertThat(replies)
                .allSatisfy(reply -> assertThat(reply.json().path("errorCode").asInt() == 0)
                        .as("%s", reply)
                        .isEqualTo(reply.json().path("success").asBoolean()));
        assertThat(replies).anyMatch(reply -> reply.json().path("success").asBoolean());
        assertThat(replies).anyMatch(reply -> !reply.json().path("success").asBoolean());
    }

    @Test
    void rule_05_who_a_caller_is_belongs_to_its_transport() {
        RawClient one = connected();
        RawClient other = unregistered();

        assertThat(connectionId(one)).isEqualTo(connectionId(one)).isNotEqualTo(connectionId(other));
        assertThat(one.call("ServiceListRequest", list("DEFAULT_GROUP")).type()).isEqualTo("ServiceListResponse");
        assertThat(errorCode(other.call("ServiceListRequest", list("DEFAULT_GROUP"))))
                .isEqualTo(301);
    }

    @Test
    void rule_06_a_client_that_waits_for_no_acknowledgement_is_registered_within_100_ms() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            RawClient client = unregistered();
            assertThat(client.call("ServerCheckRequest", "{}").type()).isEqualTo("ServerCheckResponse");
            client.setUp(OLD_SETUP);
            // This is the pause of those clients, not a wait for something.
            TimeUnit.MILLISECONDS.sleep(100);

            Payload reply = client.call(
                    "InstanceRequest",
                    RawClient.instanceRequest("registerInstance", ClientRun.unique("quick"), "10.1.2.3", 80));

            assertThat(reply.json().path("success").asBoolean()).as("%s", reply).isTrue();
        }
    }

    @Test
    void rule_07_the_setup_is_acknowledged_exactly_when_it_has_an_ability_table() {
        RawClient asking = unregistered();
        JsonNode check = asking.call("ServerCheckRequest", "{}").json();
        assertThat(check.path("supportAbilityNegotiation").asBoolean()).isTrue();
        asking.setUp("""
                {"clientVersion":"Nacos-Java-Client:v2.3.0","labels":{"source":"sdk","module":"naming"},"abilityTable":{}}""");
        Payload ack = asking.next("SetupAckRequest");
        assertThat(ack.json()
                        .at("/abilityTable/supportPersistentInstanceByGrpc")
                        .asBoolean())
                .as("%s", ack)
                .isTrue();

        RawClient old = old();
        String service = ClientRun.unique("old");
        old.subscribe(service, "");
        old.register(service, "10.1.2.3", 80);
        old.nextState(service, 1);
        assertThat(old.pushes()).noneMatch(push -> push.type().equals("SetupAckRequest"));
    }

    @Test
    void rule_08_an_old_client_is_sent_only_what_it_knows() {
        RawClient old = old();
        String service = ClientRun.unique("old");
        String dataId = ClientRun.unique("old");
        old.subscribe(service, "");
        old.register(service, "10.1.2.3", 80);
        old.nextState(service, 1);
        old.ok(
                "ConfigBatchListenRequest",
                listen("{\"dataId\":\"" + dataId + "\",\"group\":\"DEFAULT_GROUP\",\"md5\":\"\"}"));
        old.publish(dataId, "one");
        old.next("ConfigChangeNotifyRequest");

        assertThat(old.pushes())
                .extracting(Payload::type)
                .isSubsetOf(
                        "NotifySubscriberRequest",
                        "ConfigChangeNotifyRequest",
                        "ClientDetectionRequest",
                        "ConnectResetRequest",
                        "ClientConfigMetricRequest");
    }

    @Test
    void rule_09_acknowledgements_are_told_by_their_request_id_alone() {
        String service = ClientRun.unique("acked");
        RawClient odd = connected();
        odd.answerWith(push -> RawClient.acknowledgement(push, "SomethingElseResponse"));
        RawClient silent = connected();
        silent.answerWith(push -> null);
        odd.subscribe(service, "");
        silent.subscribe(service, "");
        RawClient publisher = connected();
        publisher.register(service, "10.1.2.3", 80);

        Payload pushed = odd.nextState(service, 1);
        assertThat(pushed.json().path("requestId").asText()).isNotEmpty();
        silent.nextState(service, 1);

        // The one that stays silent is told again, which is when the other would have been told again too.
        await().until(() -> states(silent, service, 1) >= 2);
        assertThat(states(odd, service, 1)).isEqualTo(1);
        List<String> ids = odd.pushes().stream()
                .map(push -> push.json().path("requestId").asText())
                .filter(id -> !id.isEmpty())
                .toList();
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void rule_10_only_an_unregistered_connection_is_told_to_connect_again() {
        RawClient client = unregistered();
        String request = list("DEFAULT_GROUP");
        Payload refused = client.call("ServiceListRequest", request);
        assertThat(refused.type()).isEqualTo("ErrorResponse");
        assertThat(errorCode(refused)).isEqualTo(301);

        client.setUp("{\"labels\":{\"source\":\"sdk\",\"module\":\"naming\"},\"abilityTable\":{}}");
        client.next("SetupAckRequest");
        assertThat(client.call("ServiceListRequest", request)
                        .json()
                        .path("success")
                        .asBoolean())
                .isTrue();
        assertThat(failures(client)).isNotEmpty().noneMatch(reply -> errorCode(reply) == 301);
    }

    @Test
    void rule_11_a_refused_command_is_answered_with_its_own_type_so_that_it_is_not_tried_again() {
        RawClient client = connected();
        assertThat(client.call(
                                "InstanceRequest",
                                RawClient.instanceRequest("registerInstance", "a@@b@@c", "10.1.2.3", 80))
                        .type())
                .isEqualTo("InstanceResponse");
        assertThat(client.call(
                                "InstanceRequest",
                                RawClient.instanceRequest(
                                        "registerInstance", ClientRun.unique("bad"), "10.1.2.3", 70000))
                        .type())
                .isEqualTo("InstanceResponse");
        assertThat(client.call("ConfigPublishRequest", RawClient.configRequest("blank", "\"content\":\"\""))
                        .type())
                .isEqualTo("ConfigPublishResponse");
        assertThat(client.call("ConfigRemoveRequest", RawClient.configRequest("not/legal", ""))
                        .type())
                .isEqualTo("ConfigRemoveResponse");
    }

    @Test
    void rule_12_hosts_are_empty_and_never_absent() {
        RawClient client = connected();
        String service = ClientRun.unique("empty");

        assertEmptyHosts(client.query(service));
        assertEmptyHosts(client.subscribe(service, ""));
        client.register(service, "10.1.2.3", 80);
        client.nextState(service, 1);
        client.deregister(service, "10.1.2.3", 80);
        assertEmptyHosts(client.nextState(service, 0));
    }

    @Test
    void rule_13_the_service_is_named_bare_and_the_instance_with_its_group() {
        RawClient client = connected();
        String service = ClientRun.unique("named");
        client.subscribe(service, "");
        client.register(service, "10.1.2.3", 80);

        for (Payload reply :
                List.of(client.query(service), client.nextState(service, 1), client.subscribe(service, ""))) {
            JsonNode info = reply.json().path("serviceInfo");
            assertThat(info.path("name").asText()).as("%s", reply).isEqualTo(service);
            assertThat(info.path("groupName").asText()).as("%s", reply).isEqualTo("DEFAULT_GROUP");
            assertThat(info.at("/hosts/0/serviceName").asText()).as("%s", reply).isEqualTo("DEFAULT_GROUP@@" + service);
        }
    }

    @Test
    void rule_14_clusters_are_echoed_as_they_were_sent() {
        RawClient client = connected();
        for (String clusters : List.of("", "DEFAULT", "WEST,DEFAULT,EAST")) {
            String service = ClientRun.unique("clustered");
            assertThat(client.subscribe(service, clusters)
                            .json()
                            .at("/serviceInfo/clusters")
                            .asText("absent"))
                    .isEqualTo(clusters);
            client.register(service, "10.1.2.3", 80);
            assertThat(client.nextState(service, 1)
                            .json()
                            .at("/serviceInfo/clusters")
                            .asText("absent"))
                    .isEqualTo(clusters);
        }
    }

    @Test
    void rule_15_the_time_of_a_service_never_goes_backwards() {
        PlimsollProcess server = jdk.start("times");
        String service = ClientRun.unique("timed");
        List<Long> times = new ArrayList<>();
        for (int start = 0; start < 2; start++) {
            if (start > 0) {
                server.terminate();
                server.startAgain();
            }
            try (RawClient client = RawClient.connected(server)) {
                times.add(lastRefTime(client.subscribe(service, "")));
                for (int i = 0; i < 5; i++) {
                    client.register(service, "10.1.2.3", 80 + i);
                    String port = Integer.toString(80 + i);
                    Payload push = client.nextState(service, 1);
                    while (!push.json().at("/serviceInfo/hosts/0/port").asText().equals(port)) {
                        times.add(lastRefTime(push));
                        push = client.nextState(service, 1);
                    }
                    times.add(lastRefTime(push));
                    times.add(lastRefTime(client.query(service)));
                }
            }
        }
        server.close();
        assertThat(times).isSorted().allMatch(time -> time > 1_600_000_000_000L);
    }

    @Test
    void rule_16_each_client_gets_its_own_form_of_the_default_tenant_back() {
        String dataId = ClientRun.unique("tenant");
        RawClient absent = connected();
        RawClient blank = connected();
        RawClient named = connected();
        // A wrong md5, so that the answer lists the key.
        String entry = "{\"dataId\":\"" + dataId + "\",\"group\":\"DEFAULT_GROUP\",\"md5\":\"wrong\"%s}";

        JsonNode toAbsent = listed(absent, entry.formatted(""));
        JsonNode toBlank = listed(blank, entry.formatted(",\"tenant\":\"\""));
        JsonNode toNamed = listed(named, entry.formatted(",\"tenant\":\"public\""));

        assertThat(toAbsent.has("tenant")).isFalse();
        assertThat(toBlank.path("tenant").asText("absent")).isEmpty();
        assertThat(toNamed.path("tenant").asText("absent")).isEqualTo("public");

        blank.publish(dataId, "one");
        // Clients build the same key from an absent tenant as from an empty one.
        assertThat(absent.next("ConfigChangeNotifyRequest")
                        .json()
                        .path("tenant")
                        .asText())
                .isEmpty();
        assertThat(blank.next("ConfigChangeNotifyRequest").json().path("tenant").asText())
                .isEmpty();
        assertThat(named.next("ConfigChangeNotifyRequest").json().path("tenant").asText())
                .isEqualTo("public");
    }

    @Test
    void one_change_of_a_config_is_one_notice_and_none_is_none() {
        String dataId = ClientRun.unique("once");
        RawClient client = connected();
        client.ok(
                "ConfigBatchListenRequest",
                listen("{\"dataId\":\"" + dataId + "\",\"group\":\"DEFAULT_GROUP\",\"md5\":\"\"}"));
        client.publish(dataId, "one");
        client.next("ConfigChangeNotifyRequest");
        client.publish(dataId, "one");
        client.publish(dataId, "two");
        client.next("ConfigChangeNotifyRequest");
        client.ok("ConfigRemoveRequest", RawClient.configRequest(dataId, ""));
        client.next("ConfigChangeNotifyRequest");

        assertThat(client.pushes())
                .filteredOn(push -> push.type().equals("ConfigChangeNotifyRequest"))
                .hasSize(3);
    }

    /** Java clients drop the answer when they subscribe again after a lost connection, and wait for this push. */
    @Test
    void a_subscription_is_pushed_the_state_although_its_answer_has_it() {
        String service = ClientRun.unique("again");
        connected().register(service, "10.1.2.3", 80);
        RawClient subscriber = connected();

        assertThat(ips(subscriber.subscribe(service, ""))).containsExactly("10.1.2.3");

        assertThat(ips(subscriber.nextState(service, 1))).containsExactly("10.1.2.3");
    }

    @Test
    void who_unsubscribed_is_pushed_nothing() {
        String service = ClientRun.unique("left");
        RawClient client = connected();
        client.subscribe(service, "");
        client.register(service, "10.1.2.3", 80);
        client.nextState(service, 1);
        client.ok("SubscribeServiceRequest", """
                {"namespace":"public","serviceName":"%s","groupName":"DEFAULT_GROUP","subscribe":false,"clusters":""}""".formatted(service));
        int before = client.pushes().size();
        String fence = ClientRun.unique("fence");
        client.subscribe(fence, "");
        client.deregister(service, "10.1.2.3", 80);
        client.register(fence, "10.1.2.3", 80);
        client.nextState(fence, 1);

        assertThat(client.pushes().stream().skip(before))
                .allMatch(push -> push.json().at("/serviceInfo/name").asText().equals(fence));
    }

    @Test
    void rule_17_a_missing_config_has_the_empty_md5() {
        RawClient client = connected();
        String entry = "{\"dataId\":\"" + ClientRun.unique("none")
                + "\",\"group\":\"DEFAULT_GROUP\",\"tenant\":\"\",\"md5\":\"%s\"}";

        assertThat(changed(client, entry.formatted(""))).isEmpty();
        assertThat(changed(client, entry.formatted(MD5_OF_NOTHING))).hasSize(1);
        assertThat(changed(client, entry.formatted("0cc175b9c0f1b6a831c399e269772661")))
                .hasSize(1);
    }

    @Test
    void rule_18_a_missing_config_is_result_500_error_300() {
        Payload reply = connected().call("ConfigQueryRequest", RawClient.configRequest(ClientRun.unique("none"), ""));

        assertThat(reply.type()).isEqualTo("ConfigQueryResponse");
        assertThat(reply.json().path("resultCode").asInt()).isEqualTo(500);
        assertThat(errorCode(reply)).isEqualTo(300);
        assertThat(reply.json().has("content")).isFalse();
    }

    @Test
    void rule_19_a_connection_publishes_a_service_once() {
        RawClient client = connected();
        String service = ClientRun.unique("once");
        client.register(service, "10.1.2.3", 80);
        client.register(service, "10.1.2.4", 81);
        assertThat(ips(client.query(service))).containsExactly("10.1.2.4");

        client.ok("BatchInstanceRequest", """
                {"namespace":"public","serviceName":"%s","groupName":"DEFAULT_GROUP","type":"batchRegisterInstance",
                 "instances":[{"ip":"10.1.2.5","port":1},{"ip":"10.1.2.6","port":2}]}""".formatted(service));
        assertThat(ips(client.query(service))).containsExactlyInAnyOrder("10.1.2.5", "10.1.2.6");

        client.deregister(service, "192.0.2.1", 9999);
        assertThat(ips(client.query(service))).isEmpty();
    }

    @Test
    void rule_20_frequent_pings_are_answered_with_and_without_calls() throws IOException {
        byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        int pings = 10;
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), jdk.shared().grpcPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(preface);
            out.write(frame(4, 0, new byte[0]));
            for (int i = 0; i < pings; i++) {
                out.write(frame(6, 0, ByteBuffer.allocate(8).putLong(i).array()));
            }
            out.flush();

            DataInputStream in = new DataInputStream(socket.getInputStream());
            List<Long> answered = new ArrayList<>();
            while (answered.size() < pings) {
                int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                in.readInt();
                byte[] body = in.readNBytes(length);
                assertThat(type)
                        .as("GOAWAY: %s", new String(body, StandardCharsets.ISO_8859_1))
                        .isNotEqualTo(7);
                if (type == 6 && (flags & 1) != 0) {
                    answered.add(ByteBuffer.wrap(body).getLong());
                }
            }
            assertThat(answered)
                    .containsExactlyElementsOf(
                            IntStream.range(0, pings).mapToObj(i -> (long) i).toList());
        }
    }

    /** A good and a bad call of every kind, on a connection that is set up, and one on a connection that is not. */
    private List<Payload> everyKindOfAnswer() {
        RawClient client = connected();
        String service = ClientRun.unique("kinds");
        String dataId = ClientRun.unique("kinds");
        return Stream.concat(
                        Stream.of(
                                client.call("ServerCheckRequest", "{}"),
                                client.call("HealthCheckRequest", "{}"),
                                client.call(
                                        "InstanceRequest",
                                        RawClient.instanceRequest("registerInstance", service, "10.1.2.3", 80)),
                                client.call("BatchInstanceRequest", """
                                        {"namespace":"public","serviceName":"%s","groupName":"DEFAULT_GROUP",
                                         "type":"batchRegisterInstance","instances":[]}""".formatted(service)),
                                client.call(
                                        "PersistentInstanceRequest",
                                        RawClient.instanceRequest("registerInstance", service + "-p", "10.1.2.3", 80)),
                                client.query(service),
                                client.subscribe(service, ""),
                                client.call("ServiceListRequest", list("DEFAULT_GROUP")),
                                client.publish(dataId, "one"),
                                client.call("ConfigQueryRequest", RawClient.configRequest(dataId, "")),
                                client.call("ConfigBatchListenRequest", listen("")),
                                client.call("ConfigRemoveRequest", RawClient.configRequest(dataId, ""))),
                        failures(client).stream())
                .toList();
    }

    private List<Payload> failures(RawClient client) {
        String dataId = ClientRun.unique("failing");
        String service = ClientRun.unique("failing");
        client.publish(dataId, "one");
        client.ok("PersistentInstanceRequest", RawClient.instanceRequest("registerInstance", service, "10.1.2.3", 80));
        return List.of(
                client.call("NoSuchRequest", "{}"),
                client.call("InstanceRequest", "{broken"),
                client.call("InstanceRequest", RawClient.instanceRequest("sing", service + "-x", "10.1.2.3", 80)),
                client.call("InstanceRequest", RawClient.instanceRequest("registerInstance", service, "10.1.2.3", 80)),
                client.call(
                        "InstanceRequest", RawClient.instanceRequest("registerInstance", service + "-y", "a b", 80)),
                client.call("ConfigQueryRequest", RawClient.configRequest(dataId + "-none", "")),
                client.call("ConfigPublishRequest", RawClient.configRequest(dataId, "\"content\":\"\"")),
                client.call(
                        "ConfigPublishRequest",
                        RawClient.configRequest(dataId, "\"content\":\"two\",\"casMd5\":\"" + MD5_OF_NOTHING + "\"")),
                client.call("ConfigRemoveRequest", RawClient.configRequest("not/legal", "")));
    }

    private RawClient connected() {
        return keep(RawClient.connected(jdk.shared()));
    }

    private RawClient unregistered() {
        return keep(RawClient.unregistered(jdk.shared()));
    }

    /** A client of before 2.3, which is not acknowledged; a call that succeeds says that it is registered. */
    private RawClient old() {
        RawClient client = unregistered();
        client.setUp(OLD_SETUP);
        await().until(() -> client.call("ServiceListRequest", list("DEFAULT_GROUP"))
                .json()
                .path("success")
                .asBoolean());
        return client;
    }

    private RawClient keep(RawClient client) {
        opened.add(client);
        return client;
    }

    private static String connectionId(RawClient client) {
        return client.call("ServerCheckRequest", "{}")
                .json()
                .path("connectionId")
                .asText();
    }

    private static int errorCode(Payload reply) {
        return reply.json().path("errorCode").asInt();
    }

    private static long lastRefTime(Payload reply) {
        return reply.json().at("/serviceInfo/lastRefTime").asLong();
    }

    private static void assertEmptyHosts(Payload reply) {
        assertThat(reply.json().at("/serviceInfo/hosts").isArray())
                .as("%s", reply)
                .isTrue();
        assertThat(reply.json().at("/serviceInfo/hosts")).as("%s", reply).isEmpty();
    }

    private static long states(RawClient client, String service, int hosts) {
        return client.pushes().stream()
                .filter(push -> push.json().at("/serviceInfo/name").asText().equals(service))
                .filter(push -> push.json().at("/serviceInfo/hosts").size() == hosts)
                .count();
    }

    private static Set<String> ips(Payload reply) {
        return StreamSupport.stream(reply.json().at("/serviceInfo/hosts").spliterator(), false)
                .map(host -> host.path("ip").asText())
                .collect(java.util.stream.Collectors.toSet());
    }

    private static JsonNode changed(RawClient client, String entry) {
        return client.ok("ConfigBatchListenRequest", listen(entry)).json().path("changedConfigs");
    }

    private static JsonNode listed(RawClient client, String entry) {
        JsonNode changed = changed(client, entry);
        assertThat(changed).hasSize(1);
        return changed.get(0);
    }

    private static String list(String group) {
        return "{\"namespace\":\"public\",\"serviceName\":\"\",\"groupName\":\"%s\",\"pageNo\":1,\"pageSize\":10}"
                .formatted(group);
    }

    private static String listen(String entries) {
        return "{\"listen\":true,\"configListenContexts\":[" + entries + "]}";
    }

    private static byte[] frame(int type, int flags, byte[] body) {
        return ByteBuffer.allocate(9 + body.length)
                .put((byte) 0)
                .putShort((short) body.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(0)
                .put(body)
                .array();
    }
}
