package dev.plimsoll.store;

import java.util.Map;

/**
 * How the instances of one cluster of a service are checked.
 *
 * @param checker its {@code type}, and what that type needs
 * @param checkPort looked at unless {@code useInstancePort}
 */
public record StoredCluster(
        String namespace,
        String group,
        String service,
        String cluster,
        Map<String, String> checker,
        int checkPort,
        boolean useInstancePort,
        Map<String, String> metadata) {}
