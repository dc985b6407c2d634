package dev.plimsoll.config;

import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.HistoryEntry;
import dev.plimsoll.store.Journal;
import dev.plimsoll.store.PastConfig;
import dev.plimsoll.store.StoredGray;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * What only the store knows of configurations: their past, and what an operator asks of a gray version. Any thread; every
 * read is done by the pool of readers, and a content takes its room before it is read.
 */
public final class Archive {
    /** Changes in one page, at most. */
    public static final int MAX_PAGE = 500;

    private final Journal journal;
    private final Executor reads;
    private final Contents contents;

    Archive(Journal journal, Executor reads, Contents contents) {
        this.journal = journal;
        this.reads = reads;
        this.contents = contents;
    }

    /** A page of the changes of one configuration, newest first. */
    public record Page(int total, List<HistoryEntry> changes) {}

    /** Past changes of {@code key} and its gray versions. */
    public CompletionStage<Page> history(ConfigKey key, int offset, int limit) {
        if (offset < 0 || limit < 1 || limit > MAX_PAGE) {
            return CompletableFuture.failedStage(new InvalidRequest("history page: offset " + offset + ", limit "
                    + limit + " (expected: offset >= 0, limit 1 to " + MAX_PAGE + ")"));
        }
        return read(page -> page.complete(new Page(
                journal.historyLength(key.namespace(), key.group(), key.dataId()),
                journal.history(key.namespace(), key.group(), key.dataId(), offset, limit))));
    }

    /**
     * The past change with this id, which must be one of {@code key}: ids are easily guessed, and who may read one
     * configuration may not read all. {@link Forbidden} when it is another's.
     */
    public CompletionStage<Optional<PastConfig>> past(ConfigKey key, long historyId) {
        return read(result -> {
            Optional<HistoryEntry> entry = journal.historyEntry(historyId);
            if (entry.isPresent() && !isOf(key, entry.get())) {
                throw new Forbidden("Please check dataId, group or namespaceId.");
            }
            complete(result, entry);
        });
    }

    /** The newest change that replaced or removed the formal version of {@code key} that has this id. */
    public CompletionStage<Optional<PastConfig>> lastReplaced(ConfigKey key, long configId) {
        return read(
                result -> complete(result, journal.lastReplaced(key.namespace(), key.group(), key.dataId(), configId)));
    }

    /** {@code entry}, a gray version, as it is stored. */
    public CompletionStage<Optional<StoredGray>> gray(ConfigEntry entry) {
        ConfigKey key = entry.key();
        String name = entry.version().gray();
        return read(result -> reserving(
                entry.contentBytes(),
                () -> result.complete(journal.gray(key.namespace(), key.group(), key.dataId(), name))));
    }

    private void complete(CompletableFuture<Optional<PastConfig>> result, Optional<HistoryEntry> entry) {
        if (entry.isEmpty()) {
            result.complete(Optional.empty());
        } else {
            reserving(
                    entry.get().contentBytes(),
                    () -> result.complete(journal.past(entry.get().id())));
        }
    }

    private static boolean isOf(ConfigKey key, HistoryEntry entry) {
        return entry.namespace().equals(key.namespace())
                && entry.group().equals(key.group())
                && entry.dataId().equals(key.dataId());
    }

    /** Those who wait for what is read make their answer of it before its room is given back. */
    private void reserving(long bytes, Runnable read) {
        if (!contents.reserve(bytes)) {
            throw new OverBudget(contents.full(bytes));
        }
        try {
            read.run();
        } finally {
            contents.release(bytes);
        }
    }

    private <T> CompletionStage<T> read(Consumer<CompletableFuture<T>> work) {
        var result = new CompletableFuture<T>();
        try {
            reads.execute(() -> {
                try {
                    work.accept(result);
                } catch (RuntimeException e) {
                    result.completeExceptionally(e);
                } finally {
                    // An Error passes through; nobody may wait for it for ever.
                    result.completeExceptionally(new Unavailable("read of the store: broke off"));
                }
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(Readings.tooMany());
        }
        return result.minimalCompletionStage();
    }
}
