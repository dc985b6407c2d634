package dev.plimsoll.vitals;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of numbers over time in a file of fixed size: one for each ten seconds of the last day, and one for each ten
 * minutes of the last thirty. Confined to one thread, which the disk may keep waiting; in memory there is one block of
 * the file.
 *
 * <p>A row's place follows from its time, and each row holds its time and a checksum: so nothing is ever moved, no
 * pointer is kept, and a row that was torn by a crash, or is of an earlier round, is simply not there. Nothing is forced
 * to disk: what a power failure takes away is a gap. The head names the columns. A file with other columns is copied
 * once, column by column; one that cannot be read is begun anew. When the disk fails there are no rows, one line in the
 * log says so, and every ten minutes it is tried again.
 */
final class Series implements AutoCloseable {
    static final long FINE_MILLIS = 10_000;
    static final int FINE_ROWS = 24 * 360;
    static final long COARSE_MILLIS = 600_000;
    static final int COARSE_ROWS = 30 * 24 * 6;

    private static final Logger log = LoggerFactory.getLogger(Series.class);

    private static final long MAGIC = 0x706c696d76743031L; // "plimvt01"
    private static final int HEAD_BYTES = 16 << 10;
    private static final int BLOCK = 8 << 10; // larger ones the JDK copies through memory of its own
    private static final int ROW_HEAD = Integer.BYTES + Long.BYTES;

    private static final Ring FINE = new Ring(0, FINE_MILLIS, FINE_ROWS);
    private static final Ring COARSE = new Ring(FINE_ROWS, COARSE_MILLIS, COARSE_ROWS);

    private final Path path;
    private final List<Column> columns;
    private final byte[] head;
    private final int rowBytes;
    private final byte[] block = new byte[BLOCK];
    private @Nullable RandomAccessFile file;
    private boolean failed; // and it was said
    private long coarseSlot = -1; // of the last row that was put since the file was opened

    /** A part of the file: {@code rows} places from the place {@code first} on, each for {@code millis}. */
    private record Ring(long first, long millis, int rows) {
        long place(long slot) {
            return first + Math.floorMod(slot, rows);
        }
    }

    /** Is shown rows. */
    interface Reader {
        /** @param values NaN where there is none; borrowed */
        void row(long beginMillis, float[] values);
    }

    Series(Path path, List<Column> columns) {
        this.path = path;
        this.columns = List.copyOf(columns);
        this.rowBytes = ROW_HEAD + columns.size() * Float.BYTES;
        this.head = head(columns);
        if (rowBytes > BLOCK) {
            throw new IllegalArgumentException(
                    columns.size() + " columns (expected: as a block of " + BLOCK + " holds)");
        }
    }

    /** Heap bytes a series of so many columns takes. */
    static long heapBytes(int columns) {
        return BLOCK + HEAD_BYTES + 16L * columns + 512;
    }

    /** Bytes of the file. */
    long fileBytes() {
        return HEAD_BYTES + (long) (FINE_ROWS + COARSE_ROWS) * rowBytes;
    }

    /** Opens the file, whatever it holds. */
    void open() {
        try {
            file = opened();
            coarseSlot = -1;
            failed = false;
        } catch (IOException e) {
            fail("cannot be opened", e);
        }
    }

    /** Keeps the row of the ten seconds that hold {@code millis}. */
    void put(long millis, float[] values) {
        long slot = Math.floorDiv(millis, COARSE_MILLIS);
        if (slot != coarseSlot) {
            if (file == null) {
                open();
            }
            foldUpTo(slot);
        }
        coarseSlot = slot;
        RandomAccessFile to = file;
        if (to != null) {
            try {
                write(to, FINE, Math.floorDiv(millis, FINE_MILLIS), values);
            } catch (IOException e) {
                fail("cannot be written", e);
            }
        }
    }

    /**
     * Shows the rows of a stretch of time in order: those of ten seconds as far back as they go, those of ten minutes before.
     *
     * @param nowMillis rows of a day before it are fine ones
     */
    void each(long fromMillis, long toMillis, long nowMillis, Reader reader) {
        RandomAccessFile from = file;
        if (from == null) {
            return;
        }
        // From the border of two coarse rows on, so that nothing is shown twice.
        long fine = Math.floorDiv(nowMillis, COARSE_MILLIS) * COARSE_MILLIS - (FINE_ROWS * FINE_MILLIS - COARSE_MILLIS);
        try {
            if (fromMillis < fine) {
                read(from, COARSE, fromMillis, Math.min(fine, toMillis), reader);
            }
            read(from, FINE, Math.max(fine, fromMillis), toMillis, reader);
        } catch (IOException e) {
            fail("cannot be read", e);
        }
    }

    @Override
    public void close() {
        RandomAccessFile closing = file;
        file = null;
        if (closing != null) {
            try {
                closing.close();
            } catch (IOException e) {
                log.warn("vitals: {} cannot be closed: {}", path, e.toString());
            }
        }
    }

    /** Makes the coarse rows before {@code slot} that are missing, of the fine ones that are there. */
    private void foldUpTo(long slot) {
        RandomAccessFile in = file;
        if (in == null) {
            return;
        }
        // After a start all of a day may be missing; else none before the last row, which a pause may have followed.
        long day = FINE_ROWS * FINE_MILLIS / COARSE_MILLIS - 1;
        try {
            for (long each = Math.max(slot - day, coarseSlot); each < slot; each++) {
                long begin = each * COARSE_MILLIS;
                var present = new boolean[1];
                read(in, COARSE, begin, begin + 1, (millis, values) -> present[0] = true);
                if (!present[0]) {
                    var folding = new Folding(columns);
                    read(in, FINE, begin, begin + COARSE_MILLIS, (millis, values) -> folding.add(values));
                    if (!folding.isEmpty()) {
                        write(in, COARSE, each, folding.folded());
                    }
                }
            }
        } catch (IOException e) {
            fail("cannot be folded", e);
        }
    }

    private RandomAccessFile opened() throws IOException {
        var opened = new RandomAccessFile(path.toFile(), "rw");
        boolean usable = false;
        try {
            long length = opened.length();
            var found = new byte[HEAD_BYTES];
            if (length >= HEAD_BYTES) {
                opened.seek(0);
                opened.readFully(found);
            }
            if (!Arrays.equals(found, head) || length != fileBytes()) {
                List<String> names = length == 0 ? null : names(found);
                boolean known = names != null && length == HEAD_BYTES + places() * rowBytes(names.size());
                if (known && names != null) {
                    opened.close();
                    return converted(names);
                }
                if (length != 0) {
                    log.warn("vitals: {} is torn or no file of vitals: begun anew", path);
                }
                opened.setLength(0);
                opened.setLength(fileBytes());
                opened.seek(0);
                opened.write(head);
            }
            usable = true;
            return opened;
        } finally {
            if (!usable) {
                opened.close();
            }
        }
    }

    /** Another version knew other columns: those both know are kept. */
    private RandomAccessFile converted(List<String> names) throws IOException {
        Path next = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(next);
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            places.put(names.get(i), i);
        }
        var buffer = new byte[rowBytes(names.size())];
        var mapped = new float[columns.size()];
        try (var from = new RandomAccessFile(path.toFile(), "r");
                var to = new RandomAccessFile(next.toFile(), "rw")) {
            to.setLength(fileBytes());
            to.write(head);
            from.seek(HEAD_BYTES);
            for (long place = 0; place < places(); place++) {
                from.readFully(buffer);
                var row = ByteBuffer.wrap(buffer);
                int checksum = row.getInt();
                if (checksum != checksum(buffer, 0, buffer.length)) {
                    continue;
                }
                long slot = row.getLong();
                for (int i = 0; i < mapped.length; i++) {
                    Integer old = places.get(columns.get(i).name());
                    mapped[i] = old == null ? Float.NaN : row.getFloat(ROW_HEAD + old * Float.BYTES);
                }
                write(to, place < FINE_ROWS ? FINE : COARSE, slot, mapped);
            }
        }
        Files.move(next, path, StandardCopyOption.REPLACE_EXISTING);
        log.info("vitals: {} now has {} columns instead of {}", path, columns.size(), names.size());
        return new RandomAccessFile(path.toFile(), "rw");
    }

    private void write(RandomAccessFile to, Ring ring, long slot, float[] values) throws IOException {
        var row = ByteBuffer.wrap(block);
        row.putInt(0).putLong(slot);
        for (float value : values) {
            row.putFloat(value);
        }
        row.putInt(0, checksum(block, 0, rowBytes));
        to.seek(HEAD_BYTES + ring.place(slot) * rowBytes);
        to.write(block, 0, rowBytes);
    }

    private void read(RandomAccessFile from, Ring ring, long fromMillis, long toMillis, Reader reader)
            throws IOException {
        long slot = Math.floorDiv(fromMillis, ring.millis);
        long end = Math.floorDiv(toMillis - 1, ring.millis) + 1;
        slot = Math.max(slot, end - ring.rows);
        var values = new float[columns.size()];
        while (slot < end) {
            int untilTurn = ring.rows - Math.floorMod(slot, ring.rows);
            int rows = (int) Math.min(Math.min(end - slot, untilTurn), BLOCK / rowBytes);
            from.seek(HEAD_BYTES + ring.place(slot) * rowBytes);
            from.readFully(block, 0, rows * rowBytes);
            for (int i = 0; i < rows; i++, slot++) {
                int at = i * rowBytes;
                var row = ByteBuffer.wrap(block, at, rowBytes);
                int checksum = row.getInt();
                if (row.getLong() == slot && checksum == checksum(block, at, rowBytes)) {
                    for (int k = 0; k < values.length; k++) {
                        values[k] = row.getFloat();
                    }
                    reader.row(slot * ring.millis, values);
                }
            }
        }
    }

    private void fail(String what, IOException cause) {
        if (!failed) {
            failed = true;
            log.warn("vitals: {} {}: {}; there is no history until it can", path, what, cause.toString());
        }
        close();
    }

    private static int places() {
        return FINE_ROWS + COARSE_ROWS;
    }

    private static int rowBytes(int columns) {
        return ROW_HEAD + columns * Float.BYTES;
    }

    /** Of a row, but for the place of the checksum. */
    private static int checksum(byte[] bytes, int at, int length) {
        var sum = new CRC32C();
        sum.update(bytes, at + Integer.BYTES, length - Integer.BYTES);
        return (int) sum.getValue();
    }

    private static byte[] head(List<Column> columns) {
        byte[] names =
                String.join("\n", columns.stream().map(Column::name).toList()).getBytes(StandardCharsets.UTF_8);
        var head = ByteBuffer.allocate(HEAD_BYTES);
        head.putLong(MAGIC).putInt(0).putInt(names.length).put(names);
        head.putInt(Long.BYTES, headSum(head.array()));
        return head.array();
    }

    /** The columns a head names; null when it is none. */
    private static @Nullable List<String> names(byte[] bytes) {
        var head = ByteBuffer.wrap(bytes);
        if (head.getLong() != MAGIC || head.getInt() != headSum(bytes)) {
            return null;
        }
        int length = head.getInt();
        var text = new String(bytes, head.position(), length, StandardCharsets.UTF_8);
        return new ArrayList<>(List.of(text.split("\n", -1)));
    }

    private static int headSum(byte[] head) {
        var sum = new CRC32C();
        sum.update(head, 0, Long.BYTES);
        sum.update(head, Long.BYTES + Integer.BYTES, head.length - Long.BYTES - Integer.BYTES);
        return (int) sum.getValue();
    }
}
