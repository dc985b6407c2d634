package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What callers who may see some configurations see, and may do. */
class ConfigAccessTest extends AccessFixture {
    @Test
    void the_author_of_a_configuration_is_who_proved_it() {
        ok(post(CONFIGS + "?tenant=dev&dataId=authored&group=G&content=x&src_user=somebody", dev));
        assertThat(server.configs
                        .archive()
                        .history(new dev.plimsoll.config.ConfigKey("dev", "G", "authored"), 0, 1)
                        .toCompletableFuture()
                        .join()
                        .changes()
                        .get(0)
                        .user())
                .isEqualTo("dev");
    }

    @Test
    void the_past_of_a_configuration_is_for_those_who_may_read_it() {
        ok(post(CONFIGS + "?dataId=past&group=G&content=secret", admin));
        ok(post(CONFIGS + "?tenant=dev&dataId=past&group=G&content=mine", dev));
        long secret = newestChange("public");
        String mine = "tenant=dev&namespaceId=dev&dataId=past&group=G&groupName=G";
        String others = "dataId=past&group=G&groupName=G";
        for (String path : List.of("/v1/cs/history", "/v2/cs/history", "/v3/admin/cs/history")) {
            String one = "/nacos" + path + "?nid=";
            assertThat(get(one + newestChange("dev") + "&" + mine, dev).body()).contains("mine");
            assertThat(get(one + secret + "&" + others, admin).body()).contains("secret");
            for (String names : List.of(mine, others)) {
                var refused = get(one + secret + "&" + names, dev);
                assertThat(refused.statusCode()).isEqualTo(403);
                assertThat(refused.body()).doesNotContain("secret");
            }
            assertThat(get("/nacos" + path + "/previous?id=1&" + others, dev).statusCode())
                    .isEqualTo(403);
        }
        for (String list : List.of("/v1/cs/history", "/v2/cs/history/list", "/v3/admin/cs/history/list")) {
            ok(get("/nacos" + list + "?" + mine, dev));
            assertThat(get("/nacos" + list + "?" + others, dev).statusCode()).isEqualTo(403);
        }
    }

    @Test
    void a_beta_version_is_shown_and_stopped_only_by_those_who_may() {
        ok(post(CONFIGS + "?dataId=beta&group=G&content=secret&betaIps=127.0.0.1", admin));
        for (String path : List.of("/v1/cs/configs?beta=true&", "/v3/admin/cs/config/beta?groupName=G&")) {
            String beta = "/nacos" + path + "dataId=beta&group=G";
            assertThat(get(beta, dev).statusCode()).isEqualTo(403);
            assertThat(server.delete(beta, "accessToken", dev).statusCode()).isEqualTo(403);
        }
        assertThat(get(CONFIGS + "?dataId=beta&group=G", admin).body()).isEqualTo("secret");
    }

    private static long newestChange(String namespace) {
        return server.configs
                .archive()
                .history(new dev.plimsoll.config.ConfigKey(namespace, "G", "past"), 0, 1)
                .toCompletableFuture()
                .join()
                .changes()
                .get(0)
                .id();
    }

    @Test
    void listening_asks_for_each_configuration() {
        String mine = "mine\u0002G\u0002\u0002dev\u0001";
        String other = "other\u0002G\u0002\u0002prod\u0001";
        String listener = "/nacos/v1/cs/configs/listener";
        var denied = server.send("POST", listener, "Listening-Configs=" + encoded(mine + other), "accessToken", dev);
        assertThat(denied.statusCode()).isEqualTo(403);
        var allowed = server.send("POST", listener, "Listening-Configs=" + encoded(mine), "accessToken", dev);
        assertThat(allowed.statusCode()).isEqualTo(200);
    }

    /** Somebody who may read one configuration of many, and remove another. */
    private static String narrow(String user) {
        String role = user + "s";
        ok(post("/nacos/v1/auth/users?username=" + user + "&password=" + DEV, admin));
        ok(post("/nacos/v1/auth/roles?role=" + role + "&username=" + user, admin));
        ok(post("/nacos/v1/auth/permissions?role=" + role + "&resource=listed:G:config/seen*&action=r", admin));
        ok(post("/nacos/v1/auth/permissions?role=" + role + "&resource=listed:G:config/mine&action=w", admin));
        for (String dataId : List.of("seen1", "hidden", "seen2", "mine")) {
            ok(post(CONFIGS + "?tenant=listed&group=G&content=x&dataId=" + dataId, admin));
        }
        return login(user, DEV);
    }

    @Test
    void a_search_finds_and_counts_what_its_caller_may_read() {
        String narrow = narrow("searcher");
        for (String path : List.of(
                CONFIGS + "?search=blur&dataId=*&group=&tenant=listed&pageNo=1&pageSize=9",
                "/nacos/v2/cs/config/searchDetail?dataId=*&group=&config_detail=&tenant=listed&pageNo=1&pageSize=9",
                "/nacos/v3/admin/cs/config/list?namespaceId=listed",
                "/nacos/v3/console/cs/config/searchDetail?namespaceId=listed")) {
            assertThat(get(path, narrow).body())
                    .contains("\"totalCount\":2,", "seen1", "seen2")
                    .doesNotContain("hidden", "mine");
            assertThat(get(path, admin).body()).contains("\"totalCount\":4,", "hidden");
            assertThat(get(path, dev).body()).contains("\"totalCount\":0,").doesNotContain("seen");
            assertThat(server.get(path).statusCode()).isEqualTo(403);
        }
        for (String path : List.of(
                CONFIGS + "?show=all&group=G&tenant=listed&dataId=",
                CONFIGS + "/catalog?group=G&tenant=listed&dataId=",
                "/nacos/v3/admin/cs/config?groupName=G&namespaceId=listed&dataId=")) {
            assertThat(get(path + "seen1", narrow).statusCode()).isEqualTo(200);
            assertThat(get(path + "hidden", narrow).statusCode()).isEqualTo(403);
        }
        assertThat(get(CONFIGS + "?search=blur&show=all&group=G&tenant=listed&dataId=hidden", narrow)
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void of_ids_none_is_removed_when_one_is_not_the_callers() {
        String narrow = narrow("remover");
        List<String> ids = Pattern.compile("\"id\":\"(\\d+)\"")
                .matcher(get("/nacos/v3/admin/cs/config/list?namespaceId=listed", admin)
                        .body())
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(ids).hasSize(4);
        String all = "/nacos/v3/admin/cs/config/batch?ids=" + ids.get(3) + "," + ids.get(0);
        assertThat(server.delete(all, "accessToken", narrow).statusCode()).isEqualTo(403);
        assertThat(get("/nacos/v3/admin/cs/config/list?namespaceId=listed", admin)
                        .body())
                .contains("\"totalCount\":4,");
        ok(server.delete(CONFIGS + "?delType=ids&ids=" + ids.get(3), "accessToken", narrow));
        assertThat(get("/nacos/v3/admin/cs/config/list?namespaceId=listed", admin)
                        .body())
                .contains("\"totalCount\":3,")
                .doesNotContain("mine");
    }

    @Test
    void a_namespace_is_created_by_administrators_and_changed_by_who_may_do_all_in_it() {
        String create = "/nacos/v1/console/namespaces?customNamespaceId=named&namespaceName=n";
        assertThat(post(create, dev).statusCode()).isEqualTo(403);
        ok(post(create, admin));
        assertThat(get("/nacos/v1/console/namespaces", admin).body()).contains("\"namespace\":\"named\"");
        assertThat(get("/nacos/v1/console/namespaces", dev).body()).doesNotContain("named");
        String change = "/nacos/v2/console/namespace?namespaceName=m&namespaceId=named";
        assertThat(server.put(change, "accessToken", dev).statusCode()).isEqualTo(403);
        ok(server.put(change, "accessToken", admin));
        assertThat(server.delete("/nacos/v1/console/namespaces?namespaceId=named", "accessToken", dev)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void an_archive_is_imported_when_its_sender_may_publish_all_of_it() {
        for (String namespace : List.of("dev", "walled")) {
            post("/nacos/v1/console/namespaces?namespaceName=n&customNamespaceId=" + namespace, admin);
        }
        byte[] archive = Zips.zip("G/zipped1", "x", "G/zipped2", "y");
        String path = CONFIGS + "?import=true&namespace=";
        ok(Zips.upload(server, path + "dev", dev, archive));
        assertThat(get(CONFIGS + "?tenant=dev&group=G&dataId=zipped2", dev).body())
                .isEqualTo("y");
        assertThat(Zips.upload(server, path + "walled", dev, archive).statusCode())
                .isEqualTo(403);
        // What decides is the namespace in the form, not one beside it.
        assertThat(Zips.upload(server, CONFIGS + "?import=true&tenant=dev", dev, archive, "namespace", "walled")
                        .statusCode())
                .isEqualTo(403);
        assertThat(get(CONFIGS + "?tenant=walled&group=G&dataId=zipped1", admin).statusCode())
                .isEqualTo(404);
    }

    @Test
    void an_export_holds_what_its_caller_may_read_and_a_clone_reads_first() {
        String narrow = narrow("exporter");
        assertThat(Zips.unzip(Zips.download(server, CONFIGS + "?exportV2=true&tenant=listed", narrow)
                        .body()))
                .containsOnlyKeys("G/seen1", "G/seen2", ".metadata.yml");
        String list = get("/nacos/v3/admin/cs/config/list?namespaceId=listed&dataId=hidden", admin)
                .body();
        Matcher id = Pattern.compile("\"id\":\"(\\d+)\"").matcher(list);
        assertThat(id.find()).isTrue();
        assertThat(Zips.unzip(Zips.download(server, CONFIGS + "?exportV2=true&ids=" + id.group(1), narrow)
                        .body()))
                .containsOnlyKeys(".metadata.yml");
        post("/nacos/v1/console/namespaces?namespaceName=n&customNamespaceId=dev", admin);
        byte[] json = ("[{\"cfgId\":" + id.group(1) + "}]").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(Zips.post(server, CONFIGS + "?clone=true&tenant=dev", dev, "application/json", json)
                        .statusCode())
                .isEqualTo(403);
        ok(Zips.post(server, CONFIGS + "?clone=true&tenant=dev", admin, "application/json", json));
    }

    @Test
    void whether_a_namespace_is_there_is_not_told_to_who_has_no_right_in_it() {
        post("/nacos/v1/console/namespaces?namespaceName=n&customNamespaceId=there", admin);
        byte[] json = "[{\"cfgId\":\"1\"}]".getBytes(UTF_8);
        for (String namespace : List.of("there", "absent")) {
            for (byte[] archive : List.of(Zips.zip("G/zipped1", "x"), Zips.zip())) {
                assertThat(Zips.upload(server, CONFIGS + "?import=true&namespace=" + namespace, dev, archive)
                                .statusCode())
                        .isEqualTo(403);
            }
            for (String clone : List.of(
                    CONFIGS + "?clone=true&tenant=",
                    "/nacos/v3/admin/cs/config/clone?namespaceId=",
                    "/nacos/v3/console/cs/config/clone?targetNamespaceId=")) {
                assertThat(Zips.post(server, clone + namespace, dev, "application/json", json)
                                .statusCode())
                        .isEqualTo(403);
            }
        }
    }
}
