package dev.plimsoll.store;

import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A journal without a disk, whose commits a test makes one at a time, and which keeps configurations only. */
public final class MemoryJournal implements Journal {
    private final Map<List<String>, StoredConfig> configs = new LinkedHashMap<>();
    private final Map<List<String>, StoredGray> grays = new LinkedHashMap<>();
    private final Map<List<String>, Long> ids = new HashMap<>(); // of both
    private final Deque<PastConfig> history = new ArrayDeque<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int maxWaiting = Integer.MAX_VALUE;
    private boolean atOnce;
    private int reads;
    private long lastId;
    private Runnable afterRead = () -> {};

    /** Makes the oldest waiting write durable; gives it back. */
    public Write commitNext() {
        Waiting next = waiting.remove();
        store(next.write);
        next.done.complete(null);
        return next.write;
    }

    public void commitAll() {
        while (!waiting.isEmpty()) {
            commitNext();
        }
    }

    /** From now on no write waits. */
    public void commitAtOnce() {
        atOnce = true;
    }

    /** The disk refuses the oldest waiting write. */
    public void failNext() {
        waiting.remove().done.completeExceptionally(new Unavailable("store: disk full"));
    }

    public int waiting() {
        return waiting.size();
    }

    /** How often a content was read. */
    public int reads() {
        return reads;
    }

    public void refuseBeyond(int writesWaiting) {
        maxWaiting = writesWaiting;
    }

    /** Happens once, between the next read of a content and its return. */
    public void afterNextRead(Runnable event) {
        afterRead = event;
    }

    /** Replaces what is on disk, past all writes. */
    public void overwrite(StoredConfig stored) {
        ConfigHead head = stored.head();
        configs.put(List.of(head.namespace(), head.group(), head.dataId()), stored);
    }

    @Override
    public CompletionStage<Void> append(Write write) {
        if (waiting.size() >= maxWaiting) {
            throw new OverBudget("journal: " + maxWaiting + " writes waiting (expected: fewer)");
        }
        var next = new Waiting(write, new CompletableFuture<>());
        waiting.add(next);
        if (atOnce) {
            commitNext();
        }
        return next.done;
    }

    private void store(Write write) {
        if (write instanceof Write.PutConfig put) {
            List<String> key = List.of(
                    put.head().namespace(), put.head().group(), put.head().dataId());
            StoredConfig before = configs.get(key);
            ConfigHead head = before == null ? put.head() : kept(put, before.head());
            var now = new StoredConfig(head, put.content().clone());
            configs.put(key, now);
            enter(before == null ? 'I' : 'U', key, before == null ? now : before, head.modifiedMillis(), put.author());
        } else if (write instanceof Write.DeleteConfig delete) {
            List<String> key = List.of(delete.namespace(), delete.group(), delete.dataId());
            StoredConfig before = configs.remove(key);
            if (before != null) {
                enter('D', key, before, delete.atMillis(), delete.author());
            }
        } else if (write instanceof Write.PutGray put) {
            ConfigHead head = put.head().config();
            List<String> key = List.of(
                    head.namespace(), head.group(), head.dataId(), put.head().name());
            StoredGray before = grays.get(key);
            long id = ids.computeIfAbsent(key, k -> ++lastId);
            var gray = new GrayHead(id, put.head().name(), put.head().rule(), head);
            var now = new StoredGray(gray, put.author(), put.content().clone());
            grays.put(key, now);
            enter(
                    before == null ? 'I' : 'U',
                    key,
                    formal(before == null ? now : before),
                    head.modifiedMillis(),
                    put.author());
        } else if (write instanceof Write.DeleteGray delete) {
            List<String> key = List.of(delete.namespace(), delete.group(), delete.dataId(), delete.grayName());
            StoredGray before = grays.remove(key);
            if (before != null) {
                enter('D', key, formal(before), delete.atMillis(), delete.author());
            }
        } else {
            throw new UnsupportedOperationException("not a configuration: " + write);
        }
    }

    private static ConfigHead kept(Write.PutConfig put, ConfigHead before) {
        ConfigHead head = put.head();
        return new ConfigHead(
                head.namespace(),
                head.group(),
                head.dataId(),
                head.md5(),
                head.contentBytes(),
                head.type(),
                put.keepsAppName() ? before.appName() : head.appName(),
                head.description(),
                put.keepsTags() ? before.tags() : head.tags(),
                head.use(),
                head.effect(),
                head.schema(),
                head.encryptedDataKey(),
                head.createdMillis(),
                head.modifiedMillis());
    }

    private static StoredConfig formal(StoredGray gray) {
        return new StoredConfig(gray.head().config(), gray.content());
    }

    /** @param key of the version: a fourth part is the name of a gray one */
    private void enter(char operation, List<String> key, StoredConfig state, long atMillis, Write.Author author) {
        ConfigHead head = state.head();
        long id = ids.computeIfAbsent(key, k -> ++lastId);
        if (operation == 'D') {
            ids.remove(key);
        }
        var entry = new HistoryEntry(
                history.size() + 1L,
                operation == 'I' ? 0 : id,
                head.namespace(),
                head.group(),
                head.dataId(),
                operation,
                key.size() > 3 ? key.get(3) : "",
                head.md5(),
                head.contentBytes(),
                head.type(),
                head.appName(),
                author.user(),
                author.ip(),
                atMillis);
        history.addFirst(new PastConfig(entry, at(atMillis, head), state.content()));
    }

    private static ConfigHead at(long millis, ConfigHead head) {
        return new ConfigHead(
                head.namespace(),
                head.group(),
                head.dataId(),
                head.md5(),
                head.contentBytes(),
                head.type(),
                head.appName(),
                head.description(),
                head.tags(),
                head.use(),
                head.effect(),
                head.schema(),
                head.encryptedDataKey(),
                millis,
                millis);
    }

    @Override
    public void eachConfig(Consumer<ConfigHead> visitor) {
        configs.values().forEach(stored -> visitor.accept(stored.head()));
    }

    @Override
    public Optional<StoredConfig> config(String namespace, String group, String dataId) {
        return read(configs.get(List.of(namespace, group, dataId)));
    }

    @Override
    public void eachGray(Consumer<GrayHead> visitor) {
        grays.values().forEach(stored -> visitor.accept(stored.head()));
    }

    @Override
    public Optional<StoredGray> gray(String namespace, String group, String dataId, String grayName) {
        return read(grays.get(List.of(namespace, group, dataId, grayName)));
    }

    private <T> Optional<T> read(@Nullable T found) {
        reads++;
        Runnable event = afterRead;
        afterRead = () -> {};
        event.run();
        return Optional.ofNullable(found);
    }

    @Override
    public List<HistoryEntry> history(String namespace, String group, String dataId, int offset, int limit) {
        return of(namespace, group, dataId).skip(offset).limit(limit).toList();
    }

    @Override
    public int historyLength(String namespace, String group, String dataId) {
        return (int) of(namespace, group, dataId).count();
    }

    @Override
    public Optional<HistoryEntry> historyEntry(long id) {
        return past(id).map(PastConfig::entry);
    }

    @Override
    public Optional<HistoryEntry> lastReplaced(String namespace, String group, String dataId, long configId) {
        return of(namespace, group, dataId)
                .filter(entry -> entry.configId() == configId
                        && entry.operation() != 'I'
                        && entry.grayName().isEmpty())
                .findFirst();
    }

    @Override
    public Optional<PastConfig> past(long historyId) {
        return history.stream().filter(past -> past.entry().id() == historyId).findFirst();
    }

    private Stream<HistoryEntry> of(String namespace, String group, String dataId) {
        var key = List.of(namespace, group, dataId);
        return new ArrayList<>(history)
                .stream().map(PastConfig::entry).filter(past -> List.of(past.namespace(), past.group(), past.dataId())
                        .equals(key));
    }

    @Override
    public void eachService(Consumer<StoredService> visitor) {}

    @Override
    public void eachInstance(Consumer<StoredInstance> visitor) {}

    @Override
    public void eachCluster(Consumer<StoredCluster> visitor) {}

    @Override
    public void eachOverlay(Consumer<StoredOverlay> visitor) {}

    @Override
    public void eachSwitch(BiConsumer<String, String> visitor) {}

    @Override
    public void close() {
        commitAll();
    }

    private record Waiting(Write write, CompletableFuture<Void> done) {}
}
