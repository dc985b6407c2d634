package dev.plimsoll.store;

/**
 * One past change of a configuration.
 *
 * @param operation {@code I} inserted, {@code U} updated, {@code D} removed
 * @param md5 of the content kept with the entry: what was inserted, or what an update or a removal replaced; the same
 *     as in the reference's table
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
