package dev.plimsoll;

import dev.plimsoll.auth.Scrapers;
import java.nio.file.Path;

/**
 * Who may read metrics, beside administrators.
 *
 * @param open everybody
 * @param tokenFile whoever has the token in it; empty for none
 */
record MetricsOptions(boolean open, Path tokenFile) {
    /** @throws dev.plimsoll.refusal.InvalidRequest when the file has no token */
    Scrapers scrapers() {
        if (open) {
            return Scrapers.EVERYBODY;
        }
        return tokenFile.toString().isEmpty()
                ? Scrapers.ADMINISTRATORS
                : Scrapers.withTokenIn("metrics.token-file", tokenFile);
    }
}
