package dev.plimsoll.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Samples the resident memory and the processor time of a process, several times a second, on a thread of its own. */
public final class Probe implements AutoCloseable {
    private static final long EVERY_MILLIS = 200;
    private static final double MIB = 1 << 20;
    private static final double NANOS_PER_MINUTE = 60e9;

    /** One look at the process. */
    public record Sample(long nanos, long residentBytes, long peakBytes, long cpuMicros) {}

    private final @Nullable Path process;
    private final List<Sample> samples = new ArrayList<>(); // its own lock
    private final Thread sampler;
    private volatile boolean done;

    /** @param pid of the process; absent, and all figures are missing */
    public Probe(@Nullable Long pid) {
        process = pid == null ? null : Path.of("/proc", Long.toString(pid));
        if (process != null && !Files.isReadable(process.resolve("status"))) {
            throw new IllegalArgumentException("pid: " + pid + " (expected: a running process of this machine)");
        }
        sampler = new Thread(this::sample, "probe");
        sampler.setDaemon(true);
        if (process != null) {
            sampler.start();
        }
    }

    public boolean sees() {
        return process != null;
    }

    /** Looks now. All zero when there is no process to look at, or none any more. */
    public Sample now() {
        long nanos = System.nanoTime();
        if (process == null) {
            return new Sample(nanos, 0, 0, 0);
        }
        try {
            String status = Files.readString(process.resolve("status"));
            String stat = Files.readString(process.resolve("stat"));
            return new Sample(
                    nanos,
                    ProcFiles.bytes(status, "VmRSS"),
                    ProcFiles.bytes(status, "VmHWM"),
                    ProcFiles.cpuMicros(stat));
        } catch (NoSuchFileException e) {
            return new Sample(nanos, 0, 0, 0);
        } catch (IOException e) {
            if (Files.exists(process)) {
                throw new UncheckedIOException(e);
            }
            return new Sample(nanos, 0, 0, 0); // it ended between the look and the read
        }
    }

    private void sample() {
        while (!done) {
            Sample sample = now();
            synchronized (samples) {
                samples.add(sample);
            }
            try {
                Thread.sleep(EVERY_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** What is measured from here. */
    public Span begin() {
        synchronized (samples) {
            return new Span(now(), samples.size());
        }
    }

    @Override
    public void close() {
        done = true;
        sampler.interrupt();
    }

    /** From one moment to another. */
    public final class Span {
        private final Sample first;
        private final int firstIndex;
        private @Nullable Sample last;
        private int lastIndex;

        private Span(Sample first, int firstIndex) {
            this.first = first;
            this.firstIndex = firstIndex;
        }

        /** Ends it, once; later calls change nothing. */
        public Span end() {
            if (last == null) {
                last = now();
                synchronized (samples) {
                    lastIndex = samples.size();
                }
            }
            return this;
        }

        private List<Sample> within() {
            end();
            synchronized (samples) {
                List<Sample> within = new ArrayList<>();
                within.add(first);
                within.addAll(samples.subList(firstIndex, lastIndex));
                within.add(lastSample());
                return within;
            }
        }

        private Sample lastSample() {
            return last == null ? first : last;
        }

        public double startMiB() {
            return first.residentBytes() / MIB;
        }

        public double endMiB() {
            return end().lastSample().residentBytes() / MIB;
        }

        public double maxMiB() {
            return within().stream().mapToLong(Sample::residentBytes).max().orElse(0) / MIB;
        }

        /** The highest the kernel saw in the whole life of the process. */
        public double peakMiB() {
            return end().lastSample().peakBytes() / MIB;
        }

        /** Most above the start. */
        public double growthMiB() {
            return maxMiB() - startMiB();
        }

        public double slopeMiBPerMinute() {
            List<Sample> within = within();
            double[] minutes = new double[within.size()];
            double[] size = new double[within.size()];
            for (int i = 0; i < minutes.length; i++) {
                minutes[i] = (within.get(i).nanos() - first.nanos()) / NANOS_PER_MINUTE;
                size[i] = within.get(i).residentBytes() / MIB;
            }
            return Slope.robust(minutes, size);
        }

        public double cpuMicros() {
            return end().lastSample().cpuMicros() - first.cpuMicros();
        }

        public double seconds() {
            return (end().lastSample().nanos() - first.nanos()) / 1e9;
        }

        public double cores() {
            return cpuMicros() / 1e6 / seconds();
        }
    }
}
