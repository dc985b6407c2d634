package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.BenchInstance;
import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.client.Windows;
import dev.plimsoll.bench.client.WireException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Many clients, each with one instance and one subscription of the service it belongs to. */
final class Crowd {
    private static final long AGAIN_NANOS = 1_000_000_000L;
    private static final int ATTEMPTS = 30;

    private final Run run;
    private final int share;
    private final String name;
    private final AtomicReferenceArray<@Nullable NacosClient> clients;
    private final AtomicInteger settled = new AtomicInteger();
    private final Faults lost = new Faults();
    private final Faults refused = new Faults();
    private final Faults unhealthy = new Faults();
    private final Faults given = new Faults();

    /** @param share clients that have a service in common */
    Crowd(Run run, String name, int count, int share) {
        this.run = run;
        this.name = name;
        this.share = Math.max(1, share);
        this.clients = new AtomicReferenceArray<>(count);
    }

    private final Events events = new Events() {
        @Override
        public void lost(NacosClient client, String reason) {
            lost.add(reason);
        }

        @Override
        public void healthCheckFailed(NacosClient client, String error) {
            unhealthy.add(error);
        }
    };

    int size() {
        return clients.length();
    }

    /** Connected, registered and subscribed. */
    int settled() {
        return settled.get();
    }

    Faults lost() {
        return lost;
    }

    Faults refused() {
        return refused;
    }

    Faults unhealthy() {
        return unhealthy;
    }

    /** Clients that did not come in after many attempts. */
    Faults given() {
        return given;
    }

    private String service(int client) {
        return run.named(name + client / share);
    }

    /** Everybody comes, so many at a time. Returns at once when that is all of them. */
    void come(int atATime) {
        Semaphore turns = new Semaphore(atATime);
        for (int i = 0; i < size(); i++) {
            turns.acquireUninterruptibly();
            come(i, ATTEMPTS, turns);
            if (i % 100 == 0) {
                run.progress().show("connecting " + i + " of " + size());
            }
        }
    }

    private void come(int i, int attempts, Semaphore turns) {
        run.connecting(Windows.DEFAULT, events)
                .thenCompose(client -> {
                    clients.set(i, client);
                    return done(client, Request.register(service(i), BenchInstance.of(i)))
                            .thenCompose(registered -> done(client, Request.subscribe(service(i), true)));
                })
                .whenComplete((client, error) -> {
                    if (error == null) {
                        settled.incrementAndGet();
                        turns.release();
                        return;
                    }
                    refused.add(String.valueOf(error.getMessage()));
                    NacosClient half = clients.getAndSet(i, null);
                    if (half != null) {
                        half.close();
                    }
                    if (attempts > 0) {
                        run.loops().after(AGAIN_NANOS, () -> come(i, attempts - 1, turns));
                    } else {
                        given.add(String.valueOf(error.getMessage()));
                        turns.release();
                    }
                });
    }

    private static CompletableFuture<NacosClient> done(NacosClient client, Request request) {
        return client.ask(request).thenApply(reply -> {
            if (!reply.ok()) {
                throw new WireException(request.type() + ": " + reply.error());
            }
            return client;
        });
    }

    /** Everybody goes, at once. */
    void go() {
        for (int i = 0; i < size(); i++) {
            NacosClient client = clients.getAndSet(i, null);
            if (client != null) {
                client.close();
            }
        }
        settled.set(0);
    }

    /** Registrations that a query does not show; "" when all are there. */
    String missing(NacosClient asker) {
        Map<String, String> answers = new TreeMap<>();
        int missing = 0;
        for (int i = 0; i < size(); i++) {
            if (clients.get(i) != null) {
                String answer = answers.computeIfAbsent(
                        service(i),
                        service -> run.ask(asker, Request.query(service)).body().json());
                if (!answer.contains('"' + BenchInstance.of(i).ip() + '"')) {
                    missing++;
                }
            }
        }
        return missing == 0 ? "" : missing + " of " + settled() + " registrations are not in the answers";
    }
}
