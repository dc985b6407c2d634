package dev.plimsoll.compat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Every server of the test run: one per JDK that most scenarios share, and those that a test starts to stop or kill. */
final class Servers implements AutoCloseable {

    private static final Namespace HERE = Namespace.create(Servers.class);

    private final Map<Path, PlimsollProcess> shared = new ConcurrentHashMap<>();
    private final Map<String, ClientRun> runs = new ConcurrentHashMap<>();
    private final Collection<PlimsollProcess> own = new ConcurrentLinkedQueue<>();

    private Servers() {}

    static Servers of(ExtensionContext context) {
        return context.getRoot()
                .getStore(HERE)
                .getOrComputeIfAbsent(Servers.class, key -> new Servers(), Servers.class);
    }

    /** The JDKs to run the server on: those the property lists, or else the one these tests run on. */
    static List<Path> javaHomes() {
        String listed = System.getProperty("plimsoll.test.javas", "");
        if (listed.isBlank()) {
            return List.of(Path.of(System.getProperty("java.home")));
        }
        return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(listed)
                .map(Path::of)
                .toList();
    }

    PlimsollProcess shared(Path javaHome) {
        return shared.computeIfAbsent(javaHome, home -> PlimsollProcess.start(home, "shared-" + home.getFileName()));
    }

    /** A server that its test may stop and kill. Whatever is left of it ends with the test run. */
    PlimsollProcess start(Path javaHome, String purpose, String... options) {
        PlimsollProcess server = PlimsollProcess.start(javaHome, purpose, options);
        own.add(server);
        return server;
    }

    /** A client version against the shared server of a JDK; the same for all classes, so that connections are few. */
    ClientRun run(Path javaHome, ClientVersion version) {
        return runs.computeIfAbsent(
                javaHome + " " + version, key -> new ClientRun(this, javaHome, shared(javaHome), version));
    }

    List<PlimsollProcess> running() {
        return Stream.concat(shared.values().stream(), own.stream())
                .filter(PlimsollProcess::isAlive)
                .toList();
    }

    @Override
    public void close() {
        List<Throwable> failures = new ArrayList<>();
        for (PlimsollProcess server : running()) {
            try {
                server.close();
            } catch (AssertionError e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            AssertionError all = new AssertionError("servers that did not stop: " + failures.size());
            failures.forEach(all::addSuppressed);
            throw all;
        }
    }
}
