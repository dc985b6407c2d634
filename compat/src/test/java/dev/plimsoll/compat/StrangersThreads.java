package dev.plimsoll.compat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Clients of all tests live in this process, and their own threads throw when they are closed in the middle of a
 * reconnect. Waiting tests would take that for theirs.
 */
public final class StrangersThreads implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
    }
}
