package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.BenchInstance;
import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.HttpConnection;
import dev.plimsoll.bench.client.HttpConnection.Ask;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.measure.Latency;
import dev.plimsoll.bench.measure.Probe;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients as those of version 1.x are: each registers an instance by its first, full beat and keeps it alive by light ones,
 * asks for the list of its service now and then, and, over a connection of its own, waits for a configuration to change.
 */
final class Beat implements Scenario {
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int LIST_EVERY = 2; // beats
    private static final Map<String, String> CLIENT =
            Map.of("User-Agent", "Nacos-Java-Client:v1.4.7", "Client-Version", "1.4.7");

    @Override
    public String name() {
        return "beat";
    }

    @Override
    public String summary() {
        return "clients of version 1.x: an instance kept alive by beats, lists, and a long poll each";
    }

    @Override
    public Options options() {
        return new Options()
                .option("clients", "5000", "each with one instance")
                .option("share", "10", "clients that have a service in common")
                .option("poll", "yes", "no: without the long poll, which takes a second connection each")
                .option("seconds", "60", "measured time")
                .option("warmup", "30", "time before, left out")
                .option("line", "256m", "resident size the server must keep to");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        int count = options.integer("clients");
        boolean polling = options.choice("poll", "yes", "no").equals("yes");
        Faults faults = new Faults();
        Probe.Span coming = run.probe().begin();
        double before = run.probe().sees() ? run.probe().now().residentBytes() : 0;
        var beats = new Beats(run, faults, options.integer("share"));
        List<HttpConnection> connections = HttpClients.connect(run, count, faults::add);
        for (int i = 0; i < count; i++) {
            beats.live(i, connections.get(i), (long) (BEAT_NANOS * (double) i / count));
        }
        NacosClient publisher = run.connect(Events.NONE);
        Waiters polls = null;
        if (polling) {
            polls = new Waiters(run, count, 1, Duration.ofSeconds(30), faults, publisher);
            polls.start();
        }
        run.pass("warming up", options.duration("warmup"), beats::state);
        coming.end();
        Latency measured = beats.measure();
        Probe.Span span = run.probe().begin();
        run.pass("beating", options.duration("seconds"), beats::state);
        span.end();
        beats.measure();
        run.report().figure("beats", measured.count() / span.seconds(), "/s");
        run.latency("beat", measured);
        if (run.probe().sees()) {
            run.report()
                    .figure("resident per client", (run.probe().now().residentBytes() - before) / 1024 / count, "KB");
            run.report().figure("server CPU per beat", span.cpuMicros() / Math.max(1, measured.count()), "us");
        }
        run.process(span, Double.POSITIVE_INFINITY);
        run.line(span);
        String missing = beats.missing(count);
        run.report().require("every instance is in its list, and healthy", missing.isEmpty(), missing);
        if (polls != null) {
            run.report().count("long polls held", polls.held());
            run.report().require("every client's poll is held", polls.held() >= count * 9 / 10, polls.held() + "");
            polls.close();
        }
        run.report().require("no call failed", faults.count() == 0, faults.toString());
        run.report()
                .note("a beat each 5 s on a connection that is kept, a list with every second one"
                        + (polling ? ", and a long poll on another" : ""));
        run.alive();
        connections.forEach(HttpConnection::close);
        publisher.close();
    }

    /** Everybody's beats. */
    private static final class Beats {
        private final Run run;
        private final Faults faults;
        private final int share;
        private final LongAdder lists = new LongAdder();
        private final AtomicInteger alive = new AtomicInteger();
        private volatile Latency latency = new Latency();

        Beats(Run run, Faults faults, int share) {
            this.run = run;
            this.faults = faults;
            this.share = Math.max(1, share);
        }

        private String service(int client) {
            return run.named("beat" + client / share);
        }

        Latency measure() {
            Latency fresh = new Latency();
            latency = fresh;
            return fresh;
        }

        String state() {
            return String.format("%,d alive, %,d beats, %,d lists", alive.get(), latency.count(), lists.sum());
        }

        void live(int client, HttpConnection connection, long firstAfter) {
            connection.schedule(firstAfter, () -> beat(client, connection, 0, System.nanoTime()));
        }

        private void beat(int client, HttpConnection connection, long number, long due) {
            BenchInstance instance = BenchInstance.of(client);
            String path = "/nacos/v1/ns/instance/beat?namespaceId=public&serviceName=" + grouped(client)
                    + "&clusterName=DEFAULT&ip=" + instance.ip() + "&port=" + instance.port();
            String full = number > 0
                    ? ""
                    : "beat="
                            + encoded("{\"ip\":\"" + instance.ip() + "\",\"port\":" + instance.port()
                                    + ",\"serviceName\":\"DEFAULT_GROUP@@" + service(client)
                                    + "\",\"cluster\":\"DEFAULT\",\"weight\":1.0,\"metadata\":{\"version\":\"1.4.2\"},"
                                    + "\"scheduled\":true,\"period\":5000,\"stopped\":false}");
            connection.ask(new Ask("PUT", path, CLIENT, full), answer -> {
                if (!answer.ok() || !answer.body().contains("\"code\":10200")) {
                    faults.add("beat: " + answer.words());
                    if (answer.status() == 0) {
                        return;
                    }
                } else {
                    latency.record(answer.nanos());
                    if (number == 0) {
                        alive.incrementAndGet();
                    }
                }
                if (number % LIST_EVERY == 1) {
                    list(client, connection, number, due);
                } else {
                    later(client, connection, number, due);
                }
            });
        }

        private void list(int client, HttpConnection connection, long number, long due) {
            connection.ask(listing(client), answer -> {
                lists.increment();
                if (!answer.ok()
                        || !answer.body()
                                .contains('"' + BenchInstance.of(client).ip() + '"')) {
                    faults.add("list: " + answer.words());
                }
                if (answer.status() != 0) {
                    later(client, connection, number, due);
                }
            });
        }

        private void later(int client, HttpConnection connection, long number, long due) {
            long next = due + BEAT_NANOS;
            connection.schedule(
                    Math.max(0, next - System.nanoTime()), () -> beat(client, connection, number + 1, next));
        }

        private Ask listing(int client) {
            return new Ask(
                    "GET",
                    "/nacos/v1/ns/instance/list?namespaceId=public&healthyOnly=false&clusters=&udpPort=0&serviceName="
                            + grouped(client),
                    CLIENT,
                    "");
        }

        private String grouped(int client) {
            return "DEFAULT_GROUP%40%40" + service(client);
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }

        /** Instances that a list does not show as healthy; "" when it shows all. Asked over another connection. */
        String missing(int count) {
            HttpConnection asker = run.await(
                    HttpConnection.connect(run.loops(), null, run.target().http(), faults::add));
            int missing = 0;
            for (int first = 0; first < count; first += share) {
                String list = run.await(asker.ask(listing(first))).body();
                for (int client = first; client < Math.min(count, first + share); client++) {
                    int at = list.indexOf('"' + BenchInstance.of(client).ip() + '"');
                    int end = at < 0 ? -1 : list.indexOf('}', at);
                    if (at < 0
                            || !list.substring(list.lastIndexOf('{', at), end).contains("\"healthy\":true")) {
                        missing++;
                    }
                }
            }
            asker.close();
            return missing == 0 ? "" : missing + " of " + count + " are not";
        }
    }
}
