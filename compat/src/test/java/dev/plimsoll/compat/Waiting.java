package dev.plimsoll.compat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** How tests wait for what another process does. */
public final class Waiting implements BeforeAllCallback {

    /** For anything that is bound to come: many scenarios share two cores, and nobody waits this long but for what failed. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * Clients of all tests live in this process, and their own threads throw when they are closed in the middle of a
     * reconnect. Waiting tests would take that for theirs.
     */
    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(PATIENCE);
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
    }
}
