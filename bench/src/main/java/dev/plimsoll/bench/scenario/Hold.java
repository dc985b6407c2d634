package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.BenchInstance;
import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.client.Windows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** What a {@link HeldProcess} runs: connects, says so, and stays until its parent is gone. */
final class Hold implements Scenario {
    static final String NAME = "hold";
    /** Instances of another address range than those of the parent's own clients. */
    private static final int FIRST_INSTANCE = 1_000_000;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String summary() {
        return "holds connections until its input ends; oneway and soak start it";
    }

    @Override
    public Options options() {
        return new Options()
                .option("connections", "50", "held")
                .option("service", "held", "in which each has an instance")
                .option("watch", "", "services each subscribes to, by comma");
    }

    @Override
    public void run(Run run) {
        List<String> watched = run.options().text("watch").isEmpty()
                ? List.of()
                : List.of(run.options().text("watch").split(",", -1));
        List<NacosClient> clients =
                run.connect(run.options().integer("connections"), Windows.DEFAULT, i -> Events.NONE);
        for (int i = 0; i < clients.size(); i++) {
            NacosClient client = clients.get(i);
            run.ask(client, Request.register(run.options().text("service"), BenchInstance.of(FIRST_INSTANCE + i)));
            watched.forEach(service -> run.ask(client, Request.subscribe(service, true)));
        }
        HeldProcess.sayReady(System.out);
        try {
            while (System.in.read() >= 0) {
                // until the parent is gone
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
