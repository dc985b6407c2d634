package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.BenchInstance;
import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.client.Windows;
import java.util.List;

/** Registrations and deregistrations as fast as they are answered. */
final class Register implements Scenario {
    private static final int INSTANCES_PER_CLIENT = 5_000;
    private static final int SERVICES_PER_CLIENT = 20;

    @Override
    public String name() {
        return "register";
    }

    @Override
    public String summary() {
        return "register and deregister in turn, distinct instances";
    }

    @Override
    public Options options() {
        return ClosedLoop.options(8)
                .option("repeat", "false", "true: register the same again and again, which changes nothing");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        boolean repeat = options.choice("repeat", "true", "false").equals("true");
        Faults faults = new Faults();
        List<NacosClient> clients = run.connect(options.integer("connections"), Windows.WIDE, i -> Events.NONE);
        List<String> services = run.names("register", clients.size() * SERVICES_PER_CLIENT);
        ClosedLoop.Load load = (client, call) -> {
            long round = repeat ? 0 : call / 2;
            String service = services.get(client * SERVICES_PER_CLIENT + (int) (round % SERVICES_PER_CLIENT));
            BenchInstance instance =
                    BenchInstance.of(client * INSTANCES_PER_CLIENT + (int) (round % INSTANCES_PER_CLIENT));
            return repeat || call % 2 == 0
                    ? Request.register(service, instance)
                    : Request.deregister(service, instance);
        };
        new ClosedLoop(clients, load, faults).measure(run, repeat ? "same again" : "register", 40);
        run.alive();
        Run.closeAll(clients);
    }
}
