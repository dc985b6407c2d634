package dev.plimsoll.compat;

import dev.plimsoll.compat.sdk.Configs;
import dev.plimsoll.compat.sdk.Naming;
import dev.plimsoll.compat.sdk.Sdk;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * One client version against one running server. The long-lived clients are shared by all scenarios of the version, which keep
 * apart by their names, and end with the test run; a scenario that closes a client takes a new one.
 */
final class ClientRun {

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final ConcurrentMap<ClientVersion, Sdk> SDKS = new ConcurrentHashMap<>();

    private final Servers servers;
    private final Path javaHome;
    private final PlimsollProcess server;
    private final ClientVersion version;
    private final Once<Naming> publisher = new Once<>(() -> newNaming(""));
    private final Once<Naming> peer = new Once<>(() -> newNaming(""));
    private final Once<Naming> observer = new Once<>(() -> newNaming(""));
    private final Once<Configs> writer = new Once<>(() -> newConfigs(""));
    private final Once<Configs> reader = new Once<>(() -> newConfigs(""));

    ClientRun(Servers servers, Path javaHome, PlimsollProcess server, ClientVersion version) {
        this.servers = servers;
        this.javaHome = javaHome;
        this.server = server;
        this.version = version;
    }

    /** Class loaders are made once per version; clients of all servers share them. */
    static Sdk sdk(ClientVersion version) {
        return SDKS.computeIfAbsent(version, IsolatedSdk::load);
    }

    Servers servers() {
        return servers;
    }

    Path javaHome() {
        return javaHome;
    }

    PlimsollProcess server() {
        return server;
    }

    ClientVersion version() {
        return version;
    }

    Naming publisher() {
        return publisher.get();
    }

    /** A second publisher: one connection publishes a service once. */
    Naming peer() {
        return peer.get();
    }

    Naming observer() {
        return observer.get();
    }

    Configs writer() {
        return writer.get();
    }

    Configs reader() {
        return reader.get();
    }

    /**
     * A client that hears at once of the key a scenario adds. Where there is no connection to add it to, a client of its own: the
     * long poll that is out does not know the key, and lasts up to half a minute.
     */
    Configs listener() {
        return version.hasConnection() ? reader() : newConfigs("");
    }

    Naming newNaming(String namespace) {
        return sdk(version).naming(server.address(), namespace);
    }

    Configs newConfigs(String namespace) {
        return sdk(version).configs(server.address(), namespace);
    }

    /** A name that no other scenario, version or test run uses. */
    static String unique(String word) {
        return word + "-" + NAMES.incrementAndGet();
    }

    @Override
    public String toString() {
        return "client " + version + ", server on " + javaHome.getFileName();
    }

    /** Makes its value on first use. */
    private static final class Once<T> {
        private final Supplier<T> maker;
        private T value;

        Once(Supplier<T> maker) {
            this.maker = maker;
        }

        synchronized T get() {
            if (value == null) {
                value = maker.get();
            }
            return value;
        }
    }
}
