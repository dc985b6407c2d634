package dev.plimsoll.config;

/**
 * Names one version of a configuration.
 *
 * @param gray the name of a gray version; empty for the formal one
 */
record VersionKey(ConfigKey config, String gray) {}
