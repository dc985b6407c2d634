package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.BenchInstance;
import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.HttpConnection;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Reply;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.client.Windows;
import dev.plimsoll.bench.measure.Probe;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Everything a client can grow is grown until the server refuses, one kind after the other and none given back: heavy
 * instances, subscriptions, listeners, configurations, connections. Then, with every account full, a large content is
 * published and read; and then the buffers are filled too, by deaf clients that ask for all they can and by bodies that
 * stand still. Others must notice none of it.
 */
final class Flood implements Scenario {
    private static final int ASKERS = 4;
    private static final int HEAVY_METADATA = 8_000;
    private static final int PER_BATCH = 50;
    private static final int CROWDED = 400;
    private static final int CROWDED_READERS = 12;
    private static final int SUBSCRIBED_PER_CONNECTION = 9_000;
    private static final int LISTENED_PER_CALL = 1_000;
    private static final int LISTENED_PER_CONNECTION = 9;
    private static final int CONNECTING_AT_A_TIME = 64;
    private static final int DEAF_QUERIES = 500;
    private static final int SOMEBODY_ELSE = 199_000;
    private static final String PAGE = "/nacos/v1/console/health/readiness";

    @Override
    public String name() {
        return "flood";
    }

    @Override
    public String summary() {
        return "instances, subscriptions, listeners, configs and connections until each is refused";
    }

    @Override
    public Options options() {
        return new Options()
                .option("each", "60s", "time for each kind; one that is not refused by then is a warning")
                .option("connections", "30000", "tried at the most")
                .option("content", "1048576", "bytes of a configuration published when all is full")
                .option("deaf", "64", "connections that ask for all they can and read nothing, when all is full")
                .option("halves", "150", "connections that begin a body and do not go on, when all is full")
                .option("baseline", "5", "undisturbed time before")
                .option("line", "256m", "resident size the server must keep to");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        new Flooding(run).run();
    }

    /** Asks over a few connections, one call in flight each, until a call is refused. */
    private static final class Filling {
        /** The {@code n}th of its kind. */
        interface Load {
            Request next(long n);
        }

        private final Faults refused = new Faults();
        private final AtomicLong next = new AtomicLong();
        private final AtomicLong accepted = new AtomicLong();
        private volatile boolean ended;

        void start(List<NacosClient> clients, Load load) {
            clients.forEach(client -> client.execute(() -> step(client, load)));
        }

        private void step(NacosClient client, Load load) {
            if (!ended) {
                client.call(load.next(next.getAndIncrement()), reply -> answered(client, load, reply));
            }
        }

        private void answered(NacosClient client, Load load, Reply reply) {
            if (reply.ok()) {
                accepted.incrementAndGet();
                step(client, load);
            } else {
                refused.add(String.valueOf(reply.error()));
                ended = true;
            }
        }

        void end() {
            ended = true;
        }
    }

    private static final class Flooding {
        private final Run run;
        private final Faults lost = new Faults();
        private final List<NacosClient> clients = new ArrayList<>();
        private final Bystanders others;
        private final String heavy = "x".repeat(HEAVY_METADATA);

        Flooding(Run run) {
            this.run = run;
            this.others = new Bystanders(run);
        }

        private List<NacosClient> askers(int count) {
            List<NacosClient> connected = run.connect(count, Windows.WIDE, i -> new Events() {
                @Override
                public void lost(NacosClient client, String reason) {
                    lost.add(reason);
                }
            });
            clients.addAll(connected);
            return connected;
        }

        void run() throws InterruptedException {
            Bystanders.Phase undisturbed = others.undisturbed(run.options().duration("baseline"));
            Bystanders.Phase disturbed = others.phase();
            Probe.Span span = run.probe().begin();
            List<NacosClient> askers = askers(ASKERS);
            // While there is room for them.
            DeafPeers deaf = new DeafPeers(run, run.options().integer("deaf"), "both");
            HalfBodies halves = new HalfBodies(run, run.options().integer("halves"));

            crowdedService(askers);
            fill("heavy instances, " + PER_BATCH + " a call", askers, n -> {
                int first = (int) n * PER_BATCH;
                return Request.registerAll(
                        run.named("flood" + n),
                        IntStream.range(first, first + PER_BATCH)
                                .mapToObj(BenchInstance::of)
                                .toList(),
                        heavy);
            });
            spread("subscriptions", SUBSCRIBED_PER_CONNECTION, n -> Request.subscribe(run.named("watched" + n), true));
            spread(
                    "listened configs, " + LISTENED_PER_CALL + " a call",
                    LISTENED_PER_CONNECTION,
                    n -> Request.listen(IntStream.range(0, LISTENED_PER_CALL)
                            .mapToObj(i -> run.named("listened" + n + "-" + i))
                            .toList()));
            String suffix = "-" + "n".repeat(180);
            fill("configs", askers(64), n -> Request.publishConfig(run.named("c" + n) + suffix, "x"));
            connections();
            operator();
            largeContent(askers.get(0));
            halves.begin();
            // Each for another service, since a state is kept once for all who are sent it.
            deaf.ask(i -> Request.query(run.named("flood" + i)), DEAF_QUERIES, true);
            run.pass("full, deaf clients ask, bodies stand still", Duration.ofSeconds(10), disturbed::state);
            halves.stop();
            deaf.close();

            span.end();
            others.phase();
            others.report(undisturbed, disturbed, "in the flood");
            run.process(span, Double.POSITIVE_INFINITY);
            run.line(span);
            run.report().require("no connection that only asked was dropped", lost.count() == 0, lost.toString());
            others.finish();
            run.alive();
            Run.closeAll(clients);
        }

        /** One service whose state is larger than any other: asked for by many at once, by gRPC and HTTP. */
        private void crowdedService(List<NacosClient> askers) throws InterruptedException {
            String service = run.named("crowded");
            Faults refused = new Faults();
            AtomicLong answered = new AtomicLong();
            int instances = 0;
            for (int i = 0; i < askers.size(); i++) {
                int first = i * CROWDED;
                boolean placed = false;
                for (int n = CROWDED; n > 0 && !placed; n /= 2) { // the server says how large a service may be
                    Reply reply = run.await(askers.get(i)
                            .ask(Request.registerAll(
                                    service,
                                    IntStream.range(first, first + n)
                                            .mapToObj(BenchInstance::of)
                                            .toList(),
                                    heavy)));
                    placed = reply.ok();
                    if (placed) {
                        instances += n;
                    } else {
                        refused.add("register: " + reply.error());
                    }
                }
            }
            HttpConnection.Ask list = HttpConnection.Ask.get("/nacos/v1/ns/instance/list?serviceName=" + service);
            List<HttpConnection> readers = HttpClients.connect(run, CROWDED_READERS, refused::add);
            for (int i = 0; i < CROWDED_READERS; i++) {
                askers.get(i % askers.size()).call(Request.query(service), reply -> {
                    answered.incrementAndGet();
                    if (!reply.ok()) {
                        refused.add("query: " + reply.error());
                    }
                });
                readers.get(i).ask(list, answer -> {
                    answered.incrementAndGet();
                    if (!answer.ok()) {
                        refused.add("list: " + answer.words());
                    }
                });
            }
            boolean all = run.until(
                    "crowded service",
                    Duration.ofSeconds(30),
                    () -> answered.get() + " answers",
                    () -> answered.get() == 2 * CROWDED_READERS);
            readers.forEach(HttpConnection::close);
            run.report()
                    .require(
                            "a crowded service's readers are answered, or refused in words",
                            all,
                            answered.get() + " of " + 2 * CROWDED_READERS);
            run.report().note("a crowded service of " + instances + " heavy instances; refused: " + refused);
            for (NacosClient asker : askers) {
                run.await(asker.ask(Request.registerAll(service, List.of(BenchInstance.of(1)))));
            }
        }

        private void fill(String what, List<NacosClient> askers, Filling.Load load) throws InterruptedException {
            var filling = new Filling();
            filling.start(askers, load);
            await(what, filling, 0);
        }

        /** So many calls on each connection, and then the next one: for what each connection may have but so much of. */
        private void spread(String what, int perConnection, Filling.Load load) throws InterruptedException {
            long accepted = 0;
            long end = System.nanoTime() + run.options().duration("each").toNanos();
            Faults refused = new Faults();
            while (refused.count() == 0 && System.nanoTime() - end < 0) {
                NacosClient client = askers(1).get(0);
                long first = accepted;
                var filling = new Filling();
                filling.start(List.of(client), n -> {
                    if (n == perConnection - 1) {
                        filling.end();
                    }
                    return load.next(first + n);
                });
                run.until(
                        what,
                        run.options().duration("each"),
                        () -> filling.accepted.get() + "",
                        () -> filling.refused.count() > 0 || filling.accepted.get() >= perConnection);
                filling.end();
                accepted += filling.accepted.get();
                if (filling.refused.count() > 0) {
                    refused.add(filling.refused.toString());
                }
            }
            report(what, accepted, refused);
        }

        private void await(String what, Filling filling, long before) throws InterruptedException {
            run.until(
                    what,
                    run.options().duration("each"),
                    () -> filling.accepted.get() + " accepted",
                    () -> filling.refused.count() > 0);
            filling.end();
            report(what, before + filling.accepted.get(), filling.refused);
        }

        private void report(String what, long accepted, Faults refused) {
            run.report().count(what + " accepted", accepted);
            String first = refused.toString();
            run.report()
                    .require(
                            what + " refused in words",
                            refused.count() > 0 && first.contains("\"errorCode\":503"),
                            first);
        }

        private void connections() throws InterruptedException {
            int most = run.options().integer("connections");
            List<NacosClient> held = java.util.Collections.synchronizedList(new ArrayList<>());
            Faults refused = new Faults();
            AtomicLong done = new AtomicLong();
            var turns = new java.util.concurrent.Semaphore(CONNECTING_AT_A_TIME);
            int tried = 0;
            while (tried < most && refused.count() == 0) {
                turns.acquire();
                tried++;
                run.connecting(Windows.DEFAULT, Events.NONE).whenComplete((client, error) -> {
                    if (error == null) {
                        held.add(client);
                    } else {
                        refused.add(String.valueOf(error.getMessage()));
                    }
                    done.incrementAndGet();
                    turns.release();
                });
                run.progress().show("connecting " + tried);
            }
            long all = tried;
            run.until("connecting", Duration.ofSeconds(30), () -> "", () -> done.get() == all);
            clients.addAll(held);
            run.report().count("connections accepted", held.size());
            run.report().require("connections refused", refused.count() > 0, "none of " + tried);
            run.report().note("a connection too many was told: " + refused);
        }

        /** Somebody who comes from another address than the flood, to look what is the matter. */
        private void operator() {
            InetAddress from = HttpClients.addressOf(run, SOMEBODY_ELSE);
            if (from == null) {
                run.report().note("nobody looked from another address: the target is not on this machine");
                return;
            }
            HttpConnection looking = run.await(
                    HttpConnection.connect(run.loops(), from, run.target().http(), reason -> {}));
            HttpConnection.Answered page = run.await(looking.ask(HttpConnection.Ask.get(PAGE)));
            run.report().require("an operator can look while all is full", page.ok(), page.words());
            looking.close();
        }

        /** Published when everything is full: what is held must leave room for a request of the largest kind. */
        private void largeContent(NacosClient asker) {
            int size = run.options().integer("content");
            String dataId = run.named("c0") + "-" + "n".repeat(180); // one that has its place in the index
            String content = "y".repeat(size);
            Reply published = run.await(asker.ask(Request.publishConfig(dataId, content)));
            run.report()
                    .require(
                            "a content of " + size + " bytes is published while all is full",
                            published.ok(),
                            String.valueOf(published.error()));
            Reply read = run.await(asker.ask(Request.readConfig(dataId)));
            run.report()
                    .require(
                            "and read back",
                            read.ok() && read.body().json().contains(content),
                            read.ok() ? "another content" : String.valueOf(read.error()));
        }
    }
}
