package dev.plimsoll.config;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.Conflict;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.store.ConfigHead;
import dev.plimsoll.store.Journal;
import dev.plimsoll.store.Write;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.store.Write.DeleteConfig;
import dev.plimsoll.store.Write.DeleteGray;
import dev.plimsoll.vitals.Account;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The configurations of this node. Changed on {@code loop} only; {@link #entry} and {@link #content} are for any thread.
 *
 * <p>A change is decided, written, and visible only once it is on disk. Each key has at most one write under way; later
 * changes of the key wait for it and are decided against what came of it. So a compare-and-set never builds on a write
 * that the disk then refuses. Writes of different keys share commits.
 *
 * <p>Every method that returns a stage reports all refusals through it. Stages complete on the loop, on a read thread,
 * or at once: hand over and return.
 */
public final class Configs {
    static final String NOT_FOUND = "config data not exist";

    /** How the refusal of one gray version too many begins; HTTP has a code of its own for it. */
    public static final String TOO_MANY_GRAYS = "gray config version is over max count :";

    /** Listeners, or configurations listened to, in one answer; the others are left out. */
    public static final int MAX_LISTED = 10_000;

    private static final int WAITING_BYTES = 512;
    private final Loop loop;
    private final Journal journal;
    private final Account index;
    private final ConfigSettings settings;
    private final ConfigChanges changes;
    private final Contents contents;
    private final Readings readings;
    private final Archive archive;
    private final Watches watches; // loop
    private final Map<ConfigKey, Versions> published = new ConcurrentHashMap<>(); // loop writes, all read
    private final Map<String, Integer> counts =
            new ConcurrentHashMap<>(); // as published; of each namespace that has any
    private final Map<ConfigKey, Deque<Change>> waiting = new HashMap<>(); // loop; a key is in it while written
    private final long maxWaitingBytes;
    private long waitingBytes; // loop
    private long revision; // loop

    /**
     * @param reads runs blocking reads of the store; few threads, and rejects when its queue is full
     */
    public Configs(
            Loop loop,
            Journal journal,
            Executor reads,
            ConfigAccounts accounts,
            ConfigSettings settings,
            ConfigChanges changes) {
        long room = accounts.contents().limit();
        if (room - room / 4 < settings.maxContentBytes()) {
            throw new IllegalArgumentException("account " + accounts.contents().name() + ": " + room
                    + " bytes (expected: at least 4/3 of the largest content, " + settings.maxContentBytes() + ")");
        }
        this.loop = loop;
        this.journal = journal;
        this.index = accounts.index();
        this.settings = settings;
        this.changes = changes;
        this.contents = new Contents(accounts.contents());
        this.maxWaitingBytes = room / 4; // changes of one busy key must not keep others from reading
        this.readings = new Readings(journal, reads, contents, published);
        this.archive = new Archive(journal, reads, contents);
        this.watches = new Watches(settings.maxKeysPerWatcher(), accounts.listeners());
    }

    /**
     * Publishes all that is stored. Once, at the start, before the loop is given anything.
     *
     * @throws OverBudget when the memory line has no room for the index
     */
    public void load() {
        journal.eachConfig(head -> load(ConfigEntry.of(head, null, ++revision)));
        journal.eachGray(gray -> load(ConfigEntry.of(gray.config(), GrayRule.of(gray.rule()), ++revision)));
    }

    private void load(ConfigEntry entry) {
        index.reserve(entry.heapBytes());
        apply(entry.key(), versions(entry.key()).with(entry));
    }

    /** The formal version of {@code key}; null when there is none. */
    public @Nullable ConfigEntry entry(ConfigKey key) {
        return versions(key).formal();
    }

    /** All that is published of {@code key}, perhaps nothing. */
    public Versions versions(ConfigKey key) {
        Versions versions = published.get(key);
        return versions == null ? Versions.NONE : versions;
    }

    /** What only the store knows. */
    public Archive archive() {
        return archive;
    }

    /** How many configurations there are. */
    public int size() {
        return published.size();
    }

    /** Configurations watched, once for each watcher. Any thread. */
    public int watches() {
        return watches.count();
    }

    /** A version whose content is held for later reads; {@code gray} is "" for the formal one. */
    public record Cached(ConfigKey key, String gray, long bytes) {}

    /** All such contents, in no order. Any thread; there may be many. */
    public Stream<Cached> cached() {
        return contents.cached()
                .map(entry -> new Cached(entry.getKey().config(), entry.getKey().gray(), entry.getValue()));
    }

    /** How many of them are in each namespace that has some. Any thread. */
    public Map<String, Integer> counts() {
        return Collections.unmodifiableMap(counts);
    }

    /** How many of them are in a namespace. */
    public int count(String namespace) {
        return counts.getOrDefault(namespace, 0);
    }

    /** How many of those that are {@code visible} each namespace has that has any. They are walked: there may be many. */
    public Map<String, Integer> counts(Predicate<ConfigKey> visible) {
        var visibleOnes = new HashMap<String, Integer>();
        published.forEach((key, versions) -> {
            if (versions.formal() != null && visible.test(key)) {
                visibleOnes.merge(key.namespace(), 1, Integer::sum);
            }
        });
        return visibleOnes;
    }

    /** Has every content read from the store again when it is next asked for. */
    public void dropCachedContents() {
        contents.dropAll();
    }

    /** The largest content, in UTF-8. */
    public int maxContentBytes() {
        return settings.maxContentBytes();
    }

    /** Room for contents passing through. */
    Contents contents() {
        return contents;
    }

    /** The content of the formal version. */
    public CompletionStage<ConfigContent> content(ConfigKey key) {
        return content(key, Versions::formal);
    }

    /**
     * The content of that version of {@code key} which {@code view} picks, never older than what was published when this
     * was called; {@link NotFound} when it picks none. Completes at once when the content is at hand.
     */
    public CompletionStage<ConfigContent> content(ConfigKey key, Function<Versions, @Nullable ConfigEntry> view) {
        return content(key, versions(key), view);
    }

    private CompletionStage<ConfigContent> content(
            ConfigKey key, Versions versions, Function<Versions, @Nullable ConfigEntry> view) {
        ConfigEntry entry = view.apply(versions);
        if (entry == null) {
            return CompletableFuture.failedStage(new NotFound(NOT_FOUND));
        }
        ConfigContent cached = contents.get(entry.version());
        if (cached != null && cached.entry().revision() >= entry.revision()) {
            return CompletableFuture.completedStage(cached);
        }
        CompletionStage<ConfigContent> read = readings.read(entry);
        // A gray version that is gone from the disk, perhaps a moment before it is from what is published, leaves what
        // its callers see without it.
        return entry.gray() == null
                ? read
                : read.exceptionallyCompose(failure -> cause(failure) instanceof NotFound
                        ? content(key, versions(key).without(entry), view)
                        : CompletableFuture.failedStage(cause(failure)));
    }

    /**
     * Creates or replaces a configuration. Completes with the new entry when that is on disk and published.
     * {@link Conflict} when the expected md5 is not the present one.
     */
    public CompletionStage<ConfigEntry> publish(Publish command) {
        return submit(command, null);
    }

    /** The same with a gray version, whether or not there is a formal one. */
    public CompletionStage<ConfigEntry> publish(Publish command, GrayRule rule) {
        return submit(command, rule);
    }

    /** Removes the formal version. Completes when that is on disk and published; at once with false when there is none. */
    public CompletionStage<Boolean> remove(ConfigKey key, Author author) {
        return remove(key, Versions::formal, author);
    }

    /** The same with that version which {@code which} picks; nothing else of {@code key} changes. */
    public CompletionStage<Boolean> remove(
            ConfigKey key, Function<Versions, @Nullable ConfigEntry> which, Author author) {
        var done = new CompletableFuture<Boolean>();
        submit(new Removing(key, which, author, done));
        return done.minimalCompletionStage();
    }

    /**
     * Makes {@code watcher} hear of changes, and completes with those of {@code held} of which it holds something other
     * than is published; no change falls between. All are watched or, with {@link OverBudget}, none more than before.
     */
    public CompletionStage<List<ConfigKey>> listen(Watcher watcher, List<Watch> held) {
        return call(() -> {
            if (watcher.closed()) {
                return List.of();
            }
            watches.add(watcher, held);
            return outdated(held, watcher.caller());
        });
    }

    /** Those of {@code held} of which {@code caller} would see something other now. Any thread. */
    public List<ConfigKey> outdated(List<Watch> held, Caller caller) {
        var outdated = new ArrayList<ConfigKey>();
        for (Watch watch : held) {
            if (!versions(watch.key()).md5(caller).equals(watch.md5())) {
                outdated.add(watch.key());
            }
        }
        return outdated;
    }

    /** Who listens to {@code key}: addresses, and the md5 of what each held when it last listened. */
    public CompletionStage<Map<String, String>> listeners(ConfigKey key) {
        return call(() -> watches.listeners(key, MAX_LISTED));
    }

    /** What is listened to from {@code ip}, as far as it is wanted, and the md5 of what was held of it. */
    public CompletionStage<Map<ConfigKey, String>> listenedTo(String ip, Predicate<ConfigKey> wanted) {
        return call(() -> watches.watchedBy(ip, wanted, MAX_LISTED));
    }

    /** Ends the watching of {@code keys}; unknown ones are no matter. */
    public CompletionStage<@Nullable Void> unlisten(Watcher watcher, Collection<ConfigKey> keys) {
        return call(() -> {
            watches.remove(watcher, keys);
            return null;
        });
    }

    /** Ends all watching of {@code watcher}, whose connection is gone. */
    public void forget(Watcher watcher) {
        loop.execute(() -> watches.forget(watcher));
    }

    private CompletionStage<ConfigEntry> submit(Publish command, @Nullable GrayRule rule) {
        if (command.content().length > settings.maxContentBytes()) {
            return CompletableFuture.failedStage(
                    new InvalidRequest("invalid content, over " + settings.maxContentBytes()));
        }
        var done = new CompletableFuture<ConfigEntry>();
        submit(new Publishing(command, rule, Md5.of(command.content()), done));
        return done.minimalCompletionStage();
    }

    private void submit(Change change) {
        try {
            loop.submit(() -> {
                Deque<Change> others = waiting.get(change.key());
                if (others == null) {
                    begin(change);
                } else {
                    await(change, others);
                }
            });
        } catch (OverBudget e) {
            change.done().completeExceptionally(e);
        }
    }

    private void await(Change change, Deque<Change> others) {
        long bytes = change.bytes();
        if (waitingBytes + bytes > maxWaitingBytes) {
            change.done()
                    .completeExceptionally(new OverBudget("changes of configs already being changed: " + bytes
                            + " bytes more than the " + waitingBytes + " waiting (limit: " + maxWaitingBytes + ")"));
        } else if (contents.reserve(bytes)) {
            waitingBytes += bytes;
            others.add(change);
        } else {
            change.done().completeExceptionally(new OverBudget(contents.full(bytes)));
        }
    }

    /** Decides {@code change} against what is published; true when its commit is now awaited. */
    private boolean begin(Change change) {
        try {
            if (change instanceof Publishing publishing) {
                write(publishing);
                return true;
            }
            return write((Removing) change);
        } catch (RuntimeException e) {
            change.done().completeExceptionally(e);
            return false;
        }
    }

    private void write(Publishing publishing) {
        Publish command = publishing.command;
        GrayRule rule = publishing.rule;
        Versions versions = versions(command.key());
        ConfigEntry present = versions.named(rule == null ? "" : rule.name());
        if (present != null && command.casMd5() != null && !command.casMd5().equals(present.md5())) {
            throw new Conflict(
                    "Cas publish " + (rule == null ? "" : "gray config ") + "fail, server md5 may have changed.");
        }
        if (rule != null && present == null && versions.grays().size() >= settings.maxGrayVersions()) {
            throw new InvalidRequest(TOO_MANY_GRAYS + settings.maxGrayVersions());
        }
        long now = loop.currentTimeMillis();
        ConfigHead head = command.head(publishing.md5, present == null ? now : present.createdMillis(), now);
        ConfigEntry next = ConfigEntry.of(present == null ? command.key() : present.key(), head, rule, ++revision);
        long growth = Math.max(0, next.heapBytes() - heapBytes(present));
        index.reserve(growth);
        append(publishing, rule == null ? command.write(head) : command.write(head, rule), growth, () -> {
            contents.replace(new ConfigContent(next, command.content()));
            try {
                apply(next.key(), versions.with(next));
            } finally {
                index.release(heapBytes(present) + growth - next.heapBytes());
                publishing.done.complete(next);
            }
        });
    }

    private boolean write(Removing removing) {
        ConfigKey key = removing.key;
        Versions versions = versions(key);
        ConfigEntry present = removing.which.apply(versions);
        if (present == null) {
            removing.done.complete(false);
            return false;
        }
        long now = loop.currentTimeMillis();
        Write write = present.gray() == null
                ? new DeleteConfig(key.namespace(), key.group(), key.dataId(), now, removing.author)
                : new DeleteGray(
                        key.namespace(),
                        key.group(),
                        key.dataId(),
                        present.gray().name(),
                        now,
                        removing.author);
        append(removing, write, 0, () -> {
            contents.drop(present.version());
            apply(key, versions.without(present));
            index.release(present.heapBytes());
            removing.done.complete(true);
        });
        return true;
    }

    /** Appends {@code write}; when it is on disk the loop runs {@code committed}, and then the next change of the key. */
    private void append(Change change, Write write, long reserved, Runnable committed) {
        CompletionStage<Void> commit;
        try {
            commit = journal.append(write);
        } catch (RuntimeException e) {
            index.release(reserved);
            throw e;
        }
        waiting.putIfAbsent(change.key(), new ArrayDeque<>(1));
        commit.whenComplete((done, failure) -> loop.execute(() -> {
            try {
                if (failure == null) {
                    committed.run();
                } else {
                    index.release(reserved);
                    change.done().completeExceptionally(cause(failure));
                }
            } finally {
                beginNext(change.key());
            }
        }));
    }

    private void beginNext(ConfigKey key) {
        Deque<Change> others = waiting.get(key);
        while (others != null) {
            Change next = others.poll();
            if (next == null) {
                waiting.remove(key);
                return;
            }
            contents.release(next.bytes());
            waitingBytes -= next.bytes();
            if (begin(next)) {
                return;
            }
        }
    }

    /** Makes {@code next} what readers see, and tells those who watch and see another content now. */
    private void apply(ConfigKey key, Versions next) {
        Versions before = versions(key);
        if (next.isNone()) {
            published.remove(key);
        } else {
            published.put(key, next);
        }
        int more = (next.formal() == null ? 0 : 1) - (before.formal() == null ? 0 : 1);
        if (more != 0) {
            counts.merge(key.namespace(), more, (count, change) -> count + change == 0 ? null : count + change);
        }
        Collection<Watcher> told = before.whoSeeOther(next, watches.of(key));
        if (!told.isEmpty()) {
            changes.changed(key, told);
        }
    }

    private <T> CompletionStage<T> call(Supplier<T> work) {
        try {
            return loop.call(work);
        } catch (OverBudget e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private static long heapBytes(@Nullable ConfigEntry entry) {
        return entry == null ? 0 : entry.heapBytes();
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private sealed interface Change permits Publishing, Removing {
        ConfigKey key();

        CompletableFuture<?> done();

        /** What it holds while it waits. */
        long bytes();
    }

    private record Publishing(Publish command, @Nullable GrayRule rule, String md5, CompletableFuture<ConfigEntry> done)
            implements Change {
        @Override
        public ConfigKey key() {
            return command.key();
        }

        @Override
        public long bytes() {
            return WAITING_BYTES
                    + command.content().length
                    + 2L * command.schema().length()
                    + (rule == null ? 0 : rule.heapBytes());
        }
    }

    private record Removing(
            ConfigKey key,
            Function<Versions, @Nullable ConfigEntry> which,
            Author author,
            CompletableFuture<Boolean> done)
            implements Change {
        @Override
        public long bytes() {
            return WAITING_BYTES;
        }
    }
}
