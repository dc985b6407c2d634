package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole examinations of reference servers by their directories. */
class NacosDoctorTest {
    @TempDir
    Path dir;

    private SickNacos nacos;
    private Path root;

    @BeforeEach
    void nacos() throws IOException {
        nacos = new SickNacos(dir.resolve("nacos"));
        root = Files.createDirectories(dir.resolve("root"));
    }

    private Report examine() {
        return new NacosDoctor(root, new ScanProgress(System.err, false, () -> 0L))
                .examine(nacos.home.toString(), Optional.empty(), Authorities.ofMachine());
    }

    private static Diagnosis diagnosis(Report report, String check) {
        return report.diagnoses().stream()
                .filter(each -> each.check().equals(check))
                .findFirst()
                .orElseThrow(() -> new AssertionError(check + " is not among " + report.diagnoses()));
    }

    private static List<String> checks(Report report) {
        return report.diagnoses().stream().map(Diagnosis::check).toList();
    }

    @Test
    void a_server_that_lost_its_memory_is_seen_through() throws IOException {
        nacos.started("2.2.3", "-Xms512m -Xmx512m")
                .file("naming-push.log", SickNacos.losingItsMemory())
                .file("access_log.2026-11-22.log", SickNacos.logins(200, 403));
        List<String> before = nacos.inventory();

        Report report = examine();

        assertThat(report.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(checks(report)).containsExactly("pushes", "direct-limit", "version", "clients", "logins");
        Diagnosis pushes = diagnosis(report, "pushes");
        assertThat(pushes.cause())
                .contains("No push has succeeded since 2026-11-22 12:01:29")
                .contains("direct memory");
        assertThat(pushes.evidence())
                .anyMatch(line -> line.contains("began to fail at 2026-11-22 12:01:00.250")
                        && line.contains("public SHOP@@orders to 10.1.0.9"))
                .anyMatch(line -> line.contains("the last push that succeeded: 2026-11-22 12:01:29.250"))
                .anyMatch(line -> line.startsWith("5 addresses that had answered before fail"));
        assertThat(diagnosis(report, "direct-limit").evidence())
                .contains("start.out: -Xmx512m, no -XX:MaxDirectMemorySize");
        assertThat(diagnosis(report, "direct-limit").advice().get(0)).contains("-XX:MaxDirectMemorySize=256m");
        assertThat(diagnosis(report, "clients").evidence())
                .anyMatch(line -> line.startsWith("10.1.0.9: 180 of 180 failed") && line.contains("never answered"));
        assertThat(diagnosis(report, "logins").evidence())
                .anyMatch(line -> line.startsWith("200 logins"))
                .anyMatch(line -> line.contains("10.1.0.77 (200)") && line.contains("user: shop (200)"));
        assertThat(report.plan())
                .extracting(step -> step.substring(0, 12))
                .containsExactly("Size the lim", "Restart the ", "Find the cli", "Stop the use", "Upgrade to N");
        assertThat(report.tables().get(0).rows().get(0).get(0)).isEqualTo("10.1.0.9");
        assertThat(nacos.inventory()).isEqualTo(before);
    }

    @Test
    void a_well_server_is_healthy() throws IOException {
        nacos.started("3.1.0", "-Xms512m -Xmx512m -XX:MaxDirectMemorySize=192m")
                .file("naming-push.log", SickNacos.healthy())
                .file("access_log.2026-11-22.log", SickNacos.logins(3, 200));

        Report report = examine();

        assertThat(report.diagnoses()).isEmpty();
        assertThat(report.severity().exitStatus()).isZero();
        assertThat(report.fine())
                .extracting(Report.Note::check)
                .contains("pushes", "direct-limit", "version", "logins");
    }

    @Test
    void one_stalled_client_of_a_server_that_gates_its_pushes_is_a_warning_and_names_it() throws IOException {
        var log = new StringBuilder();
        for (int second = 0; second < 120; second++) {
            log.append(SickNacos.ok(second, "10.1.0.1")).append(SickNacos.fail(second, "10.1.0.9"));
        }
        nacos.started("3.1.0", "-Xmx512m -XX:MaxDirectMemorySize=192m").file("naming-push.log", log.toString());

        Report report = examine();

        assertThat(checks(report)).containsExactly("clients");
        assertThat(report.severity()).isEqualTo(Severity.WARNING);
        assertThat(report.plan()).hasSize(1).allMatch(step -> step.contains("10.1.0.9"));
    }

    @Test
    void an_old_version_without_symptoms_is_a_warning() throws IOException {
        nacos.started("2.1.0", "-Xmx2g -XX:MaxDirectMemorySize=1g").file("naming-push.log", SickNacos.healthy());

        assertThat(checks(examine())).containsExactly("version");
        assertThat(examine().severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void exhausted_direct_memory_is_critical_with_its_numbers() throws IOException {
        nacos.started("2.2.3", "-Xmx1g -XX:MaxDirectMemorySize=512m")
                .file(
                        "nacos.log",
                        "2026-11-22 12:00:02,000 ERROR io.grpc.netty.shaded.io.netty.util.internal.OutOfDirectMemoryError:"
                                + " failed to allocate 16777216 byte(s) of direct memory (used: 520093696, max:"
                                + " 536870912)\n");

        Diagnosis found = diagnosis(examine(), "memory-errors");
        assertThat(found.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(found.evidence()).contains("the last one: 496m used of 512m");
    }

    @Test
    void many_logins_that_succeed_are_too_many_all_the_same() throws IOException {
        nacos.started("3.1.0", "-Xmx512m -XX:MaxDirectMemorySize=192m")
                .file("access_log.2026-11-22.log", SickNacos.logins(500, 200));

        assertThat(diagnosis(examine(), "logins").cause()).isEqualTo("Clients log in far too often");
    }

    @Test
    void the_running_process_tells_flags_sizes_files_and_who_does_not_read() throws IOException {
        nacos.started("3.1.0", "-Xmx512m").file("naming-push.log", SickNacos.healthy());
        Path process = root.resolve("proc/4711");
        Files.createDirectories(process.resolve("net"));
        Files.writeString(root.resolve("proc/meminfo"), "MemTotal:        8000000 kB\n");
        Files.writeString(
                process.resolve("cmdline"),
                String.join(
                        "\0",
                        "/opt/jdk/bin/java",
                        "-Xmx512m",
                        "-XX:MaxDirectMemorySize=192m",
                        "-Dnacos.home=" + nacos.home,
                        "-jar",
                        nacos.home + "/target/nacos-server.jar"));
        Files.writeString(
                process.resolve("status"), "Name:\tjava\nVmHWM:\t 900000 kB\nVmRSS:\t 800000 kB\nThreads:\t99\n");
        Files.writeString(
                process.resolve("limits"), "Limit  Soft  Hard\nMax open files            4                4 files\n");
        Files.writeString(process.resolve("cgroup"), "0::/nacos\n");
        Path fds = Files.createDirectories(process.resolve("fd"));
        for (int i = 0; i < 4; i++) {
            Files.writeString(fds.resolve(Integer.toString(i)), "");
        }
        Path group = Files.createDirectories(root.resolve("sys/fs/cgroup/nacos"));
        Files.writeString(group.resolve("memory.max"), "838860800\n");
        Files.writeString(process.resolve("net/tcp"), """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
                   0: 0100000A:2678 0900010A:C5F6 01 00250000:00000000 02:0000 00000000 0
                   1: 0100000A:2678 0100010A:C5F7 01 00000000:00000000 02:0000 00000000 0
                   2: 0100000A:1F90 0900010A:C5F8 01 00250000:00000000 02:0000 00000000 0
                """);

        Report report = examine();

        assertThat(report.facts().get("process")).isEqualTo("pid 4711, resident 781m, peak 878m, 99 threads");
        assertThat(report.fine())
                .anyMatch(note ->
                        note.check().equals("direct-limit") && note.text().startsWith("the running process: "));
        assertThat(checks(report)).containsExactlyInAnyOrder("process", "files", "unread");
        assertThat(diagnosis(report, "process").severity()).isEqualTo(Severity.CRITICAL);
        assertThat(diagnosis(report, "unread").evidence())
                .containsExactly("10.1.0.9:50678: 2m in the kernel's send queue");
    }

    @Test
    void addresses_of_both_families_are_read_as_the_kernel_writes_them() {
        assertThat(LocalProcess.addressOf("0900010A:C5F6")).isEqualTo("10.1.0.9");
        assertThat(LocalProcess.addressOf("0000000000000000FFFF00000900010A:C5F6"))
                .isEqualTo("10.1.0.9");
        assertThat(LocalProcess.addressOf("B80D0120000000000000000001000000:C5F6"))
                .isEqualTo("[2001:db8:0:0:0:0:0:1]");
        assertThat(LocalProcess.addressOf("nonsense")).isEqualTo("?");
    }

    @Test
    void what_is_neither_a_directory_nor_an_address_is_refused() {
        var doctor = new NacosDoctor(root, new ScanProgress(System.err, false, () -> 0L));

        assertThatThrownBy(() ->
                        doctor.examine(dir.resolve("absent").toString(), Optional.empty(), Authorities.ofMachine()))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("is no directory");
    }
}
