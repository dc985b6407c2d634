package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What other servers were broken into by is not in this one at all. What callers can try is in {@code http/AccessTest}. */
class PastHolesTest {
    /** As they stand in a compiled class that uses them. */
    private static final List<String> WAYS_TO_RUN_WHAT_WAS_SENT = List.of(
            "java/io/ObjectInputStream",
            "java/beans/XMLDecoder",
            "java/rmi/",
            "javax/naming/",
            "javax/script/",
            "javax/management/remote/",
            "java/lang/ProcessBuilder",
            "java/net/URLClassLoader",
            "org/yaml/snakeyaml/",
            "com/caucho/hessian/");

    @Test
    void nothing_reads_objects_loads_code_or_starts_programs() throws IOException {
        var offences = new ArrayList<String>();
        List<Path> classes = classes();
        for (Path file : classes) {
            String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
            for (String way : WAYS_TO_RUN_WHAT_WAS_SENT) {
                if (bytes.contains(way)) {
                    offences.add(file.getFileName() + " uses " + way);
                }
            }
        }
        assertThat(classes).hasSizeGreaterThan(100);
        assertThat(offences).isEmpty();
    }

    /** A class of the JDK that does use it is found by the same look. */
    @Test
    void the_scan_finds_what_it_looks_for() throws IOException {
        try (var in = Object.class.getResourceAsStream("/java/security/SignedObject.class")) {
            String bytes = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(WAYS_TO_RUN_WHAT_WAS_SENT).filteredOn(bytes::contains).contains("java/io/ObjectInputStream");
        }
    }

    @Test
    void the_launcher_has_the_jdk_refuse_objects_and_renegotiation() throws IOException {
        String launcher = Files.readString(Path.of("..", "plimsoll"));
        assertThat(launcher)
                .contains("-Djdk.serialFilter=!*")
                .contains("-Djdk.tls.rejectClientInitiatedRenegotiation=true");
    }

    private static List<Path> classes() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("target/classes/dev/plimsoll"))) {
            return files.filter(file -> file.toString().endsWith(".class")).toList();
        }
    }
}
