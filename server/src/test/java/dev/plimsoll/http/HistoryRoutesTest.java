package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Md5;
import dev.plimsoll.config.Publish;
import dev.plimsoll.store.HistoryEntry;
import dev.plimsoll.store.Write.Author;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryRoutesTest {
    private static final String CONFIGS = "/nacos/v1/cs/configs";
    private static final String V1 = "/nacos/v1/cs/history";
    private static final String V2 = "/nacos/v2/cs/history";
    private static final String V3 = "/nacos/v3/admin/cs/history";
    private static final String ISO = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\+00:00";

    private static final Author OLGA = new Author("olga", "10.0.0.99");

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
    void v1_lists_changes_newest_first_without_contents() {
        server.post(CONFIGS + "?dataId=listed&group=G&content=one&appName=shop&src_user=jane");
        server.post(CONFIGS + "?dataId=listed&group=G&content=two");
        server.delete(CONFIGS + "?dataId=listed&group=G");

        var list = server.get(V1 + "?search=accurate&dataId=listed&group=G&pageNo=1&pageSize=2");
        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(header(list, "Content-Type")).isEqualTo("application/json;charset=UTF-8");
        assertThat(list.body())
                .matches("\\{\"totalCount\":3,\"pageNumber\":1,\"pagesAvailable\":2,\"pageItems\":\\["
                        + item("D", "two", "") + "," + item("U", "one", "") + "\\]}");
        assertThat(server.get(V1 + "?search=accurate&dataId=listed&group=G&pageNo=2&pageSize=2")
                        .body())
                .matches("\\{\"totalCount\":3,\"pageNumber\":2,\"pagesAvailable\":2,\"pageItems\":\\["
                        + item("I", "one", "jane") + "\\]}");
        assertThat(server.get(V1 + "?search=accurate&dataId=none&group=G").body())
                .isEqualTo("{\"totalCount\":0,\"pageNumber\":1,\"pagesAvailable\":0,\"pageItems\":[]}");
    }

    private static String item(String operation, String content, String user) {
        return "\\{\"id\":\"\\d+\",\"lastId\":-1,\"dataId\":\"listed\",\"group\":\"G\",\"tenant\":\"\","
                + "\"appName\":\"shop\",\"md5\":\"" + md5(content) + "\",\"content\":null,\"srcIp\":\"127.0.0.1\","
                + "\"srcUser\":\"" + user + "\",\"opType\":\"" + operation + "\",\"createdTime\":\"" + ISO
                + "\",\"lastModifiedTime\":\"" + ISO
                + "\",\"encryptedDataKey\":null,\"publishType\":\"formal\",\"grayName\":\"\"}";
    }

    @Test
    void a_change_is_shown_with_the_content_it_replaced() {
        server.post(CONFIGS + "?tenant=dev&dataId=shown&group=G&content=one&type=json&desc=d&config_tags=a,b");
        server.post(CONFIGS + "?tenant=dev&dataId=shown&group=G&content=two");
        long id = changes("dev", "shown").get(0).id();

        assertThat(server.get(V1 + "?nid=" + id + "&tenant=dev&dataId=shown&group=G")
                        .body())
                .contains("\"id\":\"" + id + "\"")
                .contains("\"tenant\":\"dev\"")
                .contains("\"opType\":\"U\"")
                .contains("\"content\":\"one\"")
                .contains("\"encryptedDataKey\":\"\"");
        assertThat(server.get(V2 + "?nid=" + id + "&namespaceId=dev&dataId=shown&group=G")
                        .body())
                .startsWith("{\"code\":0,\"message\":\"success\",\"data\":{\"id\":\"" + id + "\"")
                .contains("\"content\":\"one\"");
        assertThat(server.get(V3 + "?nid=" + id + "&namespaceId=dev&dataId=shown&groupName=G")
                        .body())
                .startsWith(
                        "{\"code\":0,\"message\":\"success\",\"data\":{\"id\":\"" + id + "\",\"namespaceId\":\"dev\"")
                .contains("\"type\":\"json\"")
                .contains("\"content\":\"one\"")
                .contains("\\\"config_tags\\\":\\\"a,b\\\"")
                .contains("\\\"c_desc\\\":\\\"d\\\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                V1 + "?tenant=dev&group=G&dataId=stranger&nid=",
                V1 + "?tenant=other&group=G&dataId=mine&nid=",
                V1 + "?group=G&dataId=mine&nid=",
                V1 + "?tenant=dev&group=H&dataId=mine&nid=",
                V2 + "?namespaceId=other&group=G&dataId=mine&nid=",
                V3 + "?namespaceId=dev&groupName=G&dataId=stranger&nid=",
                "/nacos/v3/console/cs/history?namespaceId=other&groupName=G&dataId=mine&nid=",
            })
    void a_change_is_shown_to_nobody_who_names_another_config(String path) {
        server.post(CONFIGS + "?tenant=dev&dataId=mine&group=G&content=secret");
        server.post(CONFIGS + "?tenant=dev&dataId=stranger&group=G&content=mine");
        var refused = server.get(path + changes("dev", "mine").get(0).id());
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body())
                .isEqualTo(
                        path.startsWith(V1)
                                ? "Please check dataId, group or namespaceId."
                                : "{\"code\":10001,\"message\":\"access denied\","
                                        + "\"data\":\"Please check dataId, group or namespaceId.\"}");
    }

    @Test
    void what_is_not_there_is_nothing_in_v1_null_in_v2_and_not_found_in_v3() {
        var v1 = server.get(V1 + "?nid=999999&dataId=a&group=G");
        assertThat(v1.statusCode()).isEqualTo(200);
        assertThat(v1.body()).isEmpty();
        assertThat(server.get(V1 + "/previous?id=999999&dataId=a&group=G").body())
                .isEmpty();
        assertThat(server.get(V2 + "?nid=999999&dataId=a&group=G").body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":null}");
        var v3 = server.get(V3 + "?nid=999999&dataId=a&groupName=G");
        assertThat(v3.statusCode()).isEqualTo(404);
        assertThat(v3.body())
                .isEqualTo("{\"code\":20004,\"message\":\"resource not found\","
                        + "\"data\":\"certain config history for nid = 999999 not exist\"}");
    }

    @Test
    void the_previous_state_is_found_by_the_id_of_the_config() {
        for (String content : List.of("one", "two", "three")) {
            server.post(CONFIGS + "?dataId=previous&group=G&content=" + content);
        }
        server.post(CONFIGS + "?dataId=previous&group=G&content=gray&tag=t");
        server.post(CONFIGS + "?dataId=previous&group=G&content=grayer&tag=t");
        long configId = changes("", "previous").stream()
                .filter(change -> change.operation() == 'U' && change.grayName().isEmpty())
                .findFirst()
                .orElseThrow()
                .configId();
        assertThat(server.get(V1 + "/previous?id=" + configId + "&dataId=previous&group=G")
                        .body())
                .contains("\"content\":\"two\"");
        assertThat(server.get(V2 + "/previous?id=" + configId + "&dataId=previous&group=G")
                        .body())
                .contains("\"content\":\"two\"");
        assertThat(server.get(V3 + "/previous?id=" + configId + "&dataId=previous&groupName=G")
                        .body())
                .contains("\"content\":\"two\"");
        assertThat(server.get(V1 + "/previous?id=" + configId + "&dataId=other&group=G")
                        .body())
                .as("the id of another config")
                .isEmpty();
    }

    @Test
    void v3_tells_gray_changes_from_formal_ones() {
        server.post(CONFIGS + "?dataId=gray&group=G&content=formal");
        server.post(CONFIGS + "?dataId=gray&group=G&content=beta", "betaIps", "10.0.0.1");
        assertThat(server.get(V3 + "/list?dataId=gray&groupName=G").body())
                .matches("\\{\"code\":0,\"message\":\"success\",\"data\":\\{\"totalCount\":2,\"pageNumber\":1,"
                        + "\"pagesAvailable\":1,\"pageItems\":\\[\\{[^}]*\"publishType\":\"gray\","
                        + "\"grayName\":\"beta\"},\\{[^}]*\"publishType\":\"formal\",\"grayName\":\"\"}\\]}}");
    }

    @Test
    void the_configs_of_a_namespace_are_listed_and_no_others() {
        server.post(CONFIGS + "?tenant=listing&dataId=a&group=G&content=x&type=json&appName=shop");
        server.post(CONFIGS + "?tenant=listing&dataId=b&group=G&content=x");
        server.post(CONFIGS + "?tenant=listing&dataId=c&group=G&content=x", "betaIps", "10.0.0.1");
        server.post(CONFIGS + "?tenant=other&dataId=d&group=G&content=x");
        String first = "\\{\"id\":\"\\d+\",\"dataId\":\"a\",\"group\":\"G\",\"content\":null,\"md5\":null,"
                + "\"encryptedDataKey\":null,\"tenant\":\"listing\",\"appName\":\"shop\",\"type\":\"json\","
                + "\"lastModified\":\\d{13}}";
        assertThat(server.get(V1 + "/configs?tenant=listing").body())
                .matches("\\[" + first + ",\\{[^}]*\"dataId\":\"b\"[^}]*}\\]");
        assertThat(server.get(V2 + "/configs?namespaceId=listing").body())
                .matches("\\{\"code\":0,\"message\":\"success\",\"data\":\\[" + first + ",\\{[^}]*}\\]}");
        assertThat(server.get(V3 + "/configs?namespaceId=listing").body())
                .contains("\"namespaceId\":\"listing\",\"groupName\":\"G\",\"dataId\":\"a\"")
                .doesNotContain("\"d\"");
        assertThat(server.get(V1 + "/configs?tenant=empty").body()).isEqualTo("[]");
    }

    @Test
    void a_namespace_of_thousands_is_listed_whole_and_by_pages_when_they_are_asked_for() {
        var published = new ArrayList<CompletionStage<?>>();
        for (int i = 0; i < 2_500; i++) {
            published.add(server.configs.publish(Publish.of(new ConfigKey("many", "G", "c-" + i), "x", "text", OLGA)));
        }
        published.forEach(each -> each.toCompletableFuture().join());
        assertThat(count(V1 + "/configs?tenant=many")).isEqualTo(2_500);
        assertThat(count(V2 + "/configs?namespaceId=many")).isEqualTo(2_500);
        assertThat(count(V3 + "/configs?namespaceId=many&pageNo=2&pageSize=400"))
                .isEqualTo(400);
        assertThat(count(V1 + "/configs?tenant=many&pageNo=7&pageSize=400")).isEqualTo(100);
        assertThat(server.get(V1 + "/configs?tenant=many&pageNo=8&pageSize=400").body())
                .isEqualTo("[]");
        assertThat(server.get(V1 + "/configs?tenant=many&pageSize=501").statusCode())
                .isEqualTo(400);

        long taken = server.contents.limit() - server.contents.held() - (2 << 20);
        server.contents.reserve(taken);
        var refused = server.get(V1 + "/configs?tenant=many");
        server.contents.release(taken);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).startsWith("contents: ");
        assertThat(count(V1 + "/configs?tenant=many")).isEqualTo(2_500);
    }

    private static int count(String path) {
        String body = server.get(path).body();
        var ids = new HashSet<String>();
        Matcher id = Pattern.compile("\"dataId\":\"(c-\\d+)\"").matcher(body);
        while (id.find()) {
            assertThat(ids.add(id.group(1))).isTrue();
        }
        return ids.size();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                V1 + "?search=accurate&group=G|Parameter 'dataId' is missing",
                V1 + "?search=accurate&dataId=a|Parameter 'group' is missing",
                V1 + "?nid=x&dataId=a&group=G|id: 'x' (expected: a number)",
                V1 + "?nid=-1&dataId=a&group=G|id: '-1' (expected: a number)",
                V1 + "?nid=99999999999999999999&dataId=a&group=G|id: '99999999999999999999' (expected: a number)",
                V1 + "/configs|Parameter 'tenant' is missing",
                V1 + "/previous?dataId=a&group=G|Parameter 'id' is missing",
                V1 + "?dataId=a&group=G&pageNo=0|pageNo, pageSize: 0, 100 (expected: from 1 on)",
                V1 + "?dataId=a&group=G&pageSize=-5|pageNo, pageSize: 1, -5 (expected: from 1 on)",
                V1 + "?dataId=a&group=G&pageNo=many|For input string: \"many\"",
            })
    void a_wrong_request_is_refused(String path, String reason) {
        var refused = server.get(path);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).isEqualTo(reason);
    }

    @Test
    void pages_are_cut_at_their_bound_and_empty_beyond_the_end() {
        server.post(CONFIGS + "?dataId=paged&group=G&content=x");
        assertThat(server.get(V1 + "?dataId=paged&group=G&pageSize=2000000000").body())
                .startsWith("{\"totalCount\":1,\"pageNumber\":1,\"pagesAvailable\":1,\"pageItems\":[{");
        assertThat(server.get(V1 + "?dataId=paged&group=G&pageNo=2147483647&pageSize=500")
                        .body())
                .isEqualTo("{\"totalCount\":1,\"pageNumber\":2147483647,\"pagesAvailable\":1,\"pageItems\":[]}");
    }

    private static List<HistoryEntry> changes(String namespace, String dataId) {
        return server.configs
                .archive()
                .history(new ConfigKey(namespace, "G", dataId), 0, 100)
                .toCompletableFuture()
                .join()
                .changes();
    }

    private static String md5(String content) {
        return Md5.of(content.getBytes(StandardCharsets.UTF_8));
    }
}
