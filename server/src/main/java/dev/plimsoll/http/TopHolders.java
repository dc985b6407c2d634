package dev.plimsoll.http;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Configs;
import dev.plimsoll.net.Connection;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.session.ServiceFrames;
import dev.plimsoll.session.Session;
import dev.plimsoll.session.Sessions;
import dev.plimsoll.wire.VitalsMessages.HolderReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Who holds most of the accounts that clients fill. It walks what there is, over what any thread may read, and stops nobody: for a
 * thread that may take its time. A walk of one kind ends after {@link #PATIENCE}; what it has not come to by then is left out, and
 * the answer says so.
 */
final class TopHolders {
    static final Duration PATIENCE = Duration.ofMillis(200);

    /** The most of each kind that can be asked for. */
    static final int MAX = 100;

    private final Registry registry;
    private final Configs configs;
    private final Sessions sessions;
    private final Supplier<Stream<Connection>> connections;
    private final LongSupplier nanoTime;

    /** @param nanoTime a clock that never goes back, for any thread */
    TopHolders(
            Registry registry,
            Configs configs,
            Sessions sessions,
            Supplier<Stream<Connection>> connections,
            LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.registry = registry;
        this.configs = configs;
        this.sessions = sessions;
        this.connections = connections;
    }

    /** @param complete all there was has been walked */
    record Found(List<HolderReport> holders, boolean complete) {}

    /** The {@code most} that hold most, of each kind. */
    Found find(int most) {
        var all = new ArrayList<HolderReport>();
        boolean complete = registry(most, all);
        complete &= clients(most, all);
        complete &= network(most, all);
        complete &= contents(most, all);
        complete &= states(most, all);
        var index = new Top(most, "config index", "namespace", "configurations");
        configs.counts().forEach((namespace, count) -> index.offer(namespace.isEmpty() ? "public" : namespace, count));
        index.addTo(all);
        return new Found(all, complete);
    }

    private interface Visit<T> {
        void of(T each);
    }

    /** False when there was no time for all of them. */
    private <T> boolean walk(Stream<T> all, Visit<? super T> visit) {
        long until = nanoTime.getAsLong() + PATIENCE.toNanos();
        try (all) {
            Iterator<T> left = all.iterator();
            while (left.hasNext()) {
                if (nanoTime.getAsLong() - until > 0) {
                    return false;
                }
                visit.of(left.next());
            }
        }
        return true;
    }

    /** What is kept of contents; those that pass through are whoever's request reads or publishes them. */
    private boolean contents(int most, List<HolderReport> all) {
        var bySize = new Top(most, "config contents", "configuration", "bytes");
        boolean complete = walk(configs.cached(), each -> bySize.offer(() -> words(each), each.bytes()));
        bySize.addTo(all);
        return complete;
    }

    private boolean states(int most, List<HolderReport> all) {
        var bySize = new Top(most, "snapshots", "service", "bytes");
        boolean complete = walk(sessions.frames().held(), each -> bySize.offer(() -> words(each), each.bytes()));
        bySize.offer("older states that somebody still takes", sessions.frames().retiredBytes());
        bySize.addTo(all);
        return complete;
    }

    private boolean registry(int most, List<HolderReport> all) {
        var bySize = new Top(most, "registry", "service", "bytes");
        var namespaces = new HashMap<String, Integer>();
        boolean complete = walk(registry.services(""), key -> {
            List<Instance> instances = registry.snapshot(key).instances();
            bySize.offer(words(key), bytes(instances));
            namespaces.merge(key.namespace(), instances.size(), Integer::sum);
        });
        var byNamespace = new Top(most, "registry", "namespace", "instances");
        namespaces.forEach(byNamespace::offer);
        bySize.addTo(all);
        byNamespace.addTo(all);
        return complete;
    }

    private static long bytes(List<Instance> instances) {
        long sum = 0;
        for (Instance instance : instances) {
            sum += instance.heapBytes();
        }
        return sum;
    }

    private boolean clients(int most, List<HolderReport> all) {
        var bySubscriptions = new Top(most, "watches", "client", "subscriptions");
        var byListeners = new Top(most, "listeners", "client", "configurations");
        boolean complete = walk(sessions.all().stream(), session -> {
            bySubscriptions.offer(words(session), session.watchedServices());
            byListeners.offer(words(session), session.listenedConfigs());
        });
        bySubscriptions.addTo(all);
        byListeners.addTo(all);
        return complete;
    }

    /**
     * What of answers and pushes its receiver has not taken, and of its requests is not answered; a push is shared, and counts
     * with each who waits for it.
     */
    private boolean network(int most, List<HolderReport> all) {
        var byBytes = new Top(most, "outbound", "client", "bytes");
        var byRequests = new Top(most, "requests", "client", "bytes");
        var addresses = new HashMap<String, Integer>();
        boolean complete = walk(connections.get(), connection -> {
            long pending = connection.pendingBytes();
            long asked = connection.requestBytes();
            if (pending > 0 || asked > 0) {
                Session session = sessions.find(connection.id());
                String who = session == null ? connection.id() : words(session);
                byBytes.offer(who, pending);
                byRequests.offer(who, asked);
            }
            addresses.merge(connection.remoteIp(), 1, Integer::sum);
        });
        var byAddress = new Top(most, "connections", "address", "connections");
        addresses.forEach(byAddress::offer);
        byBytes.addTo(all);
        byRequests.addTo(all);
        byAddress.addTo(all);
        return complete;
    }

    private static String words(ServiceKey key) {
        return key.namespace() + " " + key.joined();
    }

    private static String words(Configs.Cached content) {
        ConfigKey key = content.key();
        String gray = content.gray().isEmpty() ? "" : " (" + content.gray() + ")";
        return key.namespace() + " " + key.group() + " " + key.dataId() + gray;
    }

    private static String words(ServiceFrames.Held state) {
        return words(state.service()) + (state.clusters().isEmpty() ? "" : " (clusters " + state.clusters() + ")");
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
            offer(() -> holder, held);
        }

        /** @param holder is asked for only when it is among them */
        void offer(Supplier<String> holder, long held) {
            if (held > 0 && (kept.size() < most || held > kept.element().getValue())) {
                kept.add(Map.entry(holder.get(), held));
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
