package dev.plimsoll.store;

import dev.plimsoll.refusal.InvalidRequest;
import java.nio.file.Path;

/**
 * How the store keeps its data.
 *
 * @param directory everything durable lives here; created when absent, used by one process at a time
 * @param historyDays history older than this is dropped, a little at a time
 * @param historyRowsPerConfig of one configuration at most so many history rows are kept, whatever their age
 * @param maxDatabaseBytes the database file never grows beyond this; a write that needs more is refused as on a full
 *     disk. The write-ahead log comes on top, at most {@link #walBytes} but for one commit
 * @param walBytes the write-ahead log is emptied into the database when it reaches this size, if need be by holding
 *     reads for a moment
 * @param batchWrites writes that share one commit, at most
 * @param batchBytes weight of the writes that share one commit, at most; a single heavier write goes alone
 * @param writerCacheBytes native memory the writing connection caches pages in
 * @param readers connections that read, and so reads at a time
 * @param readerCacheBytes native memory each reading connection caches pages in
 */
public record StoreSettings(
        Path directory,
        int historyDays,
        int historyRowsPerConfig,
        long maxDatabaseBytes,
        long walBytes,
        int batchWrites,
        long batchBytes,
        int writerCacheBytes,
        int readers,
        int readerCacheBytes) {

    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    public StoreSettings {
        check("history days", historyDays, 1, 36_500);
        check("history rows per config", historyRowsPerConfig, 1, 1_000_000);
        check("database bytes", maxDatabaseBytes, 256 * KIB, Long.MAX_VALUE);
        check("write-ahead log bytes", walBytes, 256 * KIB, 1024L * MIB);
        check("writes per commit", batchWrites, 1, 10_000);
        check("bytes per commit", batchBytes, 1, 256L * MIB);
        check("writer cache bytes", writerCacheBytes, 64 * KIB, 256 * MIB);
        check("readers", readers, 1, 64);
        check("reader cache bytes", readerCacheBytes, 64 * KIB, 256 * MIB);
    }

    /** The defaults, for data under {@code directory}. */
    public static StoreSettings in(Path directory) {
        return new StoreSettings(directory, 30, 100, Long.MAX_VALUE, 64L * MIB, 256, 8L * MIB, 2 * MIB, 2, 512 * KIB);
    }

    public StoreSettings withHistory(int days, int rowsPerConfig) {
        return new StoreSettings(
                directory,
                days,
                rowsPerConfig,
                maxDatabaseBytes,
                walBytes,
                batchWrites,
                batchBytes,
                writerCacheBytes,
                readers,
                readerCacheBytes);
    }

    public StoreSettings withMaxDatabaseBytes(long bytes) {
        return new StoreSettings(
                directory,
                historyDays,
                historyRowsPerConfig,
                bytes,
                walBytes,
                batchWrites,
                batchBytes,
                writerCacheBytes,
                readers,
                readerCacheBytes);
    }

    /**
     * Native memory the page caches may hold: for the memory line. While a content is written or read, SQLite holds up
     * to three copies of it besides.
     */
    public long cacheBytes() {
        return writerCacheBytes + (long) readers * readerCacheBytes;
    }

    private static void check(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new InvalidRequest("store: " + what + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }
}
