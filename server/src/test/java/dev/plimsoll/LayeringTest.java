package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may import whom. This table is the rule; docs/ARCHITECTURE.md shows it to readers. */
class LayeringTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/plimsoll");
    private static final Pattern REFERENCE = Pattern.compile("dev\\.plimsoll\\.(?:([a-z]+)\\.|[A-Z*])");

    /** The root package wires all of them and is imported by none. */
    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            Map.entry("loop", Set.of("refusal")),
            Map.entry("refusal", Set.of()),
            Map.entry("vitals", Set.of("loop", "refusal")),
            Map.entry("wire", Set.of("refusal")),
            Map.entry("store", Set.of("loop", "refusal", "vitals")),
            Map.entry("auth", Set.of("store", "vitals", "refusal", "loop")),
            Map.entry("registry", Set.of("store", "vitals", "refusal", "loop")),
            Map.entry("config", Set.of("store", "vitals", "refusal", "loop")),
            Map.entry("session", Set.of("wire", "registry", "config", "vitals", "refusal", "loop")),
            Map.entry("net", Set.of("wire", "vitals", "refusal", "loop")),
            Map.entry("doctor", Set.of("wire", "vitals", "refusal")),
            Map.entry(
                    "grpc",
                    Set.of(
                            "net",
                            "session",
                            "wire",
                            "auth",
                            "registry",
                            "config",
                            "store",
                            "vitals",
                            "refusal",
                            "loop")),
            Map.entry(
                    "http",
                    Set.of(
                            "net",
                            "session",
                            "wire",
                            "auth",
                            "registry",
                            "config",
                            "store",
                            "vitals",
                            "refusal",
                            "loop")));

    @Test
    void every_import_follows_the_table() throws IOException {
        var offences = new ArrayList<String>();
        for (Path file : sources()) {
            String own = packageOf(file);
            if (own.isEmpty()) {
                continue;
            }
            Set<String> allowed = MAY_IMPORT.getOrDefault(own, Set.of());
            for (String line : Files.readAllLines(file)) {
                var reference = REFERENCE.matcher(line);
                while (reference.find()) {
                    String other = reference.group(1) == null ? "the root" : reference.group(1);
                    if (!other.equals(own) && !allowed.contains(other)) {
                        offences.add(file + ": " + line.strip() + " (" + own + " may not use " + other + ")");
                    }
                }
            }
        }
        assertThat(offences).isEmpty();
    }

    @Test
    void the_table_names_exactly_the_packages_there_are() throws IOException {
        var packages = new TreeSet<String>();
        for (Path file : sources()) {
            packages.add(packageOf(file));
        }
        packages.remove("");
        assertThat(packages).isEqualTo(new TreeSet<>(MAY_IMPORT.keySet()));
    }

    private static String packageOf(Path file) {
        Path folder = SOURCES.relativize(file).getParent();
        return folder == null ? "" : folder.toString();
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
