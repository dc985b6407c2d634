package dev.plimsoll.registry;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.store.NamespaceId;
import java.util.Comparator;

/**
 * A service's identity. The public namespace has several names ({@link NamespaceId}); an empty group means
 * {@code DEFAULT_GROUP}. Parts that are too long, or hold characters the reference server refuses (from 2.3 on), are an {@link InvalidRequest}.
 */
public record ServiceKey(String namespace, String group, String name) implements Comparable<ServiceKey> {
    public static final String DEFAULT_GROUP = "DEFAULT_GROUP";
    /** Between group and service in the joined form that v1 HTTP and {@code Instance.serviceName} use. */
    public static final String JOIN = "@@";

    private static final int MAX_NAMESPACE = 64;
    private static final int MAX_GROUP = 128;
    private static final int MAX_NAME = 512;
    private static final Comparator<ServiceKey> ORDER = Comparator.comparing(ServiceKey::namespace)
            .thenComparing(ServiceKey::group)
            .thenComparing(ServiceKey::name);

    public ServiceKey {
        namespace = NamespaceId.of(namespace);
        group = groupOf(group);
        Names.requireLength("namespaceId", namespace, MAX_NAMESPACE);
        Names.requireLength("group", group, MAX_GROUP);
        Names.requireLength("serviceName", name, MAX_NAME);
        if (name.isBlank()) {
            throw new InvalidRequest("Param 'serviceName' is illegal, serviceName is blank");
        }
        if (!namespace.chars().allMatch(c -> Names.letterOrDigit(c) || c == '_' || c == '-')) {
            throw Names.illegal("namespaceId");
        }
        if (!group.chars().allMatch(c -> Names.letterOrDigit(c) || c == '-' || c == '_' || c == ':' || c == '.')) {
            throw Names.illegal("group");
        }
        if (name.startsWith("@") || name.contains(JOIN) || !Names.plain(name)) {
            throw Names.illegal("serviceName");
        }
    }

    /** The group that is meant by what a client calls it. Permissions are asked about this one. */
    public static String groupOf(String text) {
        String group = text.trim();
        return group.isBlank() ? DEFAULT_GROUP : group;
    }

    /** {@code group@@name}. */
    public String joined() {
        return group + JOIN + name;
    }

    @Override
    public int compareTo(ServiceKey other) {
        return ORDER.compare(this, other);
    }
}
