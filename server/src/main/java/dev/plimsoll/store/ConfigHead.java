package dev.plimsoll.store;

/**
 * A configuration without its content.
 *
 * @param md5 32 lower-case hex digits over the content's UTF-8 bytes
 * @param contentBytes length of the content in UTF-8
 * @param type {@code text}, {@code json}, {@code yaml} ..., or empty when none was given
 * @param tags comma-separated labels
 * @param encryptedDataKey opaque key of the client's encryption, empty when not encrypted
 */
public record ConfigHead(
        String namespace,
        String group,
        String dataId,
        String md5,
        int contentBytes,
        String type,
        String appName,
        String description,
        String tags,
        String use,
        String effect,
        String schema,
        String encryptedDataKey,
        long createdMillis,
        long modifiedMillis) {}
