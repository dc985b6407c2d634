package dev.plimsoll.config;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.ConfigFilter;
import dev.plimsoll.store.ConfigRow;
import dev.plimsoll.store.ConfigRows;
import dev.plimsoll.store.Journal;
import dev.plimsoll.store.StoredConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Configurations as consoles look at them: many at a time, with what the index does not hold, read from the store. What looks
 * at many takes its turn in the pool of readers; what it holds of contents is reserved before. Any thread; stages complete
 * on a read thread, or at once.
 */
public final class Catalog {
    public static final int MAX_PAGE = 500;

    /** Rows that may be named one by one. */
    public static final int MAX_IDS = 1_000;

    /** The reference gives up a search after as long. */
    static final Duration PATIENCE = Duration.ofSeconds(8);

    static final int MAX_WAITING = 64;

    /** A row with all texts but its schema, and what an answer makes of it; few come near. */
    private static final int ROW_BYTES = 4 << 10;

    private static final int ID_BYTES = 32; // a number in a list that grows

    private final Configs configs;
    private final ConfigRows rows;
    private final Journal journal;
    private final Executor reads;
    private final Turns turns;
    private final LongSupplier nanoTime;

    /** @param reads runs blocking reads of the store, as those of {@code configs} */
    public Catalog(Configs configs, ConfigRows rows, Journal journal, Executor reads, LongSupplier nanoTime) {
        this.configs = configs;
        this.rows = rows;
        this.journal = journal;
        this.reads = reads;
        this.turns = new Turns(reads, MAX_WAITING);
        this.nanoTime = nanoTime;
    }

    /**
     * What is looked for, and which page of it.
     *
     * @param visible what of it the caller may know of; the others are not counted either
     * @param pageNumber from 1
     * @param contents whether the contents are wanted
     */
    public record Search(
            ConfigFilter filter, Predicate<ConfigKey> visible, int pageNumber, int pageSize, boolean contents) {
        public Search {
            if (pageNumber < 1) {
                throw new InvalidRequest("pageNo: " + pageNumber + " (expected: from 1 on)");
            }
            if (pageSize < 1 || pageSize > MAX_PAGE) {
                throw new InvalidRequest("pageSize: " + pageSize + " (expected: 1 to " + MAX_PAGE + ")");
            }
        }
    }

    /** @param content UTF-8; empty when it was not asked for */
    public record Row(ConfigRow row, byte[] content) {}

    /**
     * A page; its rows are held in the account of contents until it is closed.
     *
     * @param total of all pages
     */
    public record Page(int total, int number, int size, List<Row> rows, Room room) implements AutoCloseable {
        public int pages() {
            return (total + size - 1) / size;
        }

        @Override
        public void close() {
            room.close();
        }
    }

    /** Takes configurations one at a time, on a read thread. */
    public interface Sink {
        /** @param room to take from what is kept of it; the content itself is given back after the call */
        void add(StoredConfig config, Room room);
    }

    /** Takes rows one at a time, on a read thread. */
    public interface RowSink {
        /** @param room to take from what is kept of it */
        void add(ConfigRow row, Room room);
    }

    /** In the order in which they were first published. */
    public CompletionStage<Page> search(Search search) {
        return turn(() -> {
            long from = (search.pageNumber - 1L) * search.pageSize;
            var ids = new ArrayList<Long>();
            int total = scan(search.filter, search.visible, (id, before) -> {
                if (before >= from && ids.size() < search.pageSize) {
                    ids.add(id);
                }
            });
            return page(total, search.pageNumber, search.pageSize, ids, search.contents);
        });
    }

    /** One configuration with all there is to it: a page of one, or of none. Waits for no search. */
    public CompletionStage<Page> detail(ConfigKey key) {
        return atOnce(() -> {
            Optional<ConfigRow> row = rows.row(key.namespace(), key.group(), key.dataId());
            var room = new Room(configs.contents());
            try {
                var found = new ArrayList<Row>(1);
                row.ifPresent(present -> read(present, room, found));
                return new Page(found.size(), 1, 1, found, room);
            } catch (RuntimeException e) {
                room.close();
                throw e;
            }
        });
    }

    /** The rows that there are of those named. */
    public CompletionStage<List<ConfigRow>> rows(List<Long> ids) {
        if (ids.size() > MAX_IDS) {
            return CompletableFuture.failedStage(
                    new InvalidRequest("ids: " + ids.size() + " (expected: at most " + MAX_IDS + ")"));
        }
        return atOnce(() -> rows.rows(ids));
    }

    /** Hands all that {@code filter} lets through to {@code sink}. {@link OverBudget} when there are more than {@code most}. */
    public CompletionStage<Room> each(ConfigFilter filter, Predicate<ConfigKey> visible, int most, Sink sink) {
        return turn(() -> feed(ids(filter, visible, most), key -> true, sink));
    }

    /**
     * Hands all that {@code filter} lets through to {@code sink}, without contents, in the order in which they were first
     * published. {@link OverBudget} when there is no room for them.
     *
     * @return what was taken for what {@code sink} keeps
     */
    public CompletionStage<Room> rows(ConfigFilter filter, Predicate<ConfigKey> visible, RowSink sink) {
        return turn(() -> {
            try (var own = room()) {
                var ids = new ArrayList<Long>();
                scan(filter, visible, (id, before) -> {
                    own.take(ID_BYTES);
                    ids.add(id);
                });
                own.take((long) ROW_BYTES * Math.min(ids.size(), MAX_PAGE));
                return feedRows(ids, sink);
            }
        });
    }

    private Room feedRows(List<Long> ids, RowSink sink) {
        var room = room();
        try {
            for (int i = 0; i < ids.size(); i += MAX_PAGE) {
                rows.rows(ids.subList(i, Math.min(ids.size(), i + MAX_PAGE))).forEach(row -> sink.add(row, room));
            }
            return room;
        } catch (RuntimeException e) {
            room.close();
            throw e;
        }
    }

    /** Hands those of the rows named that there are to {@code sink}. */
    public CompletionStage<Room> each(List<Long> ids, Predicate<ConfigKey> visible, Sink sink) {
        return turn(() -> feed(ids, visible, sink));
    }

    /** Room for a job of one's own. */
    public Room room() {
        return new Room(configs.contents());
    }

    /** The configuration as stored, whose content is taken from {@code room}; null when there is none. Blocks. */
    public @Nullable StoredConfig read(ConfigKey key, Room room) {
        ConfigEntry entry = configs.entry(key);
        if (entry == null) {
            return null;
        }
        room.take(entry.contentBytes());
        return journal.config(key.namespace(), key.group(), key.dataId()).orElse(null);
    }

    Turns turns() {
        return turns;
    }

    private <T> CompletionStage<T> atOnce(Supplier<T> work) {
        var done = new CompletableFuture<T>();
        try {
            reads.execute(() -> complete(done, work));
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(Readings.tooMany());
        }
        return done.minimalCompletionStage();
    }

    private static <T> void complete(CompletableFuture<T> done, Supplier<T> work) {
        try {
            done.complete(work.get());
        } catch (RuntimeException e) {
            done.completeExceptionally(e);
        }
    }

    /** Runs {@code work}, which may block for the store, when its turn has come, unless that took too long. */
    public <T> CompletionStage<T> turn(Supplier<T> work) {
        var done = new CompletableFuture<T>();
        long begun = nanoTime.getAsLong();
        try {
            turns.begin(() -> {
                if (nanoTime.getAsLong() - begun > PATIENCE.toNanos()) {
                    done.completeExceptionally(tooLong());
                } else {
                    complete(done, work);
                }
            });
        } catch (OverBudget e) {
            done.completeExceptionally(e);
        }
        return done.minimalCompletionStage();
    }

    private List<Long> ids(ConfigFilter filter, Predicate<ConfigKey> visible, int most) {
        var ids = new ArrayList<Long>();
        scan(filter, visible, (id, before) -> {
            if (before == most) {
                throw new OverBudget("configs: more than " + most + " (expected: at most that at a time)");
            }
            ids.add(id);
        });
        return ids;
    }

    private interface IdVisitor {
        /** @param before how many were visited before */
        void visit(long id, int before);
    }

    /** How many there are that the caller may know of. */
    private int scan(ConfigFilter filter, Predicate<ConfigKey> visible, IdVisitor visitor) {
        long begun = nanoTime.getAsLong();
        var total = new AtomicInteger();
        rows.eachKey(filter, (id, namespace, group, dataId) -> {
            if (nanoTime.getAsLong() - begun > PATIENCE.toNanos()) {
                throw tooLong();
            }
            if (visible.test(new ConfigKey(namespace, group, dataId))) {
                visitor.visit(id, total.getAndIncrement());
            }
            return true;
        });
        return total.get();
    }

    private Page page(int total, int number, int size, List<Long> ids, boolean contents) {
        var room = new Room(configs.contents());
        try {
            room.take((long) ROW_BYTES * ids.size());
            var found = new ArrayList<Row>(ids.size());
            for (ConfigRow row : rows.rows(ids)) {
                if (contents) {
                    read(row, room, found);
                } else {
                    found.add(new Row(row, new byte[0]));
                }
            }
            return new Page(total, number, size, found, room);
        } catch (RuntimeException e) {
            room.close();
            throw e;
        }
    }

    /** Adds the row with its content and all that belongs to that; nothing when it has gone meanwhile. */
    private void read(ConfigRow row, Room room, List<Row> found) {
        room.take(2L * row.head().contentBytes()); // it is copied into the answer
        stored(row).ifPresent(stored -> {
            int more = stored.content().length - row.head().contentBytes();
            if (more > 0) { // published anew meanwhile
                room.take(2L * more);
            }
            found.add(new Row(new ConfigRow(row.id(), stored.head(), row.author()), stored.content()));
        });
    }

    private Room feed(List<Long> ids, Predicate<ConfigKey> visible, Sink sink) {
        var room = new Room(configs.contents());
        try {
            for (int i = 0; i < ids.size(); i += MAX_PAGE) {
                List<Long> some = ids.subList(i, Math.min(ids.size(), i + MAX_PAGE));
                long bytes = (long) ROW_BYTES * some.size();
                room.take(bytes);
                for (ConfigRow row : rows.rows(some)) {
                    var key = new ConfigKey(
                            row.head().namespace(),
                            row.head().group(),
                            row.head().dataId());
                    if (visible.test(key)) {
                        room.take(row.head().contentBytes());
                        stored(row).ifPresent(stored -> sink.add(stored, room));
                        room.giveBack(row.head().contentBytes());
                    }
                }
                room.giveBack(bytes);
            }
            return room;
        } catch (RuntimeException e) {
            room.close();
            throw e;
        }
    }

    private Optional<StoredConfig> stored(ConfigRow row) {
        return journal.config(
                row.head().namespace(), row.head().group(), row.head().dataId());
    }

    private static Unavailable tooLong() {
        return new Unavailable("config search: took longer than " + PATIENCE.toSeconds()
                + " s (expected: less; ask for less at a time)");
    }
}
