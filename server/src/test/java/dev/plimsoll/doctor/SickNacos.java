package dev.plimsoll.doctor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/** Log directories of reference servers, in its formats, with invented addresses and services. */
final class SickNacos {
    private static final String BANNER = """
                 ,--.
            ,--,:  : |                                           Nacos VERSION
            ,`--.'`|  ' :                       ,---.               Running in stand alone mode, All function modules
            |   :  :  | |                      '   ,'\\   .--.--.    Port: 8848
            :   |   \\ | :  ,--.--.     ,---.  /   /   | /  /    '   Pid: 4711

            2026-11-22 11:59:50,790 INFO Tomcat initialized with port(s): 8848 (http)

            2026-11-22 11:59:58,558 INFO Nacos started successfully in stand alone mode. use embedded storage

            """;

    final Path home;
    final Path logs;

    SickNacos(Path home) throws IOException {
        this.home = home;
        this.logs = Files.createDirectories(home.resolve("logs"));
    }

    SickNacos started(String version, String flags) throws IOException {
        return file(
                "start.out",
                "/opt/jdk/bin/java   " + flags + " -Dnacos.standalone=true -Dnacos.home=" + home
                        + " -jar " + home + "/target/nacos-server.jar  --server.max-http-header-size=524288\n\n"
                        + BANNER.replace("VERSION", version));
    }

    SickNacos file(String name, String text) throws IOException {
        Files.writeString(logs.resolve(name), text);
        return this;
    }

    SickNacos zipped(String name, String text) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(logs.resolve(name)))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    static String time(int second) {
        return String.format(Locale.ROOT, "2026-11-22 12:%02d:%02d,250", second / 60, second % 60);
    }

    static String ok(int second, String target) {
        return time(second) + " INFO [PUSH-SUCC] 17ms, all delay time 664ms, SLA 130ms, Service{namespace='public',"
                + " group='SHOP', name='orders', ephemeral=true, revision=2}, originalSize=9, DataSize=9, target="
                + target + "\n\n";
    }

    static String fail(int second, String target) {
        return time(second) + " ERROR [PUSH-FAIL] 5012ms, Service{namespace='public', group='SHOP', name='orders',"
                + " ephemeral=true, revision=8}, reason=Timeout After 5000 milliseconds,requestId =1, target=" + target
                + "\n\n" + time(second) + " ERROR Reason detail: \n\n"
                + "java.util.concurrent.TimeoutException: Timeout After 5000 milliseconds,requestId =1\n"
                + "\tat com.alibaba.nacos.api.remote.DefaultRequestFuture$TimeoutHandler.run(DefaultRequestFuture.java:194)\n";
    }

    /** Healthy for a minute, then one client stalls, then nobody is told anything any more. */
    static String losingItsMemory() {
        var log = new StringBuilder();
        for (int second = 0; second < 60; second++) {
            log.append(ok(second, "10.1.0." + (second % 5 + 1)));
        }
        for (int second = 60; second < 90; second++) {
            log.append(fail(second, "10.1.0.9"));
            log.append(ok(second, "10.1.0." + (second % 5 + 1)));
        }
        for (int second = 90; second < 240; second++) {
            log.append(fail(second, "10.1.0.9"));
            log.append(fail(second, "10.1.0." + (second % 5 + 1)));
        }
        return log.toString();
    }

    static String healthy() {
        var log = new StringBuilder();
        for (int second = 0; second < 240; second++) {
            log.append(ok(second, "10.1.0." + (second % 5 + 1)));
        }
        return log.toString();
    }

    static String logins(int count, int status) {
        var log = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int second = i / 5;
            log.append(String.format(
                    Locale.ROOT,
                    "10.1.0.77 - - [22/Nov/2026:12:%02d:%02d +0000] \"POST /nacos/v1/auth/login?username=shop HTTP/1.1\""
                            + " %d 15 72 Nacos-Go-Client:v2.2.9 -%n",
                    second / 60,
                    second % 60,
                    status));
        }
        return log.toString();
    }

    /** Names, sizes and times of all files there are. */
    List<String> inventory() throws IOException {
        var all = new ArrayList<String>();
        try (var files = Files.walk(home)) {
            for (Path file : files.sorted().toList()) {
                all.add(file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
        }
        return all;
    }
}
