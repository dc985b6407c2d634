package dev.plimsoll.store;

/**
 * A past change of a configuration with the state it left in the history.
 *
 * @param head that state; its times are that of the change
 * @param content of that state in UTF-8. The array is not copied and must not be changed
 */
public record PastConfig(HistoryEntry entry, ConfigHead head, byte[] content) {}
