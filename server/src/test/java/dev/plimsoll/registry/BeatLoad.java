package dev.plimsoll.registry;

import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.store.MemoryJournal;
import dev.plimsoll.vitals.MemoryBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What beating instances cost the registry, HTTP left out: run it by hand, {@code BeatLoad 100000 100}, for so many instances
 * in services of so many. The clock is the test's, so the figures are those of work alone.
 */
public final class BeatLoad {
    private BeatLoad() {}

    public static void main(String[] args) {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        int perService = args.length > 1 ? Integer.parseInt(args[1]) : 100;
        var loop = new ManualLoop();
        var budget = new MemoryBudget(2L << 30, 0);
        var account = budget.heap("registry", 0.9);
        var registry = new Registry(
                loop,
                new MemoryJournal(),
                account,
                budget.heap("watches", 0.1),
                RegistrySettings.DEFAULT,
                (source, snapshot) -> {});
        record Beating(ServiceKey service, Instance instance) {}
        var all = new ArrayList<Beating>();
        for (int i = 0; i < count; i++) {
            String ip = "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
            var instance =
                    new Instance(ip, 8080, 1, true, true, "", "", Map.of("preserved.register.source", "SPRING_CLOUD"));
            var service = new ServiceKey("public", "DEFAULT_GROUP", "service-" + i / perService);
            all.add(new Beating(service, instance));
            registry.submit(new RegistryCommand.Register(OwnerId.beating(ip, 8080), service, List.of(instance)));
            loop.runAll();
        }
        System.out.printf(
                "%d instances, %d a service: %.1f MiB of the registry's account%n",
                count, perService, account.held() / 1048576.0);
        int seconds = 30;
        for (int round = 1; round <= 3; round++) {
            long beatNanos = 0;
            long tickNanos = 0;
            long longestTick = 0;
            int beats = 0;
            for (int second = 0; second < seconds; second++) {
                long t0 = System.nanoTime();
                for (int i = second % 5; i < count; i += 5) {
                    Beating one = all.get(i);
                    registry.beat(one.service(), one.instance().ip(), 8080, null);
                    loop.runAll();
                    beats++;
                }
                long t1 = System.nanoTime();
                loop.advance(Duration.ofSeconds(1));
                long tick = System.nanoTime() - t1;
                beatNanos += t1 - t0;
                tickNanos += tick;
                longestTick = Math.max(longestTick, tick);
            }
            System.out.printf(
                    "at rest: %.2f us a beat, %.2f ms a tick (longest %.1f); %.2f %% of a core%n",
                    beatNanos / 1e3 / beats,
                    tickNanos / 1e6 / seconds,
                    longestTick / 1e6,
                    100.0 * (beatNanos + tickNanos) / 1e9 / seconds);
        }
        long t2 = System.nanoTime();
        loop.advance(Duration.ofSeconds(17));
        long t3 = System.nanoTime();
        loop.advance(Duration.ofSeconds(16));
        long t4 = System.nanoTime();
        System.out.printf(
                "all silent: unhealthy after %.0f ms of work, gone after %.0f ms more; %d bytes left%n",
                (t3 - t2) / 1e6, (t4 - t3) / 1e6, account.held());
    }
}
