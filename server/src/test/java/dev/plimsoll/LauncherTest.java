package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the real script, which in a dry run prints the JVM's command line, one word a line. */
class LauncherTest {
    private static final Path SCRIPT =
            Path.of("..", "plimsoll").toAbsolutePath().normalize();

    /** Shows its arguments, and leaves an archive when asked to. */
    private static final String FAKE_JAVA = """
            #!/bin/sh
            printf '%s\\n' "$@"
            for word in "$@"; do
                case $word in
                    -XX:ArchiveClassesAtExit=*) printf 'the classes' >"${word#*=}" ;;
                esac
            done
            """;

    private static final List<String> TOOLS = List.of(
            "sed",
            "head",
            "tail",
            "tr",
            "wc",
            "readlink",
            "cat",
            "stat",
            "cksum",
            "sync",
            "ln",
            "rm",
            "mkdir",
            "mv",
            "sleep");

    @TempDir
    Path dir;

    private Path jdks;

    @BeforeEach
    void lookForJdksOnlyHere() throws IOException {
        jdks = Files.createDirectories(dir.resolve("jdks"));
    }

    private record Outcome(int status, List<String> out, List<String> err) {
        long bytes(String prefix) {
            return out.stream()
                    .filter(word -> word.startsWith(prefix))
                    .mapToLong(word -> Long.parseLong(word.substring(prefix.length())))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Outcome dryRun(Map<String, String> environment, String... words) throws Exception {
        return run(SCRIPT, environment, words);
    }

    private Outcome run(Path script, Map<String, String> environment, String... words) throws Exception {
        var command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(words));
        Path out = dir.resolve("out");
        Path err = dir.resolve("err");
        var builder = new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PLIMSOLL_") || name.equals("JAVA_HOME"));
        builder.environment().put("PLIMSOLL_DRY_RUN", "1");
        builder.environment().put("PLIMSOLL_JAVA_PLACES", jdks.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
    }

    private Path fakeJdk(String name, String version) throws IOException {
        Path home = Files.createDirectories(jdks.resolve(name));
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, FAKE_JAVA);
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    /** A PATH with the tools the script uses, and no java. */
    private Map<String, String> pathWithoutJava() throws IOException {
        Path bin = Files.createDirectories(dir.resolve("bin"));
        for (String tool : TOOLS) {
            for (String place : List.of("/usr/bin", "/bin")) {
                if (Files.exists(Path.of(place, tool)) && !Files.exists(bin.resolve(tool))) {
                    Files.createSymbolicLink(bin.resolve(tool), Path.of(place, tool));
                }
            }
        }
        return Map.of("PATH", bin.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "192m, 201326592",
        "200m, 209715200",
        "256m, 268435456",
        "262145k, 268436480",
        "300m, 314572800",
        "512m, 536870912",
        "777m, 814743552",
        "1g, 1073741824",
        "1500m, 1572864000",
        "1600m, 1677721600",
        "2G, 2147483648",
        "3g, 3221225472",
        "268435456, 268435456"
    })
    void the_parts_of_a_line_stay_below_it(String memory, long total) throws Exception {
        fakeJdk("jdk", "17.0.1");
        Outcome outcome = dryRun(pathWithoutJava(), "start", "--memory", memory);

        assertThat(outcome.status()).as("%s", outcome.err()).isZero();
        long heap = outcome.bytes("-Xmx");
        long direct = outcome.bytes("-XX:MaxDirectMemorySize=");
        long code = outcome.bytes("-XX:ReservedCodeCacheSize=");
        long metaspace = outcome.bytes("-XX:MaxMetaspaceSize=");
        assertThat(outcome.bytes("-Dplimsoll.memory=")).isEqualTo(total);
        assertThat(outcome.bytes("-Dplimsoll.heap=")).isEqualTo(heap);
        assertThat(outcome.bytes("-Dplimsoll.planned-heap=")).isEqualTo(heap);
        assertThat(outcome.bytes("-Dio.netty.maxDirectMemory=")).isEqualTo(direct);
        assertThat(outcome.bytes("-Xms")).isLessThanOrEqualTo(heap);
        assertThat(direct).isBetween(heap / 4, heap / 2);
        assertThat(heap + direct + metaspace + code).isLessThan(total);
        assertThat(total - heap - direct).isGreaterThan(76L << 20);
    }

    /** Its objects are smaller; its class-data archive and its compiler are not. */
    @ParameterizedTest
    @ValueSource(strings = {"192m", "256m", "1g"})
    void jdk_25_has_a_smaller_heap_for_the_same_accounts(String memory) throws Exception {
        fakeJdk("jdk", "17.0.1");
        long planned = dryRun(pathWithoutJava(), "start", "--memory", memory).bytes("-Dplimsoll.planned-heap=");
        fakeJdk("jdk", "25.0.1");
        Outcome outcome = dryRun(pathWithoutJava(), "start", "--memory", memory);

        assertThat(outcome.bytes("-Dplimsoll.planned-heap=")).isEqualTo(planned);
        assertThat(outcome.bytes("-Xmx"))
                .isEqualTo(planned * 14 / 15)
                .isEqualTo(outcome.bytes("-Dplimsoll.heap="))
                .isGreaterThan(outcome.bytes("-Xms"))
                .isGreaterThan(4 * outcome.bytes("-XX:MaxNewSize="));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "12x", "-1m", "1.5g", "0m", "0", "1t", "9999999999g", "256 m", "256mb"})
    void a_line_that_is_no_size_is_refused_in_one_line(String memory) throws Exception {
        fakeJdk("jdk", "17.0.1");
        Outcome outcome = dryRun(pathWithoutJava(), "start", "--memory=" + memory + "!");

        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).singleElement().asString().startsWith("plimsoll: memory: '" + memory + "!'");
    }

    @Test
    void a_line_beyond_this_machine_starts_a_small_jvm_that_can_refuse_it() throws Exception {
        fakeJdk("jdk", "17.0.1");
        Outcome outcome = dryRun(pathWithoutJava(), "start", "--memory", "999999g");

        assertThat(outcome.bytes("-Dplimsoll.memory=")).isEqualTo(999_999L << 30);
        assertThat(outcome.bytes("-Xmx")).isLessThan(128L << 20);
    }

    @Test
    void the_line_comes_from_the_option_then_the_environment_then_the_file() throws Exception {
        fakeJdk("jdk", "17.0.1");
        Path config = Files.writeString(dir.resolve("my.properties"), "# memory = 1g\n memory : 333m \nport=1\n");
        var environment = new HashMap<>(pathWithoutJava());

        assertThat(dryRun(environment, "start", "--config", config.toString()).bytes("-Dplimsoll.memory="))
                .isEqualTo(333L << 20);
        environment.put("PLIMSOLL_MEMORY", "444m");
        assertThat(dryRun(environment, "start", "--config=" + config).bytes("-Dplimsoll.memory="))
                .isEqualTo(444L << 20);
        assertThat(dryRun(environment, "start", "--memory=555m", "--config=" + config)
                        .bytes("-Dplimsoll.memory="))
                .isEqualTo(555L << 20);
    }

    @Test
    void the_newest_jdk_is_picked_by_number_not_by_name() throws Exception {
        fakeJdk("a-old", "1.8.0_402");
        fakeJdk("b-eleven", "11.0.22");
        fakeJdk("c-nine-after-seventeen", "9.0.4");
        fakeJdk("d", "17.0.15");
        Path newest = fakeJdk("e", "25.0.10");
        fakeJdk("f", "25.0.9");
        fakeJdk("g", "21");

        assertThat(dryRun(pathWithoutJava(), "start").out().get(0)).isEqualTo(newest + "/bin/java");
    }

    @Test
    void an_early_access_jdk_has_the_number_before_its_suffix() throws Exception {
        fakeJdk("d", "25.0.3");
        Path early = fakeJdk("e", "26-ea");

        assertThat(dryRun(pathWithoutJava(), "start").out().get(0)).isEqualTo(early + "/bin/java");
    }

    @Test
    void java_home_wins_when_it_is_new_enough() throws Exception {
        Path chosen = fakeJdk("a", "17.0.1");
        Path newest = fakeJdk("b", "25.0.1");
        Path old = fakeJdk("c", "11.0.2");
        var environment = new HashMap<>(pathWithoutJava());

        environment.put("JAVA_HOME", chosen.toString());
        assertThat(dryRun(environment, "start").out().get(0)).isEqualTo(chosen + "/bin/java");
        environment.put("JAVA_HOME", old.toString());
        assertThat(dryRun(environment, "start").out().get(0)).isEqualTo(newest + "/bin/java");
    }

    @Test
    void no_jdk_is_said_in_one_line() throws Exception {
        fakeJdk("a", "11.0.2");
        Outcome outcome = dryRun(pathWithoutJava(), "start");

        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).singleElement().asString().contains("no Java 17 or newer");
    }

    @Test
    void flags_suit_the_jdk_and_the_size() throws Exception {
        fakeJdk("a", "17.0.1");
        assertThat(dryRun(pathWithoutJava(), "start").out())
                .contains("-XX:+UseSerialGC")
                .doesNotContain("-XX:+UseCompactObjectHeaders", "-XX:+UseStringDeduplication")
                .doesNotContain("--sun-misc-unsafe-memory-access=allow");
        assertThat(dryRun(pathWithoutJava(), "start", "--memory", "2g").out()).contains("-XX:+UseG1GC");
        fakeJdk("b", "25.0.1");
        assertThat(dryRun(pathWithoutJava(), "start").out())
                .contains("-XX:+UseCompactObjectHeaders", "--sun-misc-unsafe-memory-access=allow");
    }

    @Test
    void options_reach_the_server_as_they_were_typed() throws Exception {
        fakeJdk("a", "17.0.1");
        List<String> out = dryRun(pathWithoutJava(), "start", "--data", "a b", "--context-path", "/x")
                .out();

        assertThat(out.subList(out.indexOf("start"), out.size()))
                .containsExactly("start", "--data", "a b", "--context-path", "/x");
    }

    private Path distribution() throws IOException {
        Path home = dir.resolve("dist home");
        Path script = Files.createDirectories(home.resolve("bin")).resolve("plimsoll");
        Files.copy(SCRIPT, script);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Files.writeString(Files.createDirectories(home.resolve("lib")).resolve("plimsoll-server-7.8.9.jar"), "one");
        return home.toRealPath();
    }

    private static Optional<String> archive(Outcome outcome) {
        return outcome.out().stream()
                .filter(word -> word.startsWith("-XX:SharedArchiveFile="))
                .map(word -> word.substring(word.indexOf('=') + 1))
                .findFirst();
    }

    @Test
    void the_archive_is_made_once_and_again_when_it_no_longer_fits() throws Exception {
        fakeJdk("a", "17.0.1");
        Path home = distribution();
        Path script = home.resolve("bin/plimsoll");
        var environment = new HashMap<>(pathWithoutJava());
        environment.put("PLIMSOLL_DRY_RUN", "");

        Outcome first = run(script, environment, "start");
        String made = archive(first).orElseThrow();
        assertThat(made).startsWith(home.resolve("cache").toString());
        assertThat(Path.of(made)).hasContent("the classes");
        assertThat(first.err()).containsExactly("preparing a quick start (once) ...");

        Outcome second = run(script, environment, "start");
        assertThat(archive(second)).hasValue(made);
        assertThat(second.err()).isEmpty();

        Files.writeString(Path.of(made), "the cla"); // cut short: a JVM would crash on it
        assertThat(run(script, environment, "start").err()).hasSize(1);
        assertThat(Path.of(made)).hasContent("the classes");

        Path jar = home.resolve("lib/plimsoll-server-7.8.9.jar");
        FileTime date = Files.getLastModifiedTime(jar);
        Files.writeString(jar, "two"); // same size, same date: only its content tells
        Files.setLastModifiedTime(jar, date);
        Outcome third = run(script, environment, "start");
        assertThat(archive(third)).isPresent().get().isNotEqualTo(made);
        assertThat(Path.of(made)).doesNotExist();
    }

    @Test
    void a_failed_training_is_one_line_and_no_obstacle() throws Exception {
        Path java = fakeJdk("a", "17.0.1").resolve("bin/java");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        var environment = new HashMap<>(pathWithoutJava());
        environment.put("PLIMSOLL_DRY_RUN", "");
        Outcome outcome = run(distribution().resolve("bin/plimsoll"), environment, "start");

        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).contains("-jar", "start");
        assertThat(archive(outcome)).isEmpty();
        assertThat(outcome.err()).last().asString().startsWith("plimsoll: no class-data archive: see ");
    }

    @Test
    void the_distribution_finds_itself_through_symbolic_links_and_its_settings_file() throws Exception {
        fakeJdk("a", "17.0.1");
        Path home = distribution();
        Path jar = home.resolve("lib/plimsoll-server-7.8.9.jar");
        Path config = Files.createDirectories(home.resolve("conf")).resolve("plimsoll.properties");
        Files.writeString(config, "memory=300m\n");
        Path link = Files.createSymbolicLink(dir.resolve("one"), Path.of("dist home/bin/plimsoll"));
        Path other = Files.createSymbolicLink(dir.resolve("two"), link);

        Outcome outcome = run(other, pathWithoutJava(), "start");
        assertThat(outcome.out()).contains(jar.toString());
        assertThat(outcome.out()).containsSequence("start", "--config", config.toString());
        assertThat(outcome.bytes("-Dplimsoll.memory=")).isEqualTo(300L << 20);
        assertThat(run(other, pathWithoutJava(), "version").out()).containsExactly("7.8.9");
    }

    @Test
    void an_unknown_command_is_one_line_and_status_2() throws Exception {
        Outcome outcome = dryRun(Map.of(), "strat");

        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).singleElement().asString().contains("'strat'");
    }

    @Test
    void help_and_version_need_no_jdk() throws Exception {
        assertThat(dryRun(pathWithoutJava(), "--help").out().get(0)).startsWith("usage: plimsoll start");
        String pom = Files.readString(Path.of("..", "pom.xml"), StandardCharsets.UTF_8);
        assertThat(pom)
                .contains(
                        "<version>" + dryRun(pathWithoutJava(), "version").out().get(0) + "</version>");
    }
}
