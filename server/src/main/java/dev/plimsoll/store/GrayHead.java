package dev.plimsoll.store;

/**
 * A gray version of a configuration without its content: what those see for whom its rule is made.
 *
 * @param id of its row, among gray versions; 0 of one that is yet to be stored
 * @param name {@code beta}, or {@code tag_} and the tag
 * @param config names the configuration; md5, length, type, application, key and times are this version's own, the
 *     other fields empty
 */
public record GrayHead(long id, String name, StoredRule rule, ConfigHead config) {
    public GrayHead(String name, StoredRule rule, ConfigHead config) {
        this(0, name, rule, config);
    }
}
