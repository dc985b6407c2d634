package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor before a server with TLS, in a process of its own: whom a JVM trusts is settled when it starts. */
class TlsDoctorTest {
    private static final String PASSWORD = "changeit";
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");

    @TempDir
    Path dir;

    private @Nullable Server server;
    private String said = "";

    @AfterEach
    void stop() {
        if (server != null) {
            server.drain();
            server.close();
        }
    }

    private int run(List<String> command) throws IOException, InterruptedException {
        Path output = dir.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        said = Files.readString(output);
        return process.exitValue();
    }

    /** @param days for which the server's certificate is good */
    private Server start(int days) throws Exception {
        Path store = dir.resolve("server.p12");
        assertThat(run(List.of(
                        JAVA.resolve("keytool").toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=server",
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-validity",
                        Integer.toString(days),
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)))
                .as(said)
                .isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        Path certificate = pem("CERTIFICATE", keys.getCertificate("server").getEncoded());
        Path key =
                pem("PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
        Values values = Values.read(
                List.of(
                        "--port",
                        "0",
                        "--data",
                        dir.resolve("data").toString(),
                        "--tls.certificate",
                        certificate.toString(),
                        "--tls.key",
                        key.toString()),
                Map.of());
        Server started = Server.start(Settings.of(values, MemoryLine.ofProcess(values.get(KnownSettings.MEMORY))));
        server = started;
        return started;
    }

    private Path pem(String what, byte[] der) throws IOException {
        String text = "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what + "-----\n";
        return Files.writeString(dir.resolve(what.replace(' ', '-') + ".pem"), text, StandardCharsets.US_ASCII);
    }

    private int doctor(Server examined, boolean trusting) throws Exception {
        var command = new ArrayList<String>(List.of(JAVA.resolve("java").toString()));
        if (trusting) {
            command.add("-Djavax.net.ssl.trustStore=" + dir.resolve("server.p12"));
            command.add("-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "doctor",
                "--server",
                "https://127.0.0.1:" + examined.httpPort(),
                "--grpc-port",
                "" + examined.grpcPort()));
        int status = run(command);
        said = said.replaceAll("\\s+", " ");
        return status;
    }

    @Test
    void a_certificate_that_is_trusted_and_good_for_long_is_fine_and_one_that_is_not_trusted_is_critical()
            throws Exception {
        Server examined = start(90);

        assertThat(doctor(examined, true)).as(said).isLessThan(2);
        assertThat(said)
                .contains("over TLS with a certificate that this machine trusts", "[tls] TLSv1.3, certificate until ");

        assertThat(doctor(examined, false)).as(said).isEqualTo(2);
        assertThat(said).contains("CRITICAL [tls]", "does not trust its certificate");
    }

    @Test
    void a_certificate_that_ends_soon_is_a_warning() throws Exception {
        assertThat(doctor(start(5), true)).as(said).isEqualTo(1);
        assertThat(said).contains("WARNING [tls]", "The certificate ends in 4 days");
    }
}
