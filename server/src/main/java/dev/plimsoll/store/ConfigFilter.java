package dev.plimsoll.store;

import java.util.List;

/**
 * Which configurations are looked for. All that is given must hold; an empty text or list asks for nothing.
 *
 * @param dataId the very one
 * @param group the very one
 * @param tags of which it has at least one
 * @param types of which it has one
 * @param contentParts all of which its content holds
 */
public record ConfigFilter(
        String namespace,
        String dataId,
        String group,
        String appName,
        List<String> tags,
        List<String> types,
        List<String> contentParts) {
    public ConfigFilter {
        tags = List.copyOf(tags);
        types = List.copyOf(types);
        contentParts = List.copyOf(contentParts);
    }

    /** All of a namespace. */
    public static ConfigFilter of(String namespace) {
        return new ConfigFilter(namespace, "", "", "", List.of(), List.of(), List.of());
    }
}
