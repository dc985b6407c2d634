package dev.plimsoll.http;

import dev.plimsoll.config.Configs;
import dev.plimsoll.net.Connection;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.session.Session;
import dev.plimsoll.session.Sessions;
import dev.plimsoll.wire.VitalsMessages.HolderReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Who holds most of the accounts that clients fill. It walks all there is, over what any thread may read, and stops nobody: for a
 * thread that may take its time.
 */
final class TopHolders {
    /** The most of each kind that can be asked for. */
    static final int MAX = 100;

    private final Registry registry;
    private final Configs configs;
    private final Sessions sessions;
    private final Supplier<Stream<Connection>> connections;

    TopHolders(Registry registry, Configs configs, Sessions sessions, Supplier<Stream<Connection>> connections) {
        this.registry = registry;
        this.configs = configs;
        this.sessions = sessions;
        this.connections = connections;
    }

    /** The {@code most} that hold most, of each kind. */
    List<HolderReport> find(int most) {
        var all = new ArrayList<HolderReport>();
        registry(most, all);
        clients(most, all);
        network(most, all);
        var index = new Top(most, "config index", "namespace", "configurations");
        configs.counts().forEach((namespace, count) -> index.offer(namespace.isEmpty() ? "public" : namespace, count));
        index.addTo(all);
        return all;
    }

    private void registry(int most, List<HolderReport> all) {
        var bySize = new Top(most, "registry", "service", "bytes");
        var namespaces = new HashMap<String, Integer>();
        registry.services("").forEach(key -> {
            List<Instance> instances = registry.snapshot(key).instances();
            bySize.offer(words(key), bytes(instances));
            namespaces.merge(key.namespace(), instances.size(), Integer::sum);
        });
        var byNamespace = new Top(most, "registry", "namespace", "instances");
        namespaces.forEach(byNamespace::offer);
        bySize.addTo(all);
        byNamespace.addTo(all);
    }

    private static long bytes(List<Instance> instances) {
        long sum = 0;
        for (Instance instance : instances) {
            sum += instance.heapBytes();
        }
        return sum;
    }

    private void clients(int most, List<HolderReport> all) {
        var bySubscriptions = new Top(most, "watches", "client", "subscriptions");
        var byListeners = new Top(most, "listeners", "client", "configurations");
        for (Session session : sessions.all()) {
            bySubscriptions.offer(words(session), session.watchedServices());
            byListeners.offer(words(session), session.listenedConfigs());
        }
        bySubscriptions.addTo(all);
        byListeners.addTo(all);
    }

    /** What of answers and pushes its receiver has not taken; a push is shared, and counts with each who waits for it. */
    private void network(int most, List<HolderReport> all) {
        var byBytes = new Top(most, "outbound", "client", "bytes");
        var addresses = new HashMap<String, Integer>();
        connections.get().forEach(connection -> {
            long pending = connection.pendingBytes();
            if (pending > 0) {
                Session session = sessions.find(connection.id());
                byBytes.offer(session == null ? connection.id() : words(session), pending);
            }
            addresses.merge(connection.remoteIp(), 1, Integer::sum);
        });
        var byAddress = new Top(most, "connections", "address", "connections");
        addresses.forEach(byAddress::offer);
        byBytes.addTo(all);
        byAddress.addTo(all);
    }

    private static String words(ServiceKey key) {
        return key.namespace() + " " + key.joined();
    }

    private static String words(Session session) {
        return session.id() + " (" + session.ip() + ", " + session.app() + ", " + session.agent() + ")";
    }

    /** The few largest of many. */
    private static final class Top {
        private final int most;
        private final String account;
        private final String kind;
        private final String unit;
        private final PriorityQueue<Map.Entry<String, Long>> kept = new PriorityQueue<>(Map.Entry.comparingByValue());

        Top(int most, String account, String kind, String unit) {
            this.most = most;
            this.account = account;
            this.kind = kind;
            this.unit = unit;
        }

        void offer(String holder, long held) {
            if (held > 0 && (kept.size() < most || held > kept.element().getValue())) {
                kept.add(Map.entry(holder, held));
                if (kept.size() > most) {
                    kept.remove();
                }
            }
        }

        void addTo(List<HolderReport> all) {
            var sorted = new ArrayList<>(kept);
            sorted.sort(Collections.reverseOrder(Map.Entry.<String, Long>comparingByValue())
                    .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())));
            sorted.forEach(entry -> all.add(new HolderReport(account, kind, entry.getKey(), entry.getValue(), unit)));
        }
    }
}
