package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Logging in, who manages users, and what is logged of it. */
class LoginAccessTest extends AccessFixture {
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
    void a_token_dies_with_the_password_and_with_the_user() {
        ok(post("/nacos/v1/auth/users?username=eve&password=one", admin));
        String first = login("eve", "one");
        ok(server.send("PUT", "/nacos/v1/auth/users?username=eve&newPassword=two", null, "accessToken", first));
        assertThat(post(CONFIGS + "?dataId=d&group=g&content=x", first).body()).contains("token invalid!");
        String second = login("eve", "two");
        assertThat(get("/nacos/v1/auth/users?search=accurate&pageNo=1&pageSize=9", second)
                        .body())
                .contains("authorization failed!");
        ok(server.delete("/nacos/v1/auth/users?username=eve", "accessToken", admin));
        assertThat(get(CONFIGS + "?dataId=d&group=g", second).body()).contains("token invalid!");
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
}
