package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Publish;
import dev.plimsoll.store.Write.Author;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchRoutesTest {
    private static final String CONFIGS = "/nacos/v1/cs/configs";
    private static final String ADMIN = "/nacos/v3/admin/cs/config";
    private static final String CONSOLE = "/nacos/v3/console/cs/config";
    private static final Pattern ID = Pattern.compile("\"id\":\"([0-9]+)\"");
    private static final Pattern DATA_ID = Pattern.compile("\"dataId\":\"([^\"]+)\"");

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

    private static String body(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private void publish(String group, String dataId, String content, String more) {
        assertThat(body(server.send(
                        "POST",
                        CONFIGS,
                        "dataId=" + dataId + "&group=" + group + "&content=" + encoded(content) + more)))
                .isEqualTo("true");
    }

    private static List<String> all(Pattern pattern, String body) {
        return pattern.matcher(body).results().map(found -> found.group(1)).toList();
    }

    private List<String> search(String parameters) {
        return all(DATA_ID, body(server.get(CONFIGS + "?pageNo=1&pageSize=100&" + parameters)));
    }

    private void publishSome() {
        publish("ORDERS", "app.json", "{\"port\": 1}", "&type=json&appName=shop&config_tags=red,blue");
        publish("ORDERS", "app.yaml", "port: 2", "&type=yaml");
        publish("USERS", "app.json", "{\"port\": 3}", "&type=json&config_tags=blue");
        publish("USERS", "other", "x", "&tenant=dev");
    }

    @Test
    void a_page_of_v1_has_the_fields_that_tools_read() {
        publish("G", "a", "line 1\n\"line\" 2 \u6d4b", "&type=properties&appName=app1&encryptedDataKey=k");
        String page = body(server.get(CONFIGS + "?search=accurate&dataId=a&group=G&tenant=&pageNo=1&pageSize=10"));
        String id = all(ID, page).get(0);
        assertThat(page)
                .isEqualTo("{\"totalCount\":1,\"pageNumber\":1,\"pagesAvailable\":1,\"pageItems\":[{\"id\":\"" + id
                        + "\",\"dataId\":\"a\",\"group\":\"G\",\"content\":\"line 1\\u000a\\\"line\\\" 2 \u6d4b\","
                        + "\"md5\":null,\"encryptedDataKey\":\"k\",\"tenant\":\"\",\"appName\":\"app1\","
                        + "\"type\":\"properties\"}]}");
    }

    @Test
    void accurate_is_the_very_name_and_blur_a_pattern() {
        publishSome();
        assertThat(search("search=accurate&dataId=&group=")).containsExactly("app.json", "app.yaml", "app.json");
        assertThat(search("search=accurate&dataId=app.json&group=")).containsExactly("app.json", "app.json");
        assertThat(search("search=accurate&dataId=app.json&group=USERS")).containsExactly("app.json");
        assertThat(search("search=accurate&dataId=app*&group=")).isEmpty();
        assertThat(search("search=blur&dataId=app*&group=")).hasSize(3);
        assertThat(search("search=blur&dataId=app&group=")).isEmpty();
        assertThat(search("search=blur&dataId=*.yaml&group=ORD*S")).containsExactly("app.yaml");
        assertThat(search("search=blur&dataId=app_json&group=")).isEmpty();
        assertThat(search("search=blur&dataId=%25&group=")).isEmpty();
        assertThat(search("search=blur&dataId=*&group=&tenant=dev")).containsExactly("other");
        assertThat(search("search=blur&dataId=*&group=&tenant=none")).isEmpty();
    }

    @Test
    void attributes_and_contents_narrow_it_down() {
        publishSome();
        String any = "search=blur&dataId=*&group=*&";
        assertThat(search(any + "appName=shop")).containsExactly("app.json");
        assertThat(search(any + "config_tags=red")).containsExactly("app.json");
        assertThat(search(any + "config_tags=red,blue")).hasSize(2);
        assertThat(search(any + "types=yaml,text")).containsExactly("app.yaml");
        assertThat(search(any + "config_detail=port")).hasSize(3);
        assertThat(search(any + "config_detail=*port*:%202*")).containsExactly("app.yaml");
        assertThat(search(any + "config_detail=%25")).isEmpty();
    }

    @Test
    void pages_are_in_the_order_of_publishing_and_know_how_many_there_are() {
        IntStream.range(0, 25).forEach(i -> publish("G", "c" + i, "x", ""));
        var seen = new ArrayList<String>();
        for (int page = 1; page <= 4; page++) {
            String found = body(server.get(CONFIGS + "?search=blur&dataId=c*&group=&pageSize=10&pageNo=" + page));
            assertThat(found).contains("\"totalCount\":25,\"pageNumber\":" + page + ",\"pagesAvailable\":3");
            seen.addAll(all(DATA_ID, found));
        }
        assertThat(seen)
                .containsExactlyElementsOf(
                        IntStream.range(0, 25).mapToObj(i -> "c" + i).toList());
    }

    @Test
    void v2_searches_as_v1_does() {
        publishSome();
        String found = body(server.get("/nacos/v2/cs/config/searchDetail?dataId=app*&group=USERS&config_detail=port"
                + "&tenant=&pageNo=1&pageSize=5"));
        assertThat(found).startsWith("{\"totalCount\":1,").contains("\"content\":\"{\\\"port\\\": 3}\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {ADMIN + "/list", CONSOLE + "/list", CONSOLE + "/searchDetail"})
    void v3_lists_without_contents(String path) {
        publishSome();
        assertThat(all(DATA_ID, body(server.get(path)))).containsExactly("app.json", "app.yaml", "app.json");
        assertThat(all(DATA_ID, body(server.get(path + "?namespaceId=dev")))).containsExactly("other");
        assertThat(all(DATA_ID, body(server.get(path + "?dataId=*.json&groupName=U*&search=blur"))))
                .containsExactly("app.json");
        assertThat(body(server.get(path + "?configTags=red&type=json&configDetail=port&pageNo=1&pageSize=1")))
                .matches("\\{\"code\":0,\"message\":\"success\",\"data\":\\{\"totalCount\":1,\"pageNumber\":1,"
                        + "\"pagesAvailable\":1,\"pageItems\":\\[\\{\"id\":\"\\d+\",\"namespaceId\":\"public\","
                        + "\"groupName\":\"ORDERS\",\"dataId\":\"app.json\",\"md5\":\"[0-9a-f]{32}\","
                        + "\"type\":\"json\",\"appName\":\"shop\",\"createTime\":\\d+,\"modifyTime\":\\d+}]}}");
    }

    @Test
    void one_config_is_shown_with_all_its_attributes() {
        publish("G", "a", "k=v", "&type=properties&appName=app1&desc=d&use=u&effect=e&schema=s&config_tags=t1,t2");
        assertThat(body(server.get(CONFIGS + "?show=all&dataId=a&group=G")))
                .matches("\\{\"id\":\"\\d+\",\"dataId\":\"a\",\"group\":\"G\",\"content\":\"k=v\","
                        + "\"md5\":\"[0-9a-f]{32}\",\"encryptedDataKey\":\"\",\"tenant\":\"\",\"appName\":\"app1\","
                        + "\"type\":\"properties\",\"createTime\":\\d+,\"modifyTime\":\\d+,\"createUser\":null,"
                        + "\"createIp\":\"127.0.0.1\",\"desc\":\"d\",\"use\":\"u\",\"effect\":\"e\","
                        + "\"schema\":\"s\",\"configTags\":\"t1,t2\"}");
        assertThat(body(server.get(CONFIGS + "/catalog?dataId=a&group=G")))
                .startsWith("{\"code\":200,\"message\":null,\"data\":{\"createTime\":")
                .endsWith("\"configTags\":\"t1,t2\",\"type\":\"properties\"}}");
        for (String path : List.of(ADMIN, CONSOLE)) {
            assertThat(body(server.get(path + "?dataId=a&groupName=G")))
                    .contains("\"namespaceId\":\"public\"")
                    .contains("\"content\":\"k=v\",\"desc\":\"d\",\"encryptedDataKey\":\"\",\"createUser\":null,"
                            + "\"createIp\":\"127.0.0.1\",\"configTags\":\"t1,t2\"}}");
        }
    }

    @Test
    void one_that_is_missing_is_told_as_the_reference_does() {
        assertThat(body(server.get(CONFIGS + "?show=all&dataId=none&group=G"))).isEmpty();
        assertThat(body(server.get(CONFIGS + "/catalog?dataId=none&group=G")))
                .isEqualTo("{\"code\":200,\"message\":null,\"data\":null}");
        assertThat(body(server.get(CONSOLE + "?dataId=none&groupName=G")))
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":null}");
        var missing = server.get(ADMIN + "?dataId=none&groupName=G");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).contains("\"code\":20004", "Config not exist, please publish Config first.");
    }

    @ParameterizedTest
    @CsvSource({
        CONFIGS + "?delType=ids&, '{\"code\":200,\"message\":null,\"data\":true}'",
        ADMIN + "/batch?, '{\"code\":0,\"message\":\"success\",\"data\":true}'",
        CONSOLE + "/batchDelete?, '{\"code\":0,\"message\":\"success\",\"data\":true}'",
    })
    void many_are_removed_by_their_ids(String path, String answer) {
        publishSome();
        List<String> ids = all(ID, body(server.get(CONFIGS + "?search=blur&dataId=*&group=*&pageNo=1&pageSize=9")));
        assertThat(ids).hasSize(3);
        // The last two are none of ours: nobody has the one, and the other is as long as the reference's are.
        String named = ids.get(0) + "," + ids.get(2) + ",999999,1098641447457918976";
        assertThat(body(server.delete(path + "ids=" + named))).isEqualTo(answer);
        assertThat(search("search=blur&dataId=*&group=*")).containsExactly("app.yaml");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|?search=blur&group=&pageNo=1&pageSize=1|Parameter 'dataId' is missing",
                "GET|?search=blur&dataId=&group=&pageNo=0&pageSize=1|pageNo: 0 (expected: from 1 on)",
                "GET|?search=blur&dataId=&group=&pageNo=1&pageSize=501|pageSize: 501 (expected: 1 to 500)",
                "GET|?search=blur&dataId=&group=&pageNo=x&pageSize=1|For input string: \"x\"",
                "GET|?search=blur&dataId=&group=&pageNo=1|Param 'pageSize' is required.",
                "GET|?search=blur&show=all&dataId=a&group=G&pageNo=1&pageSize=1"
                        + "|search=blur, show=all: two requests in one (expected: one)",
                "DELETE|?delType=ids&ids=1,x|id: 'x' (expected: a number)",
                "DELETE|?delType=ids|Parameter 'ids' is missing",
            })
    void a_wrong_request_is_refused(String method, String parameters, String reason) {
        var refused = server.send(method, CONFIGS + parameters, null);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).isEqualTo(reason);
    }

    @Test
    void what_is_asked_for_is_bounded() {
        for (String parameter : List.of(
                "dataId=" + "a".repeat(257) + "&group=",
                "group=" + "a".repeat(257) + "&dataId=",
                "dataId=&group=&config_detail=" + "a".repeat(1_025),
                "dataId=&group=&config_tags=" + "a,".repeat(17),
                "dataId=&group=&types=" + "a,".repeat(17))) {
            assertThat(server.get(CONFIGS + "?search=blur&pageNo=1&pageSize=1&" + parameter)
                            .statusCode())
                    .as(parameter)
                    .isEqualTo(400);
        }
        assertThat(server.send("DELETE", CONFIGS + "?delType=ids", "ids=" + "1,".repeat(1_001))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void a_page_that_would_hold_too_much_is_refused_and_a_smaller_one_is_not() {
        String large = "0123456789abcde\n".repeat(9 << 16);
        for (int i = 0; i < 5; i++) {
            server.configs
                    .publish(Publish.of(new ConfigKey("", "G", "large" + i), large, "text", new Author("", "")))
                    .toCompletableFuture()
                    .join();
        }
        String search = CONFIGS + "?search=blur&dataId=large*&group=&pageNo=1&pageSize=";
        for (int i = 0; i < 3; i++) {
            var refused = server.get(search + 5);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).startsWith("contents: ").contains("limit: ");
        }
        assertThat(body(server.get(search + 2))).contains("\"totalCount\":5").hasSizeGreaterThan(2 * large.length());
        assertThat(body(server.get(ADMIN + "/list?search=blur&dataId=large*"))).contains("\"totalCount\":5");
    }
}
