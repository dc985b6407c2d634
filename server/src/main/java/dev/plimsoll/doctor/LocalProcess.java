package dev.plimsoll.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * A server's process on this machine, as Linux tells of it. What another user's process hides is empty.
 *
 * @param flags it was started with
 * @param resident bytes
 * @param peak of resident
 * @param memoryLimit of the machine or of its cgroups, whichever is tightest
 * @param waiting per peer, the bytes that the kernel holds for it because it does not take them; most first
 */
record LocalProcess(
        long pid,
        JvmFlags flags,
        OptionalLong resident,
        OptionalLong peak,
        OptionalLong threads,
        OptionalLong openFiles,
        OptionalLong mostFiles,
        OptionalLong memoryLimit,
        List<Waiting> waiting) {
    private static final int MOST_PROCESSES = 100_000;
    private static final int MOST_PEERS = 20;
    private static final int LONGEST_FILE = 4 << 20;
    private static final long WORTH_TELLING = 16 * Size.KIB;

    record Waiting(String peer, long bytes) {}

    /**
     * The first Java process of a reference server that {@code wanted} accepts.
     *
     * @param root where {@code proc} and {@code sys} are
     */
    static Optional<LocalProcess> find(Path root, Predicate<JvmFlags> wanted, int grpcPort) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve("proc"), "[0-9]*")) {
            int seen = 0;
            for (Path process : entries) {
                if (++seen > MOST_PROCESSES) {
                    break;
                }
                String commandLine = read(process.resolve("cmdline"));
                if (!commandLine.contains("-Dnacos.home=") && !commandLine.contains("nacos-server")) {
                    continue;
                }
                List<String> words = Arrays.asList(commandLine.split("\0", -1));
                JvmFlags flags = JvmFlags.of(words);
                if (words.get(0).endsWith("java") && wanted.test(flags)) {
                    return Optional.of(of(root, process, flags, grpcPort));
                }
            }
        } catch (IOException e) {
            return Optional.empty(); // no Linux, or nothing to be seen
        }
        return Optional.empty();
    }

    private static LocalProcess of(Path root, Path process, JvmFlags flags, int grpcPort) {
        String status = read(process.resolve("status"));
        return new LocalProcess(
                Long.parseLong(process.getFileName().toString()),
                flags,
                kib(status, "VmRSS:"),
                kib(status, "VmHWM:"),
                field(status, "Threads:"),
                count(process.resolve("fd")),
                field(read(process.resolve("limits")), "Max open files"),
                memoryLimit(root, process),
                waiting(process, grpcPort));
    }

    private static OptionalLong kib(String status, String name) {
        OptionalLong kib = field(status, name);
        return kib.isPresent() ? OptionalLong.of(kib.getAsLong() * 1024) : kib;
    }

    /** The first number after {@code name}. */
    private static OptionalLong field(String text, String name) {
        for (String line : text.lines().toList()) {
            if (line.startsWith(name)) {
                String[] words = line.substring(name.length()).strip().split("\\s+", -1);
                return words[0].matches("[0-9]{1,18}")
                        ? OptionalLong.of(Long.parseLong(words[0]))
                        : OptionalLong.empty();
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong count(Path directory) {
        try (var entries = Files.list(directory)) {
            return OptionalLong.of(entries.count());
        } catch (IOException | UncheckedIOException e) {
            return OptionalLong.empty(); // another user's
        }
    }

    private static OptionalLong memoryLimit(Path root, Path process) {
        var limits = new ArrayList<Long>();
        kib(read(root.resolve("proc/meminfo")), "MemTotal:").ifPresent(limits::add);
        for (String line : read(process.resolve("cgroup")).lines().toList()) {
            String[] parts = line.split(":", 3); // hierarchy, controllers, path
            if (parts.length < 3) {
                continue;
            }
            boolean v2 = parts[1].isEmpty();
            Path top = root.resolve(v2 ? "sys/fs/cgroup" : "sys/fs/cgroup/memory");
            String file = v2 ? "memory.max" : "memory.limit_in_bytes";
            Path at = top.resolve(Path.of("/").relativize(Path.of("/", parts[2]).normalize()));
            while (at != null && at.startsWith(top)) {
                String limit = read(at.resolve(file)).strip();
                if (limit.matches("[0-9]{1,18}")) {
                    limits.add(Long.parseLong(limit));
                }
                at = at.getParent();
            }
        }
        return limits.stream().mapToLong(Long::longValue).min();
    }

    /** Of the connections to the gRPC port, those whose peer leaves bytes in the kernel. */
    private static List<Waiting> waiting(Path process, int grpcPort) {
        var all = new ArrayList<Waiting>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            read(process.resolve(table)).lines().skip(1).forEach(line -> {
                String[] words = line.strip().split("\\s+", 6); // number, local, remote, state, queues
                if (words.length == 6 && words[3].equals("01") && words[4].matches("[0-9A-F]{8}:[0-9A-F]{8}")) {
                    long bytes = Long.parseLong(words[4].substring(0, 8), 16);
                    if (bytes >= WORTH_TELLING && portOf(words[1]) == grpcPort) {
                        all.add(new Waiting(addressOf(words[2]) + ":" + portOf(words[2]), bytes));
                    }
                }
            });
        }
        all.sort(Comparator.comparingLong(Waiting::bytes).reversed());
        return List.copyOf(all.subList(0, Math.min(MOST_PEERS, all.size())));
    }

    private static int portOf(String hex) {
        int colon = hex.indexOf(':');
        return hex.substring(colon + 1).matches("[0-9A-F]{4}") ? Integer.parseInt(hex.substring(colon + 1), 16) : -1;
    }

    /** Words of four bytes in the machine's order; an IPv4 address in IPv6 is shown as itself. */
    static String addressOf(String hex) {
        String words = hex.substring(0, Math.max(0, hex.indexOf(':')));
        if (!words.matches("([0-9A-F]{8})+")) {
            return "?";
        }
        if (words.length() == 8 || words.startsWith("0000000000000000FFFF0000")) {
            int last = Integer.parseUnsignedInt(words.substring(words.length() - 8), 16);
            return (last & 0xFF) + "." + (last >>> 8 & 0xFF) + "." + (last >>> 16 & 0xFF) + "." + (last >>> 24);
        }
        var address = new StringBuilder();
        for (int i = 0; i < words.length(); i += 8) {
            int word = Integer.reverseBytes(Integer.parseUnsignedInt(words.substring(i, i + 8), 16));
            address.append(i == 0 ? "" : ":")
                    .append(Integer.toHexString(word >>> 16))
                    .append(':')
                    .append(Integer.toHexString(word & 0xFFFF));
        }
        return "[" + address + "]";
    }

    /** "" when it cannot be read. Its length is not known before; what follows the bound is left out. */
    private static String read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LONGEST_FILE), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
