package dev.plimsoll.config;

import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.GrayHead;
import dev.plimsoll.store.Journal;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Contents being read from the store. Those who want the same content share one read, but only one that began when the
 * entry they know was already published: a read begun before it may bring what was there before. Any thread.
 */
final class Readings {
    private final Journal journal;
    private final Executor reads;
    private final Contents contents;
    private final Map<ConfigKey, Versions> published;
    private final ConcurrentHashMap<VersionKey, Reading> running = new ConcurrentHashMap<>();

    Readings(Journal journal, Executor reads, Contents contents, Map<ConfigKey, Versions> published) {
        this.journal = journal;
        this.reads = reads;
        this.contents = contents;
        this.published = published;
    }

    /** The content of {@code known}, or a newer one of the same version. */
    CompletionStage<ConfigContent> read(ConfigEntry known) {
        var own = new Reading(known);
        Reading reading = running.compute(
                known.version(),
                (version, other) -> other != null && other.since.revision() >= known.revision() ? other : own);
        if (reading == own) {
            start(own);
        }
        return reading.result.minimalCompletionStage();
    }

    static OverBudget tooMany() {
        return new OverBudget("config reads: too many waiting for the disk (expected: fewer); try again later");
    }

    private void start(Reading reading) {
        try {
            reads.execute(() -> run(reading));
        } catch (RejectedExecutionException e) {
            running.remove(reading.since.version(), reading);
            reading.result.completeExceptionally(tooMany());
        }
    }

    private void run(Reading reading) {
        VersionKey version = reading.since.version();
        long bytes = reading.since.contentBytes();
        if (!contents.reserve(bytes)) {
            running.remove(version, reading);
            reading.result.completeExceptionally(new OverBudget(contents.full(bytes)));
            return;
        }
        try {
            Optional<ConfigContent> stored = stored(reading.since);
            running.remove(version, reading);
            if (stored.isEmpty()) {
                reading.result.completeExceptionally(new NotFound(Configs.NOT_FOUND));
            } else {
                reading.result.complete(match(stored.get()));
            }
        } catch (RuntimeException e) {
            reading.result.completeExceptionally(e);
        } finally {
            running.remove(version, reading);
            contents.release(bytes);
            if (!reading.result.isDone()) { // an Error passes through; nobody may wait for it for ever
                reading.result.completeExceptionally(
                        new Unavailable("config read of " + version.config().groupKey() + ": broke off"));
            }
        }
    }

    /** What is on disk, its entry with the revision the read began at. */
    private Optional<ConfigContent> stored(ConfigEntry since) {
        ConfigKey key = since.key();
        if (since.gray() == null) {
            return journal.config(key.namespace(), key.group(), key.dataId())
                    .map(stored -> new ConfigContent(
                            ConfigEntry.of(key, stored.head(), null, since.revision()), stored.content()));
        }
        String name = since.version().gray();
        return journal.gray(key.namespace(), key.group(), key.dataId(), name).map(stored -> {
            GrayHead head = stored.head();
            var entry = ConfigEntry.of(key, head.config(), GrayRule.of(head.rule()), since.revision());
            return new ConfigContent(entry, stored.content());
        });
    }

    /**
     * Joins what was read with its entry. The store may be a commit ahead of what is published, or what is published may
     * have moved on since the read; then the entry is the one made of what was read.
     */
    private ConfigContent match(ConfigContent stored) {
        ConfigEntry entry = stored.entry();
        if (!Md5.of(stored.utf8()).equals(entry.md5())) {
            throw new Unavailable(
                    "stored content of " + entry.key().groupKey() + ": damaged (expected: md5 " + entry.md5() + ")");
        }
        ConfigEntry now = published(entry.version());
        if (now == null || !now.isLike(entry)) {
            return stored;
        }
        var content = new ConfigContent(now, stored.utf8());
        contents.keep(content);
        if (published(entry.version()) == null) {
            contents.drop(entry.version());
        }
        return content;
    }

    private @Nullable ConfigEntry published(VersionKey version) {
        Versions versions = published.get(version.config());
        return versions == null ? null : versions.named(version.gray());
    }

    private static final class Reading {
        final ConfigEntry since;
        final CompletableFuture<ConfigContent> result = new CompletableFuture<>();

        Reading(ConfigEntry since) {
            this.since = since;
        }
    }
}
