package dev.plimsoll.store;

import dev.plimsoll.store.NamespaceJournal.StoredNamespace;
import java.util.List;
import java.util.Map;

/** One durable change. Strings are normalised by the domain that made them; the store keeps them as they are. */
public sealed interface Write {
    /**
     * Creates or replaces a configuration and enters the change in its history, in one commit.
     *
     * @param keepsAppName of one that is replaced the application's name stays as it is stored
     * @param keepsTags so do its tags
     */
    record PutConfig(ConfigHead head, byte[] content, Author author, boolean keepsAppName, boolean keepsTags)
            implements Write {
        public PutConfig(ConfigHead head, byte[] content, Author author) {
            this(head, content, author, false, false);
        }
    }

    /** Removes a configuration and enters the removal in its history; of an absent one, does nothing. */
    record DeleteConfig(String namespace, String group, String dataId, long atMillis, Author author) implements Write {}

    /** Creates or replaces a gray version and enters the change in the history of its configuration, in one commit. */
    record PutGray(GrayHead head, byte[] content, Author author) implements Write {}

    /** Removes a gray version and enters the removal in the history; of an absent one, does nothing. */
    record DeleteGray(String namespace, String group, String dataId, String grayName, long atMillis, Author author)
            implements Write {}

    /** Creates or replaces a service's own properties. */
    record PutService(StoredService service) implements Write {}

    /** Removes all that was set for a service and its parts; its instances are removed one by one. */
    record DeleteService(String namespace, String group, String name) implements Write {}

    /** Creates or replaces a persistent instance; its identity is service, ip and port. */
    record PutInstance(StoredInstance instance) implements Write {}

    /** Removes a persistent instance. */
    record DeleteInstance(String namespace, String group, String service, String ip, int port) implements Write {}

    /** Creates or replaces how a cluster is checked; its service gets properties if it has none. */
    record PutCluster(StoredCluster cluster, boolean ephemeral) implements Write {}

    /** Creates or replaces overlays, all or none; those that say nothing are removed. */
    record PutOverlays(List<StoredOverlay> overlays) implements Write {}

    /** Sets a switch. */
    record PutSwitch(String entry, String value) implements Write {}

    /** Creates a user, or gives one a new password. */
    record PutUser(String name, String passwordHash) implements Write {
        @Override
        public String toString() {
            return "PutUser[" + name + "]"; // a hash is for no log
        }
    }

    /** Removes a user and takes all roles from it. */
    record DeleteUser(String name) implements Write {}

    /** Gives a user a role. */
    record PutRole(String role, String user) implements Write {}

    /** Takes a role from a user; with user "", from all, and what it permits is gone. */
    record DeleteRole(String role, String user) implements Write {}

    record PutPermission(String role, String resource, String action) implements Write {}

    record DeletePermission(String role, String resource, String action) implements Write {}

    /** Names a namespace, or describes one anew. */
    record PutNamespace(StoredNamespace namespace) implements Write {}

    /** Forgets a namespace's name; what is in it stays. */
    record DeleteNamespace(String id) implements Write {}

    /** Who changed something, and from where. Empty strings where unknown. */
    record Author(String user, String ip) {}

    /** It is about services or instances. */
    default boolean isOfNaming() {
        return this instanceof PutService
                || this instanceof DeleteService
                || this instanceof PutInstance
                || this instanceof DeleteInstance
                || this instanceof PutCluster
                || this instanceof PutOverlays
                || this instanceof PutSwitch;
    }

    /** Bytes this write holds while it waits, roughly: contents and strings, two bytes a character. */
    default long weight() {
        if (this instanceof PutConfig put) {
            return 512 + put.content().length + 2L * put.head().schema().length();
        }
        if (this instanceof PutGray put) {
            return 512
                    + put.content().length
                    + 2L * put.head().rule().expression().length();
        }
        if (this instanceof PutInstance put) {
            return 512 + weight(put.instance().metadata());
        }
        if (this instanceof PutService put) {
            return 512 + weight(put.service().metadata());
        }
        if (this instanceof PutCluster put) {
            return 512 + weight(put.cluster().checker()) + weight(put.cluster().metadata());
        }
        if (this instanceof PutOverlays put) {
            return 512 + weight(put.overlays());
        }
        return 512;
    }

    private static long weight(List<StoredOverlay> overlays) {
        return overlays.stream()
                .mapToLong(overlay -> 256 + weight(overlay.metadata()))
                .sum();
    }

    private static long weight(Map<String, String> map) {
        long sum = 0;
        for (var entry : map.entrySet()) {
            sum += 64 + 2L * (entry.getKey().length() + entry.getValue().length());
        }
        return sum;
    }
}
