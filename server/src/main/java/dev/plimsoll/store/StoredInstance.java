package dev.plimsoll.store;

import java.util.Map;

/** A persistent instance of a service. */
public record StoredInstance(
        String namespace,
        String group,
        String service,
        String ip,
        int port,
        String cluster,
        String instanceId,
        double weight,
        boolean healthy,
        boolean enabled,
        Map<String, String> metadata) {}
