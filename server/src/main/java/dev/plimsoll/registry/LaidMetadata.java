package dev.plimsoll.registry;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A client's metadata with an operator's laid over it. Both stay where they are, so that it holds the same few bytes however
 * much they are: what is laid over an instance is paid for before the instance is known. Immutable.
 */
final class LaidMetadata extends AbstractMap<String, String> {
    private final Map<String, String> under;
    private final Map<String, String> over;

    private LaidMetadata(Map<String, String> under, Map<String, String> over) {
        this.under = under;
        this.over = over;
    }

    /** Of immutable maps. */
    static Map<String, String> of(Map<String, String> under, Map<String, String> over) {
        return over.isEmpty() ? under : new LaidMetadata(under, over);
    }

    @Override
    public @Nullable String get(Object key) {
        String laid = over.get(key);
        return laid == null ? under.get(key) : laid;
    }

    @Override
    public boolean containsKey(Object key) {
        return over.containsKey(key) || under.containsKey(key);
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<String, String>> iterator() {
                return Stream.concat(over.entrySet().stream(), uncovered()).iterator();
            }

            @Override
            public int size() {
                return over.size() + (int) uncovered().count();
            }
        };
    }

    private Stream<Entry<String, String>> uncovered() {
        return under.entrySet().stream().filter(entry -> !over.containsKey(entry.getKey()));
    }
}
