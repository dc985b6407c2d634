package dev.plimsoll.config;

/**
 * Limits of the configuration domain.
 *
 * @param maxContentBytes of one content in UTF-8
 * @param maxKeysPerWatcher configurations one connection may listen to
 * @param maxGrayVersions of one configuration; the reference's default is the same
 */
public record ConfigSettings(int maxContentBytes, int maxKeysPerWatcher, int maxGrayVersions) {
    private static final int MAX_GRAY_VERSIONS = 10;

    public static final ConfigSettings DEFAULT = new ConfigSettings(10 * 1024 * 1024, 10_000, MAX_GRAY_VERSIONS);

    public ConfigSettings(int maxContentBytes, int maxKeysPerWatcher) {
        this(maxContentBytes, maxKeysPerWatcher, MAX_GRAY_VERSIONS);
    }

    public ConfigSettings {
        if (maxContentBytes < 1) {
            throw new IllegalArgumentException("max content bytes: " + maxContentBytes + " (expected: >= 1)");
        }
        if (maxKeysPerWatcher < 1) {
            throw new IllegalArgumentException("max keys per watcher: " + maxKeysPerWatcher + " (expected: >= 1)");
        }
        if (maxGrayVersions < 1) {
            throw new IllegalArgumentException("max gray versions: " + maxGrayVersions + " (expected: >= 1)");
        }
    }
}
