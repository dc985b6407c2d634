package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.net.TlsSettings;
import dev.plimsoll.net.TlsSettings.Clients;
import dev.plimsoll.net.TlsSettings.Plaintext;
import dev.plimsoll.refusal.InvalidRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator writes of TLS, and what it comes to. */
class TlsOptionsTest {
    private static final String REFERENCE = "nacos.remote.server.rpc.tls.";

    @TempDir
    private Path dir;

    private static Optional<TlsSettings> options(String... options) {
        return settings(Values.read(List.of(options), Map.of()));
    }

    private Optional<TlsSettings> reference(String... lines) throws Exception {
        Path file = dir.resolve("application.properties");
        Files.writeString(file, REFERENCE + String.join("\n" + REFERENCE, lines));
        return settings(Values.read(List.of("--config", file.toString()), Map.of()));
    }

    private static Optional<TlsSettings> settings(Values values) {
        return Settings.of(values, new MemoryLine(1, 1, 1)).tls().settings();
    }

    private static void assertRefused(String reason, String... options) {
        assertThatThrownBy(() -> options(options))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining(reason);
    }

    @Test
    void without_a_certificate_there_is_none() {
        assertThat(options()).isEmpty();
        assertThat(options("--tls", "off", "--tls.certificate", "c", "--tls.key", "k"))
                .isEmpty();
    }

    @Test
    void a_certificate_and_its_key_are_enough() {
        TlsSettings tls = options("--tls.certificate", "c", "--tls.key", "k").orElseThrow();
        assertThat(tls.certificate()).isEqualTo(Path.of("c"));
        assertThat(tls.plaintext()).isEqualTo(Plaintext.ON);
        assertThat(tls.clients()).isEqualTo(Clients.OFF);
        assertThat(tls.protocols()).containsExactly("TLSv1.3", "TLSv1.2");
    }

    @Test
    void what_is_missing_is_said() {
        assertRefused("tls.certificate is not set", "--tls", "on");
        assertRefused("tls.key is not set", "--tls.certificate", "c");
        assertRefused(
                "tls.trust is not set",
                "--tls.certificate",
                "c",
                "--tls.key",
                "k",
                "--tls.client-certificates",
                "optional");
    }

    @Test
    void versions_that_are_broken_are_not_spoken() {
        assertRefused(
                "tls.protocols: 'TLSv1.2,TLSv1.1' (expected: of TLSv1.3,TLSv1.2)",
                "--tls.certificate",
                "c",
                "--tls.key",
                "k",
                "--tls.protocols",
                "TLSv1.2, TLSv1.1");
    }

    @Test
    void the_reference_s_names_mean_the_same() throws Exception {
        TlsSettings tls = reference(
                        "enableTls=true",
                        "cert-chain-file=c",
                        "certPrivateKey=k",
                        "certPrivateKeyPassword=secret",
                        "compatibility=false",
                        "mutualAuthEnable=true",
                        "trustCollectionCertFile=t",
                        "trustAll=false",
                        "sslProvider=openssl",
                        "ciphers=TLS_AES_128_GCM_SHA256")
                .orElseThrow();
        assertThat(tls.key()).isEqualTo(Path.of("k"));
        assertThat(tls.keyPassword()).isEqualTo("secret");
        assertThat(tls.plaintext()).isEqualTo(Plaintext.OFF);
        assertThat(tls.clients()).isEqualTo(Clients.REQUIRED);
        assertThat(tls.trust()).isEqualTo(Path.of("t"));
        assertThat(tls.ciphers()).containsExactly("TLS_AES_128_GCM_SHA256");
        assertThat(reference("enableTls=false", "certChainFile=c", "certPrivateKey=k"))
                .isEmpty();
        assertThat(reference("enableTls=true", "certChainFile=c", "certPrivateKey=k", "compatibility=true")
                        .orElseThrow()
                        .plaintext())
                .isEqualTo(Plaintext.ON);
    }

    @Test
    void a_certificate_of_anybody_passes_for_nobody_s() {
        assertThatThrownBy(() -> reference("enableTls=true", "trustAll=true"))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("trustAll");
    }

    @Test
    void no_text_form_holds_a_password() {
        var values = Values.read(List.of("--tls.key-password", "secret"), Map.of());
        assertThat(Settings.of(values, new MemoryLine(1, 1, 1)).tls().toString())
                .doesNotContain("secret");
    }
}
