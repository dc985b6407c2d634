package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.plimsoll.compat.sdk.Configs;
import dev.plimsoll.compat.sdk.Host;
import dev.plimsoll.compat.sdk.Naming;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.Parameter;

/** All client versions at once on one server that stops and starts again: each has to find itself as it was, untold. */
@Isolated("clients that connect again twice in a row, as they do when starved, can forget a subscription themselves")
@EveryJava
class RestartTest {

    private static final String GROUP = "DEFAULT_GROUP";
    private static final List<String> ALL = List.of();
    /** Clients notice within seconds, reconnect with growing pauses, and redo their registrations every 3 s. */
    @Parameter
    EveryJava.Jdk jdk;

    @TestFactory
    Stream<DynamicNode> after_an_orderly_restart() {
        PlimsollProcess server = jdk.start("restart");
        List<Before> before = prepare(server);

        long start = System.nanoTime();
        server.terminate();
        Duration stopping = Duration.ofNanos(System.nanoTime() - start);
        server.startAgain();

        return Stream.concat(
                Stream.of(dynamicTest("the server stopped within five seconds", () -> assertThat(stopping)
                        .isLessThan(Duration.ofSeconds(5)))),
                expectations(before));
    }

    @TestFactory
    Stream<DynamicNode> after_a_kill() {
        PlimsollProcess server = jdk.start("kill");
        List<Before> before = prepare(server);

        server.kill();
        server.startAgain();

        return expectations(before);
    }

    private static List<Before> prepare(PlimsollProcess server) {
        return Stream.of(ClientVersion.values())
                .parallel()
                .map(version -> new Before(server, version))
                .toList();
    }

    private static Stream<DynamicNode> expectations(List<Before> all) {
        return all.stream()
                .<DynamicNode>map(before -> dynamicContainer(
                        "client " + before.version,
                        Stream.of(
                                dynamicTest("ephemeral instances are back", before::instanceIsBack),
                                dynamicTest("persistent instances are there", before::persistentInstanceIsThere),
                                dynamicTest("subscriptions are alive", before::subscriptionIsAlive),
                                dynamicTest("configs are there", before::configIsThere),
                                dynamicTest("listeners are alive", before::listenerIsAlive))));
    }

    /** What one client version had before the restart, and what it must have after it. */
    private static final class Before {
        private static final Host MINE = Host.of("10.1.2.3", 8080);
        private static final Host LATER = Host.of("10.1.2.4", 8080);

        private final PlimsollProcess server;
        private final ClientVersion version;
        private final Naming publisher;
        private final Naming observer;
        private final Configs configs;
        private final String service;
        private final String watched;
        private final String database;
        private final String dataId;
        private final Heard<List<Host>> hosts = new Heard<>();
        private final Heard<String> contents = new Heard<>();

        Before(PlimsollProcess server, ClientVersion version) {
            this.server = server;
            this.version = version;
            publisher = ClientRun.sdk(version).naming(server.address(), "");
            observer = ClientRun.sdk(version).naming(server.address(), "");
            configs = ClientRun.sdk(version).configs(server.address(), "");
            service = ClientRun.unique("orders");
            watched = ClientRun.unique("watched");
            database = ClientRun.unique("database");
            dataId = ClientRun.unique("app.yaml");

            observer.subscribe(watched, GROUP, ALL, hosts);
            publisher.register(service, GROUP, MINE);
            publisher.register(watched, GROUP, MINE);
            publisher.register(database, GROUP, Host.of("10.1.2.5", 3306).persistent());
            hosts.awaitLast("subscribed", List.of(MINE)::equals);
            assertThat(configs.publish(dataId, GROUP, "before")).isTrue();
            configs.readAndListen(dataId, GROUP, contents);
            await().until(() -> observer.query(database, GROUP, ALL).size() == 1);
        }

        void instanceIsBack() {
            try (RawClient raw = RawClient.connected(server)) {
                await().untilAsserted(() -> assertThat(raw.query(service).json().at("/serviceInfo/hosts"))
                        .singleElement()
                        .satisfies(host -> assertThat(host.path("ip").asText()).isEqualTo(MINE.ip())));
            }
        }

        void persistentInstanceIsThere() {
            try (RawClient raw = RawClient.connected(server)) {
                assertThat(raw.query(database).json().at("/serviceInfo/hosts"))
                        .singleElement()
                        .satisfies(host -> {
                            assertThat(host.path("ip").asText()).isEqualTo("10.1.2.5");
                            assertThat(host.path("ephemeral").asBoolean(true)).isFalse();
                        });
            }
        }

        void subscriptionIsAlive() {
            try (RawClient raw = RawClient.connected(server)) {
                raw.register(watched, LATER.ip(), LATER.port());
                await().untilAsserted(() ->
                        assertThat(last()).extracting(Host::ip).containsExactlyInAnyOrder(MINE.ip(), LATER.ip()));
            }
        }

        private List<Host> last() {
            List<List<Host>> all = hosts.all();
            return all.get(all.size() - 1);
        }

        void configIsThere() {
            try (RawClient raw = RawClient.connected(server)) {
                String content = raw.ok("ConfigQueryRequest", RawClient.configRequest(dataId, ""))
                        .json()
                        .path("content")
                        .asText();
                // The other test of this client may have gone on to the next content.
                assertThat(content).isIn("before", "after");
            }
        }

        void listenerIsAlive() {
            try (RawClient raw = RawClient.connected(server)) {
                raw.publish(dataId, "after");
                await().untilAsserted(() -> assertThat(contents.all()).containsExactly("before", "after"));
            }
        }
    }
}
