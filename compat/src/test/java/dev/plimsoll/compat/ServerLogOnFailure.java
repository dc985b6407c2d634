package dev.plimsoll.compat;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** Prints the end of every running server's log beside a failure, the first few times. */
public final class ServerLogOnFailure implements TestWatcher {

    private static final int REPORTS = 3;

    private final Set<String> reported = ConcurrentHashMap.newKeySet();

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        if (reported.size() < REPORTS && reported.add(context.getUniqueId())) {
            Optional<Class<?>> test = context.getTestClass();
            System.err.println("after the failure of "
                    + test.map(Class::getSimpleName).orElse("?") + ", " + context.getDisplayName() + ":");
            Servers.of(context).running().forEach(server -> System.err.println(server.logTail()));
        }
    }
}
