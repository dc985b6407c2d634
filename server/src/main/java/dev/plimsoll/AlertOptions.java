package dev.plimsoll;

import dev.plimsoll.refusal.InvalidRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;

/**
 * Whom the operator wants to be told of critical findings.
 *
 * @param webhook an address with secrets in it; empty for nobody
 * @param timeout of one attempt
 */
record AlertOptions(Optional<URI> webhook, Duration timeout, int attempts) {
    static AlertOptions of(String webhook, int timeoutSeconds, int attempts) {
        Optional<URI> address = webhook.isEmpty() ? Optional.empty() : Optional.of(address(webhook));
        return new AlertOptions(address, Duration.ofSeconds(timeoutSeconds), attempts);
    }

    /** The refusal does not repeat it. */
    private static URI address(String text) {
        try {
            URI address = new URI(text);
            String scheme = String.valueOf(address.getScheme());
            if ((scheme.equals("http") || scheme.equals("https")) && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException e) {
            // as any other text that is none
        }
        throw new InvalidRequest("alert.webhook: not shown, as it may hold a secret (expected: such as"
                + " https://host/path, http or https, with a host)");
    }

    @Override
    public String toString() {
        return "alerts " + (webhook.isPresent() ? "on" : "off"); // the address is for no log
    }
}
