package dev.plimsoll.config;

/**
 * Limits of the configuration domain.
 *
 * @param maxContentBytes of one content in UTF-8
 * @param maxKeysPerWatcher configurations one connection may listen to
 */
public record ConfigSettings(int maxContentBytes, int maxKeysPerWatcher) {
    public static final ConfigSettings DEFAULT = new ConfigSettings(10 * 1024 * 1024, 10_000);

    public ConfigSettings {
        if (maxContentBytes < 1) {
            throw new IllegalArgumentException("max content bytes: " + maxContentBytes + " (expected: >= 1)");
        }
        if (maxKeysPerWatcher < 1) {
            throw new IllegalArgumentException("max keys per watcher: " + maxKeysPerWatcher + " (expected: >= 1)");
        }
    }
}
