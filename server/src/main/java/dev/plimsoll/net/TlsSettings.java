package dev.plimsoll.net;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How connections are encrypted.
 *
 * @param certificate PEM: this server's certificate, and after it those that vouch for it
 * @param key PEM: its private key, in PKCS#8
 * @param keyPassword of an encrypted key; "" when it is not
 * @param plaintext where connections without TLS are still served
 * @param clients whether clients must show a certificate
 * @param trust PEM: certificates that vouch for clients; not null unless clients are not asked
 * @param protocols the versions that are spoken
 * @param ciphers cipher suites by their standard names; empty for the usual ones
 * @param every how often the files are looked at
 */
public record TlsSettings(
        Path certificate,
        Path key,
        String keyPassword,
        Plaintext plaintext,
        Clients clients,
        @Nullable Path trust,
        List<String> protocols,
        List<String> ciphers,
        Duration every) {

    /** Where connections without TLS are still served. */
    public enum Plaintext {
        ON,
        /** On the HTTP port: clients of 2.x log in there, and know TLS on the gRPC port only. */
        HTTP,
        OFF
    }

    /** Whether clients must show a certificate. */
    public enum Clients {
        OFF,
        /** Those that show one must show a good one. */
        OPTIONAL,
        REQUIRED
    }

    @Override
    public String toString() {
        return "TLS " + certificate; // a key's password is for no log
    }
}
