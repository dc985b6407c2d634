package dev.plimsoll;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Main as a process of its own, with the split the launcher would make. */
class MainTest {
    private static final Pattern READY =
            Pattern.compile("plimsoll ready http=([0-9]+) grpc=([0-9]+) memory=256m in [0-9]+ ms");

    @TempDir
    Path dir;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process start(long memory, Map<String, String> environment, String... options) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ArrayList<>(List.of(
                java,
                "-Xmx120m",
                "-Dplimsoll.memory=" + memory,
                "-Dplimsoll.heap=" + (120L << 20),
                "-Dio.netty.maxDirectMemory=" + (40L << 20),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.plimsoll.Main",
                "start",
                "--host",
                "127.0.0.1",
                "--data",
                dir.resolve("data").toString()));
        command.addAll(List.of(options));
        if (Files.exists(Path.of("/proc/self/status"))) {
            // A script's background job ignores SIGINT, and so does what it starts, unless told otherwise.
            command.addAll(0, List.of("env", "--default-signal=INT"));
        }
        var builder = new ProcessBuilder(command)
                .redirectOutput(dir.resolve("out").toFile())
                .redirectError(dir.resolve("err").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PLIMSOLL_") || name.startsWith("JAVA_TOOL"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private List<String> refused(Process process) throws Exception {
        assertThat(process.waitFor(30, SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(Files.readString(dir.resolve("out"))).doesNotContain("ready");
        return Files.readAllLines(dir.resolve("err"));
    }

    private Matcher ready() {
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.readString(dir.resolve("out")), text -> text.lines()
                .anyMatch(line -> READY.matcher(line).matches()));
        try {
            List<String> lines = Files.readAllLines(dir.resolve("out"));
            Matcher last = READY.matcher(lines.get(lines.size() - 1));
            assertThat(last.matches())
                    .as("the ready line is the last: %s", lines)
                    .isTrue();
            assertThat(lines).contains("memory 256m = heap 120m + direct 40m + rest 96m");
            return last;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void it_says_where_it_listens_and_listens_there() throws Exception {
        start(256L << 20, Map.of(), "--port", "0");
        Matcher ready = ready();
        for (int group = 1; group <= 2; group++) {
            new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(ready.group(group))).close();
        }
        assertThat(dir.resolve("data/logs/plimsoll.log")).exists();
        assertThat(Files.readAllLines(dir.resolve("err"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void a_signal_ends_it_within_five_seconds_and_cleanly(String signal) throws Exception {
        Process process = start(256L << 20, Map.of(), "--port", "0");
        ready();
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();

        assertThat(process.waitFor(5, SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(Files.readAllLines(dir.resolve("err"))).isEmpty();
    }

    @Test
    void a_taken_port_is_one_line() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            // Above 64535 it can only be a gRPC port.
            String option = Integer.toString(port > 64_535 ? port - 1000 : port);

            assertThat(refused(start(256L << 20, Map.of(), "--port", option)))
                    .singleElement()
                    .asString()
                    .contains(Integer.toString(port));
        }
    }

    @Test
    void a_line_the_launcher_did_not_split_is_one_line() throws Exception {
        assertThat(refused(start(256L << 20, Map.of(), "--port", "0", "--memory", "512m")))
                .singleElement()
                .asString()
                .startsWith("plimsoll: memory: 512m");
    }

    @Test
    void a_line_below_the_minimum_is_one_line() throws Exception {
        assertThat(refused(start(64L << 20, Map.of("PLIMSOLL_MEMORY", "64m"), "--port", "0")))
                .singleElement()
                .asString()
                .isEqualTo("plimsoll: environment: PLIMSOLL_MEMORY: '64m' (expected: a size such as "
                        + Bytes.text(MemoryLine.MINIMUM) + ", up to 8192g)");
    }

    @Test
    void a_line_above_the_machine_is_one_line() throws Exception {
        assertThat(refused(start(8192L << 30, Map.of(), "--port", "0", "--memory", "8192g")))
                .singleElement()
                .asString()
                .startsWith("plimsoll: memory: 8192g (expected: at most ");
    }

    @Test
    void a_heap_above_its_part_is_one_line() throws Exception {
        assertThat(refused(start(256L << 20, Map.of("_JAVA_OPTIONS", "-Xmx700m"), "--port", "0")))
                .last()
                .asString()
                .startsWith("plimsoll: memory: the JVM's heap may grow to ");
    }

    @Test
    void an_unknown_setting_and_an_unusable_data_directory_are_one_line() throws Exception {
        assertThat(refused(start(256L << 20, Map.of(), "--prot", "0")))
                .singleElement()
                .asString()
                .contains("'--port'");
        Path file = Files.writeString(dir.resolve("file"), "");
        assertThat(refused(start(256L << 20, Map.of(), "--port", "0", "--data", file.toString())))
                .singleElement()
                .asString()
                .contains(file.toString());
    }

    @Test
    void what_is_not_supported_yet_is_one_line_and_no_obstacle() throws Exception {
        start(256L << 20, Map.of("NACOS_CORE_AUTH_SYSTEM_TYPE", "ldap"), "--port", "0");
        ready();
        assertThat(Files.readAllLines(dir.resolve("err")))
                .containsExactly("plimsoll: not yet supported: NACOS_CORE_AUTH_SYSTEM_TYPE");
    }

    @Test
    void the_first_start_with_auth_on_shows_a_password_once_and_keeps_it_for_its_owner() throws Exception {
        Process first = start(256L << 20, Map.of(), "--port", "0", "--auth", "on");
        ready();
        String password =
                Files.readString(dir.resolve("data").resolve("admin-password")).strip();
        assertThat(password).hasSize(20);
        assertThat(Files.readString(dir.resolve("out"))).contains("user admin, password " + password);
        assertThat(Files.readString(dir.resolve("data").resolve("logs").resolve("plimsoll.log")))
                .doesNotContain(password);
        for (String secret : List.of("admin-password", "token-keys")) {
            assertThat(Files.getPosixFilePermissions(dir.resolve("data").resolve(secret)))
                    .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        }
        first.destroy();
        assertThat(first.waitFor(30, SECONDS)).isTrue();

        start(256L << 20, Map.of(), "--port", "0", "--auth", "on");
        ready();
        assertThat(Files.readString(dir.resolve("out"))).doesNotContain(password);
    }

    @Test
    void auth_that_is_off_is_said() throws Exception {
        start(256L << 20, Map.of(), "--port", "0", "--auth", "off");
        ready();
        assertThat(Files.readString(dir.resolve("err"))).contains("auth is off: whoever reaches 127.0.0.1");
        assertThat(dir.resolve("data").resolve("admin-password")).doesNotExist();
    }

    @Test
    void a_published_token_key_stops_the_start_and_is_not_shown() throws Exception {
        String published = "SecretKey012345678901234567890123456789012345678901234567890123456789";
        assertThat(refused(start(256L << 20, Map.of("NACOS_AUTH_TOKEN", published), "--port", "0", "--auth", "on")))
                .singleElement()
                .asString()
                .contains("public documentation")
                .doesNotContain(published);
    }
}
