package dev.plimsoll.config;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.store.NamespaceId;
import org.jspecify.annotations.Nullable;

/** Names one configuration. The namespace is never empty: the public one has several names ({@link NamespaceId}). */
public record ConfigKey(String namespace, String group, String dataId) {
    private static final int MAX_NAMESPACE = 64;
    private static final int MAX_GROUP = 128;
    private static final int MAX_DATA_ID = 256;

    public ConfigKey {
        namespace = NamespaceId.of(namespace);
        requireLength("namespaceId/tenant", namespace, MAX_NAMESPACE);
        requireLength("dataId", dataId, MAX_DATA_ID);
        requireLength("group", group, MAX_GROUP);
        if (!isWord(namespace, "_-")) {
            throw new InvalidRequest("Param check invalid:Param 'namespaceId/tenant' is illegal,"
                    + " illegal characters should not appear in the param.");
        }
        if (!isName(dataId)) {
            throw new InvalidRequest("invalid dataId : " + dataId);
        }
        if (!isName(group)) {
            throw new InvalidRequest("invalid group : " + group);
        }
    }

    /** A key from parts as they arrive, where any may be absent. */
    public static ConfigKey of(@Nullable String namespace, @Nullable String group, @Nullable String dataId) {
        return new ConfigKey(
                namespace == null ? "" : namespace, group == null ? "" : group, dataId == null ? "" : dataId);
    }

    /** The form of logs and metrics: {@code dataId+group}, with {@code +namespace} unless it is the public one. */
    public String groupKey() {
        String inPublic = escape(dataId) + "+" + escape(group);
        return namespace.equals(NamespaceId.PUBLIC) ? inPublic : inPublic + "+" + escape(namespace);
    }

    /** Heap bytes of the key itself: the record and three strings, which are ASCII. */
    public long heapBytes() {
        return 24L + 3 * 48 + (namespace.length() + group.length() + dataId.length());
    }

    private static String escape(String part) {
        return part.replace("%", "%25").replace("+", "%2B");
    }

    /** Before the characters are looked at, so that no refusal echoes a value of any length. */
    private static void requireLength(String what, String value, int max) {
        if (value.length() > max) {
            throw new InvalidRequest("Param check invalid:Param '" + what
                    + "' is illegal, the param length should not exceed " + max + ".");
        }
    }

    /** Letters, digits and the few signs that names of configurations, tags and addresses have. */
    static boolean isName(String value) {
        return !value.isEmpty() && isWord(value, "_-.:");
    }

    private static boolean isWord(String value, String alsoAllowed) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && alsoAllowed.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
