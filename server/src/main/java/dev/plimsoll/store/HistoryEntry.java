package dev.plimsoll.store;

/**
 * One past change of a configuration.
 *
 * @param operation {@code I} inserted, {@code U} updated, {@code D} removed
 * @param md5 of the content after the change; for a removal, of the content removed
 */
public record HistoryEntry(
        long id,
        String namespace,
        String group,
        String dataId,
        char operation,
        String md5,
        String type,
        String appName,
        String user,
        String ip,
        long atMillis) {}
