package dev.plimsoll.config;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.plimsoll.vitals.Account;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The contents held on the heap, all within one account: a cache of those read most, and room for contents passing
 * through. The cache leaves an eighth of the account free and gives up more when what passes through needs it. Any
 * thread.
 */
final class Contents {
    /** Of a cached content beside its bytes: cache node, map node, table slot, frequency sketch, entry, array, key. */
    private static final long FIXED_BYTES = 344;

    private final Account account;
    private final long largest;
    private final Cache<VersionKey, ConfigContent> cache;

    Contents(Account account) {
        this.account = account;
        this.largest = account.limit() / 8;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(account.limit() - largest)
                .weigher((VersionKey key, ConfigContent content) -> (int) weight(content))
                .removalListener((key, content, cause) -> {
                    if (content != null) {
                        account.release(weight(content));
                    }
                })
                .executor(Runnable::run) // evicts before a put returns
                .build();
    }

    @Nullable
    ConfigContent get(VersionKey key) {
        return cache.getIfPresent(key);
    }

    /** Keeps {@code content} for later reads, unless it is large, there is no room, or a newer one is there. */
    @SuppressWarnings("ReferenceEquality") // an equal content that was there before has its own reservation
    void keep(ConfigContent content) {
        long weight = weight(content);
        if (weight > largest || !account.tryReserve(weight)) {
            return;
        }
        ConfigContent kept = cache.asMap()
                .merge(
                        content.entry().version(),
                        content,
                        (old, fresh) -> old.entry().revision() >= fresh.entry().revision() ? old : fresh);
        if (kept != content) {
            account.release(weight);
        }
    }

    /** Lets go of the old content of a key and keeps the new one if it can. */
    void replace(ConfigContent content) {
        drop(content.entry().version());
        keep(content);
    }

    void drop(VersionKey key) {
        cache.invalidate(key);
    }

    void dropAll() {
        cache.invalidateAll();
    }

    /** What is cached, with its bytes, in no order. */
    Stream<Map.Entry<VersionKey, Long>> cached() {
        return cache.asMap().entrySet().stream().map(entry -> Map.entry(entry.getKey(), weight(entry.getValue())));
    }

    /** Takes room for a content passing through; cached ones make way. Give it back with {@link #release}. */
    boolean reserve(long bytes) {
        if (bytes > account.limit()) {
            return false;
        }
        if (account.tryReserve(bytes)) {
            return true;
        }
        cache.policy()
                .eviction()
                .ifPresent(eviction -> cache.invalidateAll(
                        eviction.coldestWeighted(bytes + largest).keySet()));
        return account.tryReserve(bytes);
    }

    void release(long bytes) {
        account.release(bytes);
    }

    String full(long bytes) {
        return account.name() + ": " + bytes + " bytes more than the " + account.held() + " held (limit: "
                + account.limit() + ")";
    }

    private static long weight(ConfigContent content) {
        return FIXED_BYTES + content.utf8().length;
    }
}
