package dev.plimsoll.config;

import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.vitals.Account;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Who watches which configuration, present or not. Used on the loop of {@link Configs} only. */
final class Watches {
    /**
     * A node, a table slot and the part of both sets that grows with them; then what the watcher's own side holds: its
     * spelling of the tenant, and the notice when it is due. SessionBytesTest measures both.
     */
    private static final int WATCH_BYTES = 2 * 48 + 48 + 152;

    /** An empty set, its map entry and slot. */
    private static final int SET_BYTES = 160;

    private final Map<ConfigKey, Watched> watched = new HashMap<>();
    private final Map<Watcher, Set<Watched>> watching = new HashMap<>();
    private final AtomicInteger count = new AtomicInteger(); // of pairs of a key and its watcher
    private final int maxKeysPerWatcher;
    private final Account account;

    Watches(int maxKeysPerWatcher, Account account) {
        this.maxKeysPerWatcher = maxKeysPerWatcher;
        this.account = account;
    }

    /** Adds all of {@code watches}, or none when a bound would be crossed. What is already watched stays so. */
    void add(Watcher watcher, List<Watch> watches) {
        Set<Watched> mine = watching.getOrDefault(watcher, Set.of());
        var fresh = new HashSet<ConfigKey>();
        long bytes = mine.isEmpty() ? SET_BYTES : 0;
        for (Watch watch : watches) {
            Watched known = watched.get(watch.key());
            if (known != null && mine.contains(known)) {
                continue;
            }
            if (fresh.add(watch.key())) {
                bytes += watchBytes(watch.key()) + (known == null ? keyBytes(watch.key()) : 0);
            }
        }
        if (fresh.isEmpty()) {
            return;
        }
        if (mine.size() + fresh.size() > maxKeysPerWatcher) {
            throw new OverBudget("listened configs: " + (mine.size() + fresh.size())
                    + " on one connection (expected: at most " + maxKeysPerWatcher + ")");
        }
        account.reserve(bytes);
        Set<Watched> grown = watching.computeIfAbsent(watcher, w -> new HashSet<>(2));
        for (ConfigKey key : fresh) {
            Watched known = watched.computeIfAbsent(key, Watched::new);
            known.watchers.add(watcher);
            grown.add(known);
            count.incrementAndGet();
        }
    }

    void remove(Watcher watcher, Collection<ConfigKey> keys) {
        Set<Watched> mine = watching.get(watcher);
        if (mine == null) {
            return;
        }
        for (ConfigKey key : keys) {
            Watched known = watched.get(key);
            if (known != null && mine.remove(known)) {
                leave(known, watcher);
            }
        }
        if (mine.isEmpty()) {
            watching.remove(watcher);
            account.release(SET_BYTES);
        }
    }

    void forget(Watcher watcher) {
        Set<Watched> mine = watching.remove(watcher);
        if (mine == null) {
            return;
        }
        mine.forEach(known -> leave(known, watcher));
        account.release(SET_BYTES);
    }

    /** A view. */
    Collection<Watcher> of(ConfigKey key) {
        Watched known = watched.get(key);
        return known == null ? List.of() : Collections.unmodifiableCollection(known.watchers);
    }

    /** Keys watched, once for each watcher. Any thread. */
    int count() {
        return count.get();
    }

    private void leave(Watched known, Watcher watcher) {
        count.decrementAndGet();
        known.watchers.remove(watcher);
        account.release(watchBytes(known.key));
        if (known.watchers.isEmpty()) {
            watched.remove(known.key);
            account.release(keyBytes(known.key));
        }
    }

    /** The watcher's side keeps the key it was told, which is one of its own. */
    private static long watchBytes(ConfigKey key) {
        return WATCH_BYTES + key.heapBytes();
    }

    private static long keyBytes(ConfigKey key) {
        return SET_BYTES + 24 + key.heapBytes();
    }

    /** A key and those who watch it; one object, so that a watcher's set does not hold the names again. */
    private static final class Watched {
        final ConfigKey key;
        final Set<Watcher> watchers = new HashSet<>(2);

        Watched(ConfigKey key) {
            this.key = key;
        }
    }
}
