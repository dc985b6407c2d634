package dev.plimsoll.store;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operator laid over what the client at an address registers.
 *
 * @param weight null leaves the client's
 * @param enabled so does null here
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
        Map<String, String> metadata) {
    boolean saysNothing() {
        return weight == null && enabled == null && metadata.isEmpty();
    }
}
