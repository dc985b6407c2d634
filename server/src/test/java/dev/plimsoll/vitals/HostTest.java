package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTest {
    @TempDir
    Path folder;

    private static Host under(Path root) {
        return new Host(root, root, OptionalLong::empty, OptionalLong::empty);
    }

    @Test
    void open_files_are_as_many_more_as_are_opened_however_the_system_tells() throws Exception {
        for (Host host : new Host[] {under(Path.of("/")), under(folder)}) {
            long before = host.openFiles().orElseThrow();
            var opened = new ArrayList<FileInputStream>();
            try {
                for (int i = 0; i < 300; i++) {
                    opened.add(new FileInputStream("/dev/null"));
                }
                // The JVM's other threads open and close some meanwhile.
                assertThat(host.openFiles().orElseThrow()).isBetween(before + 250, before + 350);
            } finally {
                for (FileInputStream file : opened) {
                    file.close();
                }
            }
        }
    }

    @Test
    void the_process_has_used_time_and_memory_and_the_machine_has_a_load() {
        Host host = under(Path.of("/"));
        assertThat(host.processorNanos()).isPositive();
        assertThat(host.resident().orElseThrow()).isGreaterThan(10 << 20);
        assertThat(host.loadAverage()).isNotNegative();
        assertThat(host.threads()).isGreaterThanOrEqualTo(host.daemonThreads());
        assertThat(host.pools()).extracting(Host.Pool::area).contains("heap", "nonheap");
        assertThat(under(folder).resident()).isEmpty();
    }
}
