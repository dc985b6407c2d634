package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the README tells a newcomer to paste works as pasted. */
@EveryJava
class ReadmeTest {

    private static final Pattern SHELL_BLOCK = Pattern.compile("(?ms)^```(?:sh|bash|shell|console)\\s*\\n(.*?)^```");
    private static final Pattern JAVA_BLOCK = Pattern.compile("(?ms)^```java\\s*\\n(.*?class (\\w+).*?)^```");
    /** Pasted by hand an HTTP error would be seen; here it has to end the script. */
    private static final String STRICT_CURL =
            "curl() { command curl --fail --silent --show-error --max-time 10 \"$@\"; }\n";

    @Parameter
    EveryJava.Jdk jdk;

    @TestFactory
    Stream<DynamicTest> curl_examples_work_as_pasted() throws IOException {
        Path readme = Path.of(System.getProperty("plimsoll.readme")).normalize();
        List<String> blocks = SHELL_BLOCK
                .matcher(Files.readString(readme))
                .results()
                .map(match -> match.group(1))
                .filter(block -> block.contains("curl "))
                .toList();
        assertThat(blocks).as("shell blocks with curl in %s", readme).isNotEmpty();
        return blocks.stream().map(block -> DynamicTest.dynamicTest(firstLine(block), () -> run(block)));
    }

    private void run(String block) throws IOException, InterruptedException {
        String script = block.replace("8848", Integer.toString(jdk.shared().port()))
                .replace("9848", Integer.toString(jdk.shared().grpcPort()));
        Process shell = new ProcessBuilder("bash", "-eu", "-c", STRICT_CURL + script)
                .redirectErrorStream(true)
                .start();
        shell.getOutputStream().close();
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(shell.exitValue()).as("%s\n%s", script, output).isZero();
        assertThat(output).as("%s", script).isNotBlank();
    }

    /** With the oldest and the newest client the README speaks of, each in a JVM of its own. */
    @ParameterizedTest
    @EnumSource(names = {"V2_0_4", "V3_2_1"})
    void the_java_example_works_as_pasted(ClientVersion version) throws IOException, InterruptedException {
        String readme = Files.readString(Path.of(System.getProperty("plimsoll.readme")));
        Matcher block = JAVA_BLOCK.matcher(readme);
        assertThat(block.find()).as("a java block with a class in the README").isTrue();
        Path directory = Files.createTempDirectory(Path.of(System.getProperty("plimsoll.target"), "tmp"), "readme");
        Path source = Files.writeString(
                directory.resolve(block.group(2) + ".java"),
                block.group(1).replace("8848", Integer.toString(jdk.shared().port())));
        Path classPath = Path.of(System.getProperty("plimsoll.clients"), version.version(), "target", "classpath");
        Path output = directory.resolve("output");
        Process example = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Duser.home=" + directory,
                        "-cp",
                        Files.readString(classPath).strip(),
                        source.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            // It prints what it published and hears of its own instance; then it sleeps, for somebody to watch.
            await().untilAsserted(() -> assertThat(Files.readAllLines(output))
                    .contains("colour=green")
                    .anyMatch(line -> line.matches("com\\.alibaba\\.nacos\\..*Naming\\w*Event.*")));
        } finally {
            example.destroyForcibly().waitFor();
        }
    }

    private static String firstLine(String block) {
        return block.lines().filter(line -> line.contains("curl ")).findFirst().orElseThrow();
    }
}
