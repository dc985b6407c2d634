package dev.plimsoll.net;

import static dev.plimsoll.net.TestCertificates.identity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.net.TestCertificates.Identity;
import dev.plimsoll.net.TlsSettings.Clients;
import dev.plimsoll.net.TlsSettings.Plaintext;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.vitals.Finding;
import dev.plimsoll.vitals.Findings;
import dev.plimsoll.vitals.Severity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files make a server that clients can trust, and when they are looked at. */
class TlsFilesTest {
    private static final Identity SERVER = identity("server");
    private static final Duration EVERY = Duration.ofSeconds(30);

    @TempDir
    private Path dir;

    private Instant now = Instant.now();
    private final InstantSource clock = () -> now;
    private final Findings findings = new Findings(clock);

    @BeforeEach
    void good_files() {
        write("server.pem", SERVER.certificatePem());
        write("server.key", SERVER.keyPem());
    }

    private void write(String file, String... pems) {
        TestCertificates.write(dir.resolve(file), pems);
    }

    private Tls tls() {
        return tls("", null, List.of());
    }

    private Tls tls(String password, @Nullable Path trust, List<String> ciphers) {
        var settings = new TlsSettings(
                dir.resolve("server.pem"),
                dir.resolve("server.key"),
                password,
                Plaintext.ON,
                trust == null ? Clients.OFF : Clients.REQUIRED,
                trust,
                List.of("TLSv1.3", "TLSv1.2"),
                ciphers,
                EVERY);
        return new Tls(settings, clock, findings, Runnable::run);
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(this::tls)
                .isInstanceOfSatisfying(InvalidRequest.class, refusal -> assertThat(refusal.reason())
                        .contains(words)
                        .contains("(expected: ")
                        .doesNotContain("\n"));
    }

    @Test
    void missing_file_is_refused() throws Exception {
        Files.delete(dir.resolve("server.key"));
        assertRefused("tls.key", "server.key", "a file that is there");
        Files.delete(dir.resolve("server.pem"));
        assertRefused("tls.certificate", "server.pem");
    }

    @Test
    void file_that_holds_something_else_is_refused() {
        write("server.pem", "not a certificate");
        assertRefused("tls.certificate", "server.pem");
        write("server.pem", "");
        assertRefused("tls.certificate", "no certificate");
        write("server.pem", SERVER.certificatePem());
        write("server.key", "not a key");
        assertRefused("tls.key", "no private key");
        write("server.key", "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n");
        assertRefused("tls.key", "RSA PRIVATE KEY", "openssl pkcs8 -topk8");
        write("server.key", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n");
        assertRefused("tls.key");
        write("server.key", "x".repeat((1 << 20) + 1));
        assertRefused("tls.key", "too large");
    }

    @Test
    void key_of_another_certificate_is_refused() {
        write("server.key", identity("server").keyPem());
        assertRefused("tls.key", "the key of the first certificate");
    }

    @Test
    void certificate_whose_time_is_over_or_to_come_is_refused() {
        Instant start = Instant.parse("2020-01-01T00:00:00Z");
        Identity past = identity("server", null, start, start.plusSeconds(86_400));
        write("server.pem", past.certificatePem());
        write("server.key", past.keyPem());

        assertRefused("tls.certificate", "CN=server", "2020-01-01T00:00:00Z to 2020-01-02T00:00:00Z");
        now = start.minusSeconds(1);
        assertRefused("tls.certificate");
        now = start.plusSeconds(86_400);
        assertRefused("tls.certificate");
        now = start;
        tls();
    }

    @Test
    void chain_is_read_with_its_issuer_and_must_be_good_all_along() {
        Identity authority = identity("authority");
        Identity leaf = identity("server", authority, now.minusSeconds(60), now.plus(Duration.ofDays(80)));
        write("server.pem", leaf.certificatePem(), authority.certificatePem());
        write("server.key", leaf.keyPem());
        tls();

        Identity over = identity("authority", null, Instant.EPOCH, now.minusSeconds(1));
        write("server.pem", leaf.certificatePem(), over.certificatePem());
        assertRefused("tls.certificate", "CN=authority");
    }

    @Test
    void encrypted_key_needs_its_password() throws Exception {
        write("server.key", TestCertificates.encrypted(SERVER.key(), "the password"));

        tls("the password", null, List.of());
        assertRefused("tls.key", "no password");
        assertThatThrownBy(() -> tls("another", null, List.of()))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("tls.key")
                .hasMessageNotContaining("another ");
    }

    @Test
    void trust_must_hold_certificates_and_ciphers_must_be_known() {
        assertThatThrownBy(() -> tls("", dir.resolve("nobody.pem"), List.of()))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("tls.trust");
        write("trust.pem", SERVER.keyPem());
        assertThatThrownBy(() -> tls("", dir.resolve("trust.pem"), List.of()))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("tls.trust");
        assertThatThrownBy(() -> tls("", null, List.of("TLS_NULL")))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("tls.ciphers: 'TLS_NULL'");
        tls("", null, List.of("TLS_AES_256_GCM_SHA384"));
    }

    @Test
    void files_are_looked_at_by_time_even_after_too_much_was_to_be_read() {
        var loop = new ManualLoop();
        var busy = new AtomicBoolean(true);
        Tls tls = tls();
        tls.watch(loop, task -> {
            if (busy.get()) {
                throw new RejectedExecutionException();
            }
            task.run();
        });
        write("server.key", "no key");

        loop.advance(EVERY);
        assertThat(findings.current()).isEmpty();
        busy.set(false);
        loop.advance(EVERY);
        assertThat(findings.current()).extracting(Finding::condition).containsExactly(Tls.BAD_FILES);
        assertThat(findings.current().get(0).evidence()).contains("no private key", "the former ones stay in use");
        write("server.key", SERVER.keyPem());
        loop.advance(EVERY);
        assertThat(findings.current()).isEmpty();
    }

    @Test
    void end_of_a_certificate_is_told_two_weeks_before() {
        Tls tls = tls();
        assertThat(findings.current()).isEmpty();

        now = now.plus(Duration.ofDays(77));
        tls.look();

        assertThat(findings.current()).extracting(Finding::condition).containsExactly(Tls.ENDS_SOON);
        assertThat(findings.worst()).contains(Severity.WARNING);
        now = now.plus(Duration.ofHours(13 * 24 - 12));
        tls.look();
        assertThat(findings.worst()).contains(Severity.CRITICAL);
    }

    @Test
    void password_of_a_key_is_in_no_text() {
        assertThat(new TlsSettings(dir, dir, "secret", Plaintext.ON, Clients.OFF, null, List.of(), List.of(), EVERY)
                        .toString())
                .doesNotContain("secret");
    }
}
