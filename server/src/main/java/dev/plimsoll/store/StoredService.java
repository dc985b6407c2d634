package dev.plimsoll.store;

import java.util.Map;

/**
 * A service's own properties.
 *
 * @param protectThreshold share of healthy instances (0 to 1) at or below which all are delivered as healthy
 */
public record StoredService(
        String namespace,
        String group,
        String name,
        boolean ephemeral,
        double protectThreshold,
        Map<String, String> metadata) {}
