package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.measure.Probe;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/** Writes a line of comma-separated figures each second, on a thread of its own. */
final class LineLog implements AutoCloseable {
    private static final long EVERY_MILLIS = 1_000;

    private final BufferedWriter out;
    private final Probe probe;
    private final Supplier<String> state;
    private final long begin = System.nanoTime();
    private final Thread writer;

    /** @param state more columns, as {@code columns} names them */
    LineLog(Path file, Probe probe, String columns, Supplier<String> state) {
        this.probe = probe;
        this.state = state;
        try {
            out = Files.newBufferedWriter(file);
            out.write("seconds,resident_mb,cpu_percent," + columns + "\n");
        } catch (IOException e) {
            throw new IllegalArgumentException("--csv: '" + file + "' (expected: a file to write): " + e, e);
        }
        writer = new Thread(this::write, "csv");
        writer.setDaemon(true);
        writer.start();
    }

    private void write() {
        Probe.Sample before = probe.now();
        while (true) {
            try {
                Thread.sleep(EVERY_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
            Probe.Sample now = probe.now();
            double cpu = 1e5 * (now.cpuMicros() - before.cpuMicros()) / (now.nanos() - before.nanos());
            try {
                out.write(String.format(
                        Locale.ROOT,
                        "%.1f,%.2f,%.1f,%s%n",
                        (now.nanos() - begin) / 1e9,
                        now.residentBytes() / 1048576.0,
                        cpu,
                        state.get()));
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            before = now;
        }
    }

    @Override
    public void close() {
        writer.interrupt();
        try {
            writer.join(5_000);
            out.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
