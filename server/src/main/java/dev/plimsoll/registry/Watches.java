package dev.plimsoll.registry;

import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.vitals.Account;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Who is to be told of which services, in the order in which they asked. On the registry's loop, but for what says otherwise. */
final class Watches {
    private static final int MAX_VIEWS = 8;
    private static final int MAX_VIEW_LENGTH = 1_024;

    /** The places of a watch in these maps, rounded up. */
    private static final long HEAP_BYTES = 448;

    /** With the watcher's own note that it is to be told of the view. */
    private static final long VIEW_HEAP_BYTES = 128;

    private final Account account;
    private final int maxPerWatcher;
    private final Map<ServiceKey, Map<Watcher, List<String>>> watches = new ConcurrentHashMap<>(); // keys: all read
    private final Map<Watcher, Set<ServiceKey>> watched = new HashMap<>();
    private final AtomicInteger count = new AtomicInteger(); // all read

    /** @param account heap for watches */
    Watches(Account account, int maxPerWatcher) {
        this.account = account;
        this.maxPerWatcher = maxPerWatcher;
    }

    void add(Watcher watcher, ServiceKey key, String view) {
        List<String> views = watches.getOrDefault(key, Map.of()).getOrDefault(watcher, List.of());
        if (views.contains(view)) {
            return;
        }
        Names.requireLength("clusters", view, MAX_VIEW_LENGTH);
        if (views.size() == MAX_VIEWS) {
            throw new OverBudget("cluster filters of one connection on service " + key.joined() + ": " + views.size()
                    + " (expected: fewer than " + (MAX_VIEWS + 1) + ")");
        }
        Set<ServiceKey> keys = watched.getOrDefault(watcher, Set.of());
        if (!keys.contains(key) && keys.size() >= maxPerWatcher) {
            throw new OverBudget("services watched by one connection: " + keys.size() + " (expected: fewer than "
                    + maxPerWatcher + ")");
        }
        account.reserve(bytes(view) + (views.isEmpty() ? bytes(key) : 0));
        var more = new ArrayList<>(views);
        more.add(view);
        keys = watched.computeIfAbsent(watcher, w -> new HashSet<>());
        keys.add(key);
        watcher.watches(keys.size());
        watches.computeIfAbsent(key, k -> new LinkedHashMap<>()).put(watcher, List.copyOf(more));
        count.addAndGet(views.isEmpty() ? 1 : 0);
    }

    /** The watcher is told of nothing more. */
    void removeAll(Watcher watcher) {
        Set<ServiceKey> keys = watched.remove(watcher);
        if (keys != null) {
            keys.forEach(key -> removeWatch(watcher, key));
        }
    }

    /** The watcher is no longer told of the service, through any view. */
    void remove(Watcher watcher, ServiceKey key) {
        Set<ServiceKey> keys = watched.get(watcher);
        if (keys != null && keys.remove(key)) {
            removeWatch(watcher, key);
            watcher.watches(keys.size());
            if (keys.isEmpty()) {
                watched.remove(watcher);
            }
        }
    }

    /** Who watches the service, through which views. Valid during the turn. */
    Map<Watcher, List<String>> of(ServiceKey key) {
        return Collections.unmodifiableMap(watches.getOrDefault(key, Map.of()));
    }

    /** Everything that somebody watches. Any thread. */
    Set<ServiceKey> services() {
        return Collections.unmodifiableSet(watches.keySet());
    }

    /** How often somebody watches a service. Any thread. */
    int count() {
        return count.get();
    }

    /** What the watcher watches. */
    Set<ServiceKey> by(Watcher watcher) {
        return Set.copyOf(watched.getOrDefault(watcher, Set.of()));
    }

    boolean isEmpty() {
        return watches.isEmpty() && watched.isEmpty();
    }

    private void removeWatch(Watcher watcher, ServiceKey key) {
        Map<Watcher, List<String>> watchers = watches.get(key);
        List<String> views = watchers == null ? null : watchers.remove(watcher);
        if (watchers == null || views == null) {
            return;
        }
        count.decrementAndGet();
        account.release(bytes(key));
        views.forEach(view -> account.release(bytes(view)));
        if (watchers.isEmpty()) {
            watches.remove(key);
        }
    }

    private static long bytes(ServiceKey key) {
        return HEAP_BYTES + HeapBytes.of(key);
    }

    private static long bytes(String view) {
        return VIEW_HEAP_BYTES + HeapBytes.of(view);
    }
}
