package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static dev.plimsoll.http.HttpFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Md5;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigRoutesTest {
    private static final String CONFIGS = "/nacos/v1/cs/configs";
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
    void what_is_published_is_read_at_once() {
        var published = server.post(CONFIGS + "?dataId=a.properties&group=G&content=k%3Dv");
        assertThat(published.statusCode()).isEqualTo(200);
        assertThat(published.body()).isEqualTo("true");
        assertThat(header(published, "Content-Type")).isEqualTo("application/json;charset=UTF-8");

        var read = get("a.properties");
        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(read.body()).isEqualTo("k=v");
        assertThat(header(read, "Content-Type")).isEqualTo("text/plain;charset=UTF-8");
        assertThat(header(read, "Content-MD5")).isEqualTo(md5("k=v"));
        assertThat(header(read, "Config-Type")).isEqualTo("text");
        assertThat(header(read, "Pragma")).isEqualTo("no-cache");
        assertThat(header(read, "Expires")).isEqualTo("Thu, 01 Jan 1970 00:00:00 GMT");
        assertThat(header(read, "Cache-Control")).isEqualTo("no-cache,no-store");
        assertThat(read.headers().firstValue("Encrypted-Data-Key")).isEmpty();
        assertThat(read.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void last_modified_is_the_second_of_the_publish() {
        publish("dated", "x");
        var entry = server.configs.entry(new ConfigKey("", "G", "dated"));
        long millis = Objects.requireNonNull(entry).modifiedMillis();
        String text = header(get("dated"), "Last-Modified");
        assertThat(text).matches("\\w{3}, \\d{2} \\w{3} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT");
        assertThat(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant())
                .isEqualTo(Instant.ofEpochSecond(millis / 1000));
    }

    @Test
    void a_form_body_may_hold_any_content() {
        String content = "snow: \u96ea \ud83d\ude00 100% a+b&c=d\r\n\ttab ";
        var published = server.send("POST", CONFIGS, "dataId=any&group=G&content=" + encoded(content));
        assertThat(published.body()).isEqualTo("true");
        assertThat(get("any").body()).isEqualTo(content);
        assertThat(header(get("any"), "Content-MD5")).isEqualTo(md5(content));
    }

    @Test
    void query_and_form_may_be_mixed_and_the_query_wins() {
        server.send("POST", CONFIGS + "?dataId=mixed&content=query", "group=G&content=form");
        assertThat(get("mixed").body()).isEqualTo("query");
    }

    @Test
    void a_delete_may_bring_a_form() {
        publish("formed", "x");
        assertThat(server.send("DELETE", CONFIGS, "dataId=formed&group=G").body())
                .isEqualTo("true");
        assertThat(get("formed").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "json, application/json;charset=UTF-8, json",
        "xml, application/xml;charset=UTF-8, xml",
        "html, text/html;charset=UTF-8, html",
        "yaml, text/plain;charset=UTF-8, yaml",
        "properties, text/plain;charset=UTF-8, properties",
        "unset, text/plain;charset=UTF-8, unset",
        "exotic, text/plain;charset=UTF-8, text",
        "'', text/plain;charset=UTF-8, text",
    })
    void the_type_decides_on_the_content_type(String given, String contentType, String configType) {
        server.post(CONFIGS + "?dataId=typed&group=G&content=x&type=" + given);
        assertThat(header(get("typed"), "Content-Type")).isEqualTo(contentType);
        assertThat(header(get("typed"), "Config-Type")).isEqualTo(configType);
        assertThat(header(get("typed"), "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(get("typed"), "Content-Security-Policy")).isEqualTo("script-src 'self'");
    }

    @Test
    void five_megabytes_come_back_as_they_went() {
        String content = "0123456789abcde\n".repeat(5 << 16);
        assertThat(server.send("POST", CONFIGS, "dataId=large&group=G&content=" + content.replace("\n", "%0A"))
                        .body())
                .isEqualTo("true");
        assertThat(get("large").body()).isEqualTo(content);
    }

    @Test
    void a_body_beyond_the_limit_is_refused_and_others_are_served() {
        var refused = server.send("POST", CONFIGS, "dataId=huge&group=G&content=" + "x".repeat(11 << 20));
        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(refused.body()).contains("request body", "at most");
        assertThat(get("huge").statusCode()).isEqualTo(404);
    }

    @Test
    void a_content_beyond_the_limit_is_refused_in_the_reference_words() {
        var refused = server.send("POST", CONFIGS, "dataId=huge&group=G&content=" + "x".repeat((10 << 20) + 1));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).isEqualTo("invalid content, over 10485760");
    }

    @Test
    void an_encrypted_content_comes_with_its_key() {
        server.post(CONFIGS + "?dataId=cipher&group=G&content=x&encryptedDataKey=kEy%3D%3D");
        assertThat(header(get("cipher"), "Encrypted-Data-Key")).isEqualTo("kEy==");
    }

    @Test
    void a_key_that_is_no_header_is_refused() {
        var refused = server.post(CONFIGS + "?dataId=cipher2&group=G&content=x&encryptedDataKey=a%0D%0AX-Evil:1");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(get("cipher2").statusCode()).isEqualTo(404);
    }

    @Test
    void what_is_missing_is_not_found() {
        var read = get("nowhere");
        assertThat(read.statusCode()).isEqualTo(404);
        assertThat(read.body()).isEqualTo("config data not exist\n");
        assertThat(header(read, "Content-Type")).isEqualTo("application/json;charset=UTF-8");
    }

    @Test
    void removing_is_true_whether_or_not_it_existed() {
        publish("gone", "x");
        for (int i = 0; i < 2; i++) {
            var removed = server.delete(CONFIGS + "?dataId=gone&group=G");
            assertThat(removed.statusCode()).isEqualTo(200);
            assertThat(removed.body()).isEqualTo("true");
            assertThat(get("gone").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void compare_and_set_holds_the_header_against_what_is_there() {
        publish("cas", "one");
        String other = CONFIGS + "?dataId=cas&group=G&content=two";
        var lost = server.post(other, "casMd5", md5("zero"));
        assertThat(lost.statusCode()).isEqualTo(500);
        assertThat(lost.body()).isEqualTo("Cas publish fail, server md5 may have changed.");
        assertThat(get("cas").body()).isEqualTo("one");

        assertThat(server.post(other, "casMd5", md5("one")).body()).isEqualTo("true");
        assertThat(get("cas").body()).isEqualTo("two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&tenant=", "&tenant=public", "&tenant=PUBLIC", "&tenant=null", "&tenant=%20"})
    void the_public_namespace_has_many_names(String tenant) {
        publish("shared", "of all");
        assertThat(server.get(CONFIGS + "?dataId=shared&group=G" + tenant).body())
                .isEqualTo("of all");
    }

    @Test
    void namespaces_do_not_see_each_other() {
        server.post(CONFIGS + "?dataId=apart&group=G&content=dev&tenant=dev");
        assertThat(get("apart").statusCode()).isEqualTo(404);
        assertThat(server.get(CONFIGS + "?dataId=apart&group=G&tenant=dev").body())
                .isEqualTo("dev");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "group=G&content=x|Parameter 'dataId' is missing",
                "dataId=a&content=x|Parameter 'group' is missing",
                "dataId=a&group=G|Parameter 'content' is missing",
                "dataId=a%20b&group=G&content=x|invalid dataId : a b",
                "dataId=&group=G&content=x|invalid dataId : ",
                "dataId=a&group=G%23&content=x|invalid group : G#",
                "dataId=a&group=G&content=%20|content is blank : a",
                "dataId=a&group=G&content=x&tag=t%201|invalid tag : t 1",
                "dataId=a&group=G&content=x&tag=of-17-characters-|too long tag, over 16",
                "dataId=a&group=G&content=x&betaIps=,|betaIps: 0 addresses (expected: 1 to 1000)",
                "dataId=a&group=G&content=x&betaIps=10.0.0.1%20b|invalid betaIps : 10.0.0.1 b",
                "dataId=a&group=G&content=x&config_tags=1,2,3,4,5,6|too much config_tags, over 5",
                "dataId=%zz&group=G&content=x|percent-encoding: '%zz' (expected: % and two hexadecimal digits)",
                "dataId=a&group=G&content=%4|percent-encoding: '%4' (expected: % and two hexadecimal digits)",
                "dataId=a&group=G&content=%FF|percent-encoding: bytes that are no text (expected: UTF-8)",
                "dataId=a&group=G&content=%C3|percent-encoding: bytes that are no text (expected: UTF-8)",
                "dataId=a&group=G&content=x%ED%A0%80|percent-encoding: bytes that are no text (expected: UTF-8)",
            })
    void a_wrong_publish_is_refused(String parameters, String reason) {
        for (boolean inQuery : new boolean[] {true, false}) {
            var refused = inQuery && !parameters.contains("%z") && !parameters.endsWith("%4")
                    ? server.post(CONFIGS + "?" + parameters)
                    : server.send("POST", CONFIGS, parameters);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body().strip()).isEqualTo(reason == null ? "" : reason.strip());
            assertThat(header(refused, "Content-Type")).isEqualTo("text/plain;charset=UTF-8");
        }
    }

    @Test
    void a_tag_asks_for_that_variant_alone() {
        server.post(CONFIGS + "?dataId=tagged&group=G&content=formal&type=json");
        var read = server.get(CONFIGS + "?dataId=tagged&group=G&tag=t");
        assertThat(read.statusCode()).isEqualTo(404);
        assertThat(read.body()).isEqualTo("config data not exist\n");
        assertThat(header(read, "Config-Type")).isEqualTo("json");
        assertThat(header(read, "Content-Type")).isEqualTo("text/plain;charset=UTF-8");
        assertThat(server.delete(CONFIGS + "?dataId=tagged&group=G&tag=t").body())
                .isEqualTo("true");
        assertThat(get("tagged").body()).isEqualTo("formal");
    }

    @Test
    void the_tag_of_a_client_falls_back_to_the_formal_content() {
        publish("auto", "formal");
        assertThat(server.get(CONFIGS + "?dataId=auto&group=G", "Vipserver-Tag", "t")
                        .body())
                .isEqualTo("formal");
    }

    @Test
    void a_selector_of_another_value_is_no_selector() {
        publish("plain", "x");
        assertThat(server.get(CONFIGS + "?dataId=plain&group=G&search=foo&beta=false")
                        .body())
                .isEqualTo("x");
    }

    @Test
    void the_history_has_the_peers_own_address_and_the_name_it_gave() throws Exception {
        server.post(
                CONFIGS + "?dataId=authored&group=G&content=x&src_user=jane",
                "X-Forwarded-For",
                "6.6.6.6",
                "X-Real-IP",
                "6.6.6.6");
        var history = server.configs
                .archive()
                .history(new ConfigKey("", "G", "authored"), 0, 10)
                .toCompletableFuture()
                .get()
                .changes();
        assertThat(history).hasSize(1);
        assertThat(history.get(0).ip()).isEqualTo("127.0.0.1");
        assertThat(history.get(0).user()).isEqualTo("jane");
    }

    @Test
    void head_is_get_without_the_content() {
        publish("headed", "four");
        var read = server.send("HEAD", CONFIGS + "?dataId=headed&group=G", null);
        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(read.body()).isEmpty();
        assertThat(header(read, "Content-Length")).isEqualTo("4");
    }

    private static void publish(String dataId, String content) {
        assertThat(server.post(CONFIGS + "?dataId=" + dataId + "&group=G&content=" + encoded(content))
                        .body())
                .isEqualTo("true");
    }

    private static HttpResponse<String> get(String dataId) {
        return server.get(CONFIGS + "?dataId=" + dataId + "&group=G");
    }

    private static String md5(String content) {
        return Md5.of(content.getBytes(StandardCharsets.UTF_8));
    }

    // v2 and v3

    @Test
    void v2_publishes_reads_and_removes_in_its_envelope() {
        HttpResponse<String> published = server.send(
                "POST",
                "/nacos/v2/cs/config",
                "dataId=a&group=g&content=" + encoded("say \"h\u00ef\"\n\u0001\\") + "&type=json");
        assertThat(published.statusCode()).isEqualTo(200);
        assertThat(published.body()).isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":true}");
        HttpResponse<String> read = server.get("/nacos/v2/cs/config?dataId=a&group=g&namespaceId=public");
        assertThat(read.body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":\"say \\\"h\u00ef\\\"\\u000a\\u0001\\\\\"}");
        assertThat(header(read, "content-type")).isEqualTo("application/json;charset=UTF-8");
        assertThat(header(read, "config-type")).isEqualTo("json");
        assertThat(server.delete("/nacos/v2/cs/config?dataId=a&group=g").body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":true}");
        HttpResponse<String> gone = server.get("/nacos/v2/cs/config?dataId=a&group=g");
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(gone.body())
                .isEqualTo("{\"code\":20004,\"message\":\"resource not found\",\"data\":\"config data not exist\"}");
    }

    @Test
    void v2_and_v3_name_a_missing_parameter_with_their_own_code() {
        for (String path : List.of("/nacos/v2/cs/config?dataId=a", "/nacos/v3/client/cs/config?dataId=a")) {
            HttpResponse<String> response = server.get(path);
            String group = path.contains("v2") ? "group" : "groupName";
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body())
                    .isEqualTo("{\"code\":10000,\"message\":\"parameter missing\",\"data\":\"Required parameter '"
                            + group + "' type String is not present\"}");
        }
        HttpResponse<String> noContent = server.send("POST", "/nacos/v3/admin/cs/config", "dataId=a&groupName=g");
        assertThat(noContent.statusCode()).isEqualTo(400);
        assertThat(noContent.body()).contains("Required parameter 'content' type String is not present");
    }

    @Test
    void v2_compare_and_set_that_loses_is_a_conflict() {
        server.send("POST", "/nacos/v2/cs/config", "dataId=a&group=g&content=1");
        HttpResponse<String> lost =
                server.send("POST", "/nacos/v2/cs/config", "dataId=a&group=g&content=2", "casMd5", "0");
        assertThat(lost.statusCode()).isEqualTo(500);
        assertThat(lost.body()).contains("\"code\":20005").contains("Cas publish fail, server md5 may have changed.");
    }

    @Test
    void v3_admin_publishes_what_v3_client_reads() {
        server.send("POST", "/nacos/v3/admin/cs/config", "dataId=a&groupName=g&namespaceId=dev&content=v&type=yaml");
        String body = server.get("/nacos/v3/client/cs/config?dataId=a&groupName=g&namespaceId=dev")
                .body();
        assertThat(body)
                .startsWith("{\"code\":0,\"message\":\"success\",\"data\":{\"resultCode\":200,\"errorCode\":0,"
                        + "\"message\":null,\"requestId\":null,\"content\":\"v\",\"encryptedDataKey\":\"\","
                        + "\"contentType\":\"yaml\",\"md5\":\"9e3669d19b675bd57058fd4664205d2a\",\"lastModified\":")
                .endsWith(",\"tag\":null,\"beta\":false,\"success\":true}}");
        server.delete("/nacos/v3/admin/cs/config?dataId=a&groupName=g&namespaceId=dev");
        HttpResponse<String> gone = server.get("/nacos/v3/client/cs/config?dataId=a&groupName=g&namespaceId=dev");
        assertThat(gone.statusCode()).isEqualTo(200);
        assertThat(gone.body()).isEqualTo("{\"code\":20004,\"message\":\"resource not found\",\"data\":null}");
    }
}
