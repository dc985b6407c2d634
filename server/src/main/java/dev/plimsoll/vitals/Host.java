package dev.plimsoll.vitals;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * What the system and the JVM say of this process. Any thread. The management beans are slow to load: they are asked for
 * only when the first reading is taken.
 */
public final class Host {
    private static final String RESIDENT = "VmRSS:";

    private final Path root;
    private final Path data;
    private final Supplier<OptionalLong> machine;
    private final Supplier<OptionalLong> cgroup;

    /**
     * @param root where {@code proc} is: the root directory
     * @param data the data directory
     * @param machine its memory
     * @param cgroup the tightest limit of the groups this process is in
     */
    public Host(Path root, Path data, Supplier<OptionalLong> machine, Supplier<OptionalLong> cgroup) {
        this.root = root;
        this.data = data;
        this.machine = machine;
        this.cgroup = cgroup;
    }

    private static final class Beans {
        static final List<MemoryPoolMXBean> POOLS = ManagementFactory.getMemoryPoolMXBeans();
        static final List<GarbageCollectorMXBean> COLLECTORS = ManagementFactory.getGarbageCollectorMXBeans();
    }

    /** Bytes of physical memory; empty where the system does not tell. */
    public OptionalLong resident() {
        try {
            for (String line : Files.readAllLines(root.resolve("proc/self/status"))) {
                if (line.startsWith(RESIDENT)) {
                    return OptionalLong.of(Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024);
                }
            }
        } catch (IOException e) {
            return OptionalLong.empty(); // not Linux
        }
        return OptionalLong.empty();
    }

    public int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    public int daemonThreads() {
        return ManagementFactory.getThreadMXBean().getDaemonThreadCount();
    }

    /** Linux tells how many there are as a size; before 6.2, and elsewhere, they are gone through, 5,000 in 4 ms. */
    public OptionalLong openFiles() {
        try {
            long told = Files.size(root.resolve("proc/self/fd"));
            if (told > 0) {
                return OptionalLong.of(told);
            }
        } catch (IOException e) {
            // not Linux
        }
        return unix(UnixOperatingSystemMXBean::getOpenFileDescriptorCount);
    }

    public OptionalLong maxFiles() {
        return unix(UnixOperatingSystemMXBean::getMaxFileDescriptorCount);
    }

    /** Processor time used so far, in nanoseconds; 0 where the system does not tell. */
    public long processorNanos() {
        return Math.max(0, unix(UnixOperatingSystemMXBean::getProcessCpuTime).orElse(0));
    }

    /** How much of the machine's processors is used, by whomever, 0 to 1; NaN where the system does not tell. */
    public double machineLoad() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? orNan(unix.getCpuLoad())
                : Double.NaN;
    }

    /** Threads of the machine that ran or waited for a processor in the last minute; NaN as above. */
    public double loadAverage() {
        return orNan(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    public static long heapUsed() {
        Runtime jvm = Runtime.getRuntime();
        return jvm.totalMemory() - jvm.freeMemory();
    }

    /**
     * A part of the JVM's memory.
     *
     * @param area heap or nonheap
     * @param max -1 where there is no bound
     */
    public record Pool(String area, String name, long used, long max) {}

    /** A collector, how often it ran and how long that stopped the process. */
    public record Collector(String name, long count, double seconds) {}

    public List<Pool> pools() {
        return Beans.POOLS.stream()
                .map(pool -> {
                    MemoryUsage usage = pool.getUsage();
                    String area = pool.getType() == MemoryType.HEAP ? "heap" : "nonheap";
                    return new Pool(area, pool.getName(), usage.getUsed(), usage.getMax());
                })
                .toList();
    }

    public List<Collector> collectors() {
        return Beans.COLLECTORS.stream()
                .map(bean -> new Collector(bean.getName(), bean.getCollectionCount(), bean.getCollectionTime() / 1e3))
                .toList();
    }

    /** Bytes that were live when the collector last looked at each part of the heap. */
    public long heapLive() {
        long live = 0;
        for (MemoryPoolMXBean pool : Beans.POOLS) {
            MemoryUsage after = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
            live += after == null ? 0 : after.getUsed();
        }
        return live;
    }

    public long metaspace() {
        return Beans.POOLS.stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .mapToLong(pool -> pool.getUsage().getUsed())
                .sum();
    }

    /** Milliseconds the collector has stopped the process so far. */
    public long collectionMillis() {
        return Beans.COLLECTORS.stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    public OptionalLong machineMemory() {
        return machine.get();
    }

    public OptionalLong cgroupMemory() {
        return cgroup.get();
    }

    /** Bytes the data directory's disk has left for this process; empty when that cannot be told. */
    public OptionalLong diskFree() {
        try {
            return OptionalLong.of(Files.getFileStore(data).getUsableSpace());
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** Negative is how the JVM says that it cannot tell. */
    private static double orNan(double load) {
        return load < 0 ? Double.NaN : load;
    }

    private static OptionalLong unix(ToLongFunction<UnixOperatingSystemMXBean> reading) {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? OptionalLong.of(reading.applyAsLong(unix))
                : OptionalLong.empty();
    }
}
