package dev.plimsoll.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The built distribution, started as a process. */
record StartedServer(Process process, String http, String grpc, Path data) implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("plimsoll ready http=(\\d+) grpc=(\\d+) .*");

    /** @param more words of the start beside ports, host, data and memory */
    static StartedServer start(String... more) throws IOException {
        Path command = Path.of(System.getProperty("plimsoll.home", ""), "bin", "plimsoll");
        assertThat(command).as("the built distribution").isRegularFile();
        Path directory = Files.createTempDirectory(
                Files.createDirectories(Path.of(System.getProperty("plimsoll.target"))), "smoke-");
        Path data = directory.resolve("data");
        File log = directory.resolve("server.err").toFile();
        var words = new ArrayList<>(List.of(command.toString(), "start", "--port", "0", "--host", "127.0.0.1"));
        words.addAll(List.of("--data", data.toString(), "--memory", "256m"));
        words.addAll(List.of(more));
        Process process = new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectError(log)
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                return new StartedServer(process, "127.0.0.1:" + ready.group(1), "127.0.0.1:" + ready.group(2), data);
            }
        }
        throw new AssertionError("the server did not become ready: " + Files.readString(log.toPath()));
    }

    /** One with a certificate of its own, which serves TLS and plaintext. */
    static StartedServer startOverTls(String... more) throws Exception {
        Path directory = Files.createTempDirectory(
                Files.createDirectories(Path.of(System.getProperty("plimsoll.target"))), "tls-");
        Path store = directory.resolve("store.p12");
        String password = "changeit";
        var words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        words.addAll(List.of("-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=localhost"));
        words.addAll(List.of("-storetype", "PKCS12", "-storepass", password, "-keystore", store.toString()));
        Process made = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(made.waitFor()).as(said).isZero();
        var keys = KeyStore.getInstance(store.toFile(), password.toCharArray());
        Path certificate = directory.resolve("server.pem");
        Path key = directory.resolve("server.key");
        Files.writeString(
                certificate, pem("CERTIFICATE", keys.getCertificate("server").getEncoded()));
        Files.writeString(
                key,
                pem("PRIVATE KEY", keys.getKey("server", password.toCharArray()).getEncoded()));
        var options = new ArrayList<>(List.of(more));
        options.addAll(List.of("--tls.certificate", certificate.toString(), "--tls.key", key.toString()));
        return start(options.toArray(new String[0]));
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + kind
                + "-----\n";
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
