package dev.plimsoll.store;

/** A configuration and its content in UTF-8. The array is not copied and must not be changed. */
public record StoredConfig(ConfigHead head, byte[] content) {}
