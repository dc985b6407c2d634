package dev.plimsoll.config;

/**
 * A content and the entry it belongs to; the md5 is always that of these bytes. The array is not copied and must not be
 * changed.
 */
public record ConfigContent(ConfigEntry entry, byte[] utf8) {}
