package dev.plimsoll.http;

import static dev.plimsoll.http.HttpFixture.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A server whose callers must log in, seen from outside, with an administrator and somebody who may use a namespace. */
abstract class AccessFixture {
    private static final Pattern TOKEN = Pattern.compile("\"accessToken\":\"([^\"]+)\"");
    static final String CONFIGS = "/nacos/v1/cs/configs";
    static final String DEV = "devs-password";

    @TempDir
    static Path data;

    static final Queue<String> LOGGED = new ConcurrentLinkedQueue<>();
    static HttpFixture server;
    static String adminPassword;
    static String admin;

    static String dev; // may read and write in namespace dev

    @BeforeAll
    static void start() throws Exception {
        LOGGED.clear();
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

    static void ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    static String login(String user, String password) {
        var response =
                server.send("POST", "/nacos/v1/auth/login?username=" + encoded(user), "password=" + encoded(password));
        ok(response);
        Matcher token = TOKEN.matcher(response.body());
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    static HttpResponse<String> get(String path, String token) {
        return server.get(path, "accessToken", token);
    }

    static HttpResponse<String> post(String path, String token) {
        return server.post(path, "Authorization", "Bearer " + token);
    }
}
