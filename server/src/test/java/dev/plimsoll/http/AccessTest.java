package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.plimsoll.auth.Scrapers;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A server whose callers must log in, seen from outside. */
class AccessTest {
    private static final Pattern TOKEN = Pattern.compile("\"accessToken\":\"([^\"]+)\"");
    private static final String CONFIGS = "/nacos/v1/cs/configs";
    private static final String DEV = "devs-password";

    @TempDir
    static Path data;

    private static final Queue<String> LOGGED = new ConcurrentLinkedQueue<>();
    private static HttpFixture server;
    private static String adminPassword;
    private static String admin;
    private static String dev; // may read and write in namespace dev

    @BeforeAll
    static void start() throws Exception {
        var context = new LoggerContext();
        var appender = new AppenderBase<ILoggingEvent>() {
            @Override
            protected void append(ILoggingEvent event) {
                LOGGED.add(event.getFormattedMessage());
            }
        };
        appender.start();
        Logger log = context.getLogger("all");
        log.addAppender(appender);
        server = new HttpFixture(
                data,
                "/nacos",
                router -> router.get("/thrown", call -> {
                    throw new IllegalStateException("asked to");
                }),
                true,
                log,
                log);
        adminPassword = Files.readString(data.resolve("admin-password")).strip();
        admin = login("admin", adminPassword);
        ok(post("/nacos/v1/auth/users?username=dev&password=" + DEV, admin));
        ok(post("/nacos/v1/auth/roles?role=devs&username=dev", admin));
        ok(post("/nacos/v1/auth/permissions?role=devs&resource=dev:*:*&action=rw", admin));
        dev = login("dev", DEV);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private static String login(String user, String password) {
        var response =
                server.send("POST", "/nacos/v1/auth/login?username=" + encoded(user), "password=" + encoded(password));
        ok(response);
        Matcher token = TOKEN.matcher(response.body());
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    private static HttpResponse<String> get(String path, String token) {
        return server.get(path, "accessToken", token);
    }

    private static HttpResponse<String> post(String path, String token) {
        return server.post(path, "Authorization", "Bearer " + token);
    }

    @Test
    void every_route_says_what_it_asks_of_its_caller() {
        var permissions =
                new Permissions("/nacos", server.auth, Scrapers.ADMINISTRATORS, java.time.InstantSource.system());
        List<String> unnamed = server.router.all().stream()
                .filter(route -> !route.endsWith("/thrown")) // the test's own
                .filter(route -> {
                    String[] parts = route.split(" ", 2);
                    return !permissions.names(parts[0], parts[1]);
                })
                .toList();
        assertThat(unnamed).as("routes to be entered in Permissions").isEmpty();
    }

    @Test
    void a_login_answers_in_the_form_all_clients_know() {
        for (String path : List.of("/v1/auth/login", "/v1/auth/users/login", "/v3/auth/user/login")) {
            var response = server.send("POST", "/nacos" + path, "username=admin&password=" + adminPassword);
            ok(response);
            assertThat(response.body())
                    .matches("\\{\"accessToken\":\"[\\w.-]+\",\"tokenTtl\":\\d{5},\"globalAdmin\":true,"
                            + "\"username\":\"admin\"}");
            assertThat(HttpFixture.header(response, "Authorization")).startsWith("Bearer eyJhbGciOiJIUzI1NiJ9.");
        }
    }

    @ParameterizedTest
    @CsvSource({"admin, nacos", "nacos, nacos", "admin, admin", "admin, ''", "'', ''", "nobody, x"})
    void no_default_password_opens_anything_and_no_answer_tells_who_exists(String user, String password) {
        var response = server.send("POST", "/nacos/v1/auth/login", "username=" + user + "&password=" + password);
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).isEqualTo("User not found! Please check user exist or password is right!");
    }

    @Test
    void a_token_is_taken_wherever_a_client_puts_it() {
        String list = "/nacos/v1/ns/service/list?pageNo=1&pageSize=10&namespaceId=dev";
        ok(server.get(list + "&accessToken=" + dev));
        ok(server.get(list, "accessToken", dev));
        ok(server.get(list, "Authorization", "Bearer " + dev));
        assertThat(server.get(list).statusCode()).isEqualTo(403);
        assertThat(server.get(list, "Authorization", "Basic " + dev).statusCode())
                .isEqualTo(403);
        assertThat(server.get(list + "&accessToken=x", "accessToken", dev).statusCode())
                .as("a parameter goes before a header")
                .isEqualTo(403);
    }

    @Test
    void a_name_and_a_password_beside_a_call_are_a_login() {
        String list = "/nacos/v1/ns/instance/list?serviceName=s&namespaceId=";
        ok(server.post("/nacos/v1/auth/users?username=node&password=knows-no-tokens", "accessToken", admin));
        ok(server.post("/nacos/v1/auth/roles?role=devs&username=node", "accessToken", admin));
        String known = "&username=node&password=knows-no-tokens";

        // The first is hashed, the others are known.
        for (int i = 0; i < 3; i++) {
            ok(server.get(list + "dev" + known));
            ok(server.send("POST", CONFIGS, "tenant=dev&dataId=node&group=G&content=x" + known));
            assertThat(server.get(list + "prod" + known).statusCode()).isEqualTo(403);
        }
        assertThat(server.get(CONFIGS + "?tenant=dev&dataId=node&group=G" + known)
                        .body())
                .isEqualTo("x");
        var wrong = server.get(list + "dev&username=node&password=guess");
        assertThat(wrong.statusCode()).isEqualTo(403);
        assertThat(wrong.body()).contains("User not found! Please check user exist or password is right!");
        assertThat(server.get(list + "dev&username=nobody&password=guess").statusCode())
                .isEqualTo(403);
        assertThat(server.get(list + "dev&username=node").statusCode()).isEqualTo(403);
        assertThat(server.get(list + "dev&accessToken=x" + known).statusCode())
                .as("a token goes before a password")
                .isEqualTo(403);
        assertThat(LOGGED).noneMatch(line -> line.contains("knows-no-tokens"));

        ok(server.delete("/nacos/v1/auth/users?username=node", "accessToken", admin));
        assertThat(server.get(list + "dev" + known).statusCode()).isEqualTo(403);
    }

    @Test
    void a_password_to_be_hashed_does_not_make_calls_wait_for_ever_or_lose_their_form() {
        ok(server.post("/nacos/v1/auth/users?username=late&password=first-time", "accessToken", admin));
        ok(server.post("/nacos/v1/auth/roles?role=devs&username=late", "accessToken", admin));

        ok(server.send(
                "POST", CONFIGS, "tenant=dev&dataId=late&group=G&content=x%26y&username=late&password=first-time"));

        assertThat(get(CONFIGS + "?tenant=dev&dataId=late&group=G", dev).body()).isEqualTo("x&y");
        assertThat(LOGGED).anyMatch(line -> line.startsWith("WRITE user=late") && line.contains("dataId:late"));
    }

    @Test
    void names_and_passwords_of_users_who_are_to_be_made_log_nobody_in() {
        String path = "/nacos/v1/auth/users?username=admin&password=" + encoded(adminPassword);
        assertThat(server.post(path).statusCode()).isEqualTo(403);
    }

    @Test
    void a_refusal_has_the_form_of_the_interface() {
        var v1 = server.get(CONFIGS + "?dataId=d&group=g");
        assertThat(v1.statusCode()).isEqualTo(403);
        assertThat(v1.body())
                .contains(
                        "\"status\":403,\"error\":\"Forbidden\",\"message\":\"user not found!\",\"path\":\"" + CONFIGS);
        var denied = get(CONFIGS + "?dataId=d&group=g", dev);
        assertThat(denied.statusCode()).isEqualTo(403);
        assertThat(denied.body()).contains("\"message\":\"authorization failed!\"");
        var v3 = get("/nacos/v3/admin/plimsoll/memory", dev);
        assertThat(v3.statusCode()).isEqualTo(403);
        assertThat(v3.body())
                .isEqualTo("{\"code\":10001,\"message\":\"access denied\",\"data\":\"authorization failed!\"}");
    }

    @Test
    void each_may_do_what_his_permissions_say_and_no_more() {
        ok(post(CONFIGS + "?tenant=dev&dataId=mine&group=G&content=x", dev));
        ok(get(CONFIGS + "?tenant=dev&dataId=mine&group=G", dev));
        assertThat(post(CONFIGS + "?dataId=mine&group=G&content=x", dev).statusCode())
                .isEqualTo(403);
        assertThat(get(CONFIGS + "?tenant=public&dataId=mine&group=G", dev).statusCode())
                .isEqualTo(403);
        ok(post("/nacos/v1/ns/instance?namespaceId=dev&serviceName=s&ip=10.0.0.1&port=80", dev));
        ok(get("/nacos/v1/ns/instance/list?namespaceId=dev&serviceName=s", dev));
        assertThat(get("/nacos/v1/ns/instance/list?serviceName=s", dev).statusCode())
                .isEqualTo(403);
        ok(get("/nacos/v3/admin/plimsoll/memory", admin));
        ok(get("/nacos/v3/admin/plimsoll/logins", admin));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?tenant=dev&tenant=prod&dataId=d&group=G",
                "?tenant=dev&namespaceId=prod&dataId=d&group=G",
                "?namespaceId=dev&dataId=d&group=G",
                "?tenant=dev&dataId=d&group=G&groupName=H",
                "?tenant=dev&dataId=d&dataId=e&group=G"
            })
    void a_request_that_names_two_things_is_refused(String query) {
        assertThat(get(CONFIGS + query, dev).statusCode()).isEqualTo(400);
    }

    @Test
    void a_form_cannot_say_other_than_the_query() {
        var response =
                server.send("POST", CONFIGS + "?tenant=dev", "tenant=&dataId=d&group=G&content=x", "accessToken", dev);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(get("/nacos/v1/ns/instance/list?namespaceId=dev&groupName=A&serviceName=B@@s", dev)
                        .statusCode())
                .isEqualTo(400);
        assertThat(get("/nacos/v1/ns/instance/list?namespaceId=dev&serviceName=d%C3%A9&encoding=UTF-16", dev)
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void health_and_state_are_open_and_tell_that_logins_are_needed() {
        ok(server.get("/health/live"));
        ok(server.get("/health/ready"));
        ok(server.get("/nacos/v3/admin/core/state/liveness"));
        assertThat(server.get("/nacos/v1/console/server/state").body()).contains("\"auth_enabled\":\"true\"");
    }

    @ParameterizedTest
    @CsvSource({
        "User-Agent, Nacos-Server",
        "User-Agent, Nacos-Server:v2.2.3",
        "serverIdentity, security",
        "nacos.core.auth.server.identity.key, nacos.core.auth.server.identity.value",
        "X-Forwarded-For, 127.0.0.1"
    })
    void no_header_opens_what_a_token_does_not(String name, String value) {
        assertThat(server.get("/nacos/v1/auth/users?search=accurate&pageNo=1&pageSize=9", name, value)
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.post("/nacos/v1/auth/users?username=x&password=y", name, value)
                        .statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nacos/v1/cs/ops/derby?sql=select%20*%20from%20users",
                "/nacos/v1/cs/ops/data/removal",
                "/nacos/v3/admin/cs/ops/derby?sql=select%201",
                "/nacos/actuator/env",
                "/nacos/actuator/heapdump",
                "/nacos/v1/ns/raft/peer",
                "/nacos/v1/ns/distro/datum",
                "/nacos/../../etc/passwd",
                "/nacos/%2e%2e/%2e%2e/etc/passwd",
                "/..%2f..%2fdata/admin-password",
                "/nacos/v1/console/server/announcement?language=../../admin-password"
            })
    void there_is_no_sql_no_inside_and_no_file_to_be_had(String path) {
        var response = get(path, admin);
        assertThat(response.statusCode()).isIn(400, 403, 404, 405, 410, 501);
        assertThat(response.body()).doesNotContain(adminPassword).doesNotContain("root:");
    }

    @Test
    void a_token_dies_with_the_password_and_with_the_user() {
        ok(post("/nacos/v1/auth/users?username=eve&password=one", admin));
        String first = login("eve", "one");
        String list = "/nacos/v1/ns/operator/metrics";
        ok(server.send("PUT", "/nacos/v1/auth/users?username=eve&newPassword=two", null, "accessToken", first));
        assertThat(post(CONFIGS + "?dataId=d&group=g&content=x", first).body()).contains("token invalid!");
        String second = login("eve", "two");
        assertThat(get("/nacos/v1/auth/users?search=accurate&pageNo=1&pageSize=9", second)
                        .body())
                .contains("authorization failed!");
        ok(server.delete("/nacos/v1/auth/users?username=eve", "accessToken", admin));
        assertThat(get(CONFIGS + "?dataId=d&group=g", second).body()).contains("token invalid!");
        assertThat(list).isNotEmpty();
    }

    @Test
    void only_the_administrator_and_the_user_change_a_password() {
        assertThat(server.put("/nacos/v1/auth/users?username=admin&newPassword=mine", "accessToken", dev)
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.put("/nacos/v3/auth/user?username=admin&newPassword=mine", "accessToken", dev)
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.put("/nacos/v1/auth/users?username=dev&newPassword=" + DEV)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void the_bootstrap_endpoint_is_closed_once_there_is_an_administrator() {
        assertThat(server.post("/nacos/v1/auth/users/admin?password=mine").body())
                .isEqualTo("{\"code\":409,\"message\":\"have admin user cannot use it\",\"data\":null}");
        assertThat(server.post("/nacos/v3/auth/user/admin?password=mine").statusCode())
                .isEqualTo(409);
    }

    @Test
    void users_roles_and_permissions_are_managed_in_v1_s_form() {
        assertThat(post("/nacos/v1/auth/users?username=v1&password=p", admin).body())
                .isEqualTo("{\"code\":200,\"message\":null,\"data\":\"create user ok!\"}");
        assertThat(post("/nacos/v1/auth/users?username=v1&password=p", admin).statusCode())
                .isEqualTo(400);
        assertThat(post("/nacos/v1/auth/users?username=v1&password=p", admin).body())
                .isEqualTo("user 'v1' already exist!");
        assertThat(post("/nacos/v1/auth/roles?role=r1&username=v1", admin).body())
                .contains("add role ok!");
        assertThat(post("/nacos/v1/auth/roles?role=ROLE_ADMIN&username=v1", admin)
                        .body())
                .isEqualTo("role 'ROLE_ADMIN' is not permitted to create!");
        assertThat(post("/nacos/v1/auth/permissions?role=r1&resource=x:*:*&action=r", admin)
                        .body())
                .contains("add permission ok!");
        assertThat(get("/nacos/v1/auth/users?search=blur&username=v*&pageNo=1&pageSize=9", admin)
                        .body())
                .isEqualTo(
                        "{\"totalCount\":1,\"pageNumber\":1,\"pagesAvailable\":1,\"pageItems\":[{\"username\":\"v1\"}]}");
        assertThat(get("/nacos/v1/auth/users?pageNo=1&pageSize=9", admin).statusCode())
                .isEqualTo(400);
        assertThat(get("/nacos/v1/auth/users/search?username=v", admin).body()).contains("\"v1\"");
        assertThat(get("/nacos/v1/auth/roles?search=accurate&username=v1&pageNo=1&pageSize=9", admin)
                        .body())
                .contains("{\"role\":\"r1\",\"username\":\"v1\"}");
        assertThat(get("/nacos/v1/auth/permissions?search=accurate&role=r1&pageNo=1&pageSize=9", admin)
                        .body())
                .contains("{\"role\":\"r1\",\"resource\":\"x:*:*\",\"action\":\"r\"}");
        assertThat(get("/nacos/v1/auth/permissions?role=r1&resource=x:*:*&action=r", admin)
                        .body())
                .contains("\"data\":true");
        assertThat(server.delete("/nacos/v1/auth/permissions?role=r1&resource=x:*:*&action=r", "accessToken", admin)
                        .body())
                .contains("delete permission ok!");
        assertThat(server.delete("/nacos/v1/auth/roles?role=r1", "accessToken", admin)
                        .body())
                .contains("delete role of user  ok!");
        assertThat(server.delete("/nacos/v1/auth/users?username=admin", "accessToken", admin)
                        .body())
                .isEqualTo("cannot delete admin: admin");
        ok(server.delete("/nacos/v1/auth/users?username=v1", "accessToken", admin));
    }

    @Test
    void users_roles_and_permissions_are_managed_in_v3_s_form() {
        assertThat(post("/nacos/v3/auth/user?username=v3&password=p", admin).body())
                .isEqualTo("{\"code\":0,\"message\":\"success\",\"data\":\"create user ok!\"}");
        ok(post("/nacos/v3/auth/role?role=r3&username=v3", admin));
        ok(post("/nacos/v3/auth/permission?role=r3&resource=x:*:*&action=r", admin));
        assertThat(get("/nacos/v3/auth/user/list?pageNo=1&pageSize=9&username=v3", admin)
                        .body())
                .contains("\"pageItems\":[{\"username\":\"v3\"}]")
                .doesNotContain("$2a$");
        assertThat(get("/nacos/v3/auth/role/list?pageNo=1&pageSize=9&role=r3", admin)
                        .body())
                .contains("\"r3\"");
        assertThat(get("/nacos/v3/auth/permission/list?pageNo=1&pageSize=9&role=r3", admin)
                        .body())
                .contains("x:*:*");
        assertThat(get("/nacos/v3/auth/permission?role=r3&resource=x:*:*&action=w", admin)
                        .body())
                .contains("\"data\":false");
        ok(server.delete("/nacos/v3/auth/user?username=v3", "accessToken", admin));
    }

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
    void writes_and_logins_are_logged_and_no_secret_is() {
        ok(post("/nacos/v1/auth/users?username=logged&password=hush-hush", admin));
        server.send("POST", "/nacos/v1/auth/login", "username=logged&password=hush-hush-not");
        assertThat(LOGGED)
                .anyMatch(line -> line.startsWith("WRITE user=admin from=127.0.0.1 what=POST:/nacos/v1/auth/users"
                        + " on=username:logged result=200"));
        assertThat(LOGGED).anyMatch(line -> line.equals("LOGIN-WRONG user=logged from=127.0.0.1"));
        assertThat(LOGGED).anyMatch(line -> line.equals("LOGIN-OK user=admin from=127.0.0.1"));
        assertThat(String.join("\n", LOGGED))
                .doesNotContain("hush")
                .doesNotContain(adminPassword)
                .doesNotContain(admin);
    }

    /** Whatever is logged anywhere, at whatever level, while callers do it right and wrong. */
    @Test
    void no_log_at_any_level_holds_a_password_or_a_token() throws Exception {
        var all = new ConcurrentLinkedQueue<String>();
        var appender = new AppenderBase<ILoggingEvent>() {
            @Override
            protected void append(ILoggingEvent event) {
                all.add(event.getLoggerName() + " " + event.getFormattedMessage());
                if (event.getThrowableProxy() != null) {
                    all.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
                }
            }
        };
        var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        appender.start();
        root.addAppender(appender);
        root.setLevel(Level.TRACE);
        try {
            String secret = "whisper-9d1";
            ok(post("/nacos/v1/auth/users?username=whisperer&password=" + secret, admin));
            String token = login("whisperer", secret);
            server.post("/nacos/v1/auth/login?username=whisperer&password=" + secret);
            server.post("/nacos/v1/auth/login?username=whisperer&password=" + secret + "&password=other");
            server.post("/nacos/v1/auth/nowhere?username=whisperer&password=" + secret + "&accessToken=" + token);
            server.get(CONFIGS + "?dataId=d&group=g&accessToken=" + token);
            server.get(CONFIGS + "?dataId=d&group=g&accessToken=" + token + "x");
            server.put("/nacos/v1/auth/users?username=admin&newPassword=" + secret, "accessToken", token);
            server.put("/nacos/v1/auth/users?username=whisperer&newPassword=" + secret + "-2", "accessToken", token);
            server.get("/thrown?password=" + secret + "&accessToken=" + admin, "Other", token);
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream()
                        .write(("POST /nacos/v1/auth/login?password=" + secret + " HTTP/9.9\r\naccessToken " + token
                                        + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().readAllBytes();
            }
            all.addAll(LOGGED);
            assertThat(all).as("a failing handler was logged").anyMatch(line -> line.contains("/thrown"));
            String signature = token.substring(token.lastIndexOf('.'));
            String ofAdmin = admin.substring(admin.lastIndexOf('.'));
            assertThat(all)
                    .noneMatch(line -> line.contains(secret) || line.contains(signature) || line.contains(ofAdmin));
        } finally {
            root.setLevel(before);
            root.detachAppender(appender);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?tenant=dev&group=G&dataId=d%0d%0aX-Injected:%201",
                "?tenant=dev%0d%0aX-Injected:%201&group=G&dataId=d",
                "?tenant=dev&group=G%0aX-Injected:%201&dataId=d",
                "?tenant=dev&group=G&dataId=d&type=text%0d%0aX-Injected:%201",
                "?tenant=dev&group=G&dataId=d&appName=a%0d%0aX-Injected:%201",
                "?tenant=dev&group=G&dataId=d&config_tags=t%0d%0aX-Injected:%201",
            })
    void a_line_end_in_a_parameter_makes_no_header_and_no_line_of_a_log(String query) {
        for (HttpResponse<String> answer : List.of(
                server.post(CONFIGS + query + "&content=x", "accessToken", admin),
                server.get(CONFIGS + query, "accessToken", admin),
                server.get(CONFIGS + query, "accessToken", dev),
                server.get("/nacos/v2/cs/config" + query.replace("tenant", "namespaceId"), "accessToken", admin))) {
            assertThat(answer.statusCode()).isIn(200, 400, 403, 404);
            assertThat(answer.headers().map()).doesNotContainKey("X-Injected");
        }
        assertThat(LOGGED).noneMatch(line -> line.contains("\n") || line.contains("\r"));
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
    void whether_a_namespace_is_there_is_not_told_to_who_has_no_right_in_it() {
        post("/nacos/v1/console/namespaces?namespaceName=n&customNamespaceId=there", admin);
        byte[] json = "[{\"cfgId\":\"1\"}]".getBytes(StandardCharsets.UTF_8);
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
}
