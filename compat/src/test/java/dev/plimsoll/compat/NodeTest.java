package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.compat.sdk.Host;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The npm client beside the Java clients: what one does, the other hears. */
@EveryJava
class NodeTest {

    private static final String GROUP = "DEFAULT_GROUP";

    @Parameter
    EveryJava.Jdk jdk;

    @ParameterizedTest
    @EnumSource(names = {"V1_4_8", "V2_5_1"})
    void instances_are_heard_of_in_both_directions(ClientVersion version) {
        String service = ClientRun.unique("node");
        Heard<List<Host>> byJava = new Heard<>();
        Heard<JsonNode> byNode = new Heard<>();
        ClientRun java = java(version);
        try (NodeClient node = NodeClient.of(jdk.shared())) {
            java.observer().subscribe(service, GROUP, List.of(), byJava);
            node.subscribe(service, byNode);

            node.register(service, "10.1.2.3", 80);
            byJava.awaitLast("node's", hosts -> ports(hosts).equals(List.of(80)));
            byNode.awaitLast("node's", hosts -> ports(hosts).equals(List.of(80)));
            java.publisher().register(service, GROUP, Host.of("10.1.2.3", 81));
            byNode.awaitLast("both", hosts -> ports(hosts).equals(List.of(80, 81)));
            byJava.awaitLast("both", hosts -> ports(hosts).equals(List.of(80, 81)));
            assertThat(ports(node.query(service))).containsExactly(80, 81);

            node.deregister(service, "10.1.2.3", 80);
            byJava.awaitLast("java's", hosts -> ports(hosts).equals(List.of(81)));
            byNode.awaitLast("java's", hosts -> ports(hosts).equals(List.of(81)));
            java.publisher().deregister(service, GROUP, Host.of("10.1.2.3", 81));
            byJava.awaitLast("none", List::isEmpty);
            // Of an empty list this client tells nobody: it goes on with what it knew.
            assertThat(byNode.all()).noneMatch(JsonNode::isEmpty);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"V1_4_8", "V2_5_1"})
    void configurations_are_heard_of_in_both_directions(ClientVersion version) {
        String dataId = ClientRun.unique("node");
        Heard<String> byJava = new Heard<>();
        Heard<String> byNode = new Heard<>();
        ClientRun java = java(version);
        try (NodeClient node = NodeClient.of(jdk.shared())) {
            java.listener().listen(dataId, GROUP, byJava);
            node.listen(dataId, GROUP, byNode);

            assertThat(node.publish(dataId, GROUP, "by node: \u6f22 100% a+b&c"))
                    .isTrue();
            await().until(() -> byJava.endsWith("by node: \u6f22 100% a+b&c"));
            await().until(() -> byNode.endsWith("by node: \u6f22 100% a+b&c"));
            assertThat(java.writer().publish(dataId, GROUP, "by java")).isTrue();
            await().until(() -> byNode.endsWith("by java"));
            assertThat(node.get(dataId, GROUP)).isEqualTo("by java");

            assertThat(node.remove(dataId, GROUP)).isTrue();
            await().until(() -> byJava.endsWith(null));
            assertThat(node.get(dataId, GROUP)).isNull();
        }
    }

    @Test
    void its_beats_keep_an_instance() {
        String service = ClientRun.unique("node-beats");
        try (NodeClient node = NodeClient.of(jdk.shared())) {
            node.register(service, "10.1.2.3", 80);

            // Silent ones are ill after 15 s and gone after 30 s.
            await().pollInterval(Duration.ofSeconds(1))
                    .during(Duration.ofSeconds(32))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> java(ClientVersion.V3_2_1)
                                    .observer()
                                    .select(service, GROUP, true)
                                    .size()
                            == 1);
        }
    }

    private ClientRun java(ClientVersion version) {
        return jdk.servers().run(jdk.home(), version);
    }

    private static List<Integer> ports(List<Host> hosts) {
        return hosts.stream().map(Host::port).sorted().toList();
    }

    private static List<Integer> ports(JsonNode hosts) {
        return StreamSupport.stream(hosts.spliterator(), false)
                .map(host -> host.path("port").asInt())
                .sorted()
                .toList();
    }
}
