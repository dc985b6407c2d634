package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.Answer;
import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.client.Windows;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Clients that ask and do not read. Half of them grant no more HTTP/2 window, so the answers stay in the server's flow
 * control; the others grant all there is and leave the socket unread, so the answers stay in front of the socket.
 */
final class DeafPeers {
    private static final Answer NOBODY_LISTENS = reply -> {};

    private final Run run;
    private final List<NacosClient> clients = new ArrayList<>();
    private final Faults dropped = new Faults();

    /** @param mode window, tcp or both */
    DeafPeers(Run run, int count, String mode) {
        this.run = run;
        Events events = new Events() {
            @Override
            public void lost(NacosClient client, String reason) {
                dropped.add(reason);
            }
        };
        for (int i = 0; i < count; i++) {
            boolean tcp = mode.equals("tcp") || (mode.equals("both") && i % 2 == 1);
            NacosClient client = run.await(run.connecting(tcp ? Windows.BOUNDLESS : Windows.NARROW, events));
            if (tcp) {
                client.stopSocket();
            } else {
                client.withholdWindow();
            }
            clients.add(client);
        }
    }

    /** Each asks {@code times} for what the function says, given its number. */
    void ask(IntFunction<Request> request, int times, boolean ignoreLimit) {
        for (int i = 0; i < clients.size(); i++) {
            NacosClient client = clients.get(i);
            if (ignoreLimit) {
                client.ignoreStreamLimit();
            }
            client.pipeline(request.apply(i), times, NOBODY_LISTENS);
        }
    }

    /** Calls that the server's stream limit keeps from being sent. */
    long unsent() {
        return clients.stream()
                .mapToLong(client -> run.await(client.queuedHere()))
                .sum();
    }

    Faults dropped() {
        return dropped;
    }

    void close() {
        Run.closeAll(clients);
    }
}
