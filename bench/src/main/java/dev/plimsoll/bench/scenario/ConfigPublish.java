package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.Message;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Reply;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.client.Windows;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** Publishes as fast as they are acknowledged; in the end each config must read as it was last acknowledged. */
final class ConfigPublish implements Scenario {
    @Override
    public String name() {
        return "configpublish";
    }

    @Override
    public String summary() {
        return "parallel publishes, each acknowledged when durable";
    }

    @Override
    public Options options() {
        return new Options()
                .option("threads", "64", "publishers, one publish in flight each, a config of their own each")
                .option("size", "1024", "of the content, bytes")
                .option("seconds", "15", "measured time")
                .option("warmup", "5", "time before, left out");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        int publishers = options.integer("threads");
        int size = options.integer("size");
        Faults faults = new Faults();
        List<NacosClient> clients = run.connect(publishers, Windows.WIDE, i -> Events.NONE);
        List<String> dataIds = run.names("configpublish", publishers);
        AtomicLongArray acknowledged = new AtomicLongArray(publishers);
        ClosedLoop.Load load = new ClosedLoop.Load() {
            @Override
            public Request next(int client, long call) {
                return Request.publishConfig(dataIds.get(client), Contents.of(dataIds.get(client), call, size));
            }

            @Override
            public void answered(int client, long call, Reply reply) {
                acknowledged.set(client, call);
            }
        };
        new ClosedLoop(clients, load, faults).measure(run, "publish", Double.POSITIVE_INFINITY);
        Faults wrong = new Faults();
        for (int i = 0; i < publishers; i++) {
            byte[] expected = Message.ascii(Contents.of(dataIds.get(i), acknowledged.get(i), size));
            Request read = Request.readConfig(dataIds.get(i));
            NacosClient client = clients.get(i);
            boolean found = run.until("reading back", Duration.ofSeconds(5), () -> "", () -> {
                Reply reply = run.await(client.ask(read));
                return reply.ok() && reply.body().contains(expected);
            });
            if (!found) {
                wrong.add(dataIds.get(i) + " is not at version " + acknowledged.get(i));
            }
            run.ask(client, Request.removeConfig(dataIds.get(i)));
        }
        run.report().require("every acknowledged config reads back", wrong.count() == 0, wrong.toString());
        run.alive();
        Run.closeAll(clients);
    }
}
