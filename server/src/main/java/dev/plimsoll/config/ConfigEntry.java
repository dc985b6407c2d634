package dev.plimsoll.config;

import dev.plimsoll.store.ConfigHead;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one version of a configuration without reading its content.
 *
 * @param gray whom the version is for; null for the formal one
 * @param contentBytes length of the content in UTF-8
 * @param revision grows with every change on this node; of two entries of one key the greater is the newer
 */
public record ConfigEntry(
        ConfigKey key,
        @Nullable GrayRule gray,
        String md5,
        String type,
        String encryptedDataKey,
        int contentBytes,
        long createdMillis,
        long modifiedMillis,
        long revision) {
    /** Map node and table slot, the versions there are, the record, and an md5. ConfigBytesTest measures it. */
    private static final int FIXED_BYTES = 48 + 24 + 72 + 80;

    static ConfigEntry of(ConfigHead head, @Nullable GrayRule gray, long revision) {
        return of(new ConfigKey(head.namespace(), head.group(), head.dataId()), head, gray, revision);
    }

    static ConfigEntry of(ConfigKey key, ConfigHead head, @Nullable GrayRule gray, long revision) {
        return new ConfigEntry(
                key,
                gray,
                head.md5(),
                ConfigType.of(head.type()),
                head.encryptedDataKey(),
                head.contentBytes(),
                head.createdMillis(),
                head.modifiedMillis(),
                revision);
    }

    /** Which of the configuration's versions this is. */
    VersionKey version() {
        return new VersionKey(key, gray == null ? "" : gray.name());
    }

    /** True when {@code other} is the same entry, whatever its revision. */
    boolean isLike(ConfigEntry other) {
        return equals(new ConfigEntry(
                other.key,
                other.gray,
                other.md5,
                other.type,
                other.encryptedDataKey,
                other.contentBytes,
                other.createdMillis,
                other.modifiedMillis,
                revision));
    }

    /** What the entry holds in the index. */
    long heapBytes() {
        long encryption = encryptedDataKey.isEmpty() ? 0 : 48 + 2L * encryptedDataKey.length();
        return FIXED_BYTES + key.heapBytes() + encryption + (gray == null ? 0 : gray.heapBytes());
    }
}
