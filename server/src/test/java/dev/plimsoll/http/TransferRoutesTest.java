package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static dev.plimsoll.http.HttpFixture.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Publish;
import dev.plimsoll.store.Write.Author;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransferRoutesTest {
    private static final String CONFIGS = "/nacos/v1/cs/configs";
    private static final String IMPORT = CONFIGS + "?import=true";
    private static final String ADMIN = "/nacos/v3/admin/cs/config";
    private static final String CONSOLE = "/nacos/v3/console/cs/config";
    private static final Pattern ID = Pattern.compile("\"id\":\"([0-9]+)\"");

    @TempDir
    Path data;

    private HttpFixture server;

    @BeforeEach
    void start() {
        server = new HttpFixture(data);
        body(server.post("/nacos/v1/console/namespaces?customNamespaceId=dev&namespaceName=n"));
    }

    /** Whatever a test did, nothing of it is still held. */
    @AfterEach
    void stop() {
        server.configs.dropCachedContents();
        Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> server.contents.held() == 0);
        server.close();
    }

    private static String body(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private void publish(String dataId, String content, String more) {
        body(server.send("POST", CONFIGS, "dataId=" + dataId + "&group=PG&content=" + encoded(content) + more));
    }

    private String content(String tenant, String group, String dataId) {
        return server.get(CONFIGS + "?dataId=" + dataId + "&group=" + group + "&tenant=" + tenant)
                .body();
    }

    private String shown(String tenant, String dataId) {
        return body(server.get(CONFIGS + "?show=all&group=PG&dataId=" + dataId + "&tenant=" + tenant));
    }

    private Map<String, String> exported(String pathAndQuery) {
        var response = Zips.download(server, pathAndQuery, "");
        assertThat(response.statusCode()).isEqualTo(200);
        return Zips.unzip(response.body());
    }

    private List<String> ids() {
        return ID.matcher(body(server.get(ADMIN + "/list")))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private int imported(String tenant) {
        return server.configs.count(tenant);
    }

    @Test
    void an_export_is_laid_out_as_the_references() {
        publish("probe.d1", "k=v\u6d4b", "&appName=app1&desc=d&type=properties");
        publish("probe.xml", "<a/>", "&type=xml");
        var response = Zips.download(server, CONFIGS + "?exportV2=true&tenant=&ids=", "");
        assertThat(header(response, "Content-Type")).isEqualTo("application/octet-stream;charset=UTF-8");
        assertThat(header(response, "Content-Disposition"))
                .isEqualTo("attachment;filename=nacos_config_export_20261122161948.zip");
        assertThat(Zips.unzip(response.body()))
                .containsExactly(
                        Map.entry("PG/probe.d1", "k=v\u6d4b"),
                        Map.entry("PG/probe.xml", "<a/>"),
                        Map.entry(".metadata.yml", Zips.METADATA));
        assertThat(exported(CONFIGS + "?export=true"))
                .containsExactly(
                        Map.entry("PG/probe.d1", "k=v\u6d4b"),
                        Map.entry("PG/probe.xml", "<a/>"),
                        Map.entry(".meta.yml", "PG.probe~d1.app=app1\r\n"));
    }

    @Test
    void an_export_may_be_narrowed_down() {
        publish("a.yaml", "1", "&appName=shop");
        publish("b.yaml", "2", "");
        publish("c.json", "3", "&tenant=dev");
        List<String> ids = ids();
        assertThat(exported(CONFIGS + "?exportV2=true&dataId=*.yaml&group=PG&appName=shop"))
                .containsOnlyKeys("PG/a.yaml", ".metadata.yml");
        assertThat(exported(ADMIN + "/export?namespaceId=dev&groupName=PG&ids="))
                .containsOnlyKeys("PG/c.json", ".metadata.yml");
        assertThat(exported(CONSOLE + "/export2?dataId=none&ids=" + ids.get(1)))
                .containsOnlyKeys("PG/b.yaml", ".metadata.yml");
        assertThat(exported(CONFIGS + "?exportV2=true&group=none"))
                .containsOnly(Map.entry(".metadata.yml", "metadata: []\n"));
        assertThat(exported(CONFIGS + "?export=true&group=none")).isEmpty();
    }

    @Test
    void what_was_exported_comes_back_whole() {
        publish("a.yaml", "x: \u6d4b\n", "&type=yaml&appName=shop&desc=" + encoded("it's: \"what\" #1"));
        publish("b", "plain", "&type=json");
        byte[] archive = Zips.download(server, CONFIGS + "?exportV2=true", "").body();
        assertThat(body(Zips.upload(server, IMPORT + "&namespace=dev", "", archive)))
                .isEqualTo("{\"code\":200,\"message\":\"import success\",\"data\":{\"succCount\":2,\"skipCount\":0}}");
        assertThat(shown("dev", "a.yaml"))
                .contains("\"content\":\"x: \u6d4b\\u000a\"", "\"appName\":\"shop\"", "\"type\":\"yaml\"")
                .contains("\"desc\":\"it's: \\\"what\\\" #1\"", "\"tenant\":\"dev\"");
        assertThat(shown("dev", "b")).contains("\"content\":\"plain\"", "\"type\":\"json\"");
        assertThat(exported(CONFIGS + "?exportV2=true&tenant=dev")).isEqualTo(Zips.unzip(archive));
    }

    @Test
    void an_archive_of_the_reference_is_imported_and_what_does_not_fit_is_named() {
        byte[] archive = Zips.zip(
                "PG/", "",
                "PG/probe.d1", "k=v",
                "PG/extra", "x",
                "deep/er/name", "x",
                "top", "x",
                ".metadata.yml", Zips.METADATA);
        assertThat(body(Zips.upload(server, IMPORT, "", archive, "namespace", "dev", "policy", "SKIP")))
                .isEqualTo("{\"code\":200,\"message\":\"import success\",\"data\":{\"succCount\":1,\"skipCount\":0,"
                        + "\"unrecognizedCount\":4,\"unrecognizedData\":[{\"itemName\":\"deep/er/name\"},"
                        + "{\"itemName\":\"top\"},{\"itemName\":\"Item not found in metadata: PG/extra\"},"
                        + "{\"itemName\":\"Item not found in file: PG/probe.xml\"}]}}");
        assertThat(shown("dev", "probe.d1"))
                .contains("\"content\":\"k=v\"", "\"appName\":\"app1\"", "\"desc\":\"d\"", "\"type\":\"properties\"");
        assertThat(imported("dev")).isOne();
    }

    @Test
    void an_archive_of_the_old_form_is_imported_and_types_are_those_of_the_names() {
        byte[] archive = Zips.zip(
                "PG/a.b.yml", "x: 1",
                "PG/b.htm", "<p>",
                "PG/c.conf", "y",
                ".meta.yml", "PG.a.b~yml.app=app1\r\n");
        assertThat(body(Zips.upload(server, IMPORT + "&namespace=dev&src_user=jane", "", archive)))
                .contains("\"succCount\":3");
        assertThat(shown("dev", "a.b.yml"))
                .contains("\"appName\":\"app1\"", "\"type\":\"yaml\"", "\"createUser\":\"jane\"");
        assertThat(shown("dev", "b.htm")).contains("\"type\":\"html\"");
        assertThat(shown("dev", "c.conf")).contains("\"type\":\"text\"");
    }

    @Test
    void the_policy_says_what_becomes_of_those_that_exist() {
        publish("b", "mine", "&tenant=dev");
        byte[] archive = Zips.zip("PG/a", "1", "PG/b", "2", "PG/c", "3");
        assertThat(body(Zips.upload(server, IMPORT + "&namespace=dev", "", archive)))
                .contains("{\"succCount\":1,\"skipCount\":0,\"skipData\":[{\"dataId\":\"c\",\"group\":\"PG\"}],"
                        + "\"failData\":[{\"dataId\":\"b\",\"group\":\"PG\"}]}");
        assertThat(imported("dev")).isEqualTo(2);
        assertThat(body(Zips.upload(server, IMPORT + "&namespace=dev&policy=SKIP", "", archive)))
                .contains("{\"succCount\":1,\"skipCount\":2,\"skipData\":[{\"dataId\":\"a\",\"group\":\"PG\"},"
                        + "{\"dataId\":\"b\",\"group\":\"PG\"}]}");
        assertThat(content("dev", "PG", "b")).isEqualTo("mine");
        assertThat(body(Zips.upload(server, IMPORT + "&namespace=dev", "", archive, "policy", "OVERWRITE")))
                .contains("{\"succCount\":3,\"skipCount\":0}");
        assertThat(content("dev", "PG", "b")).isEqualTo("2");
        assertThat(Zips.upload(server, IMPORT + "&policy=REPLACE", "", archive).body())
                .isEqualTo("policy: 'REPLACE' (expected: ABORT, SKIP or OVERWRITE)");
    }

    @Test
    void v3_imports_with_its_own_codes_and_wants_the_new_form() {
        byte[] archive = Zips.zip("PG/probe.d1", "k=v", ".metadata.yml", Zips.METADATA);
        for (String path : List.of(ADMIN, CONSOLE)) {
            assertThat(body(Zips.upload(server, path + "/import?namespaceId=dev&policy=OVERWRITE", "", archive)))
                    .startsWith("{\"code\":0,\"message\":\"success\",\"data\":{\"succCount\":1,\"skipCount\":0,");
            assertThat(body(Zips.upload(server, path + "/import?namespaceId=none", "", archive)))
                    .startsWith("{\"code\":22001,");
            assertThat(body(Zips.upload(server, path + "/import", "", Zips.zip("PG/a", "x"))))
                    .startsWith("{\"code\":100002,");
        }
    }

    @Test
    void an_archive_without_anything_in_it_says_so() {
        for (byte[] empty : List.of(new byte[0], "no zip".getBytes(UTF_8), Zips.zip(), Zips.zip("PG/", ""))) {
            assertThat(body(Zips.upload(server, IMPORT, "", empty)))
                    .startsWith("{\"code\":100005,")
                    .endsWith("\"data\":{\"succCount\":0}}");
        }
        assertThat(body(server.post(IMPORT))).startsWith("{\"code\":100005,");
        byte[] archive = Zips.zip("PG/a", "1");
        assertThat(body(Zips.upload(server, IMPORT + "&namespace=none", "", archive)))
                .startsWith("{\"code\":100001,");
        assertThat(body(Zips.upload(server, IMPORT, "", Zips.zip("PG/a", "1", ".meta.yml", "no pair"))))
                .startsWith("{\"code\":100002,");
        assertThat(body(Zips.upload(server, IMPORT, "", Zips.zip("PG/a", "1", ".metadata.yml", "!!java.net.URL"))))
                .startsWith("{\"code\":100002,");
        assertThat(body(Zips.upload(server, IMPORT, "", Arrays.copyOf(archive, 40))))
                .startsWith("{\"code\":100004,");
        assertThat(imported("public")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "PG/..", "../../etc/passwd", "/etc/passwd", "a/../b", "PG/./x", "..\\x", "PG/a\nb"})
    void a_name_that_leads_out_is_refused_with_all_that_came_with_it(String name) {
        var refused = Zips.upload(server, IMPORT, "", Zips.zip("PG/good", "x", name, "evil"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).startsWith("archive: entry name").contains("group/dataId");
        assertThat(imported("public")).isZero();
    }

    @Test
    void one_wrong_config_keeps_the_whole_archive_out() throws IOException {
        for (String[] wrong : new String[][] {
            {"PG/a b", "x"}, {"P G/a", "x"}, {"PG/blank", " \n"}, {"PG/" + "x".repeat(257), "x"},
        }) {
            var refused = Zips.upload(server, IMPORT, "", Zips.zip("PG/good", "x", wrong[0], wrong[1]));
            assertThat(refused.statusCode()).isEqualTo(400);
        }
        var stored = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(stored)) {
            zip.putNextEntry(new ZipEntry("PG/bytes"));
            zip.write(new byte[] {'x', (byte) 0xff});
        }
        var refused = Zips.upload(server, IMPORT, "", stored.toByteArray());
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("'PG/bytes' is not UTF-8");
        assertThat(imported("public")).isZero();
    }

    @Test
    void a_bomb_is_refused_before_it_goes_off() {
        long before = server.contents.held();
        // 64 MiB of one letter in 64 KB: by the ratio.
        var refused = Zips.upload(server, IMPORT, "", Zips.zip("PG/good", "x", "PG/bomb", "x".repeat(64 << 20)));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).startsWith("archive: inflated: more than 100 times the ");
        // The same beside much that is as large as it looks: by the entry.
        String noise = noise(2 << 20);
        refused = Zips.upload(server, IMPORT, "", Zips.zip("PG/noise", noise, "PG/bomb", "x".repeat(12 << 20)));
        assertThat(refused.body()).isEqualTo("archive: an entry of more than 10485760 bytes (expected: at most that)");
        // In a directory, which has no content, and in what nobody would import.
        refused = Zips.upload(server, IMPORT, "", Zips.zip("PG/noise", noise, "a/b/c", "x".repeat(12 << 20)));
        assertThat(refused.statusCode()).isEqualTo(400);
        refused = Zips.upload(server, IMPORT, "", Zips.zip(".metadata.yml", noise + noise + noise));
        assertThat(refused.body()).startsWith("archive: an entry of more than 4194304 bytes");
        var many = new ArrayList<String>();
        for (int i = 0; i <= ZipImport.MAX_ENTRIES; i++) {
            many.add("PG/c" + i);
            many.add("x");
        }
        refused = Zips.upload(server, IMPORT, "", Zips.zip(many.toArray(String[]::new)));
        assertThat(refused.body()).isEqualTo("archive: entries: more than 10000 (expected: at most that)");
        assertThat(imported("public")).isZero();
        assertThat(server.contents.held()).isEqualTo(before);
        assertThat(body(Zips.upload(server, IMPORT, "", Zips.zip("PG/good", "x"))))
                .contains("\"succCount\":1");
    }

    @Test
    void a_thousand_configs_come_in_at_once_and_go_out_again() {
        var many = new ArrayList<String>();
        for (int i = 0; i < 1_000; i++) {
            many.add("PG/c" + i);
            many.add("content " + i);
        }
        byte[] archive = Zips.zip(many.toArray(String[]::new));
        var uploads = new ArrayList<CompletableFuture<String>>();
        for (String namespace : List.of("dev", "")) {
            uploads.add(CompletableFuture.supplyAsync(
                    () -> body(Zips.upload(server, IMPORT + "&namespace=" + namespace, "", archive))));
        }
        uploads.forEach(upload -> assertThat(upload.join()).contains("\"succCount\":1000,\"skipCount\":0"));
        assertThat(imported("dev")).isEqualTo(1_000);
        assertThat(content("", "PG", "c999")).isEqualTo("content 999");
        assertThat(exported(CONFIGS + "?export=true&tenant=dev")).hasSize(1_000);
    }

    @Test
    void an_export_beyond_the_bound_is_refused_and_a_smaller_one_is_not() {
        for (int i = 0; i < 3; i++) {
            server.configs
                    .publish(Publish.of(
                            new ConfigKey("", "PG", "noise" + i), noise(4 << 20), "text", new Author("", "")))
                    .toCompletableFuture()
                    .join();
        }
        var refused = server.get(CONFIGS + "?exportV2=true");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).startsWith("export: more than 10485760 bytes");
        assertThat(exported(CONFIGS + "?exportV2=true&dataId=noise1")).containsKey("PG/noise1");
    }

    @Test
    void a_config_that_is_named_twice_is_exported_once() {
        publish("a", "1", "");
        String id = ids().get(0);
        String others =
                IntStream.range(1_000_000, 1_000_600).mapToObj(String::valueOf).collect(joining(","));
        assertThat(exported(CONFIGS + "?exportV2=true&ids=" + id + "," + others + "," + id))
                .containsOnlyKeys("PG/a", ".metadata.yml");
    }

    @Test
    void a_config_whose_name_is_no_file_is_not_exported() {
        server.post(CONFIGS + "?dataId=x&group=..&content=x");
        var refused = server.get(CONFIGS + "?exportV2=true");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).startsWith("export of '../x': no name for a file");
    }

    /** Text that hardly gets smaller, twice as many characters as bytes. */
    private static String noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(1).nextBytes(noise);
        return HexFormat.of().formatHex(noise);
    }

    private HttpResponse<String> clone(String pathAndQuery, String json) {
        return Zips.post(server, pathAndQuery, "", "application/json", json.getBytes(UTF_8));
    }

    @Test
    void configs_are_cloned_under_the_same_or_other_names() {
        publish("a", "1", "&type=json&desc=d&appName=shop&config_tags=t&encryptedDataKey=k");
        publish("b", "2", "");
        List<String> ids = ids();
        assertThat(body(clone(
                        CONFIGS + "?clone=true&tenant=dev&policy=ABORT",
                        "[{\"cfgId\":" + ids.get(0) + ",\"dataId\":\"\",\"group\":\"\"},{\"cfgId\":\"" + ids.get(1)
                                + "\",\"dataId\":\"bb\",\"group\":\"OTHER\"}]")))
                .isEqualTo("{\"code\":200,\"message\":\"Clone Completed Successfully\","
                        + "\"data\":{\"succCount\":2,\"skipCount\":0}}");
        assertThat(shown("dev", "a"))
                .contains("\"content\":\"1\"", "\"type\":\"json\"", "\"desc\":\"d\"", "\"appName\":\"shop\"")
                .contains("\"encryptedDataKey\":\"k\"", "\"configTags\":null");
        assertThat(content("dev", "OTHER", "bb")).isEqualTo("2");
    }

    @Test
    void v3_clones_in_its_own_words() {
        publish("a", "1", "");
        String id = ids().get(0);
        assertThat(body(clone(
                        ADMIN + "/clone?namespaceId=dev",
                        "[{\"configId\":" + id + ",\"targetGroupName\":\"G1\",\"targetDataId\":\"x\"}]")))
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":{\"succCount\":1,\"skipCount\":0}}");
        assertThat(content("dev", "G1", "x")).isEqualTo("1");
        assertThat(body(clone(
                        CONSOLE + "/clone?targetNamespaceId=dev&policy=SKIP",
                        "[{\"cfgId\":" + id + ",\"dataId\":\"x\",\"group\":\"G1\"}]")))
                .contains("\"succCount\":0,\"skipCount\":1");
        assertThat(body(clone(ADMIN + "/clone?namespaceId=none", "[{\"configId\":" + id + "}]")))
                .startsWith("{\"code\":22001,");
    }

    @Test
    void a_clone_of_nothing_says_so() {
        assertThat(body(clone(CONFIGS + "?clone=true&tenant=dev", "[]"))).startsWith("{\"code\":100006,");
        assertThat(body(clone(CONFIGS + "?clone=true&tenant=dev", ""))).startsWith("{\"code\":100006,");
        assertThat(body(clone(CONFIGS + "?clone=true&tenant=dev", "[{\"cfgId\":77}]")))
                .startsWith("{\"code\":100005,");
        assertThat(body(clone(CONFIGS + "?clone=true&tenant=none", "[{\"cfgId\":77}]")))
                .startsWith("{\"code\":100001,");
        assertThat(clone(CONFIGS + "?clone=true&tenant=dev", "[" + "{},".repeat(1_000) + "{}]")
                        .body())
                .isEqualTo("body: 1001 items (expected: at most 1000)");
        for (String wrong : List.of("{}", "[", "[{\"cfgId\":\"x\"}]", "[{\"cfgId\":1}]]", "x".repeat(1 << 21))) {
            assertThat(clone(CONFIGS + "?clone=true&tenant=dev", wrong).statusCode())
                    .isEqualTo(400);
        }
    }
}
