package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.Parameter;

/** What the README tells a newcomer to paste works as pasted. */
@EveryJava
class ReadmeTest {

    private static final Pattern SHELL_BLOCK = Pattern.compile("(?ms)^```(?:sh|bash|shell|console)\\s*\\n(.*?)^```");
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

    private static String firstLine(String block) {
        return block.lines().filter(line -> line.contains("curl ")).findFirst().orElseThrow();
    }
}
