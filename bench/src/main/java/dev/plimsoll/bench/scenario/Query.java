package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.BenchInstance;
import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.client.Windows;
import java.util.List;
import java.util.stream.IntStream;

/** Queries of one small service as fast as they are answered. */
final class Query implements Scenario {
    @Override
    public String name() {
        return "query";
    }

    @Override
    public String summary() {
        return "queries of a small service";
    }

    @Override
    public Options options() {
        return ClosedLoop.options(8).option("instances", "15", "of the service");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        Faults faults = new Faults();
        String service = run.named("query");
        int instances = options.integer("instances");
        NacosClient provider = run.connect(Events.NONE);
        run.ask(
                provider,
                Request.registerAll(
                        service,
                        IntStream.range(0, instances)
                                .mapToObj(BenchInstance::of)
                                .toList()));
        List<NacosClient> clients = run.connect(options.integer("connections"), Windows.WIDE, i -> Events.NONE);
        Request query = Request.query(service);
        int size = run.ask(provider, query).body().size();
        ClosedLoop.Load load = new ClosedLoop.Load() {
            @Override
            public Request next(int client, long call) {
                return query;
            }

            @Override
            public void answered(int client, long call, dev.plimsoll.bench.client.Reply reply) {
                if (Math.abs(reply.body().size() - size) > 64) {
                    faults.add("an answer of " + reply.body().size() + " bytes (expected: " + size + ")");
                }
            }
        };
        new ClosedLoop(clients, load, faults).measure(run, "query", 35);
        run.report().figure("answer", size, "B");
        run.alive();
        Run.closeAll(clients);
        provider.close();
    }
}
