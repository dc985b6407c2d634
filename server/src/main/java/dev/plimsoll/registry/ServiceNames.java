package dev.plimsoll.registry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The names of the services that readers know of, in order. The registry's loop adds and removes them, any thread reads. */
final class ServiceNames {
    private static final int MAX_PAGE = 10_000;

    private final ConcurrentSkipListMap<Group, Members> groups = new ConcurrentSkipListMap<>();

    private record Group(String namespace, String group) implements Comparable<Group> {
        @Override
        public int compareTo(Group other) {
            int byNamespace = namespace.compareTo(other.namespace);
            return byNamespace != 0 ? byNamespace : group.compareTo(other.group);
        }
    }

    private static final class Members {
        final ConcurrentSkipListSet<ServiceKey> keys =
                new ConcurrentSkipListSet<>(Comparator.comparing(ServiceKey::name));

        /** The set would have to be walked for it. */
        final AtomicInteger count = new AtomicInteger();
    }

    void add(ServiceKey key) {
        Members members = groups.computeIfAbsent(new Group(key.namespace(), key.group()), g -> new Members());
        members.keys.add(key);
        members.count.incrementAndGet();
    }

    void remove(ServiceKey key) {
        var group = new Group(key.namespace(), key.group());
        Members members = groups.get(group);
        if (members != null && members.keys.remove(key) && members.count.decrementAndGet() == 0) {
            groups.remove(group);
        }
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    /** A page of the names of a group, counted from 1. */
    Registry.Page page(String namespace, String group, int number, int size) {
        Members members = groups.get(new Group(namespace, group));
        if (members == null) {
            return new Registry.Page(0, List.of());
        }
        int length = Math.max(0, Math.min(size, MAX_PAGE));
        long skip = (Math.max(1, number) - 1L) * length;
        List<String> names = members.keys.stream()
                .skip(skip)
                .limit(length)
                .map(ServiceKey::name)
                .toList();
        return new Registry.Page(members.count.get(), names);
    }

    /** A page of the names of those of a group that are visible, which are counted. */
    Registry.Page page(String namespace, String group, int number, int size, Predicate<ServiceKey> visible) {
        Members members = groups.get(new Group(namespace, group));
        int length = Math.max(0, Math.min(size, MAX_PAGE));
        long from = (Math.max(1, number) - 1L) * length;
        var names = new ArrayList<String>();
        int count = 0;
        for (ServiceKey key : members == null ? Set.<ServiceKey>of() : members.keys) {
            if (visible.test(key)) {
                if (count >= from && names.size() < length) {
                    names.add(key.name());
                }
                count++;
            }
        }
        return new Registry.Page(count, names);
    }

    /**
     * All services of a namespace, or of all of them, in order.
     *
     * @param namespace "" for all
     */
    Stream<ServiceKey> in(String namespace) {
        var some = namespace.isEmpty()
                ? groups
                : groups.subMap(new Group(namespace, ""), true, new Group(namespace + '\0', ""), false);
        return some.values().stream().flatMap(members -> members.keys.stream());
    }
}
