package dev.plimsoll;

import dev.plimsoll.net.TlsSettings;
import dev.plimsoll.net.TlsSettings.Clients;
import dev.plimsoll.net.TlsSettings.Plaintext;
import dev.plimsoll.refusal.InvalidRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the operator wants connections encrypted, as it was written; the reference's {@code true} and {@code false} mean the
 * strictest and the laxest word.
 *
 * @param certificate and the other paths: empty for none
 */
record TlsOptions(
        String mode,
        Path certificate,
        Path key,
        String keyPassword,
        String plaintext,
        String clients,
        Path trust,
        List<String> protocols,
        List<String> ciphers,
        Duration every) {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /**
     * Empty when nothing is to be encrypted.
     *
     * @throws InvalidRequest when something is missing
     */
    Optional<TlsSettings> settings() {
        boolean on =
                switch (mode) {
                    case "on", "true" -> true;
                    case "off", "false" -> false;
                    default -> isSet(certificate);
                };
        if (!on) {
            return Optional.empty();
        }
        if (!isSet(certificate) || !isSet(key)) {
            throw new InvalidRequest((isSet(certificate) ? "tls.key" : "tls.certificate")
                    + " is not set (expected: a PEM file; tls is " + mode + ")");
        }
        Clients asked =
                switch (clients) {
                    case "required", "true" -> Clients.REQUIRED;
                    case "optional" -> Clients.OPTIONAL;
                    default -> Clients.OFF;
                };
        if (asked != Clients.OFF && !isSet(trust)) {
            throw new InvalidRequest(
                    "tls.trust is not set (expected: a PEM file of certificates that vouch for clients;"
                            + " tls.client-certificates is " + clients + ")");
        }
        if (protocols.isEmpty() || !PROTOCOLS.containsAll(protocols)) {
            throw new InvalidRequest("tls.protocols: '" + String.join(",", protocols) + "' (expected: of "
                    + String.join(",", PROTOCOLS) + ")");
        }
        return Optional.of(new TlsSettings(
                certificate,
                key,
                keyPassword,
                switch (plaintext) {
                    case "off", "false" -> Plaintext.OFF;
                    case "http" -> Plaintext.HTTP;
                    default -> Plaintext.ON;
                },
                asked,
                asked == Clients.OFF ? null : trust,
                protocols,
                ciphers,
                every));
    }

    private static boolean isSet(Path path) {
        return !path.toString().isEmpty();
    }

    @Override
    public String toString() {
        return "tls " + mode; // a key's password is for no log
    }
}
