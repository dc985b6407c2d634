package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.Message;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.client.Windows;
import java.util.List;

/** Reads of one config as fast as they are answered. */
final class ConfigRead implements Scenario {
    @Override
    public String name() {
        return "configread";
    }

    @Override
    public String summary() {
        return "reads of a config";
    }

    @Override
    public Options options() {
        return ClosedLoop.options(8).option("size", "1024", "of the content, bytes");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        Faults faults = new Faults();
        String dataId = run.named("configread");
        String content = Contents.of(dataId, 0, options.integer("size"));
        NacosClient publisher = run.connect(Events.NONE);
        run.ask(publisher, Request.publishConfig(dataId, content));
        Request read = Request.readConfig(dataId);
        byte[] expected = Message.ascii(content);
        // The reference answers a publish before its own reads see the content.
        run.until("published", java.time.Duration.ofSeconds(10), () -> "", () -> {
            var reply = run.await(publisher.ask(read));
            return reply.ok() && reply.body().contains(expected);
        });
        List<NacosClient> clients = run.connect(options.integer("connections"), Windows.WIDE, i -> Events.NONE);
        ClosedLoop.Load load = new ClosedLoop.Load() {
            @Override
            public Request next(int client, long call) {
                return read;
            }

            @Override
            public void answered(int client, long call, dev.plimsoll.bench.client.Reply reply) {
                if (!reply.body().contains(expected)) {
                    faults.add("another content: " + reply.body().json());
                }
            }
        };
        new ClosedLoop(clients, load, faults).measure(run, "config read", 35);
        run.alive();
        run.ask(publisher, Request.removeConfig(dataId));
        Run.closeAll(clients);
        publisher.close();
    }
}
