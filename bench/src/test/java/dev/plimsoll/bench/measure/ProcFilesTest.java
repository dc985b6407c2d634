package dev.plimsoll.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ProcFilesTest {
    private static final String STATUS =
            "Name:\tjava\nVmPeak:\t 3702144 kB\nVmHWM:\t  130048 kB\nVmRSS:\t  129000 kB\nRssAnon:\t   90000 kB\nThreads:\t22\n";

    @Test
    void resident_and_peak_are_read_in_bytes() {
        assertThat(ProcFiles.bytes(STATUS, "VmRSS")).isEqualTo(129_000L * 1024);
        assertThat(ProcFiles.bytes(STATUS, "VmHWM")).isEqualTo(130_048L * 1024);
    }

    @Test
    void process_that_ended_has_no_memory() {
        assertThat(ProcFiles.bytes("Name:\tjava\nState:\tZ (zombie)\n", "VmRSS"))
                .isZero();
    }

    @Test
    void user_and_system_time_are_added_whatever_the_name_holds() {
        String stat = "4242 (a) b (java) S 1 4242 4242 0 -1 4194560 55 0 0 0 150 25 7 9 20 0 22 0 100 1 2";

        assertThat(ProcFiles.cpuMicros(stat)).isEqualTo((150 + 25) * 10_000L);
    }

    @Test
    void probe_sees_this_process() {
        try (Probe probe = new Probe(ProcessHandle.current().pid())) {
            Probe.Sample sample = probe.now();

            assertThat(sample.residentBytes()).isPositive();
            assertThat(sample.peakBytes()).isGreaterThanOrEqualTo(sample.residentBytes());
            assertThat(sample.cpuMicros()).isPositive();
        }
    }
}
