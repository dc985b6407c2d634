package dev.plimsoll.store;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Condition;
import dev.plimsoll.vitals.Faults;
import dev.plimsoll.vitals.Findings;
import dev.plimsoll.vitals.Severity;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The journal in one SQLite file. The thread {@code journal} alone writes: it takes whatever waits, makes all of it
 * durable with one commit, and tells the senders in order. While it waits for the disk the next batch gathers, so the
 * more publish at once, the more share a sync.
 *
 * <p>A batch that fails is undone and its writes are tried again one by one, so that a write that cannot succeed harms
 * no other.
 */
public final class SqliteJournal implements Journal, UserJournal, NamespaceJournal, ConfigRows {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteJournal.class);

    static final Condition UNWRITTEN = new Condition(
            "store",
            "what is published cannot be written",
            "it is refused, and what is there is served: make room on the disk of the data directory, or mend it; the next"
                    + " write that succeeds ends this");

    private static final long LOG_AGAIN_MILLIS = 10_000;
    private static final long TRIM_PAUSE_MILLIS = 10 * 60_000;
    /** Between two steps of a trimming that has more to do. */
    private static final long TRIM_STEP_MILLIS = 100;
    /** How long emptying an overlong log may wait for reads under way; no write is committed meanwhile. */
    private static final long QUIET_MILLIS = 250;

    private static final long CLOSE_MILLIS = 4_000;

    private final StoreSettings settings;
    private final Account account;
    private final InstantSource clock;
    private final Findings findings;
    private final Faults faults;
    private final DataDirectory directory;
    private final SqliteDatabase database;
    private final SqliteReaders readers;
    private final LinkedBlockingQueue<Waiting> queue = new LinkedBlockingQueue<>(); // bounded by the account
    private final Thread thread = new Thread(this::run, "journal");
    private volatile boolean closing;
    private volatile boolean ended;

    private @Nullable SqliteWriter writer; // once open: the journal thread's, as all below
    private long nextTrimMillis;
    private long nextLogMillis;
    private long failedWrites;

    private SqliteJournal(
            StoreSettings settings,
            Account account,
            InstantSource clock,
            Findings findings,
            Faults faults,
            DataDirectory directory) {
        this.findings = findings;
        this.faults = faults;
        this.settings = settings;
        this.account = account;
        this.clock = clock;
        this.directory = directory;
        this.database = new SqliteDatabase(directory, settings);
        this.readers = new SqliteReaders(database, settings.readers());
    }

    /**
     * Opens or creates the database under the settings' directory, and holds that directory until closed.
     *
     * @param account bounds the weight of the writes that wait
     * @param clock by which history grows old
     * @throws Unavailable when the directory is in use, or what is in it cannot be used; one line says why
     */
    public static SqliteJournal open(StoreSettings settings, Account account, InstantSource clock) {
        return open(settings, account, clock, new Findings(clock), new Faults());
    }

    /**
     * The same.
     *
     * @param findings is told when writes fail, and when they succeed again
     * @param faults counts those that fail
     */
    public static SqliteJournal open(
            StoreSettings settings, Account account, InstantSource clock, Findings findings, Faults faults) {
        var directory = DataDirectory.open(settings.directory());
        try {
            var journal = new SqliteJournal(settings, account, clock, findings, faults, directory);
            journal.writer = journal.database.prepare();
            journal.thread.setDaemon(true);
            journal.thread.start();
            return journal;
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    @Override
    public CompletionStage<Void> append(Write write) {
        if (closing) {
            return CompletableFuture.failedFuture(new Unavailable("journal: closed"));
        }
        long weight = write.weight();
        account.reserve(weight);
        var waiting = new Waiting(write, weight);
        queue.add(waiting);
        if (ended) { // it may have come after the thread's last look
            failWaiting();
        }
        return waiting.stage;
    }

    @Override
    public void eachConfig(Consumer<ConfigHead> visitor) {
        readers.eachConfig(visitor);
    }

    @Override
    public Optional<StoredConfig> config(String namespace, String group, String dataId) {
        return readers.config(namespace, group, dataId);
    }

    @Override
    public List<HistoryEntry> history(String namespace, String group, String dataId, int offset, int limit) {
        return readers.history(namespace, group, dataId, offset, limit);
    }

    @Override
    public void eachGray(Consumer<GrayHead> visitor) {
        readers.eachGray(visitor);
    }

    @Override
    public Optional<StoredGray> gray(String namespace, String group, String dataId, String grayName) {
        return readers.gray(namespace, group, dataId, grayName);
    }

    @Override
    public int historyLength(String namespace, String group, String dataId) {
        return readers.historyLength(namespace, group, dataId);
    }

    @Override
    public Optional<HistoryEntry> historyEntry(long id) {
        return readers.historyEntry(id);
    }

    @Override
    public Optional<HistoryEntry> lastReplaced(String namespace, String group, String dataId, long configId) {
        return readers.lastReplaced(namespace, group, dataId, configId);
    }

    @Override
    public Optional<PastConfig> past(long historyId) {
        return readers.past(historyId);
    }

    @Override
    public void eachService(Consumer<StoredService> visitor) {
        readers.eachService(visitor);
    }

    @Override
    public void eachInstance(Consumer<StoredInstance> visitor) {
        readers.eachInstance(visitor);
    }

    @Override
    public void eachCluster(Consumer<StoredCluster> visitor) {
        readers.eachCluster(visitor);
    }

    @Override
    public void eachOverlay(Consumer<StoredOverlay> visitor) {
        readers.eachOverlay(visitor);
    }

    @Override
    public void eachSwitch(BiConsumer<String, String> visitor) {
        readers.eachSwitch(visitor);
    }

    @Override
    public void eachUser(Consumer<StoredUser> visitor) {
        readers.eachUser(visitor);
    }

    @Override
    public void eachRole(Consumer<StoredRole> visitor) {
        readers.eachRole(visitor);
    }

    @Override
    public void eachPermission(Consumer<StoredPermission> visitor) {
        readers.eachPermission(visitor);
    }

    @Override
    public void eachNamespace(Consumer<StoredNamespace> visitor) {
        readers.ask(SqliteCatalog::namespaces).forEach(visitor);
    }

    @Override
    public void eachKey(ConfigFilter filter, KeyVisitor visitor) {
        readers.ask(connection -> {
            SqliteCatalog.eachKey(connection, filter, visitor);
            return true;
        });
    }

    @Override
    public List<ConfigRow> rows(List<Long> ids) {
        return readers.ask(connection -> SqliteCatalog.rows(connection, ids));
    }

    @Override
    public Optional<ConfigRow> row(String namespace, String group, String dataId) {
        return readers.ask(connection -> SqliteCatalog.row(connection, namespace, group, dataId));
    }

    @Override
    public void close() {
        if (!closing) {
            closing = true;
            queue.add(Waiting.WAKE);
        }
        if (Thread.currentThread() == thread) {
            return; // a stage's callback; the thread ends after this batch
        }
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.error("journal: still writing after {} ms; the last writes may be lost", CLOSE_MILLIS);
        }
    }

    private void run() {
        try {
            nextTrimMillis = clock.millis();
            while (!closing || !queue.isEmpty()) {
                List<Waiting> batch = nextBatch();
                if (!batch.isEmpty()) {
                    write(batch);
                }
                trimHistory();
                boundLog();
            }
        } catch (InterruptedException e) {
            LOG.error("journal: interrupted, ends"); // nobody should
        } finally {
            ended = true;
            closing = true;
            failWaiting();
            readers.close();
            closeWriter();
            directory.close();
        }
    }

    /** What waits, within the bounds of one commit; empty when nothing came before the next trimming is due. */
    private List<Waiting> nextBatch() throws InterruptedException {
        var batch = new ArrayList<Waiting>();
        long patience = Math.max(1, nextTrimMillis - clock.millis());
        Waiting next = queue.poll(patience, TimeUnit.MILLISECONDS);
        long bytes = 0;
        while (next != null) {
            if (next != Waiting.WAKE) {
                batch.add(next);
                bytes += next.weight;
            }
            Waiting head = queue.peek();
            boolean fits = head != null
                    && batch.size() < settings.batchWrites()
                    && bytes + head.weight <= settings.batchBytes();
            next = fits ? queue.poll() : null;
        }
        return batch;
    }

    private void write(List<Waiting> batch) {
        Refusal failure = commit(batch);
        if (failure == null) {
            batch.forEach(waiting -> complete(waiting, null));
        } else if (batch.size() == 1) {
            complete(batch.get(0), failure);
        } else {
            for (Waiting waiting : batch) {
                complete(waiting, commit(List.of(waiting)));
            }
        }
    }

    /** Why nothing of {@code batch} was written; null when all is on disk. */
    private @Nullable Refusal commit(List<Waiting> batch) {
        try {
            SqliteWriter open = writer();
            open.begin();
            for (Waiting waiting : batch) {
                open.apply(waiting.write);
            }
            open.commit();
            return null;
        } catch (SQLException | RuntimeException | OutOfMemoryError e) {
            undo();
            return refusal(e);
        }
    }

    private void complete(Waiting waiting, @Nullable Refusal failure) {
        account.release(waiting.weight);
        if (failure == null) {
            if (failedWrites > 0) {
                findings.over(UNWRITTEN, "writing again after " + failedWrites + " failed writes");
                failedWrites = 0;
            }
            waiting.stage.complete(null);
        } else {
            if (failure instanceof Unavailable) {
                failedWrites++;
                faults.unwritten(waiting.write.isOfNaming());
                findings.found(
                        UNWRITTEN,
                        Severity.CRITICAL,
                        failedWrites + " writes failed since the last success: " + failure.reason());
            }
            waiting.stage.completeExceptionally(failure);
        }
    }

    private void complain(String reason) {
        if (clock.millis() >= nextLogMillis) {
            nextLogMillis = clock.millis() + LOG_AGAIN_MILLIS;
            LOG.error("journal: {}", reason);
        }
    }

    /** A row the schema forbids is the sender's to mend; all else is ours. */
    private Refusal refusal(Throwable e) {
        if (e instanceof SQLiteException refused && isAboutTheRow(refused.getResultCode())) {
            return new InvalidRequest("write: " + e.getMessage());
        }
        return database.unavailable("write", e);
    }

    private static boolean isAboutTheRow(SQLiteErrorCode code) {
        int primary = code.code & 0xff;
        return primary == SQLiteErrorCode.SQLITE_CONSTRAINT.code || primary == SQLiteErrorCode.SQLITE_TOOBIG.code;
    }

    private SqliteWriter writer() throws SQLException {
        if (writer == null) {
            writer = new SqliteWriter(database.openWriter(), settings.historyRowsPerConfig());
        }
        return writer;
    }

    /** A connection that cannot roll back, be it that SQLite already has, is given up for a fresh one. */
    private void undo() {
        if (writer != null) {
            try {
                writer.rollback();
            } catch (SQLException e) {
                closeWriter();
            }
        }
    }

    private void closeWriter() {
        if (writer != null) {
            try {
                writer.close();
            } catch (SQLException e) {
                LOG.warn("journal: {}", database.unavailable("close", e).reason());
            }
            writer = null;
        }
    }

    private void trimHistory() {
        if (closing || clock.millis() < nextTrimMillis) {
            return;
        }
        boolean more = false;
        try {
            long cutoff =
                    clock.millis() - Duration.ofDays(settings.historyDays()).toMillis();
            more = writer().trimHistory(cutoff);
        } catch (SQLException e) {
            undo();
            complain(database.unavailable("trim the history", e).reason());
        }
        nextTrimMillis = clock.millis() + (more ? TRIM_STEP_MILLIS : TRIM_PAUSE_MILLIS);
    }

    /**
     * SQLite starts its log over only when it finds nobody reading; under reads without end it would grow for ever.
     */
    private void boundLog() {
        try {
            if (writer != null && database.walBytes() > settings.walBytes()) {
                readers.whileNobodyReads(QUIET_MILLIS, writer::emptyLog);
            }
        } catch (SQLException | IOException e) {
            complain(database.unavailable("empty the write-ahead log", e).reason());
        }
    }

    private void failWaiting() {
        for (Waiting waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            if (waiting != Waiting.WAKE) {
                account.release(waiting.weight);
                waiting.stage.completeExceptionally(new Unavailable("journal: closed"));
            }
        }
    }

    /** A write and who waits for it. */
    private static final class Waiting {
        /** Only wakes the thread. */
        static final Waiting WAKE = new Waiting(new Write.DeleteService("", "", ""), 0);

        private final Write write;
        private final long weight;
        private final CompletableFuture<Void> stage = new CompletableFuture<>();

        Waiting(Write write, long weight) {
            this.write = write;
            this.weight = weight;
        }
    }
}
