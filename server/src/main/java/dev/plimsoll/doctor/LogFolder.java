package dev.plimsoll.doctor;

import dev.plimsoll.refusal.Unavailable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The log files of a reference server, oldest first: in its home, or the directory of the logs itself.
 *
 * @param files to be read, in this order
 * @param left how many more there are, all of them older
 */
record LogFolder(Path folder, List<LogFile> files, int left) {
    static final int MOST_FILES = 1_000;

    private static final int MOST_ENTRIES = 100_000;
    private static final Pattern DATED =
            Pattern.compile(".*\\.([0-9]{4}-[0-9]{2}-[0-9]{2}(?:-[0-9]{2})?)(?:\\.([0-9]{1,6}))?.*");

    /** Which of the logs a file belongs to. */
    enum Kind {
        START("start\\.out|startup\\.log"),
        SERVER("nacos\\.log|remote\\.log|naming-server\\.log"),
        PUSH("naming-push\\.log"),
        CONFIG_PUSH("remote-push\\.log"),
        ACCESS("access_log");

        private final Pattern names;

        /** @param names of the file being written; rotated ones go on with a dot */
        Kind(String names) {
            this.names = Pattern.compile("(" + names + ")(\\..*)?");
        }

        static Optional<Kind> of(String file) {
            for (Kind kind : values()) {
                if (kind.names.matcher(file).matches()) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * @param bytes on disk
     * @param order grows with time; files of one day are told apart by their number
     */
    record LogFile(Path path, Kind kind, long bytes, String order) {
        boolean zipped() {
            return path.getFileName().toString().endsWith(".gz");
        }
    }

    static LogFolder find(Path directory) {
        Path logs = directory.resolve("logs");
        Path folder = Files.isDirectory(logs) ? logs : directory;
        var found = new ArrayList<LogFile>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            int seen = 0;
            for (Path entry : entries) {
                if (++seen > MOST_ENTRIES) {
                    break;
                }
                Optional<Kind> kind = Kind.of(entry.getFileName().toString());
                if (kind.isPresent() && Files.isRegularFile(entry)) {
                    found.add(new LogFile(entry, kind.get(), Files.size(entry), order(entry)));
                }
            }
        } catch (IOException e) {
            throw new Unavailable("logs in " + folder + ": " + e);
        }
        if (found.isEmpty()) {
            throw new Unavailable("logs in " + folder + ": none of start.out, nacos.log, naming-push.log, access_log*"
                    + " (expected: the home or the logs directory of a Nacos server)");
        }
        found.sort(Comparator.comparing(LogFile::kind)
                .thenComparing(LogFile::order)
                .thenComparing(LogFile::path));
        return new LogFolder(folder, newest(found), Math.max(0, found.size() - MOST_FILES));
    }

    private static List<LogFile> newest(List<LogFile> sorted) {
        if (sorted.size() <= MOST_FILES) {
            return List.copyOf(sorted);
        }
        var byAge = new ArrayList<>(sorted);
        byAge.sort(Comparator.comparing(LogFile::order).reversed());
        var kept = new HashSet<>(byAge.subList(0, MOST_FILES));
        return sorted.stream().filter(kept::contains).toList();
    }

    /** By the date in the name and its number; the file being written has neither and is the newest. */
    private static String order(Path file) {
        var dated = DATED.matcher(file.getFileName().toString());
        if (!dated.matches()) {
            return "~";
        }
        String number = dated.group(2) == null ? "999999" : dated.group(2);
        return dated.group(1) + "." + "0".repeat(6 - number.length()) + number;
    }

    long bytes() {
        return files.stream().mapToLong(LogFile::bytes).sum();
    }
}
