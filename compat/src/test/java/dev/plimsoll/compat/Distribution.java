package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The built distribution, unpacked once more for every JDK: the launcher keeps one class-data archive beside the jars, so two
 * JDKs that took turns on one copy would make it anew at every start.
 */
final class Distribution {

    private static final Map<Path, Path> COPIES = new ConcurrentHashMap<>();

    private Distribution() {}

    static Path of(Path javaHome) {
        return COPIES.computeIfAbsent(javaHome, home -> {
            Path built = Path.of(System.getProperty("plimsoll.home"));
            assertThat(built.resolve("bin/plimsoll"))
                    .as("the built distribution (mvn package makes it; -Dplimsoll.home names another)")
                    .isRegularFile();
            Path copy = Path.of(
                    System.getProperty("plimsoll.target"),
                    "distributions",
                    home.getFileName().toString());
            try {
                copy(built, copy);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return copy;
        });
    }

    /** Leaves what is there already, so that an archive which still fits is used again. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files.filter(path -> !path.startsWith(from.resolve("cache")))::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
