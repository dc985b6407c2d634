package dev.plimsoll.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.store.ConfigHead;
import dev.plimsoll.vitals.MemoryBudget;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** What the accounts say against what the index of configurations and the cache of contents measure. */
class ConfigBytesTest {
    private static final int COUNT = 2_000;
    private static final double AT_MOST_TIMES = 2;

    private static ConfigEntry entry(int i, String dataId, String encryptedDataKey) {
        return entry(i, dataId, encryptedDataKey, null);
    }

    private static ConfigEntry entry(int i, String dataId, String encryptedDataKey, @Nullable GrayRule rule) {
        return ConfigEntry.of(
                new ConfigHead(
                        unique("development"),
                        unique("DEFAULT_GROUP"),
                        dataId + (10_000 + i),
                        Md5.of(Integer.toString(i).getBytes(StandardCharsets.US_ASCII)),
                        1,
                        unique("yaml"),
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        unique(encryptedDataKey),
                        1L,
                        2L),
                rule,
                i);
    }

    private static String unique(String text) {
        return new String(text.toCharArray());
    }

    private static void assertCharged(long charged, long measured) {
        assertThat(charged / COUNT).as("charged against measured bytes each").isBetween(measured / COUNT, (long)
                (measured * AT_MOST_TIMES / COUNT));
    }

    private static void assertIndexCharged(String dataId, String encryptedDataKey) {
        var index = new ConcurrentHashMap<ConfigKey, Versions>();
        long empty = GraphLayout.parseInstance(index).totalSize();
        long charged = 0;
        for (int i = 0; i < COUNT; i++) {
            ConfigEntry entry = entry(i, dataId, encryptedDataKey);
            index.put(entry.key(), Versions.NONE.with(entry));
            charged += entry.heapBytes();
        }
        assertCharged(charged, GraphLayout.parseInstance(index).totalSize() - empty);
    }

    @Test
    void an_entry_of_the_index() {
        assertIndexCharged("application-", "");
    }

    @Test
    void an_entry_with_a_long_name_and_an_encryption_key() {
        assertIndexCharged("a".repeat(200), "k".repeat(300));
    }

    @Test
    void gray_versions_for_addresses() {
        assertGrayCharged(i -> GrayRule.Beta.of("10.0.1." + i + ",10.0.2." + i + ",10.0.3." + i));
    }

    @Test
    void gray_versions_for_one_address() {
        assertGrayCharged(i -> GrayRule.Beta.of("10.0.1." + i));
    }

    @Test
    void gray_versions_for_a_tag() {
        assertGrayCharged(i -> new GrayRule.Tag("tag-" + (1_000 + i)));
    }

    private static void assertGrayCharged(IntFunction<GrayRule> rule) {
        var index = new ConcurrentHashMap<ConfigKey, Versions>();
        long empty = GraphLayout.parseInstance(index).totalSize();
        long charged = 0;
        for (int i = 0; i < COUNT; i++) {
            ConfigEntry entry = entry(i, "application-", "", rule.apply(i));
            index.put(entry.key(), Versions.NONE.with(entry));
            charged += entry.heapBytes();
        }
        assertCharged(charged, GraphLayout.parseInstance(index).totalSize() - empty);
    }

    @Test
    void a_cached_content_beside_its_entry_in_the_index() {
        var account = new MemoryBudget(100 << 20, 0).heap("config contents", 1);
        var contents = new Contents(account);
        var index = new ConcurrentHashMap<ConfigKey, ConfigEntry>();
        for (int i = 0; i < COUNT; i++) {
            ConfigEntry entry = entry(i, "application-", "");
            index.put(entry.key(), entry);
        }
        long before = GraphLayout.parseInstance(contents, index).totalSize();

        index.values().forEach(entry -> contents.keep(new ConfigContent(entry, new byte[100])));

        assertCharged(account.held(), GraphLayout.parseInstance(contents, index).totalSize() - before);
    }
}
