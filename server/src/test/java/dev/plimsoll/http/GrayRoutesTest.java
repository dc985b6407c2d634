package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static dev.plimsoll.http.HttpFixture.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.config.Md5;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Beta and tag versions by HTTP. The tests' own address is 127.0.0.1. */
class GrayRoutesTest {
    private static final String V1 = "/nacos/v1/cs/configs?tenant=dev&group=G&dataId=";
    private static final String V2 = "/nacos/v2/cs/config?namespaceId=dev&group=G&dataId=";
    private static final String V3 = "/nacos/v3/admin/cs/config?namespaceId=dev&groupName=G&dataId=";
    private static final String V3_CLIENT = "/nacos/v3/client/cs/config?namespaceId=dev&groupName=G&dataId=";
    private static final String V3_BETA = "/nacos/v3/admin/cs/config/beta?namespaceId=dev&groupName=G&dataId=";
    private static final String OURS = "10.9.9.9, 127.0.0.1";
    private static final String OTHERS = "10.9.9.9";

    private static HttpFixture server;

    @BeforeAll
    static void start(@TempDir Path data) {
        server = new HttpFixture(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void a_beta_version_is_read_from_the_addresses_it_is_for_until_it_is_stopped() {
        publish("a", "formal");
        assertThat(server.post(V1 + "a&content=beta&type=json", "betaIps", OURS).body())
                .isEqualTo("true");

        var read = server.get(V1 + "a");
        assertThat(read.body()).isEqualTo("beta");
        assertThat(header(read, "isBeta")).isEqualTo("true");
        assertThat(header(read, "Content-MD5")).isEqualTo(md5("beta"));
        assertThat(header(read, "Config-Type")).isEqualTo("json");
        var v2 = server.get(V2 + "a");
        assertThat(v2.body()).isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":\"beta\"}");
        assertThat(header(v2, "isBeta")).isEqualTo("true");
        assertThat(server.get(V3_CLIENT + "a").body())
                .contains("\"content\":\"beta\"")
                .contains("\"beta\":true");

        assertThat(server.delete(V1 + "a&beta=true").body())
                .isEqualTo("{\"code\":200,\"message\":\"stop beta ok\",\"data\":true}");
        var formal = server.get(V1 + "a");
        assertThat(formal.body()).isEqualTo("formal");
        assertThat(formal.headers().firstValue("isBeta")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({V1 + ", false", V1 + ", true", V2 + ", false", V2 + ", true", V3 + ", false", V3 + ", true"})
    void beta_for_others_is_published_by_every_interface_and_not_seen_here(String path, boolean asParameter) {
        String id = "others-" + path.length() + asParameter;
        publish(id, "formal");
        var published = asParameter
                ? server.post(path + id + "&content=beta&betaIps=" + OTHERS)
                : server.post(path + id + "&content=beta", "betaIps", OTHERS);
        assertThat(published.statusCode()).as(published.body()).isEqualTo(200);
        assertThat(server.get(V1 + id).body()).isEqualTo("formal");
        assertThat(server.get(V1 + id + "&beta=true").body()).contains("\"betaIps\":\"" + OTHERS + "\"");
    }

    @Test
    void the_address_is_that_of_the_peer_whatever_it_says() {
        publish("forwarded", "formal");
        server.post(V1 + "forwarded&content=beta", "betaIps", OTHERS);
        assertThat(server.get(V1 + "forwarded", "X-Forwarded-For", OTHERS).body())
                .isEqualTo("formal");
    }

    @Test
    void beta_is_shown_with_its_addresses_by_v1_and_v3() {
        server.post(V1 + "shown&content=" + encoded("\"ä\"\n") + "&type=yaml&appName=shop", "betaIps", OURS);
        assertThat(server.get(V1 + "shown&beta=true").body())
                .matches("\\{\"code\":200,\"message\":\"query beta ok\",\"data\":\\{\"id\":\"\\d+\","
                        + "\"dataId\":\"shown\",\"group\":\"G\",\"content\":\"\\\\\"ä\\\\\"\\\\u000a\",\"md5\":\""
                        + md5("\"ä\"\n")
                        + "\",\"encryptedDataKey\":\"\",\"tenant\":\"dev\",\"appName\":\"shop\",\"type\":\"yaml\","
                        + "\"betaIps\":\"10.9.9.9,127.0.0.1\",\"lastModified\":\\d{13}}}");
        assertThat(server.get(V3_BETA + "shown").body())
                .contains("\"namespaceId\":\"dev\",\"groupName\":\"G\",\"dataId\":\"shown\"")
                .contains(
                        "\"grayName\":\"beta\",\"grayRule\":\"{\\\"type\\\":\\\"beta\\\",\\\"version\\\":\\\"1.0.0\\\","
                                + "\\\"expr\\\":\\\"10.9.9.9,127.0.0.1\\\",\\\"priority\\\":2147483647}\"")
                .contains("\"createIp\":\"127.0.0.1\"");

        assertThat(server.get(V1 + "none&beta=true").body())
                .isEqualTo("{\"code\":200,\"message\":\"query beta ok\",\"data\":null}");
        assertThat(server.delete(V1 + "none&beta=true").body())
                .isEqualTo("{\"code\":200,\"message\":\"stop beta ok\",\"data\":true}");
        var none = server.get(V3_BETA + "none");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body())
                .isEqualTo("{\"code\":20004,\"message\":\"resource not found\",\"data\":\"Config is not in beta.\"}");
        assertThat(server.get(V3_BETA.replace("admin", "console") + "none").body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":null}");
    }

    @Test
    void v3_stops_beta_and_says_when_there_was_none() {
        server.post(V3 + "stopped&content=x", "betaIps", OURS);
        assertThat(server.delete(V3_BETA + "stopped").body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":true}");
        var again = server.delete(V3_BETA + "stopped");
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo("{\"code\":30000,\"message\":\"remove beta data error\",\"data\":false}");
        assertThat(server.get(V1 + "stopped").statusCode()).isEqualTo(404);
    }

    @Test
    void a_tag_version_is_read_by_those_with_the_tag_and_by_who_asks_for_it() {
        publish("tagged", "formal");
        assertThat(server.post(V1 + "tagged&content=blue&tag=blue").body()).isEqualTo("true");

        var automatic = server.get(V1 + "tagged", "Vipserver-Tag", "blue");
        assertThat(automatic.body()).isEqualTo("blue");
        assertThat(header(automatic, "Vipserver-Tag")).isEqualTo("blue");
        assertThat(header(automatic, "tag")).isEqualTo("blue");
        assertThat(server.get(V1 + "tagged&tag=blue").body()).isEqualTo("blue");
        assertThat(server.get(V2 + "tagged&tag=blue").body()).contains("\"data\":\"blue\"");
        assertThat(server.get(V1 + "tagged", "Vipserver-Tag", "green").body()).isEqualTo("formal");
        assertThat(server.get(V1 + "tagged").body()).isEqualTo("formal");
        assertThat(server.get(V1 + "tagged&tag=green").statusCode()).isEqualTo(404);
        assertThat(server.get(V2 + "tagged&tag=green").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({V1 + ", blue", V2 + ", blue", V3 + ", tag_blue", V1 + ", tag_blue"})
    void only_the_version_of_a_tag_is_removed_by_its_tag_or_its_name(String path, String tag) {
        publish("untagged", "formal");
        server.post(V1 + "untagged&content=blue&tag=blue");
        server.post(V1 + "untagged&content=green&tag=green");
        assertThat(server.delete(path + "untagged&tag=" + tag).statusCode()).isEqualTo(200);
        assertThat(server.get(V1 + "untagged&tag=blue").statusCode()).isEqualTo(404);
        assertThat(server.get(V1 + "untagged&tag=green").body()).isEqualTo("green");
        assertThat(server.get(V1 + "untagged").body()).isEqualTo("formal");
        server.delete(V1 + "untagged");
        assertThat(server.get(V1 + "untagged&tag=green").body()).isEqualTo("green");
    }

    @Test
    void a_poll_ends_when_beta_changes_what_its_client_sees_and_not_for_that_of_others() {
        publish("polled", "formal");
        publish("other", "formal");
        var answer = CompletableFuture.supplyAsync(() -> listen("polled", "formal", "other", "formal"));
        await().until(() -> server.listeners.held() > 0);
        server.post(V1 + "other&content=beta", "betaIps", OTHERS);
        server.post(V1 + "other&content=tagged&tag=t");
        server.post(V1 + "polled&content=beta", "betaIps", OURS);
        assertThat(answer.join().body()).isEqualTo("polled%02G%02dev%01\n");

        // and after it the client's own content is what it is compared with
        assertThat(listen("polled", "formal", "other", "formal").body()).isEqualTo("polled%02G%02dev%01\n");
        var stopped = CompletableFuture.supplyAsync(() -> listen("polled", "beta", "other", "formal"));
        await().until(() -> server.listeners.held() > 0);
        server.delete(V1 + "polled&beta=true");
        assertThat(stopped.join().body()).isEqualTo("polled%02G%02dev%01\n");
    }

    @Test
    void a_poll_of_a_tagged_client_ends_when_its_version_is_published() {
        publish("polled-by-tag", "formal");
        var answer =
                CompletableFuture.supplyAsync(() -> listen("polled-by-tag", "formal", "x", null, "Vipserver-Tag", "t"));
        await().until(() -> server.listeners.held() > 0);
        server.post(V1 + "polled-by-tag&content=tagged&tag=t");
        assertThat(answer.join().body()).isEqualTo("polled-by-tag%02G%02dev%01\n");
    }

    @Test
    void a_lost_compare_and_set_of_a_beta_version_is_said() {
        server.post(V1 + "cas&content=one", "betaIps", OURS);
        var lost = server.post(V1 + "cas&content=two", "betaIps", OURS, "casMd5", md5("zero"));
        assertThat(lost.statusCode()).isEqualTo(500);
        assertThat(lost.body()).isEqualTo("Cas publish gray config fail, server md5 may have changed.");
        assertThat(server.post(V1 + "cas&content=two", "betaIps", OURS, "casMd5", md5("one"))
                        .body())
                .isEqualTo("true");
        assertThat(server.get(V1 + "cas").body()).isEqualTo("two");
    }

    @Test
    void one_version_too_many_has_a_code_of_its_own() {
        for (int i = 0; i < 10; i++) {
            server.post(V1 + "many&content=x&tag=t" + i);
        }
        var refused = server.post(V3 + "many&content=x&tag=t10");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .isEqualTo("{\"code\":20010,\"message\":\"config gray version version over max count\","
                        + "\"data\":\"gray config version is over max count :10\"}");
        assertThat(server.post(V1 + "many&content=y&tag=t9").body()).isEqualTo("true");
    }

    private static void publish(String dataId, String content) {
        assertThat(server.post(V1 + dataId + "&content=" + content).body()).isEqualTo("true");
    }

    private static HttpResponse<String> listen(
            String first, String firstHeld, String second, @Nullable String secondHeld, String... header) {
        String records = record(first, firstHeld) + record(second, secondHeld);
        String[] headers = new String[header.length + 2];
        System.arraycopy(header, 0, headers, 0, header.length);
        headers[header.length] = "Long-Pulling-Timeout";
        headers[header.length + 1] = "30000";
        return server.send(
                "POST", "/nacos/v1/cs/configs/listener", "Listening-Configs=" + encoded(encoded(records)), headers);
    }

    private static String record(String dataId, @Nullable String held) {
        return dataId + "\2G\2" + (held == null ? "" : md5(held)) + "\2dev\1";
    }

    private static String md5(String content) {
        return Md5.of(content.getBytes(StandardCharsets.UTF_8));
    }
}
