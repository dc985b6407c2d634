package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.Unavailable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogScanTest {
    private static final ScanProgress SILENT = new ScanProgress(System.err, false, () -> 0L);

    @TempDir
    Path dir;

    private SickNacos nacos;

    @BeforeEach
    void nacos() throws IOException {
        nacos = new SickNacos(dir.resolve("nacos"));
    }

    private LogScan scan(Path directory) {
        var scan = new LogScan();
        scan.read(LogFolder.find(directory), SILENT);
        return scan;
    }

    @Test
    void logs_are_found_in_the_home_and_in_their_own_directory() throws IOException {
        nacos.started("2.2.3", "-Xmx512m");

        assertThat(LogFolder.find(nacos.home)).isEqualTo(LogFolder.find(nacos.logs));
    }

    @Test
    void a_directory_without_logs_is_refused_in_words() {
        assertThatThrownBy(() -> LogFolder.find(dir))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("naming-push.log");
    }

    @Test
    void rotated_files_are_read_oldest_first_zipped_or_not() throws IOException {
        nacos.file("naming-push.log", "")
                .zipped("naming-push.log.2026-11-20.0.gz", "")
                .file("naming-push.log.2026-11-20.10", "")
                .file("naming-push.log.2026-11-20.2", "")
                .file("naming-push.log.2026-11-21.0", "")
                .file("naming-push.logger", "");

        assertThat(LogFolder.find(nacos.logs).files())
                .extracting(file -> file.path().getFileName().toString())
                .containsExactly(
                        "naming-push.log.2026-11-20.0.gz",
                        "naming-push.log.2026-11-20.2",
                        "naming-push.log.2026-11-20.10",
                        "naming-push.log.2026-11-21.0",
                        "naming-push.log");
    }

    @Test
    void a_history_across_rotated_files_is_one() throws IOException {
        nacos.zipped("naming-push.log.2026-11-21.0.gz", SickNacos.ok(1, "10.1.0.1"))
                .file("naming-push.log.2026-11-21.1", SickNacos.fail(2, "10.1.0.9"))
                .file("naming-push.log", SickNacos.ok(3, "10.1.0.2"));

        PushHistory pushes = scan(nacos.home).pushes();
        assertThat(pushes.ok()).isEqualTo(2);
        assertThat(pushes.failed()).isEqualTo(1);
        assertThat(pushes.targets().size()).isEqualTo(3);
    }

    @Test
    void a_zipped_file_cut_short_tells_what_it_has_and_is_named() throws IOException {
        nacos.zipped("naming-push.log.2026-11-21.0.gz", SickNacos.healthy())
                .file("naming-push.log", SickNacos.ok(1, "a"));
        Path zipped = nacos.logs.resolve("naming-push.log.2026-11-21.0.gz");
        byte[] whole = Files.readAllBytes(zipped);
        Files.write(zipped, Arrays.copyOf(whole, whole.length / 2));

        LogScan scan = scan(nacos.home);
        assertThat(scan.pushes().ok()).isPositive();
        assertThat(scan.notes()).hasSize(1).allMatch(note -> note.contains("naming-push.log.2026-11-21.0.gz"));
    }

    @Test
    void of_too_many_files_the_newest_are_read() throws IOException {
        for (int i = 0; i < LogFolder.MOST_FILES + 50; i++) {
            nacos.file("naming-push.log.2026-11-20." + i, "");
        }

        LogFolder folder = LogFolder.find(nacos.logs);
        assertThat(folder.files()).hasSize(LogFolder.MOST_FILES);
        assertThat(folder.left()).isEqualTo(50);
        assertThat(folder.files().get(0).path().getFileName()).hasToString("naming-push.log.2026-11-20.50");
        assertThat(scan(nacos.logs).notes()).hasSize(1).allMatch(note -> note.startsWith("50 older log files"));
    }

    @Test
    void what_is_kept_does_not_grow_with_the_logs() throws IOException {
        var push = new StringBuilder();
        var access = new StringBuilder();
        for (int i = 0; i < 60_000; i++) {
            String address = "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
            push.append(SickNacos.fail(i % 3_600, address).replace("'orders'", "'orders-" + i + "'"));
            access.append(address)
                    .append(" - - [22/Nov/2026:12:00:00 +0000] \"POST /nacos/v1/auth/login?username=u")
                    .append(i)
                    .append(" HTTP/1.1\" 403 1 1 agent-")
                    .append(i)
                    .append(" -\n");
        }
        push.append("2026-11-22 12:00:00,000 ERROR ")
                .append("y".repeat(5_000_000))
                .append('\n');
        String errors = IntStream.range(0, 20_000)
                .mapToObj(i -> "2026-11-22 12:00:00,000 ERROR " + "abcdefghij".repeat(1 + i % 5) + (char) ('a' + i % 26)
                        + (char) ('a' + i / 26 % 26) + (char) ('a' + i / 676) + "\n")
                .reduce(new StringBuilder(), StringBuilder::append, StringBuilder::append)
                .toString();
        nacos.file("naming-push.log", push.toString())
                .file("access_log.2026-11-22.log", access.toString())
                .file("nacos.log", errors);

        LogScan scan = scan(nacos.home);
        assertThat(scan.pushes().failed()).isEqualTo(60_000);
        assertThat(scan.pushes().targets().size()).isLessThanOrEqualTo(2 * PushHistory.MOST_NAMES);
        assertThat(scan.pushes().topics().size()).isLessThanOrEqualTo(2 * PushHistory.MOST_NAMES);
        assertThat(scan.pushes().timeline().used()).isLessThanOrEqualTo(Timeline.STEPS);
        assertThat(scan.logins().logins()).isEqualTo(60_000);
        assertThat(scan.logins().addresses().size()).isLessThanOrEqualTo(2 * LoginHistory.MOST_NAMES);
        assertThat(scan.logins().agents().size()).isLessThanOrEqualTo(2 * LoginHistory.MOST_NAMES);
        assertThat(scan.logins().users().size()).isLessThanOrEqualTo(2 * LoginHistory.MOST_NAMES);
        assertThat(scan.logins().requestsBy().size()).isLessThanOrEqualTo(2 * LoginHistory.MOST_NAMES);
        assertThat(scan.server().errors().size()).isLessThanOrEqualTo(2 * ServerLog.MOST_NAMES);
    }

    @Test
    void the_server_log_tells_of_memory_starts_and_its_own_counters() throws IOException {
        nacos.file("nacos.log", """
                2026-11-22 12:00:01,000 INFO ConnectionMetrics, totalCount = 212, detail = {long_connection=212}

                2026-11-22 12:00:02,000 ERROR [TASK-FAILED] io.grpc.netty.shaded.io.netty.util.internal.OutOfDirectMemoryError: failed to allocate 16777216 byte(s) of direct memory (used: 1006633239, max: 1020067840)

                2026-11-22 12:00:03,000 WARN Stream Error

                io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception$StreamException: Stream closed before write could take place
                \tat io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception.streamError(Http2Exception.java:173)
                2026-11-22 12:00:04,702 INFO Tps reporting...
                NAMING_RPC_PUSH_FAIL|point|SECONDS|2026-11-22 12:00:03|1|0|
                NAMING_RPC_PUSH|point|SECONDS|2026-11-22 12:00:03|9|0|

                2026-11-22 12:00:05,603 INFO Tps reporting...
                NAMING_RPC_PUSH_FAIL|point|SECONDS|2026-11-22 12:00:04|69|0|
                NAMING_RPC_PUSH|point|SECONDS|2026-11-22 12:00:04|69|0|

                2026-11-22 12:00:06,503 INFO Tps reporting...
                NAMING_RPC_PUSH|point|SECONDS|2026-11-22 12:00:05|31|0|
                NAMING_RPC_PUSH_FAIL|point|SECONDS|2026-11-22 12:00:05|31|0|
                """);

        ServerLog log = scan(nacos.home).server();
        assertThat(log.mostConnections()).isEqualTo(212);
        assertThat(log.directErrors()).isEqualTo(1);
        assertThat(log.directMax()).isEqualTo(1_020_067_840);
        assertThat(LogTime.text(log.firstDirectError())).isEqualTo("2026-11-22 12:00:02.000");
        assertThat(log.unsentFrames()).isEqualTo(1);
        assertThat(LogTime.toTheSecond(log.allFailFrom())).isEqualTo("2026-11-22 12:00:04");
        assertThat(log.allFailPushes()).isEqualTo(100);
    }

    @Test
    void the_start_tells_version_port_and_flags_of_2_x_and_3_x() throws IOException {
        nacos.started("3.1.0-SNAPSHOT", "-Xms512m -Xmx1g -Xmx2g -XX:MaxDirectMemorySize=512m");

        StartOut start = scan(nacos.home).start();
        assertThat(start.version()).hasValueSatisfying(version -> {
            assertThat(version).hasToString("3.1.0-SNAPSHOT");
            assertThat(version.queue()).isEqualTo(NacosVersion.Queue.GATED);
        });
        assertThat(start.port()).isEqualTo("8848");
        assertThat(start.pid()).isEqualTo("4711");
        assertThat(start.mode()).isEqualTo("stand-alone");
        assertThat(start.flags()).hasValueSatisfying(flags -> {
            assertThat(flags.heap()).hasValue(2 * Size.GIB);
            assertThat(flags.mostDirect()).hasValue(512 * Size.MIB);
            assertThat(flags.home()).hasValue(nacos.home.toString());
        });
    }

    @Test
    void progress_is_drawn_on_a_terminal_only_and_cleared() throws IOException {
        nacos.file("naming-push.log", SickNacos.losingItsMemory());
        var clock = new AtomicLong();
        var out = new ByteArrayOutputStream();
        for (boolean terminal : List.of(false, true)) {
            var progress = new ScanProgress(
                    new PrintStream(out, true, StandardCharsets.UTF_8), terminal, () -> clock.addAndGet(200_000_000));
            LogFolder folder = LogFolder.find(nacos.logs);
            progress.expect(folder.bytes());
            new LogScan().read(folder, progress);
            String drawn = out.toString(StandardCharsets.UTF_8);
            if (terminal) {
                assertThat(drawn).contains("% of ").contains("naming-push.log").endsWith("\r\u001b[K");
            } else {
                assertThat(drawn).isEmpty();
            }
        }
    }
}
