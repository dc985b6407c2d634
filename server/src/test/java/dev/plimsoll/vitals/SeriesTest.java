package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeriesTest {
    /** At the border of two coarse rows. */
    private static final long T0 = 1_700_000_000_000L / Series.COARSE_MILLIS * Series.COARSE_MILLIS;

    private static final long FINE = Series.FINE_MILLIS;
    private static final long COARSE = Series.COARSE_MILLIS;
    private static final long DAY = Series.FINE_ROWS * FINE;
    private static final List<Column> COLUMNS =
            List.of(new Column("resident", Fold.MAX), new Column("rate", Fold.MEAN));

    @TempDir
    Path folder;

    private Path file;
    private Series series;

    private record Row(long millis, List<Float> values) {
        Row(long millis, float... values) {
            this(millis, boxed(values));
        }

        private static List<Float> boxed(float[] values) {
            var boxed = new ArrayList<Float>();
            for (float value : values) {
                boxed.add(value);
            }
            return boxed;
        }
    }

    @BeforeEach
    void open() {
        file = folder.resolve("vitals");
        series = opened(COLUMNS);
    }

    @AfterEach
    void close() {
        series.close();
    }

    private Series opened(List<Column> columns) {
        var opened = new Series(file, columns);
        opened.open();
        return opened;
    }

    private static List<Row> rows(Series series, long from, long to, long now) {
        var rows = new ArrayList<Row>();
        series.each(from, to, now, (millis, values) -> rows.add(new Row(millis, values)));
        return rows;
    }

    private void put(long millis, float... values) {
        series.put(millis, values);
    }

    @Test
    void rows_come_back_in_order_and_gaps_stay_gaps() {
        put(T0 + 3, 100, 1);
        put(T0 + 2 * FINE + 9_999, 200, 2);

        assertThat(rows(series, T0, T0 + COARSE, T0 + COARSE))
                .containsExactly(new Row(T0, 100f, 1f), new Row(T0 + 2 * FINE, 200f, 2f));
        assertThat(rows(series, T0 + FINE, T0 + 2 * FINE, T0 + COARSE)).isEmpty();
    }

    @Test
    void the_file_has_its_whole_size_from_the_start_and_never_another() throws IOException {
        assertThat(Files.size(file)).isEqualTo(series.fileBytes()).isLessThan(4 << 20);
        for (long slot = 0; slot < Series.FINE_ROWS + 500; slot++) {
            put(T0 + slot * FINE, (float) slot, 1);
        }
        assertThat(Files.size(file)).isEqualTo(series.fileBytes());
    }

    @Test
    void after_a_day_ten_minutes_are_one_row_of_the_largest_and_the_mean() {
        for (long slot = 0; slot < Series.FINE_ROWS + 120; slot++) {
            put(T0 + slot * FINE, (float) slot, (float) (slot % 60));
        }
        long now = T0 + (Series.FINE_ROWS + 119) * FINE;

        List<Row> all = rows(series, T0, now + 1, now);
        assertThat(all.subList(0, 2)).containsExactly(new Row(T0, 59f, 29.5f), new Row(T0 + COARSE, 119f, 29.5f));
        // Then the fine ones: none is missing, and none is told twice.
        List<Row> fine = all.subList(2, all.size());
        assertThat(fine).hasSize(Series.FINE_ROWS - 1 - 59 + 60);
        assertThat(fine.get(0)).isEqualTo(new Row(T0 + 2 * COARSE, 120f, 0f));
    }

    @Test
    void what_is_older_than_thirty_days_is_gone() {
        put(T0, 1, 1);
        put(T0 + COARSE, 2, 2);
        long later = T0 + Series.COARSE_ROWS * COARSE;
        assertThat(rows(series, T0, T0 + COARSE, later - 1)).containsExactly(new Row(T0, 1f, 1f));
        put(later, 3, 3);
        put(later + COARSE, 4, 4);
        assertThat(rows(series, T0, T0 + COARSE, later + COARSE)).isEmpty();
    }

    @Test
    void rows_are_kept_over_a_restart_and_the_coarse_ones_a_crash_prevented_are_made_then() {
        put(T0, 100, 1);
        put(T0 + FINE, 300, 3);
        series.close(); // no coarse row was written: the ten minutes were not over
        series = opened(COLUMNS);
        put(T0 + 5 * COARSE, 5, 5);

        long monthLater = T0 + 2 * DAY;
        assertThat(rows(series, T0, T0 + COARSE, monthLater)).containsExactly(new Row(T0, 300f, 2f));
    }

    @Test
    void a_pause_takes_no_ten_minutes_away() {
        put(T0, 100, 1);
        put(T0 + FINE, 300, 3);
        put(T0 + 5 * COARSE, 5, 5); // the machine slept meanwhile
        put(T0 + 6 * COARSE, 6, 6);
        assertThat(rows(series, T0, T0 + 6 * COARSE, T0 + 2 * DAY))
                .containsExactly(new Row(T0, 300f, 2f), new Row(T0 + 5 * COARSE, 5f, 5f));
    }

    @Test
    void a_torn_row_is_a_gap() throws IOException {
        put(T0, 100, 1);
        put(T0 + FINE, 200, 2);
        series.close();
        long head = 16 << 10;
        long place = Math.floorMod(T0 / FINE, Series.FINE_ROWS);
        try (var torn = new RandomAccessFile(file.toFile(), "rw")) {
            torn.seek(head + place * 20 + 14);
            torn.write(77);
        }
        series = opened(COLUMNS);
        assertThat(rows(series, T0, T0 + COARSE, T0 + COARSE)).containsExactly(new Row(T0 + FINE, 200f, 2f));
    }

    @Test
    void a_foreign_a_short_and_a_damaged_file_are_begun_anew() throws IOException {
        put(T0, 100, 1);
        series.close();
        byte[] whole = Files.readAllBytes(file);
        byte[] damaged = whole.clone();
        damaged[40] ^= 1;
        byte[] lying = whole.clone();
        lying[12] = 0x7f; // the length of the names
        for (byte[] bad : new byte[][] {
            "not a file of vitals".getBytes(StandardCharsets.UTF_8),
            java.util.Arrays.copyOf(whole, whole.length / 2),
            java.util.Arrays.copyOf(whole, 100),
            java.util.Arrays.copyOf(whole, whole.length + 1),
            damaged,
            lying
        }) {
            Files.write(file, bad);
            series = opened(COLUMNS);
            assertThat(rows(series, T0, T0 + COARSE, T0 + COARSE)).isEmpty();
            put(T0, 5, 5);
            assertThat(rows(series, T0, T0 + COARSE, T0 + COARSE)).containsExactly(new Row(T0, 5f, 5f));
            assertThat(Files.size(file)).isEqualTo(series.fileBytes());
            series.close();
        }
    }

    @Test
    void another_version_keeps_the_columns_both_know() {
        put(T0 - COARSE, 50, 2);
        put(T0, 100, 1);
        series.close();
        series = opened(List.of(new Column("new", Fold.MAX), new Column("resident", Fold.MAX)));
        assertThat(rows(series, T0, T0 + COARSE, T0 + COARSE)).containsExactly(new Row(T0, Float.NaN, 100f));
        assertThat(rows(series, T0 - COARSE, T0, T0 + 2 * DAY)).containsExactly(new Row(T0 - COARSE, Float.NaN, 50f));
        assertThat(folder.toFile().list()).containsExactly("vitals");
    }

    @Test
    void without_a_file_there_are_no_rows_until_there_is_one_again() throws IOException {
        series.close();
        Files.delete(file);
        Files.createDirectory(file); // nothing can be opened there
        series = opened(COLUMNS);
        put(T0, 1, 1);
        assertThat(rows(series, T0, T0 + COARSE, T0 + COARSE)).isEmpty();
        Files.delete(file);
        put(T0 + FINE, 2, 2); // not tried again yet
        assertThat(rows(series, T0, T0 + COARSE, T0 + COARSE)).isEmpty();
        put(T0 + COARSE, 3, 3);
        assertThat(rows(series, T0, T0 + 2 * COARSE, T0 + COARSE)).containsExactly(new Row(T0 + COARSE, 3f, 3f));
    }

    @Test
    void a_clock_that_is_set_back_writes_over_what_was_there() {
        put(T0 + FINE, 1, 1);
        put(T0, 2, 2);
        put(T0 + FINE, 3, 3);
        assertThat(rows(series, T0, T0 + COARSE, T0 + FINE))
                .containsExactly(new Row(T0, 2f, 2f), new Row(T0 + FINE, 3f, 3f));
    }
}
