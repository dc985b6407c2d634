package dev.plimsoll.store;

import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A journal without a disk, whose commits a test makes one at a time, and which keeps configurations only. */
public final class MemoryJournal implements Journal {
    private final Map<List<String>, StoredConfig> configs = new LinkedHashMap<>();
    private final Deque<HistoryEntry> history = new ArrayDeque<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int maxWaiting = Integer.MAX_VALUE;
    private int reads;
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
        return next.done;
    }

    private void store(Write write) {
        if (write instanceof Write.PutConfig put) {
            List<String> key = List.of(
                    put.head().namespace(), put.head().group(), put.head().dataId());
            StoredConfig before = configs.get(key);
            ConfigHead head = before == null ? put.head() : kept(put, before.head());
            configs.put(key, new StoredConfig(head, put.content().clone()));
            if (before == null) {
                enter('I', head, head.modifiedMillis(), put.author());
            } else {
                enter('U', before.head(), head.modifiedMillis(), put.author());
            }
        } else if (write instanceof Write.DeleteConfig delete) {
            StoredConfig before = configs.remove(List.of(delete.namespace(), delete.group(), delete.dataId()));
            if (before != null) {
                enter('D', before.head(), delete.atMillis(), delete.author());
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

    private void enter(char operation, ConfigHead head, long atMillis, Write.Author author) {
        history.addFirst(new HistoryEntry(
                history.size() + 1L,
                head.namespace(),
                head.group(),
                head.dataId(),
                operation,
                head.md5(),
                head.type(),
                head.appName(),
                author.user(),
                author.ip(),
                atMillis));
    }

    @Override
    public void eachConfig(Consumer<ConfigHead> visitor) {
        configs.values().forEach(stored -> visitor.accept(stored.head()));
    }

    @Override
    public Optional<StoredConfig> config(String namespace, String group, String dataId) {
        reads++;
        var found = Optional.ofNullable(configs.get(List.of(namespace, group, dataId)));
        Runnable event = afterRead;
        afterRead = () -> {};
        event.run();
        return found;
    }

    @Override
    public List<HistoryEntry> history(String namespace, String group, String dataId, int offset, int limit) {
        var key = List.of(namespace, group, dataId);
        return new ArrayList<>(history)
                .stream()
                        .filter(past -> List.of(past.namespace(), past.group(), past.dataId())
                                .equals(key))
                        .skip(offset)
                        .limit(limit)
                        .toList();
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
