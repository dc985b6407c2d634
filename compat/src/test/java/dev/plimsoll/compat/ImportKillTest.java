package dev.plimsoll.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/**
 * An import that a kill ends has brought some of its configurations and not the others; each is whole or absent, and the same
 * import again brings the rest. One that was answered is all there.
 */
@EveryJava
class ImportKillTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String BOUNDARY = "----a-browser-s";
    private static final int COUNT = 2_000;

    @Parameter
    EveryJava.Jdk jdk;

    @Test
    void each_configuration_of_an_import_that_was_killed_is_whole_or_absent() throws Exception {
        PlimsollProcess server = jdk.start("import-kill");
        byte[] archive = archive(COUNT);

        CompletableFuture<HttpResponse<String>> answer = importing(server, archive, "OVERWRITE");
        Awaitility.await()
                .pollInterval(Duration.ofMillis(1))
                .until(() -> answer.isDone() || get(server, 0).statusCode() == 200);
        server.kill();
        assertThatThrownBy(answer::join).as("nobody was told that it is done").hasCauseInstanceOf(IOException.class);

        server.startAgain();
        int there = countOfThoseThere(server);
        assertThat(there).as("of " + COUNT).isBetween(1, COUNT - 1);
        assertThat(importing(server, archive, "SKIP").join().body())
                .contains("\"succCount\":" + (COUNT - there), "\"skipCount\":" + there);
        assertThat(countOfThoseThere(server)).isEqualTo(COUNT);
    }

    @Test
    void an_import_that_was_answered_is_there_after_a_kill() throws Exception {
        PlimsollProcess server = jdk.start("import-answered-kill");
        HttpResponse<String> answer = importing(server, archive(200), "ABORT").join();
        server.kill();
        assertThat(answer.body()).contains("\"succCount\":200");
        server.startAgain();
        assertThat(countOfThoseThere(server)).isEqualTo(200);
    }

    /** Each that is there has its whole content. */
    private static int countOfThoseThere(PlimsollProcess server) throws Exception {
        int there = 0;
        for (int i = 0; i < COUNT; i++) {
            HttpResponse<String> config = get(server, i);
            if (config.statusCode() == 200) {
                assertThat(config.body()).isEqualTo(content(i));
                there++;
            } else {
                assertThat(config.statusCode()).isEqualTo(404);
            }
        }
        return there;
    }

    private static String content(int i) {
        return "begin-" + i + "-" + "line of it, ".repeat(20) + i + "-end";
    }

    private static byte[] archive(int count) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < count; i++) {
                zip.putNextEntry(new ZipEntry("G/config-" + i));
                zip.write(content(i).getBytes(UTF_8));
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static CompletableFuture<HttpResponse<String>> importing(
            PlimsollProcess server, byte[] archive, String policy) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.zip\"\r\n"
                        + "Content-Type: application/x-zip-compressed\r\n\r\n")
                .getBytes(UTF_8));
        body.writeBytes(archive);
        body.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(UTF_8));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + server.address() + "/nacos/v1/cs/configs?import=true&policy=" + policy))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                .build();
        return HTTP.sendAsync(request, BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(PlimsollProcess server, int i) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + server.address() + "/nacos/v1/cs/configs?group=G&dataId=config-" + i))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }
}
