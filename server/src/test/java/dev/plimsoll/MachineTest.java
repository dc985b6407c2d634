package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
    @TempDir
    Path root;

    @BeforeEach
    void fourGigabytes() throws IOException {
        file("proc/meminfo", "MemTotal:        4194304 kB\nMemFree:          1 kB\n");
    }

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private long bytes() {
        return new Machine(root).memory().orElseThrow().bytes();
    }

    @Test
    void without_cgroups_it_is_the_machine_s() {
        assertThat(bytes()).isEqualTo(4L << 30);
    }

    @Test
    void the_tightest_group_above_this_one_counts() throws IOException {
        file("proc/self/cgroup", "0::/system.slice/plimsoll.service\n");
        file("sys/fs/cgroup/system.slice/plimsoll.service/memory.max", "max\n");
        file("sys/fs/cgroup/system.slice/memory.max", "536870912\n");

        assertThat(bytes()).isEqualTo(512L << 20);
    }

    @Test
    void in_a_container_the_top_is_its_own_group() throws IOException {
        file("proc/self/cgroup", "0::/../../docker/abc\n");
        file("sys/fs/cgroup/memory.max", "268435456\n");

        assertThat(bytes()).isEqualTo(256L << 20);
    }

    @Test
    void the_first_version_of_cgroups_is_understood() throws IOException {
        file("proc/self/cgroup", "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n1:name=systemd:/docker/abc\n");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "314572800\n");

        assertThat(bytes()).isEqualTo(300L << 20);
    }

    @Test
    void no_limit_is_no_bound() throws IOException {
        file("proc/self/cgroup", "4:memory:/\n");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");

        assertThat(bytes()).isEqualTo(4L << 30);
    }

    @Test
    void a_line_above_the_bound_is_refused_with_both_numbers() throws IOException {
        file("proc/self/cgroup", "0::/\n");
        file("sys/fs/cgroup/memory.max", "268435456\n");
        var line = new MemoryLine(300L << 20, 150L << 20, 50L << 20);

        assertThatThrownBy(() -> line.check(new Machine(root)))
                .hasMessage(
                        "memory: 300m (expected: at most 256m, the limit of its cgroup in /sys/fs/cgroup/memory.max)");
        new MemoryLine(256L << 20, 120L << 20, 40L << 20).check(new Machine(root));
    }

    @Test
    void uptime_is_the_main_thread_s_age() throws IOException {
        file("proc/thread-self/stat", "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 12345 20\n");
        file("proc/uptime", "124.05 200.00\n");

        assertThat(new Machine(root).uptimeMillis()).isEqualTo(600);
    }
}
