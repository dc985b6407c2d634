package dev.plimsoll.store;

/**
 * One past change of a configuration.
 *
 * @param id grows from change to change, over all configurations
 * @param configId of the row that was changed; 0 when it was inserted
 * @param operation {@code I} inserted, {@code U} updated, {@code D} removed
 * @param grayName of the gray version that was changed; empty for the formal one
 * @param md5 of the content kept with the entry: what was inserted, or what an update or a removal replaced; the same
 *     as in the reference's table
 * @param contentBytes length of that content in UTF-8
 */
public record HistoryEntry(
        long id,
        long configId,
        String namespace,
        String group,
        String dataId,
        char operation,
        String grayName,
        String md5,
        int contentBytes,
        String type,
        String appName,
        String user,
        String ip,
        long atMillis) {}
