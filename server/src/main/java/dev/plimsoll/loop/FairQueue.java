package dev.plimsoll.loop;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What waits, in a line for each key. The lines take turns, so that who has one in it does not wait for all of another who
 * has thousands. The bound is the owner's. For one thread at a time.
 *
 * <p>Of {@code a1 a2 a3 b1} the second is {@code b1}.
 */
public final class FairQueue<K, V> {
    private static final int FEW = 2;

    private final Map<K, ArrayDeque<V>> lines = new LinkedHashMap<>(); // the next in turn first, none of them empty
    private int size;

    public void add(K key, V value) {
        lines.computeIfAbsent(key, k -> new ArrayDeque<>(FEW)).add(value);
        size++;
    }

    /** The next; null when nothing waits. */
    public @Nullable V poll() {
        var turns = lines.entrySet().iterator();
        if (!turns.hasNext()) {
            return null;
        }
        Map.Entry<K, ArrayDeque<V>> next = turns.next();
        turns.remove();
        ArrayDeque<V> line = next.getValue();
        V value = line.remove();
        if (!line.isEmpty()) {
            lines.put(next.getKey(), line); // behind all others
        }
        size--;
        return value;
    }

    /** Takes out the first of the longest line, to make room for one of {@code comer}; null when none is longer than his would be. */
    public @Nullable V displace(K comer) {
        ArrayDeque<V> longest = null;
        for (ArrayDeque<V> line : lines.values()) {
            if (longest == null || line.size() > longest.size()) {
                longest = line;
            }
        }
        ArrayDeque<V> own = lines.get(comer);
        if (longest == null || longest.size() <= (own == null ? 0 : own.size()) + 1) {
            return null;
        }
        size--;
        return longest.remove();
    }

    /** It waits no more; nothing happens when it does not wait. */
    public void remove(K key, V value) {
        ArrayDeque<V> line = lines.get(key);
        if (line != null && line.remove(value)) {
            size--;
            if (line.isEmpty()) {
                lines.remove(key);
            }
        }
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }
}
