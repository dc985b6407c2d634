package dev.plimsoll.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Short forms of the scenarios against the built distribution: that nothing is lost or refused, never how long it took. */
final class SmokeTest {
    private static final Pattern READY = Pattern.compile("plimsoll ready http=(\\d+) grpc=(\\d+) .*");

    private static Process server;
    private static String http;
    private static String grpc;

    @BeforeAll
    static void start() throws IOException {
        Path command = Path.of(System.getProperty("plimsoll.home", ""), "bin", "plimsoll");
        assumeTrue(Files.isRegularFile(command), "the distribution is not built");
        Path directory = Files.createTempDirectory(
                Files.createDirectories(Path.of(System.getProperty("plimsoll.target"))), "smoke-");
        File log = directory.resolve("server.err").toFile();
        server = new ProcessBuilder(
                        command.toString(),
                        "start",
                        "--port",
                        "0",
                        "--host",
                        "127.0.0.1",
                        "--data",
                        directory.resolve("data").toString(),
                        "--memory",
                        "256m")
                .directory(directory.toFile())
                .redirectError(log)
                .start();
        BufferedReader out = server.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                http = "127.0.0.1:" + ready.group(1);
                grpc = "127.0.0.1:" + ready.group(2);
                return;
            }
        }
        throw new AssertionError("the server did not become ready: " + Files.readString(log.toPath()));
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (server != null) {
            server.destroy();
            if (!server.waitFor(15, TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stall --stalled 10 --healthy 2 --instances 300 --every 100ms --seconds 3 --warmup 1",
                "fanout --subscribers 20 --instances 30 --every 100ms --seconds 2 --warmup 1",
                "register --seconds 1 --warmup 1 --connections 2",
                "query --seconds 1 --warmup 1 --connections 2",
                "configread --seconds 1 --warmup 1 --connections 2",
                "configpublish --seconds 1 --warmup 1 --threads 8",
                "connections --count 100 --idle 1",
                "loginstorm",
                "soak --minutes 0 --cycle 12s --stalled 4 --crowd 30 --instances 50",
            })
    void scenario_holds(String words) throws InterruptedException {
        Ran ran = run(words);

        assertThat(ran.status()).as(ran.output()).isZero();
        assertThat(ran.output()).contains("verdict: pass").contains("\"passed\":true");
    }

    @Test
    void target_that_is_not_there_fails_the_run() throws InterruptedException {
        Ran ran = run(List.of("query", "--target", "127.0.0.1:1", "--grpc", "127.0.0.1:1"));

        assertThat(ran.status()).as(ran.output()).isEqualTo(1);
        assertThat(ran.output()).contains("connect");
    }

    @Test
    void wrong_words_are_refused() throws InterruptedException {
        assertThat(run(List.of("stal")).status()).isEqualTo(2);
        assertThat(run(List.of("stall")).status()).isEqualTo(2);
        assertThat(run(List.of("stall", "--target", "nowhere")).status()).isEqualTo(2);
    }

    private record Ran(int status, String output) {}

    private static Ran run(String words) throws InterruptedException {
        List<String> all = new ArrayList<>(Arrays.asList(words.split(" ", -1)));
        all.addAll(List.of("--target", http, "--grpc", grpc, "--pid", Long.toString(server.pid())));
        return run(all);
    }

    private static Ran run(List<String> words) throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = Main.run(words, out, out, false);
        return new Ran(status, bytes.toString(StandardCharsets.UTF_8));
    }
}
