package dev.plimsoll.config;

import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.Journal;
import dev.plimsoll.store.StoredConfig;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Contents being read from the store. Those who want the same content share one read, but only one that began when the
 * entry they know was already published: a read begun before it may bring what was there before. Any thread.
 */
final class Readings {
    private final Journal journal;
    private final Executor reads;
    private final Contents contents;
    private final Map<ConfigKey, ConfigEntry> published;
    private final ConcurrentHashMap<ConfigKey, Reading> running = new ConcurrentHashMap<>();

    Readings(Journal journal, Executor reads, Contents contents, Map<ConfigKey, ConfigEntry> published) {
        this.journal = journal;
        this.reads = reads;
        this.contents = contents;
        this.published = published;
    }

    /** The content of {@code known}, or a newer one of the same key. */
    CompletionStage<ConfigContent> read(ConfigEntry known) {
        var own = new Reading(known);
        Reading reading = running.compute(
                known.key(), (key, other) -> other != null && other.since.revision() >= known.revision() ? other : own);
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
            running.remove(reading.since.key(), reading);
            reading.result.completeExceptionally(tooMany());
        }
    }

    private void run(Reading reading) {
        ConfigKey key = reading.since.key();
        long bytes = reading.since.contentBytes();
        if (!contents.reserve(bytes)) {
            running.remove(key, reading);
            reading.result.completeExceptionally(new OverBudget(contents.full(bytes)));
            return;
        }
        try {
            Optional<StoredConfig> stored = journal.config(key.namespace(), key.group(), key.dataId());
            running.remove(key, reading);
            if (stored.isEmpty()) {
                reading.result.completeExceptionally(new NotFound(Configs.NOT_FOUND));
            } else {
                reading.result.complete(match(reading.since, stored.get()));
            }
        } catch (RuntimeException e) {
            reading.result.completeExceptionally(e);
        } finally {
            running.remove(key, reading);
            contents.release(bytes);
            if (!reading.result.isDone()) { // an Error passes through; nobody may wait for it for ever
                reading.result.completeExceptionally(
                        new Unavailable("config read of " + key.groupKey() + ": broke off"));
            }
        }
    }

    /**
     * Joins what was read with its entry. The store may be a commit ahead of what is published, or what is published may
     * have moved on since the read; then the entry is made of what was read, with the revision the read began at.
     */
    private ConfigContent match(ConfigEntry since, StoredConfig stored) {
        if (!Md5.of(stored.content()).equals(stored.head().md5())) {
            throw new Unavailable("stored content of " + since.key().groupKey() + ": damaged (expected: md5 "
                    + stored.head().md5() + ")");
        }
        ConfigEntry now = published.get(since.key());
        if (now == null || !now.describes(stored.head())) {
            return new ConfigContent(ConfigEntry.of(since.key(), stored.head(), since.revision()), stored.content());
        }
        var content = new ConfigContent(now, stored.content());
        contents.keep(content);
        if (published.get(since.key()) == null) {
            contents.drop(since.key());
        }
        return content;
    }

    private static final class Reading {
        final ConfigEntry since;
        final CompletableFuture<ConfigContent> result = new CompletableFuture<>();

        Reading(ConfigEntry since) {
            this.since = since;
        }
    }
}
