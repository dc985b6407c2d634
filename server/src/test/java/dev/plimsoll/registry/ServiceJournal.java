package dev.plimsoll.registry;

import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.ConfigHead;
import dev.plimsoll.store.GrayHead;
import dev.plimsoll.store.HistoryEntry;
import dev.plimsoll.store.Journal;
import dev.plimsoll.store.PastConfig;
import dev.plimsoll.store.StoredCluster;
import dev.plimsoll.store.StoredConfig;
import dev.plimsoll.store.StoredGray;
import dev.plimsoll.store.StoredInstance;
import dev.plimsoll.store.StoredOverlay;
import dev.plimsoll.store.StoredService;
import dev.plimsoll.store.Write;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A journal without a disk, whose commits a test makes one at a time, and which keeps services and instances only. */
final class ServiceJournal implements Journal {
    private final Map<List<String>, StoredService> services = new LinkedHashMap<>();
    private final Map<List<Object>, StoredInstance> instances = new LinkedHashMap<>();
    private final Map<List<String>, StoredCluster> clusters = new LinkedHashMap<>();
    private final Map<List<Object>, StoredOverlay> overlays = new LinkedHashMap<>();
    private final Map<String, String> switches = new LinkedHashMap<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int maxWaiting = Integer.MAX_VALUE;

    private record Waiting(Write write, CompletableFuture<Void> done) {}

    void commitNext() {
        Waiting next = waiting.remove();
        store(next.write);
        next.done.complete(null);
    }

    void commitAll() {
        while (!waiting.isEmpty()) {
            commitNext();
        }
    }

    void failNext() {
        waiting.remove().done.completeExceptionally(new Unavailable("store: disk full"));
    }

    int waiting() {
        return waiting.size();
    }

    void refuseBeyond(int writesWaiting) {
        maxWaiting = writesWaiting;
    }

    @Override
    public CompletionStage<Void> append(Write write) {
        if (waiting.size() >= maxWaiting) {
            throw new OverBudget("journal: " + maxWaiting + " writes waiting (expected: fewer)");
        }
        var next = new Waiting(write, new CompletableFuture<>());
        waiting.add(next);
        return next.done;
    }

    private void store(Write write) {
        if (write instanceof Write.PutService put) {
            StoredService service = put.service();
            services.put(List.of(service.namespace(), service.group(), service.name()), service);
        } else if (write instanceof Write.DeleteService delete) {
            services.remove(List.of(delete.namespace(), delete.group(), delete.name()));
            clusters.keySet().removeIf(key -> key.subList(0, 3)
                    .equals(List.of(delete.namespace(), delete.group(), delete.name())));
            overlays.keySet().removeIf(key -> key.subList(0, 3)
                    .equals(List.of(delete.namespace(), delete.group(), delete.name())));
        } else if (write instanceof Write.PutInstance put) {
            StoredInstance instance = put.instance();
            instances.put(
                    List.of(instance.namespace(), instance.group(), instance.service(), instance.ip(), instance.port()),
                    instance);
        } else if (write instanceof Write.DeleteInstance delete) {
            instances.remove(List.of(delete.namespace(), delete.group(), delete.service(), delete.ip(), delete.port()));
        } else if (write instanceof Write.PutCluster put) {
            StoredCluster cluster = put.cluster();
            clusters.put(List.of(cluster.namespace(), cluster.group(), cluster.service(), cluster.cluster()), cluster);
            services.putIfAbsent(
                    List.of(cluster.namespace(), cluster.group(), cluster.service()),
                    new StoredService(
                            cluster.namespace(), cluster.group(), cluster.service(), put.ephemeral(), 0, Map.of()));
        } else if (write instanceof Write.PutOverlays put) {
            for (StoredOverlay overlay : put.overlays()) {
                overlays.put(key(overlay), overlay);
                if (overlay.weight() == null
                        && overlay.enabled() == null
                        && overlay.metadata().isEmpty()) {
                    overlays.remove(key(overlay));
                }
            }
        } else if (write instanceof Write.PutSwitch put) {
            switches.put(put.entry(), put.value());
        } else {
            throw new UnsupportedOperationException("not of a service: " + write);
        }
    }

    private static List<Object> key(StoredOverlay overlay) {
        return List.of(
                overlay.namespace(),
                overlay.group(),
                overlay.service(),
                overlay.ip(),
                overlay.port(),
                overlay.cluster());
    }

    @Override
    public void eachCluster(Consumer<StoredCluster> visitor) {
        clusters.values().forEach(visitor);
    }

    @Override
    public void eachOverlay(Consumer<StoredOverlay> visitor) {
        overlays.values().forEach(visitor);
    }

    @Override
    public void eachSwitch(BiConsumer<String, String> visitor) {
        switches.forEach(visitor);
    }

    @Override
    public void eachService(Consumer<StoredService> visitor) {
        services.values().forEach(visitor);
    }

    @Override
    public void eachInstance(Consumer<StoredInstance> visitor) {
        instances.values().forEach(visitor);
    }

    @Override
    public void eachConfig(Consumer<ConfigHead> visitor) {}

    @Override
    public Optional<StoredConfig> config(String namespace, String group, String dataId) {
        return Optional.empty();
    }

    @Override
    public List<HistoryEntry> history(String namespace, String group, String dataId, int offset, int limit) {
        return List.of();
    }

    @Override
    public void eachGray(Consumer<GrayHead> visitor) {}

    @Override
    public Optional<StoredGray> gray(String namespace, String group, String dataId, String grayName) {
        return Optional.empty();
    }

    @Override
    public int historyLength(String namespace, String group, String dataId) {
        return 0;
    }

    @Override
    public Optional<HistoryEntry> historyEntry(long id) {
        return Optional.empty();
    }

    @Override
    public Optional<HistoryEntry> lastReplaced(String namespace, String group, String dataId, long configId) {
        return Optional.empty();
    }

    @Override
    public Optional<PastConfig> past(long historyId) {
        return Optional.empty();
    }

    @Override
    public void close() {
        commitAll();
    }
}
