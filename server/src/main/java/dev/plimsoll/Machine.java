package dev.plimsoll;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The memory this process could get, as the kernel tells it: the machine's, or the tightest of its cgroups'. */
final class Machine {
    private final Path root;

    /**
     * @param root where {@code proc} and {@code sys} are: the root directory
     */
    Machine(Path root) {
        this.root = root;
    }

    record Bound(long bytes, String whose) {}

    /** The tightest bound; empty when the system tells none. */
    Optional<Bound> memory() {
        var bounds = new ArrayList<Bound>(ownMemory());
        bounds.addAll(groups());
        return tightest(bounds);
    }

    /** Bytes this machine has. */
    OptionalLong machineBytes() {
        return bytes(tightest(ownMemory()));
    }

    /** Bytes the tightest of its cgroups allows; empty when none limits it. */
    OptionalLong cgroupBytes() {
        return bytes(tightest(groups()));
    }

    private static OptionalLong bytes(Optional<Bound> bound) {
        return bound.map(b -> OptionalLong.of(b.bytes())).orElse(OptionalLong.empty());
    }

    private static Optional<Bound> tightest(List<Bound> bounds) {
        return bounds.stream().min(Comparator.comparingLong(Bound::bytes));
    }

    private List<Bound> ownMemory() {
        var bounds = new ArrayList<Bound>();
        Path meminfo = root.resolve("proc/meminfo");
        if (Files.exists(meminfo)) {
            lines(meminfo).stream()
                    .filter(line -> line.startsWith("MemTotal:"))
                    .map(line -> line.replaceAll("[^0-9]", ""))
                    .forEach(kib -> bounds.add(new Bound(Long.parseLong(kib) * 1024, "what this machine has")));
        } else if (ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system) {
            bounds.add(new Bound(system.getTotalMemorySize(), "what this machine has"));
        }
        return bounds;
    }

    private List<Bound> groups() {
        var bounds = new ArrayList<Bound>();
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            String[] parts = line.split(":", 3); // hierarchy, controllers, path
            if (parts.length == 3 && parts[1].isEmpty()) {
                limits(root.resolve("sys/fs/cgroup"), parts[2], "memory.max", bounds);
                limits(root.resolve("sys/fs/cgroup/unified"), parts[2], "memory.max", bounds);
            } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
                limits(root.resolve("sys/fs/cgroup/memory"), parts[2], "memory.limit_in_bytes", bounds);
            }
        }
        return bounds;
    }

    /**
     * Adds the limit of the group and of each group above it. In a container the path may be one of the host's, which
     * is not to be seen from inside; what is seen there as the top is the container's own group.
     */
    private void limits(Path top, String group, String file, List<Bound> bounds) {
        Path slash = Path.of("/");
        Path at = top.resolve(slash.relativize(Path.of("/", group).normalize())); // not out of top by way of ..
        while (at != null && at.startsWith(top)) {
            Path limit = at.resolve(file);
            lines(limit).stream()
                    .findFirst()
                    .filter(text -> text.matches("[0-9]{1,18}")) // "max" is no limit
                    .ifPresent(text -> bounds.add(
                            new Bound(Long.parseLong(text), "the limit of its cgroup in /" + root.relativize(limit))));
            at = at.getParent();
        }
    }

    /** Milliseconds since the JVM began. The management beans know it everywhere, but cost tens of them to load. */
    long uptimeMillis() {
        return threadAge().filter(age -> age >= 0).orElseGet(() -> ManagementFactory.getRuntimeMXBean()
                .getUptime());
    }

    /** On Linux: the age of this thread, in hundredths of a second; the main thread is made when the JVM begins. */
    private Optional<Long> threadAge() {
        List<String> stat = lines(root.resolve("proc/thread-self/stat"));
        List<String> uptime = lines(root.resolve("proc/uptime"));
        if (stat.isEmpty() || uptime.isEmpty()) {
            return Optional.empty();
        }
        String line = stat.get(0);
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1); // from the third on
        double seconds = Double.parseDouble(uptime.get(0).split(" ", 2)[0]);
        return Optional.of(Math.round(seconds * 1000) - Long.parseLong(fields[19]) * 10);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of(); // not there on this system: it tells no bound
        }
    }
}
