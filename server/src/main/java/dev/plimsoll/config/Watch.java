package dev.plimsoll.config;

/**
 * A configuration someone wants to watch.
 *
 * @param md5 of what the watcher holds; {@link Md5#NONE} for nothing
 */
public record Watch(ConfigKey key, String md5) {}
