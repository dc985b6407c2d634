package dev.plimsoll.store;

import dev.plimsoll.store.Write.Author;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operator laid over what the client at an address registers.
 *
 * @param weight null leaves the client's
 * @param enabled so does null here
 * @param laying null when it was laid before that was kept
 */
public record StoredOverlay(
        String namespace,
        String group,
        String service,
        String ip,
        int port,
        String cluster,
        @Nullable Double weight,
        @Nullable Boolean enabled,
        Map<String, String> metadata,
        @Nullable Laying laying) {
    /** Who changed it for the last time, and when. */
    public record Laying(Author by, long atMillis) {}

    boolean saysNothing() {
        return weight == null && enabled == null && metadata.isEmpty();
    }
}
