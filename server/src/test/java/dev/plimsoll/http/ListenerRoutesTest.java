package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static dev.plimsoll.http.HttpFixture.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol's rules for listening by HTTP, as 1.x clients rely on them. */
class ListenerRoutesTest {
    private static final String LISTENER = "/nacos/v1/cs/configs/listener";
    private static final String WAIT = "Long-Pulling-Timeout";
    /** What a poll of one key is charged, and somewhat less. */
    private static final long HELD_AT_LEAST = 352;

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

    @Test
    void a_poll_is_held_until_a_key_changes_and_answered_with_that_key_in_the_encoded_form() {
        var answer = CompletableFuture.supplyAsync(
                () -> listen(record("app.yaml", "g", "") + record("b", "g", ""), WAIT, "30000"));
        await().until(() -> server.listeners.held() > 0);
        publish("b", "g", "", "1");
        HttpResponse<String> response = answer.join();
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("b%02g%01\n");
        assertThat(header(response, "content-type")).isEqualTo("application/json;charset=UTF-8");
        assertThat(header(response, "pragma")).isEqualTo("no-cache");
        assertThat(header(response, "cache-control")).isEqualTo("no-cache,no-store");
        assertThat(header(response, "expires")).isEqualTo("Thu, 01 Jan 1970 00:00:00 GMT");
        await().until(() -> server.listeners.held() == 0);
        assertThat(server.requests.held()).isZero();
    }

    @Test
    void while_a_poll_is_held_it_counts_as_no_request_under_way() {
        var answer = CompletableFuture.supplyAsync(() -> listen(record("a", "g", ""), WAIT, "30000"));
        await().until(() -> server.listeners.held() > 0);
        await().until(() -> server.requests.held() == 0);
        publish("a", "g", "", "1");
        assertThat(answer.join().body()).isEqualTo("a%02g%01\n");
    }

    @Test
    void what_differs_is_answered_at_once_all_of_it_with_the_tenant_as_it_was_sent() {
        publish("a", "g", "", "1");
        publish("b", "g", "dev", "2");
        assertThat(listen(
                                record("a", "g", "")
                                        + record("b", "g", "", "dev")
                                        + record("a", "g", "", "public")
                                        + record("none", "g", ""),
                                WAIT,
                                "30000")
                        .body())
                .isEqualTo("a%02g%02public%01b%02g%02dev%01a%02g%02public%01\n");
    }

    @Test
    void an_empty_tenant_word_is_answered_without_tenant() {
        publish("a", "g", "", "1");
        assertThat(listen(record("a", "g", "", ""), WAIT, "30000").body()).isEqualTo("a%02g%01\n");
    }

    @Test
    void the_md5_that_is_published_and_the_absence_of_a_config_are_no_change() {
        publish("a", "g", "", "1");
        String md5 = header(server.get("/nacos/v1/cs/configs?dataId=a&group=g"), "content-md5");
        HttpResponse<String> response = listen(
                record("a", "g", md5) + record("none", "g", ""),
                WAIT,
                "30000",
                "Long-Pulling-Timeout-No-Hangup",
                "true");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(header(response, "cache-control")).isEqualTo("(none)");
    }

    @Test
    void removal_is_a_change() {
        publish("a", "g", "", "1");
        String md5 = header(server.get("/nacos/v1/cs/configs?dataId=a&group=g"), "content-md5");
        var answer = CompletableFuture.supplyAsync(() -> listen(record("a", "g", md5), WAIT, "30000"));
        await().until(() -> server.listeners.held() > 0);
        server.delete("/nacos/v1/cs/configs?dataId=a&group=g");
        assertThat(answer.join().body()).isEqualTo("a%02g%01\n");
    }

    @Test
    void the_records_may_come_in_the_query_too() {
        publish("a", "g", "", "1");
        assertThat(server.post(LISTENER + "?Listening-Configs=" + encoded(record("a", "g", "")), WAIT, "30000")
                        .body())
                .isEqualTo("a%02g%01\n");
    }

    @Test
    void records_encoded_twice_are_decoded_twice() {
        publish("a", "g", "", "1");
        assertThat(listen(encoded(record("a", "g", "")), WAIT, "30000").body()).isEqualTo("a%02g%01\n");
    }

    @Test
    void text_after_the_last_record_is_ignored_and_no_record_at_all_is_no_change() {
        publish("a", "g", "", "1");
        assertThat(listen(record("a", "g", "") + "abc", WAIT, "30000").body()).isEqualTo("a%02g%01\n");
        HttpResponse<String> none = listen("abc", WAIT, "30000", "Long-Pulling-Timeout-No-Hangup", "true");
        assertThat(none.statusCode()).isEqualTo(200);
        assertThat(none.body()).isEmpty();
    }

    @Test
    void what_is_no_list_of_records_is_refused_in_the_references_words() {
        var tooMany = new StringBuilder();
        for (int i = 0; i <= ListeningConfigs.MAX_RECORDS; i++) {
            tooMany.append(record("d" + i, "g", ""));
        }
        for (String wrong :
                List.of("", " ", "a\u0002g\u0001", "a\u0002g\u0002m\u0002t\u0002x\u0001", "%zz", tooMany.toString())) {
            HttpResponse<String> response = listen(wrong, WAIT, "30000");
            assertThat(response.statusCode())
                    .as(wrong.substring(0, Math.min(20, wrong.length())))
                    .isEqualTo(400);
            assertThat(response.body()).isEqualTo("invalid probeModify");
        }
        HttpResponse<String> badName = listen(record("no/slash", "g", ""), WAIT, "30000");
        assertThat(badName.statusCode()).isEqualTo(400);
        assertThat(badName.body()).isEqualTo("invalid dataId : no/slash");
        assertThat(server.listeners.held()).isZero();
    }

    @Test
    void who_does_not_wait_is_answered_in_headers_if_it_is_old_enough_to_read_them() {
        publish("a", "g", "dev", "1");
        HttpResponse<String> old = listen(record("a", "g", "", "dev"), "Client-Version", "2.0.3");
        assertThat(header(old, "probe-modify-response")).isEqualTo("a:g;");
        assertThat(header(old, "probe-modify-response-new")).isEqualTo("a%02g%02dev%01");
        assertThat(old.body()).isEmpty();
        HttpResponse<String> young = listen(record("a", "g", "", "dev"), "Client-Version", "2.0.4");
        assertThat(header(young, "probe-modify-response")).isEqualTo("(none)");
        assertThat(young.statusCode()).isEqualTo(200);
    }

    @Test
    void a_peer_that_goes_away_frees_its_poll() throws IOException {
        var peers = new ArrayList<Socket>();
        for (int i = 0; i < 20; i++) {
            String form = "Listening-Configs=" + encoded(record("d" + i, "g", ""));
            var peer = new Socket(InetAddress.getLoopbackAddress(), server.port());
            peer.getOutputStream()
                    .write(("POST " + LISTENER + " HTTP/1.1\r\nHost: x\r\n" + WAIT + ": 30000\r\n"
                                    + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                                    + form.length() + "\r\n\r\n" + form)
                            .getBytes(StandardCharsets.US_ASCII));
            peers.add(peer);
        }
        long each = HELD_AT_LEAST;
        await().until(() -> server.listeners.held() >= 20 * each);
        for (Socket peer : peers) {
            peer.close();
        }
        await().until(() -> server.listeners.held() == 0);
    }

    private HttpResponse<String> listen(String records, String... headers) {
        return server.send("POST", LISTENER, "Listening-Configs=" + encoded(records), headers);
    }

    private void publish(String dataId, String group, String tenant, String content) {
        HttpResponse<String> published = server.send(
                "POST",
                "/nacos/v1/cs/configs",
                "dataId=" + dataId + "&group=" + group + "&tenant=" + tenant + "&content=" + content);
        assertThat(published.body()).isEqualTo("true");
    }

    private static String record(String dataId, String group, String md5) {
        return dataId + "\u0002" + group + "\u0002" + md5 + "\u0001";
    }

    private static String record(String dataId, String group, String md5, String tenant) {
        return dataId + "\u0002" + group + "\u0002" + md5 + "\u0002" + tenant + "\u0001";
    }
}
