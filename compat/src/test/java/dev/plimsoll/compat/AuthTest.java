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
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.Parameter;

/** Official clients against a server that asks who they are, with tokens that end during the test. */
@EveryJava
class AuthTest {

    private static final String GROUP = "DEFAULT_GROUP";
    private static final String DEV = "dev";
    private static final String PASSWORD = "a password of dev";
    /**
     * Clients look at the age of their token every 5 s and renew it in its last tenth, some in its last fifteenth: a shorter one
     * would end between two looks. Clients from 2.5 on that are refused once do not log in again within a minute of the last time.
     */
    private static final Duration TOKEN = Duration.ofSeconds(100);

    private static final Pattern ACCESS = Pattern.compile("\"accessToken\":\"([^\"]+)\"");

    @Parameter
    EveryJava.Jdk jdk;

    private List<Client> clients = List.of();

    @TestFactory
    Stream<DynamicNode> clients_log_in_and_stay_logged_in() throws Exception {
        PlimsollProcess server =
                jdk.start("auth", "--auth", "on", "--auth.token-seconds", Long.toString(TOKEN.toSeconds()));
        String admin = Files.readString(server.data().resolve("admin-password")).strip();
        String token = login(server, "admin", admin);
        for (String path : List.of(
                "users?username=dev&password=" + PASSWORD.replace(" ", "%20"),
                "roles?role=devs&username=dev",
                "permissions?role=devs&resource=dev:*:*&action=rw")) {
            assertThat(call(server, "/nacos/v1/auth/" + path, "", "Authorization", "Bearer " + token)
                            .statusCode())
                    .isEqualTo(200);
        }
        clients = Stream.of(ClientVersion.values())
                .map(version -> new Client(server, version))
                .toList();
        Stream<DynamicNode> each = clients.stream()
                .map(client -> dynamicContainer(
                        "client " + client.version,
                        Stream.of(
                                dynamicTest("it may do what its user may", client::works),
                                dynamicTest("it may do nothing else", client::isKeptOut),
                                dynamicTest("a wrong password opens nothing", client::needsItsPassword))));
        Stream<DynamicNode> together = Stream.of(
                dynamicTest("the npm client sends a password with every call", () -> npmClientWorks(server)),
                dynamicTest("an application of Spring Cloud logs in", this::springWorks),
                // One test for all of them, since each waits for the same minutes to pass.
                dynamicTest("no call of theirs is refused when their tokens end", this::goOn));
        return Stream.concat(each, together);
    }

    /** When the last of the tests above is done, in whatever order they ran. */
    @AfterEach
    void close() {
        clients.forEach(Client::close);
    }

    private static void npmClientWorks(PlimsollProcess server) {
        String name = ClientRun.unique("auth-node");
        Heard<String> heard = new Heard<>();
        try (NodeClient node = NodeClient.of(server, DEV, DEV, PASSWORD);
                NodeClient stranger = NodeClient.of(server, DEV, DEV, "guess of node")) {
            node.listen(name, GROUP, heard);
            assertThat(node.publish(name, GROUP, "one")).isTrue();
            await().until(() -> heard.endsWith("one"));
            node.register(name, "10.0.0.1", 80);
            assertThat(node.query(name)).hasSize(1);

            assertThatThrownBy(() -> stranger.publish(name, GROUP, "two")).hasMessageContaining("403");
            assertThatThrownBy(() -> stranger.register(name, "10.0.0.2", 80)).isInstanceOf(IllegalStateException.class);
            assertThat(node.get(name, GROUP)).isEqualTo("one");
            assertThat(node.query(name)).hasSize(1);
        }
    }

    private void springWorks() {
        String name = ClientRun.unique("auth-spring");
        Client client = clients.get(clients.size() - 1);
        assertThat(client.configs.publish(name + ".properties", GROUP, "colour=blue"))
                .isTrue();
        try (AppProcess app = spring(name, client.server, PASSWORD)) {
            int port = Integer.parseInt(app.awaitLine("ready (\\d+)").group(1));
            await().untilAsserted(() -> assertThat(client.naming.query(name, GROUP, List.of()))
                    .extracting(Host::port)
                    .containsExactly(port));
            assertThat(SpringCloudTest.page(port, "colour")).isEqualTo("blue");
        }
    }

    private static AppProcess spring(String name, PlimsollProcess server, String password) {
        return AppProcess.java(
                name,
                "spring",
                "dev.plimsoll.compat.spring.App",
                List.of(
                        "--spring.application.name=" + name,
                        "--server.address=127.0.0.1",
                        "--server.port=0",
                        "--spring.config.import=nacos:" + name + ".properties",
                        "--spring.cloud.nacos.server-addr=" + server.address(),
                        "--spring.cloud.nacos.username=" + DEV,
                        "--spring.cloud.nacos.password=" + password,
                        "--spring.cloud.nacos.config.namespace=" + DEV,
                        "--spring.cloud.nacos.discovery.namespace=" + DEV,
                        "--spring.cloud.nacos.discovery.ip=127.0.0.1"));
    }

    private void goOn() throws InterruptedException {
        long end = System.nanoTime() + TOKEN.plusSeconds(5).toNanos();
        while (System.nanoTime() < end) {
            clients.forEach(Client::goesOn);
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private static String login(PlimsollProcess server, String user, String password) throws Exception {
        HttpResponse<String> response =
                call(server, "/nacos/v1/auth/login", "username=" + user + "&password=" + password);
        Matcher token = ACCESS.matcher(response.body());
        assertThat(token.find()).as(response.body()).isTrue();
        return token.group(1);
    }

    private static HttpResponse<String> call(PlimsollProcess server, String path, String form, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofString(form));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** One client version, logged in since the server started. */
    private static final class Client {
        private final PlimsollProcess server;
        private final ClientVersion version;
        private final Configs configs;
        private final Naming naming;

        Client(PlimsollProcess server, ClientVersion version) {
            this.server = server;
            this.version = version;
            this.configs = ClientRun.sdk(version).configs(server.address(), DEV, DEV, PASSWORD);
            this.naming = ClientRun.sdk(version).naming(server.address(), DEV, DEV, PASSWORD);
        }

        void works() {
            String name = ClientRun.unique("auth-" + version);
            Heard<String> heard = new Heard<>();
            configs.listen(name, GROUP, heard);
            assertThat(configs.publish(name, GROUP, "one")).isTrue();
            assertThat(configs.get(name, GROUP)).isEqualTo("one");
            await().until(() -> heard.endsWith("one"));
            naming.register(name, GROUP, Host.of("10.0.0.1", 80));
            assertThat(naming.query(name, GROUP, List.of())).hasSize(1);
        }

        void isKeptOut() {
            Configs elsewhere = ClientRun.sdk(version).configs(server.address(), "prod", DEV, PASSWORD);
            try {
                assertThat(accepted(elsewhere)).isFalse();
            } finally {
                elsewhere.close();
            }
        }

        void needsItsPassword() {
            Configs stranger = ClientRun.sdk(version).configs(server.address(), DEV, DEV, "guess of " + version);
            try {
                assertThat(accepted(stranger)).isFalse();
                assertThatThrownBy(() -> stranger.get("anything", GROUP)).isInstanceOf(SdkFailure.class);
            } finally {
                stranger.close();
            }
        }

        private static boolean accepted(Configs client) {
            try {
                return client.publish("kept-out", GROUP, "x");
            } catch (SdkFailure e) {
                return false;
            }
        }

        void goesOn() {
            String name = "still-" + version;
            assertThat(configs.publish(name, GROUP, "two")).as(name).isTrue();
            assertThat(configs.get(name, GROUP)).isEqualTo("two");
            assertThat(naming.query(name, GROUP, List.of())).isEmpty();
        }

        void close() {
            configs.close();
            naming.close();
        }
    }
}
