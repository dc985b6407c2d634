package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.BenchInstance;
import dev.plimsoll.bench.client.Message;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.client.Request;
import io.avaje.jsonb.Jsonb;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A service whose instances change one at a time. Changes are numbered, and each instance carries the number of its
 * last one, so a push tells which changes it contains. Most instances belong to one client that never changes them;
 * the changing ones have a client each, as a client publishes a service as a whole.
 */
final class ChangingService {
    private static final int REMEMBERED = 1 << 16;

    private final String name;
    private final List<NacosClient> changers;
    private final Faults faults;
    private final List<BenchInstance> instances = new ArrayList<>(); // main or one changing thread; lock: itself
    private final AtomicLongArray sentAt = new AtomicLongArray(REMEMBERED);
    private volatile long rev;

    /** @param changers fewer than the instances */
    ChangingService(String name, int count, List<NacosClient> changers, Faults faults) {
        this.name = name;
        this.changers = changers.subList(0, Math.min(count, changers.size()));
        this.faults = faults;
        for (int i = 0; i < count; i++) {
            instances.add(BenchInstance.of(i));
        }
    }

    String name() {
        return name;
    }

    long rev() {
        return rev;
    }

    /** When the change was sent. */
    long sentAt(long change) {
        return sentAt.get((int) (change % REMEMBERED));
    }

    void register(Run run, NacosClient bulk) {
        int changing = changers.size();
        if (changing < instances.size()) {
            run.ask(bulk, Request.registerAll(name, List.copyOf(instances.subList(changing, instances.size()))));
        }
        for (int i = 0; i < changing; i++) {
            run.ask(changers.get(i), Request.register(name, instances.get(i)));
        }
    }

    /** Sends the next change. One thread at a time. */
    void change() {
        long next = rev + 1;
        int which = (int) (next % changers.size());
        BenchInstance changed;
        synchronized (instances) {
            changed = instances.get(which).changed(next);
            instances.set(which, changed);
        }
        sentAt.set((int) (next % REMEMBERED), System.nanoTime());
        rev = next;
        changers.get(which).call(Request.register(name, changed), reply -> {
            if (!reply.ok()) {
                faults.add("change " + next + " of " + name + ": " + reply.error());
            }
        });
    }

    /** What differs between the pushed state and the one that was registered; "" when nothing does. */
    String difference(Message push) {
        Map<String, String> expected = new TreeMap<>();
        synchronized (instances) {
            instances.forEach(i -> expected.put(i.ip() + ":" + i.port(), "rev " + i.rev() + " weight " + i.weight()));
        }
        Map<String, String> pushed = states(push);
        if (pushed.equals(expected)) {
            return "";
        }
        for (Map.Entry<String, String> entry : expected.entrySet()) {
            String found = pushed.get(entry.getKey());
            if (!entry.getValue().equals(found)) {
                return entry.getKey() + ": " + found + " (expected: " + entry.getValue() + ")";
            }
        }
        return pushed.size() + " instances (expected: " + expected.size() + ")";
    }

    private static Map<String, String> states(Message push) {
        Object root = Jsonb.instance().type(Object.class).fromJson(push.json());
        Map<String, String> states = new TreeMap<>();
        if (root instanceof Map<?, ?> message
                && message.get("serviceInfo") instanceof Map<?, ?> info
                && info.get("hosts") instanceof List<?> hosts) {
            for (Object host : hosts) {
                if (host instanceof Map<?, ?> fields && fields.get("metadata") instanceof Map<?, ?> metadata) {
                    states.put(
                            fields.get("ip") + ":" + number(fields.get("port")).intValue(),
                            "rev " + metadata.get("rev") + " weight "
                                    + number(fields.get("weight")).doubleValue());
                }
            }
        }
        return states;
    }

    private static Number number(@org.jspecify.annotations.Nullable Object value) {
        return value instanceof Number number ? number : -1;
    }
}
