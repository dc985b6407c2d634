package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.net.TestCertificates;
import dev.plimsoll.net.TestCertificates.Identity;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Unavailable;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands against a server that speaks TLS alone, with a certificate of an authority nobody else knows. */
class CommandsOverTlsTest {
    private static final Identity AUTHORITY = TestCertificates.identity("a private authority");

    @TempDir
    Path dir;

    private Server server;
    private Path ca;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

    @BeforeEach
    void start() {
        ca = dir.resolve("ca.pem");
        server = start("127.0.0.1");
    }

    /** A certificate is for 127.0.0.1 and {@code localhost}, wherever the server is. */
    private Server start(String host) {
        return start(host, 90);
    }

    /**
     * @param days for which its certificate is good
     * @param more settings
     */
    private Server start(String host, int days, String... more) {
        TestCertificates.write(ca, AUTHORITY.certificatePem());
        Instant now = Instant.now();
        Identity own = TestCertificates.identity(
                "server", AUTHORITY, now.minusSeconds(60), now.plusSeconds(24L * 3_600 * days + 60));
        TestCertificates.write(dir.resolve("server.pem"), own.certificatePem());
        TestCertificates.write(dir.resolve("server.key"), own.keyPem());
        var settings = new ArrayList<>(List.of(
                "--host=" + host,
                "--port=0",
                "--auth=on",
                "--data=" + dir.resolve("data").resolve(host),
                "--tls.certificate=" + dir.resolve("server.pem"),
                "--tls.key=" + dir.resolve("server.key"),
                "--tls.plaintext=off"));
        settings.addAll(List.of(more));
        Values values = Values.read(settings, Map.of());
        return Server.start(Settings.of(values, MemoryLine.ofProcess(values.get(KnownSettings.MEMORY))));
    }

    /** The server starts again, and wants to see a certificate that an authority of its own has signed. */
    private void askForCertificates() {
        stop();
        Identity clients = TestCertificates.identity("who vouches for clients");
        Instant now = Instant.now();
        Identity client = TestCertificates.identity("a client", clients, now.minusSeconds(60), now.plusSeconds(3_600));
        TestCertificates.write(dir.resolve("clients.pem"), clients.certificatePem());
        TestCertificates.write(dir.resolve("client.pem"), client.certificatePem());
        TestCertificates.write(dir.resolve("client.key"), client.keyPem());
        TestCertificates.write(dir.resolve("sealed.key"), TestCertificates.encrypted(client.key(), "a password"));
        server = start(
                "127.0.0.1", 90, "--tls.client-certificates=required", "--tls.trust=" + dir.resolve("clients.pem"));
    }

    private String[] showing(String certificate, String key) {
        return new String[] {
            "--ca",
            ca.toString(),
            "--certificate",
            dir.resolve(certificate).toString(),
            "--key",
            dir.resolve(key).toString()
        };
    }

    @AfterEach
    void stop() {
        server.drain();
        server.close();
    }

    private String address() {
        return "https://127.0.0.1:" + server.httpPort() + "/nacos";
    }

    private Path data() {
        return dir.resolve("data").resolve("127.0.0.1");
    }

    private void command(String words, String... more) {
        var arguments = new ArrayList<>(List.of(words.split(" ", -1)));
        arguments.addAll(List.of("--data", data().toString(), "--server", address()));
        arguments.addAll(List.of(more));
        var environment = Map.of("PLIMSOLL_NEW_PASSWORD", "a-long-secret", "PLIMSOLL_TLS_KEY_PASSWORD", "a password");
        UserCommand.run(arguments, environment, out);
    }

    private int doctor(String... more) {
        var words = new ArrayList<>(List.of(
                "--server",
                address(),
                "--grpc-port",
                "" + server.grpcPort(),
                "--user",
                "admin",
                "--password-file",
                data().resolve(Server.FIRST_PASSWORD_FILE).toString()));
        words.addAll(List.of(more));
        return DoctorCommand.run(words, Map.of(), dir, out, out);
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void users_are_managed_when_the_authority_is_given() {
        command("user create dev", "--ca", ca.toString());
        command("role give devs dev", "--ca", ca.toString());
        command("permission add devs dev:*:* rw", "--ca=" + ca);
        said.reset();
        command("user list", "--ca", ca.toString());
        command("role list", "--ca", ca.toString());
        command("permission list", "--ca", ca.toString());
        assertThat(said().lines()).contains("admin", "dev", "devs dev", "devs dev:*:* rw");
    }

    @Test
    void an_authority_that_is_not_known_is_said_in_one_line() {
        assertThatThrownBy(() -> command("user list"))
                .isInstanceOf(Unavailable.class)
                .hasMessage("server: TLS: nobody known here signed the server's certificate (expected: --ca FILE with"
                        + " the authority that did)");
        Path other = dir.resolve("other.pem");
        TestCertificates.write(other, TestCertificates.identity("other").certificatePem());
        assertThatThrownBy(() -> command("user list", "--ca", other.toString()))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("nobody known here signed");
        assertThat(said()).isEmpty();
    }

    @Test
    void a_certificate_for_another_address_is_not_taken_for_this_one() {
        Server elsewhere = start("127.0.0.2");
        try {
            String there = "https://127.0.0.2:" + elsewhere.httpPort();
            assertThatThrownBy(() -> command("user list", "--ca", ca.toString(), "--server", there))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("the server's certificate is not for this address");
        } finally {
            elsewhere.drain();
            elsewhere.close();
        }
    }

    @Test
    void a_file_without_a_certificate_is_refused() throws Exception {
        for (String content : List.of("", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n")) {
            Files.writeString(ca, content);
            assertThatThrownBy(() -> command("user list", "--ca", ca.toString()))
                    .isInstanceOf(InvalidRequest.class)
                    .hasMessageContaining("expected: PEM");
        }
        assertThatThrownBy(
                        () -> command("user list", "--ca", dir.resolve("absent").toString()))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void the_doctor_examines_it_when_the_authority_is_given() {
        assertThat(doctor("--ca", ca.toString())).as(this::said).isLessThan(2);
        assertThat(said())
                .contains("over TLS with a certificate that is trusted here")
                .contains("[tls] TLSv1.3, certificate until ")
                .contains("[push] a subscription of its own was told of its change in ");
    }

    @Test
    void the_doctor_says_when_it_is_not_known() {
        assertThat(doctor()).as(this::said).isEqualTo(2);
        assertThat(said().replaceAll("\\s+", " "))
                .contains("CRITICAL [tls]", "A client here cannot agree with the server on TLS")
                .contains("expected: --ca FILE with the authority that did");
    }

    @Test
    void the_doctor_warns_of_a_certificate_that_ends_soon() {
        stop();
        server = start("127.0.0.1", 5);
        assertThat(doctor("--ca", ca.toString())).as(this::said).isEqualTo(1);
        assertThat(said().replaceAll("\\s+", " ")).contains("WARNING [tls]", "The certificate ends in 5 days");
    }

    @Test
    void a_server_that_asks_for_a_certificate_is_shown_one() {
        askForCertificates();
        command("user create dev", showing("client.pem", "client.key"));
        said.reset();
        command("user list", showing("client.pem", "sealed.key"));
        assertThat(said().lines()).containsExactly("admin", "dev");

        said.reset();
        assertThat(doctor(showing("client.pem", "client.key"))).as(this::said).isLessThan(2);
        assertThat(said()).contains("[push] a subscription of its own was told of its change in ");
    }

    @Test
    void who_shows_it_none_or_another_is_told_what_is_wanted() {
        askForCertificates();
        assertThatThrownBy(() -> command("user list", "--ca", ca.toString()))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("(expected: --certificate FILE and --key FILE");
        TestCertificates.write(dir.resolve("other.pem"), AUTHORITY.certificatePem());
        TestCertificates.write(dir.resolve("other.key"), AUTHORITY.keyPem());
        assertThatThrownBy(() -> command("user list", showing("other.pem", "other.key")))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("(expected: --certificate FILE and --key FILE");
        assertThat(said()).isEmpty();
        assertThat(doctor("--ca", ca.toString())).as(this::said).isEqualTo(2);
        assertThat(said().replaceAll("\\s+", " ")).contains("this command by --certificate FILE and --key FILE");
    }

    @Test
    void a_certificate_comes_with_its_key() {
        askForCertificates();
        for (String only : List.of("certificate", "key")) {
            assertThatThrownBy(() -> command(
                            "user list", "--" + only, dir.resolve("client.pem").toString()))
                    .isInstanceOf(InvalidRequest.class)
                    .hasMessageContaining("(expected: --certificate and --key together)");
        }
        assertThatThrownBy(() -> command("user list", showing("client.pem", "server.key")))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageStartingWith("--key: ")
                .hasMessageContaining("the key of the first certificate in ");
        assertThatThrownBy(() -> command("user list", showing("client.key", "client.key")))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageStartingWith("--certificate: ");
        assertThatThrownBy(() -> command("user list", showing("client.pem", "client.pem")))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("its password in PLIMSOLL_TLS_KEY_PASSWORD if it has one");
    }
}
