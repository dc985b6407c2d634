package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.plimsoll.compat.sdk.Configs;
import dev.plimsoll.compat.sdk.Host;
import dev.plimsoll.compat.sdk.Naming;
import dev.plimsoll.compat.sdk.SdkFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Official clients over TLS, by their own settings: one-sided, both-sided, and beside a log-in over plain HTTP. */
@EveryJava
class TlsTest {

    private static final String GROUP = "DEFAULT_GROUP";
    private static final String PREFIX = "nacos.remote.client.rpc.tls";

    @TempDir
    static Path dir;

    @Parameter
    EveryJava.Jdk jdk;

    /** Each client's gRPC is encrypted; it logs in over HTTP, which knows nothing of these settings. */
    @TestFactory
    Stream<DynamicNode> clients_trust_the_server_they_were_told_to_trust() throws Exception {
        KeyFiles own = KeyFiles.make(dir, "server-" + jdk.home().getFileName());
        KeyFiles other = KeyFiles.make(dir, "other-" + jdk.home().getFileName());
        PlimsollProcess server = jdk.start(
                "tls",
                "--tls.certificate",
                own.certificate().toString(),
                "--tls.key",
                own.key().toString(),
                "--tls.plaintext",
                "http",
                "--auth",
                "on");
        Map<String, String> login = Map.of(
                "username",
                "admin",
                "password",
                Files.readString(server.data().resolve("admin-password")).strip());
        return versions(version -> Stream.of(
                dynamicTest("it works", () -> works(server, version, with(login, trusting(own)))),
                dynamicTest(
                        "it works trusting anybody",
                        () -> works(
                                server,
                                version,
                                with(login, Map.of(PREFIX + ".enable", "true", PREFIX + ".trustAll", "true")))),
                dynamicTest(
                        "it refuses a server it was not told of",
                        () -> isKeptOut(server, version, with(login, trusting(other)))),
                dynamicTest("without TLS it is kept out", () -> isKeptOut(server, version, login))));
    }

    @TestFactory
    Stream<DynamicNode> clients_show_who_they_are() throws Exception {
        KeyFiles own = KeyFiles.make(dir, "mutual-" + jdk.home().getFileName());
        KeyFiles client = KeyFiles.make(dir, "client-" + jdk.home().getFileName());
        KeyFiles stranger = KeyFiles.make(dir, "stranger-" + jdk.home().getFileName());
        PlimsollProcess server = jdk.start(
                "mutual-tls",
                "--tls.certificate",
                own.certificate().toString(),
                "--tls.key",
                own.key().toString(),
                "--tls.plaintext",
                "off",
                "--tls.client-certificates",
                "required",
                "--tls.trust",
                client.certificate().toString());
        return versions(version -> Stream.of(
                dynamicTest("it works", () -> works(server, version, with(trusting(own), showing(client)))),
                dynamicTest(
                        "with a stranger's certificate it is kept out",
                        () -> isKeptOut(server, version, with(trusting(own), showing(stranger)))),
                dynamicTest("with none it is kept out", () -> isKeptOut(server, version, trusting(own)))));
    }

    private interface Tests {
        Stream<DynamicNode> of(ClientVersion version);
    }

    private static Stream<DynamicNode> versions(Tests tests) {
        return Stream.of(ClientVersion.values())
                .filter(ClientVersion::knowsTls)
                .map(version -> dynamicContainer("client " + version, tests.of(version)));
    }

    /** From 2.4 on a client trusts anybody unless it is told not to. */
    private static Map<String, String> trusting(KeyFiles server) {
        return Map.of(
                PREFIX + ".enable",
                "true",
                PREFIX + ".trustCollectionChainPath",
                server.certificate().toUri().toString(),
                PREFIX + ".trustAll",
                "false");
    }

    private static Map<String, String> showing(KeyFiles client) {
        return Map.of(
                PREFIX + ".mutualAuth",
                "true",
                PREFIX + ".certChainFile",
                client.certificate().toUri().toString(),
                PREFIX + ".certPrivateKey",
                client.key().toUri().toString());
    }

    private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(some);
        all.putAll(more);
        return all;
    }

    private static void works(PlimsollProcess server, ClientVersion version, Map<String, String> settings) {
        String name = ClientRun.unique("tls-" + version);
        Configs configs = ClientRun.sdk(version).configs(server.address(), settings);
        Naming naming = ClientRun.sdk(version).naming(server.address(), settings);
        try {
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            configs.listen(name, GROUP, heard::add);
            await().ignoreExceptionsInstanceOf(SdkFailure.class).until(() -> configs.publish(name, GROUP, "one"));
            await().until(() -> heard.contains("one"));
            BlockingQueue<List<Host>> seen = new LinkedBlockingQueue<>();
            naming.subscribe(name, GROUP, List.of(), seen::add);
            naming.register(name, GROUP, Host.of("10.0.0.1", 80));
            await().until(() -> seen.stream().anyMatch(hosts -> hosts.size() == 1));
        } finally {
            configs.close();
            naming.close();
        }
    }

    private static void isKeptOut(PlimsollProcess server, ClientVersion version, Map<String, String> settings) {
        Configs configs = ClientRun.sdk(version).configs(server.address(), settings);
        try {
            assertThatThrownBy(() -> {
                        if (!configs.publish("kept-out", GROUP, "x")) {
                            throw new SdkFailure(0, "not published");
                        }
                    })
                    .isInstanceOf(SdkFailure.class);
            assertThat(server.isAlive()).isTrue();
        } finally {
            configs.close();
        }
    }
}
