package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.config.Caller;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Md5;
import dev.plimsoll.config.Watch;
import dev.plimsoll.config.Watcher;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatcherRoutesTest {
    private static final String OF_CONFIG = "/nacos/v1/cs/configs/listener?group=G&dataId=";
    private static final String OF_ADDRESS = "/nacos/v1/cs/listener?ip=";
    private static final String MD5 = Md5.of("x".getBytes(StandardCharsets.UTF_8));
    private static final ConfigKey A = new ConfigKey("", "G", "a");
    private static final ConfigKey B = new ConfigKey("dev", "G", "b");

    @TempDir
    Path data;

    private HttpFixture server;

    @BeforeEach
    void start() {
        server = new HttpFixture(data);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private record Listener(Caller caller) implements Watcher {
        @Override
        public boolean closed() {
            return false;
        }

        // By identity, as sessions are.
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private Listener listen(String ip, String md5, ConfigKey... keys) {
        var listener = new Listener(new Caller(ip, ""));
        listen(listener, md5, keys);
        return listener;
    }

    private void listen(Listener listener, String md5, ConfigKey... keys) {
        var watches = new ArrayList<Watch>();
        for (ConfigKey key : keys) {
            watches.add(new Watch(key, md5));
        }
        server.configs.listen(listener, watches).toCompletableFuture().join();
    }

    private static String body(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    @Test
    void a_config_shows_who_listens_to_it_and_what_each_holds() {
        listen("10.0.0.1", MD5, A);
        listen("10.0.0.2", "", A, B);
        assertThat(body(server.get(OF_CONFIG + "a")))
                .isEqualTo("{\"collectStatus\":200,\"lisentersGroupkeyStatus\":{\"10.0.0.1\":\"" + MD5
                        + "\",\"10.0.0.2\":\"\"}}");
        assertThat(body(server.get("/nacos/v1/cs/communication/configWatchers?group=G&tenant=dev&dataId=b")))
                .isEqualTo("{\"lisentersGroupkeyStatus\":{\"10.0.0.2\":\"\"}}");
        assertThat(body(server.get(OF_CONFIG + "none"))).endsWith("\"lisentersGroupkeyStatus\":{}}");
        for (String base : List.of("/nacos/v3/admin/cs/config", "/nacos/v3/console/cs/config")) {
            assertThat(body(server.get(base + "/listener?dataId=b&groupName=G&namespaceId=dev")))
                    .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":{\"queryType\":\"config\","
                            + "\"listenersStatus\":{\"10.0.0.2\":\"\"}}}");
        }
    }

    @Test
    void an_address_shows_what_is_listened_to_from_there() {
        listen("10.0.0.1", MD5, A, B);
        listen("10.0.0.2", MD5, A);
        assertThat(body(server.get(OF_ADDRESS + "10.0.0.1")))
                .isEqualTo("{\"collectStatus\":200,\"lisentersGroupkeyStatus\":{\"a+G\":\"" + MD5 + "\"}}");
        assertThat(body(server.get(OF_ADDRESS + "10.0.0.1&tenant=dev"))).contains("\"a+G\"", "\"b+G+dev\"");
        assertThat(body(server.get(OF_ADDRESS + "10.0.0.1&all=true"))).contains("\"a+G\"", "\"b+G+dev\"");
        assertThat(body(server.get(OF_ADDRESS + "10.0.0.2&all=true")))
                .contains("\"a+G\"")
                .doesNotContain("\"b+");
        assertThat(body(server.get(OF_ADDRESS + "10.0.0.3&all=true"))).contains("{}");
        assertThat(body(server.get("/nacos/v3/admin/cs/listener?ip=10.0.0.1&all=true")))
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":{\"queryType\":\"ip\",\"listenersStatus\":{"
                        + "\"a+G+public\":\"" + MD5 + "\",\"b+G+dev\":\"" + MD5 + "\"}}}");
        assertThat(body(server.get("/nacos/v3/console/cs/config/listener/ip?ip=10.0.0.1&namespaceId=dev")))
                .contains("b+G+dev");
    }

    @Test
    void what_was_held_is_what_the_listener_said_last() {
        Listener listener = listen("10.0.0.1", "", A);
        listen(listener, MD5, A);
        assertThat(body(server.get(OF_CONFIG + "a"))).contains(MD5);
        listen(listener, "no md5 at all".repeat(1_000), A);
        assertThat(body(server.get(OF_CONFIG + "a"))).contains("\"10.0.0.1\":\"\"");
        listen(listener, "z".repeat(32), A);
        assertThat(body(server.get(OF_CONFIG + "a"))).contains("\"10.0.0.1\":\"\"");
        server.configs.forget(listener);
        assertThat(body(server.get(OF_CONFIG + "a"))).contains("{}");
        assertThat(server.listeners.held()).isZero();
    }

    @Test
    void a_long_poll_is_a_listener_as_long_as_it_waits() {
        server.post("/nacos/v1/cs/configs?dataId=a&group=G&content=x");
        CompletableFuture<HttpResponse<String>> poll = CompletableFuture.supplyAsync(() -> server.send(
                "POST",
                "/nacos/v1/cs/configs/listener",
                "Listening-Configs=a%02G%02" + MD5 + "%01",
                "Long-Pulling-Timeout",
                "30000"));
        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> server.get(OF_CONFIG + "a").body().contains("{\"127.0.0.1\":\"" + MD5 + "\"}"));
        server.post("/nacos/v1/cs/configs?dataId=a&group=G&content=y");
        assertThat(body(poll.join())).contains("a%02G%01");
        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> server.get(OF_CONFIG + "a").body().contains("{}"));
    }

    @Test
    void a_name_from_outside_is_quoted() {
        listen("\"},\"x\":{\"", MD5, A);
        assertThat(body(server.get(OF_CONFIG + "a"))).contains("{\"\\\"},\\\"x\\\":{\\\"\":\"" + MD5 + "\"}");
    }

    @Test
    void an_answer_is_bounded_however_many_listen() {
        for (int i = 0; i < 10_050; i++) {
            listen("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255), MD5, A);
        }
        assertThat(body(server.get(OF_CONFIG + "a")).split(MD5, -1)).hasSize(10_001);
    }

    @Test
    void missing_parameters_are_refused() {
        assertThat(server.get("/nacos/v1/cs/configs/listener?group=G").statusCode())
                .isEqualTo(400);
        assertThat(server.get("/nacos/v1/cs/listener").body()).isEqualTo("Parameter 'ip' is missing");
        assertThat(server.get("/nacos/v3/admin/cs/listener").body())
                .contains("\"code\":10000", "Required parameter 'ip' type String is not present");
    }
}
