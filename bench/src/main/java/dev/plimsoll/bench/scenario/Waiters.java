package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.HttpConnection;
import dev.plimsoll.bench.client.HttpConnection.Answered;
import dev.plimsoll.bench.client.HttpConnection.Ask;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Request;
import dev.plimsoll.bench.measure.Latency;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients that wait for a configuration to change by long polls, one connection each: ask, are held, are told, read what is
 * new, ask again. Each waits for one of a few configurations.
 */
final class Waiters {
    private static final int CONTENT = 512;
    private static final String FIELD = "%02";
    private static final String RECORD = "%01";

    private final Faults faults;
    private final int count;
    private final List<String> dataIds;
    private final Map<String, String> headers;
    private final AtomicLongArray changedAt; // when the newest version of each was published
    private final AtomicLongArray versions;
    private final AtomicIntegerArray seen; // by each waiter
    private final AtomicInteger held = new AtomicInteger();
    private final LongAdder told = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final List<HttpConnection> connections;
    private volatile Latency latency = new Latency();
    private volatile boolean closed;

    /** Connects them all, and publishes what they wait for. */
    Waiters(Run run, int count, int configs, Duration patience, Faults faults, NacosClient publisher) {
        this.faults = faults;
        this.count = count;
        this.dataIds = run.names("waited", configs);
        this.headers = Map.of(
                "Long-Pulling-Timeout", Long.toString(patience.toMillis()),
                "Client-Version", "1.4.7",
                "User-Agent", "Nacos-Java-Client:v1.4.7");
        this.changedAt = new AtomicLongArray(configs);
        this.versions = new AtomicLongArray(configs);
        this.seen = new AtomicIntegerArray(count);
        for (int i = 0; i < configs; i++) {
            run.ask(publisher, Request.publishConfig(dataIds.get(i), content(i, 0)));
        }
        this.connections = HttpClients.connect(run, count, faults::add);
    }

    void start() {
        for (int i = 0; i < count; i++) {
            poll(i, 0);
        }
    }

    /** Publishes the next version of one configuration. */
    void change(NacosClient publisher, int config) {
        long version = versions.incrementAndGet(config);
        changedAt.set(config, System.nanoTime());
        publisher.call(Request.publishConfig(dataIds.get(config), content(config, version)), reply -> {
            if (!reply.ok()) {
                faults.add("publish: " + reply.error());
            }
        });
    }

    private String content(int config, long version) {
        return Contents.of(dataIds.get(config), version, CONTENT);
    }

    private int config(int waiter) {
        return waiter % dataIds.size();
    }

    private void poll(int waiter, long version) {
        if (closed) {
            return;
        }
        int config = config(waiter);
        String form = "Listening-Configs=" + dataIds.get(config) + FIELD + "DEFAULT_GROUP" + FIELD
                + md5(content(config, version)) + RECORD;
        held.incrementAndGet();
        connections.get(waiter).ask(new Ask("POST", "/nacos/v1/cs/configs/listener", headers, form), answer -> {
            held.decrementAndGet();
            if (!answer.ok()) {
                fail("poll", answer);
            } else if (answer.body().isBlank()) {
                ended.increment();
                poll(waiter, version);
            } else {
                told.increment();
                if (version + 1 == versions.get(config)) { // else it is not known which change this tells of
                    latency.record(System.nanoTime() - changedAt.get(config));
                }
                read(waiter, version);
            }
        });
    }

    private void read(int waiter, long before) {
        int config = config(waiter);
        String path = "/nacos/v1/cs/configs?dataId=" + dataIds.get(config) + "&group=DEFAULT_GROUP";
        connections.get(waiter).ask(new Ask("GET", path, headers, ""), answer -> {
            if (!answer.ok()) {
                fail("read", answer);
                return;
            }
            String[] words = answer.body().split(" ", 4);
            long version = words.length < 4 ? -1 : Long.parseLong(words[2]);
            if (version <= before || !answer.body().equals(content(config, version))) {
                faults.add("read after a notice gave '" + words[0] + "', version " + version + " (expected: beyond "
                        + before + ")");
            }
            seen.set(waiter, (int) version);
            poll(waiter, version);
        });
    }

    private void fail(String what, Answered answer) {
        if (!closed) {
            faults.add(what + ": " + answer.words());
        }
    }

    /** From now on the times of notices count for another part of the run. */
    Latency measure() {
        Latency fresh = new Latency();
        latency = fresh;
        return fresh;
    }

    int configs() {
        return dataIds.size();
    }

    /** Polls that wait for their answer. */
    int held() {
        return held.get();
    }

    String state() {
        return String.format("%,d held, %,d told, %,d ended", held.get(), told.sum(), ended.sum());
    }

    /** Everybody has read the newest version of what it waits for. */
    boolean current() {
        for (int i = 0; i < count; i++) {
            if (seen.get(i) != versions.get(config(i))) {
                return false;
            }
        }
        return true;
    }

    void close() {
        closed = true;
        connections.forEach(HttpConnection::close);
    }

    private static String md5(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
            return String.format("%032x", new BigInteger(1, digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
