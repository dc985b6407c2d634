package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.compat.sdk.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Spring Cloud Alibaba, discovery and config: two applications that know nothing of each other but their names. */
@EveryJava
class SpringCloudTest {

    private static final String GROUP = "DEFAULT_GROUP";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Parameter
    EveryJava.Jdk jdk;

    @Test
    void two_applications_find_each_other_and_their_configurations_follow_what_is_published() {
        String blue = ClientRun.unique("spring-blue");
        String red = ClientRun.unique("spring-red");
        ClientRun old = run(ClientVersion.V1_4_2);
        ClientRun current = run(ClientVersion.V3_0_3);
        assertThat(old.writer().publish(blue + ".properties", GROUP, "colour=blue"))
                .isTrue();
        assertThat(current.writer().publish(red + ".properties", GROUP, "colour=red"))
                .isTrue();
        Heard<List<Host>> byDatagram = new Heard<>();
        Heard<List<Host>> byConnection = new Heard<>();
        old.observer().subscribe(blue, GROUP, List.of(), byDatagram);
        current.observer().subscribe(blue, GROUP, List.of(), byConnection);

        try (AppProcess blueApp = spring(blue);
                AppProcess redApp = spring(red)) {
            int bluePort = Integer.parseInt(blueApp.awaitLine("ready (\\d+)").group(1));
            int redPort = Integer.parseInt(redApp.awaitLine("ready (\\d+)").group(1));
            byDatagram.awaitLast(
                    "blue", hosts -> hosts.size() == 1 && hosts.get(0).port() == bluePort);
            byConnection.awaitLast(
                    "blue", hosts -> hosts.size() == 1 && hosts.get(0).port() == bluePort);

            await().untilAsserted(
                            () -> assertThat(page(redPort, "instances/" + blue)).isEqualTo("127.0.0.1:" + bluePort));
            await().untilAsserted(
                            () -> assertThat(page(bluePort, "instances/" + red)).isEqualTo("127.0.0.1:" + redPort));
            assertThat(page(redPort, "colour-of/" + blue)).isEqualTo("blue");
            assertThat(page(bluePort, "colour-of/" + red)).isEqualTo("red");

            assertThat(current.writer().publish(blue + ".properties", GROUP, "colour=navy"))
                    .isTrue();
            await().untilAsserted(() -> assertThat(page(bluePort, "colour")).isEqualTo("navy"));
            assertThat(old.writer().publish(red + ".properties", GROUP, "colour=rust"))
                    .isTrue();
            await().untilAsserted(() -> assertThat(page(redPort, "colour")).isEqualTo("rust"));

            // Of an official client, and of one that lives by beats, for the applications to see.
            current.publisher().register(red, GROUP, Host.of("10.1.2.3", 80));
            old.publisher().register(red, GROUP, Host.of("10.1.2.4", 80));
            await().untilAsserted(
                            () -> assertThat(page(bluePort, "instances/" + red).lines())
                                    .containsExactly("10.1.2.3:80", "10.1.2.4:80", "127.0.0.1:" + redPort));

            blueApp.stop();
            byDatagram.awaitLast("blue has gone", List::isEmpty);
            byConnection.awaitLast("blue has gone", List::isEmpty);
            await().untilAsserted(
                            () -> assertThat(page(redPort, "instances/" + blue)).isEmpty());
        }
    }

    private AppProcess spring(String name) {
        String server = jdk.shared().address();
        return AppProcess.java(
                name,
                "spring",
                "dev.plimsoll.compat.spring.App",
                List.of(
                        "--spring.application.name=" + name,
                        "--server.address=127.0.0.1",
                        "--server.port=0",
                        "--spring.config.import=nacos:" + name + ".properties",
                        "--spring.cloud.nacos.server-addr=" + server,
                        "--spring.cloud.nacos.discovery.ip=127.0.0.1",
                        "--spring.cloud.loadbalancer.cache.enabled=false"));
    }

    private ClientRun run(ClientVersion version) {
        return jdk.servers().run(jdk.home(), version);
    }

    static String page(int port, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/" + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode())
                    .as("%s: %s", path, response.body())
                    .isEqualTo(200);
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
