package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/ARCHITECTURE.md walks its reader through files that are there. */
class ArchitectureDocTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/plimsoll");
    private static final Pattern FILE = Pattern.compile("`([a-z]+/[A-Z][A-Za-z0-9]+)`");

    @Test
    void every_file_it_names_exists() throws IOException {
        Set<String> named = named();
        assertThat(named).hasSizeGreaterThan(20);
        assertThat(named)
                .allSatisfy(name -> assertThat(SOURCES.resolve(name + ".java")).exists());
    }

    @Test
    void its_table_of_packages_names_every_package() throws IOException {
        String text = text();
        try (var folders = Files.newDirectoryStream(SOURCES, Files::isDirectory)) {
            for (Path folder : folders) {
                assertThat(text).contains("`" + folder.getFileName() + "`");
            }
        }
    }

    private static Set<String> named() throws IOException {
        var names = new LinkedHashSet<String>();
        var matcher = FILE.matcher(text());
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static String text() throws IOException {
        return Files.readString(Path.of("../docs/ARCHITECTURE.md"));
    }
}
