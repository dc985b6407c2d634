package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.NacosClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Changes one instance of each service at every tick, on the loop of one client. */
final class Changes {
    private final NacosClient ticker;
    private final List<ChangingService> services;
    private final long everyNanos;
    private volatile boolean stopped;

    Changes(NacosClient ticker, List<ChangingService> services, Duration every) {
        this.ticker = ticker;
        this.services = services;
        this.everyNanos = every.toNanos();
    }

    Changes start() {
        ticker.schedule(everyNanos, () -> tick(System.nanoTime()));
        return this;
    }

    private void tick(long due) {
        if (!stopped) {
            services.forEach(ChangingService::change);
            long next = due + everyNanos;
            ticker.schedule(Math.max(0, next - System.nanoTime()), () -> tick(next));
        }
    }

    /** No change starts after this. */
    void stop() {
        stopped = true;
        java.util.concurrent.CompletableFuture<Boolean> passed = new java.util.concurrent.CompletableFuture<>();
        ticker.execute(() -> passed.complete(true));
        passed.orTimeout(10, TimeUnit.SECONDS).join();
    }
}
