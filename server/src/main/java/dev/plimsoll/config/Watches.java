package dev.plimsoll.config;

import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.vitals.Account;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Who watches which configuration, present or not. Used on the loop of {@link Configs} only. */
final class Watches {
    /** A node, a table slot and the part of both maps that grows with them, the md5 included. SessionBytesTest measures it. */
    private static final int WATCH_BYTES = 2 * 48 + 48;

    /** An empty set, its map entry and slot. */
    private static final int SET_BYTES = 160;

    /** A set of one, its map entry and slot, and nothing for the watch in it. Most polls watch one configuration. */
    private static final int SET_OF_ONE_BYTES = 48 + 16 + 24 - 48;

    private final Map<ConfigKey, Watched> watched = new HashMap<>();
    private final Map<Watcher, Set<Watched>> watching = new HashMap<>();
    private final AtomicInteger count = new AtomicInteger(); // of pairs of a key and its watcher
    private final int maxKeysPerWatcher;
    private final Account account;

    Watches(int maxKeysPerWatcher, Account account) {
        this.maxKeysPerWatcher = maxKeysPerWatcher;
        this.account = account;
    }

    /**
     * Adds all of {@code watches}, or none when a bound would be crossed. What is already watched stays so; what its
     * watcher holds of it is noted anew.
     */
    void add(Watcher watcher, List<Watch> watches) {
        Set<Watched> mine = watching.getOrDefault(watcher, Set.of());
        var fresh = new HashMap<ConfigKey, String>();
        long bytes = 0;
        for (Watch watch : watches) {
            Watched known = watched.get(watch.key());
            if (known != null && mine.contains(known)) {
                known.watchers.put(watcher, Held.of(watch.md5()));
                continue;
            }
            if (fresh.put(watch.key(), watch.md5()) == null) {
                bytes += watchBytes(watch.key(), watcher) + (known == null ? keyBytes(watch.key()) : 0);
            }
        }
        if (fresh.isEmpty()) {
            return;
        }
        int size = mine.size() + fresh.size();
        if (size > maxKeysPerWatcher) {
            throw new OverBudget(
                    "listened configs: " + size + " on one connection (expected: at most " + maxKeysPerWatcher + ")");
        }
        account.reserve(bytes + setBytes(size) - setBytes(mine.size()));
        Set<Watched> grown = size == 1 ? Set.of() : mine instanceof HashSet ? mine : new HashSet<>(mine);
        for (var watch : fresh.entrySet()) {
            Watched known = watched.computeIfAbsent(watch.getKey(), Watched::new);
            known.watchers.put(watcher, Held.of(watch.getValue()));
            if (size == 1) {
                grown = Set.of(known);
            } else {
                grown.add(known);
            }
            count.incrementAndGet();
        }
        watching.put(watcher, grown);
    }

    void remove(Watcher watcher, Collection<ConfigKey> keys) {
        Set<Watched> mine = watching.get(watcher);
        if (mine == null) {
            return;
        }
        int size = mine.size();
        for (ConfigKey key : keys) {
            Watched known = watched.get(key);
            if (known != null && mine.contains(known)) {
                if (mine.size() == 1) {
                    mine = Set.of();
                } else {
                    mine.remove(known);
                }
                leave(known, watcher);
            }
        }
        if (mine.isEmpty()) {
            watching.remove(watcher);
        } else if (mine.size() == 1) {
            watching.put(watcher, Set.copyOf(mine));
        }
        account.release(setBytes(size) - setBytes(mine.size()));
    }

    void forget(Watcher watcher) {
        Set<Watched> mine = watching.remove(watcher);
        if (mine == null) {
            return;
        }
        mine.forEach(known -> leave(known, watcher));
        account.release(setBytes(mine.size()));
    }

    private static long setBytes(int size) {
        return size == 0 ? 0 : size == 1 ? SET_OF_ONE_BYTES : SET_BYTES;
    }

    /** A view. */
    Collection<Watcher> of(ConfigKey key) {
        Watched known = watched.get(key);
        return known == null ? List.of() : Collections.unmodifiableCollection(known.watchers.keySet());
    }

    /** Those who watch {@code key}, by their addresses, and the md5 of what each held when it last said so. */
    Map<String, String> listeners(ConfigKey key, int most) {
        var listeners = new TreeMap<String, String>();
        Watched known = watched.get(key);
        if (known != null) {
            for (var watcher : known.watchers.entrySet()) {
                if (listeners.size() == most) {
                    break;
                }
                listeners.put(watcher.getKey().caller().ip(), watcher.getValue().md5());
            }
        }
        return listeners;
    }

    /** What those at {@code ip} watch, as far as it is wanted, and the md5 of what they held when they last said so. */
    Map<ConfigKey, String> watchedBy(String ip, Predicate<ConfigKey> wanted, int most) {
        var found = new HashMap<ConfigKey, String>();
        watching.forEach((watcher, mine) -> {
            if (watcher.caller().ip().equals(ip)) {
                for (Watched known : mine) {
                    Held held = known.watchers.get(watcher);
                    if (found.size() < most && held != null && wanted.test(known.key)) {
                        found.put(known.key, held.md5());
                    }
                }
            }
        });
        return found;
    }

    /** Keys watched, once for each watcher. Any thread. */
    int count() {
        return count.get();
    }

    private void leave(Watched known, Watcher watcher) {
        count.decrementAndGet();
        known.watchers.remove(watcher);
        account.release(watchBytes(known.key, watcher));
        if (known.watchers.isEmpty()) {
            watched.remove(known.key);
            account.release(keyBytes(known.key));
        }
    }

    private static long watchBytes(ConfigKey key, Watcher watcher) {
        return WATCH_BYTES + watcher.keptBytes(key);
    }

    private static long keyBytes(ConfigKey key) {
        return SET_BYTES + 24 + key.heapBytes();
    }

    /** A key and those who watch it; one object, so that a watcher's set does not hold the names again. */
    private static final class Watched {
        final ConfigKey key;
        final Map<Watcher, Held> watchers = new HashMap<>(2);

        Watched(ConfigKey key) {
            this.key = key;
        }
    }

    /** An md5 as two numbers: a third of what its digits would take. */
    private record Held(long high, long low) {
        private static final Held NOTHING = new Held(0, 0);

        /** Of what is no md5, nothing is kept. */
        static Held of(String md5) {
            if (md5.length() != 32) {
                return NOTHING;
            }
            try {
                return new Held(Long.parseUnsignedLong(md5, 0, 16, 16), Long.parseUnsignedLong(md5, 16, 32, 16));
            } catch (NumberFormatException e) {
                return NOTHING;
            }
        }

        String md5() {
            return equals(NOTHING)
                    ? Md5.NONE
                    : HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
        }
    }
}
