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
import java.time.Duration;
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

    public OptionalLong openFiles() {
        return unix(UnixOperatingSystemMXBean::getOpenFileDescriptorCount);
    }

    public OptionalLong maxFiles() {
        return unix(UnixOperatingSystemMXBean::getMaxFileDescriptorCount);
    }

    /** Processor time used so far, in nanoseconds. */
    public long processorNanos() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toNanos)
                .orElse(0L);
    }

    public static long heapUsed() {
        Runtime jvm = Runtime.getRuntime();
        return jvm.totalMemory() - jvm.freeMemory();
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

    private static OptionalLong unix(ToLongFunction<UnixOperatingSystemMXBean> reading) {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? OptionalLong.of(reading.applyAsLong(unix))
                : OptionalLong.empty();
    }
}
