package dev.plimsoll.auth;

import dev.plimsoll.store.NamespaceId;

/**
 * What a request touches: one service or configuration, or, where group or name are left open, all of a group or of a
 * namespace. Written {@code namespace:group:type/name}; a part left open is {@code *}.
 *
 * @param type {@code naming} or {@code config}
 */
public record Resource(String namespace, String group, String type, String name) {
    private static final String OPEN = "*";

    public Resource {
        namespace = NamespaceId.of(namespace);
        group = group.isBlank() ? OPEN : group;
        name = name.isBlank() ? OPEN : name;
    }

    public static Resource service(String namespace, String group, String name) {
        return new Resource(namespace, group, "naming", name);
    }

    public static Resource config(String namespace, String group, String dataId) {
        return new Resource(namespace, group, "config", dataId);
    }

    /** The last part, as patterns are matched against it. */
    String typeAndName() {
        return type + "/" + name;
    }

    @Override
    public String toString() {
        return namespace + ":" + group + ":" + typeAndName();
    }
}
