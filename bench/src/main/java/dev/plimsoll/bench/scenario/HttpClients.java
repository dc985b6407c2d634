package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.HttpConnection;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Many connections of 1.x clients. On the target's own machine each thousand comes from an address of its own. */
final class HttpClients {
    private static final int CONNECTING_AT_A_TIME = 64;
    private static final int PER_ADDRESS = 1_000;

    private HttpClients() {}

    static List<HttpConnection> connect(Run run, int count, Consumer<String> lost) {
        Semaphore turns = new Semaphore(CONNECTING_AT_A_TIME);
        List<CompletableFuture<HttpConnection>> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            turns.acquireUninterruptibly();
            CompletableFuture<HttpConnection> one = HttpConnection.connect(
                    run.loops(), addressOf(run, i), run.target().http(), lost);
            all.add(one);
            one.whenComplete((connection, error) -> turns.release());
            if (i % 100 == 0) {
                run.progress().show("connecting " + i + " of " + count);
            }
        }
        return all.stream().map(run::await).toList();
    }

    /** Where a client comes from; null for the system's choice, when the target is elsewhere. */
    static @Nullable InetAddress addressOf(Run run, int client) {
        return run.target().http().getAddress().isLoopbackAddress()
                ? address(client % (200 * 200 * PER_ADDRESS))
                : null;
    }

    private static @Nullable InetAddress address(int client) {
        try {
            int number = client / PER_ADDRESS;
            return InetAddress.getByAddress(new byte[] {127, 0, (byte) (1 + number / 200), (byte) (1 + number % 200)});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
