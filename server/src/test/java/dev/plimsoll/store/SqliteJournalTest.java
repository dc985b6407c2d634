package dev.plimsoll.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.Write.DeleteService;
import dev.plimsoll.store.Write.PutConfig;
import dev.plimsoll.store.Write.PutService;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Faults;
import dev.plimsoll.vitals.Finding;
import dev.plimsoll.vitals.Findings;
import dev.plimsoll.vitals.Severity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;

class SqliteJournalTest extends JournalContract {
    /** Just after the times the tests write: no history is old. */
    static final InstantSource EARLY = InstantSource.fixed(Instant.ofEpochMilli(3_000));

    @Override
    Journal open(Path directory, Account account) {
        return SqliteJournal.open(StoreSettings.in(directory), account, EARLY);
    }

    @Test
    void write_that_fails_alone_harms_no_neighbour() throws SQLException {
        journal.close();
        sql("CREATE TRIGGER poison AFTER INSERT ON his_config_info WHEN NEW.data_id = 'poison'"
                + " BEGIN SELECT RAISE(ABORT, 'poisoned'); END");
        journal = open(directory, account);
        var before = new ArrayList<CompletionStage<Void>>();
        for (int i = 0; i < 20; i++) {
            before.add(journal.append(put("before" + i, "x", ALICE)));
        }
        CompletionStage<Void> poison = journal.append(put("poison", "x", ALICE));
        CompletionStage<Void> after = journal.append(put("after", "x", ALICE));
        before.forEach(JournalContract::await);
        assertThatThrownBy(() -> await(poison))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("poisoned");
        await(after);
        assertThat(heads()).hasSize(21).extracting(ConfigHead::dataId).doesNotContain("poison");
        assertThat(journal.history("public", "g", "before1", 0, 9)).hasSize(1);
    }

    @Test
    void full_disk_refuses_the_write_and_loses_nothing() {
        journal.close();
        var small = StoreSettings.in(directory).withMaxDatabaseBytes(1 << 20);
        journal = SqliteJournal.open(small, account, EARLY);
        int stored = fillWithConfigs();
        assertThat(stored).isBetween(5, 40);
        assertThatThrownBy(() -> write(new PutConfig(head("big", "m", 1 << 20), new byte[1 << 20], ALICE)))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("full");
        assertConfigs(stored);
        assertThat(journal.config("public", "g", "big")).isEmpty();
        assertThat(journal.history("public", "g", "big", 0, 1)).isEmpty();

        journal.close();
        journal = open(directory, account); // the bound is raised
        assertConfigs(stored);
        write(put("later", "x", ALICE));
        assertThat(heads()).hasSize(stored + 1);
    }

    @Test
    void journal_writes_again_when_room_is_made() {
        journal.close();
        var findings = new Findings(EARLY);
        var faults = new Faults();
        journal = SqliteJournal.open(
                StoreSettings.in(directory).withMaxDatabaseBytes(1 << 20), account, EARLY, findings, faults);
        int services = 0;
        try {
            for (; services < 1_000; services++) {
                write(new PutService(service("s" + services)));
            }
        } catch (Unavailable full) {
            assertThat(full).hasMessageContaining("full");
        }
        assertThat(services).isBetween(10, 999);
        assertThat(services()).hasSize(services);
        assertThat(findings.current()).hasSize(1);
        Finding refused = findings.current().get(0);
        assertThat(refused.condition()).isSameAs(SqliteJournal.UNWRITTEN);
        assertThat(refused.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(refused.evidence())
                .startsWith("1 writes failed since the last success: database ")
                .contains("full");
        for (int i = 0; i < 5; i++) {
            write(new DeleteService("public", "g", "s" + i));
        }
        write(new PutService(service("again")));
        assertThat(services()).hasSize(services - 4);
        assertThat(findings.current()).isEmpty();
        assertThat(findings.ended()).extracting(Finding::what).containsExactly("what is published cannot be written");
    }

    @Test
    void small_writes_pass_beside_one_that_is_too_large_for_the_disk() {
        journal.close();
        journal = SqliteJournal.open(StoreSettings.in(directory).withMaxDatabaseBytes(1 << 20), account, EARLY);
        CompletionStage<Void> first = journal.append(put("first", "x", ALICE));
        var big = journal.append(new PutConfig(head("big", "m", 1 << 20), new byte[1 << 20], ALICE));
        CompletionStage<Void> last = journal.append(put("last", "x", ALICE));
        await(first);
        assertThatThrownBy(() -> await(big)).isInstanceOf(Unavailable.class);
        await(last);
        assertThat(heads()).extracting(ConfigHead::dataId).containsExactlyInAnyOrder("first", "last");
    }

    @Test
    void history_keeps_the_content_that_was_replaced() throws SQLException {
        write(put("a", "one", ALICE));
        write(put("a", "two", BOB));
        journal.close();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT op_type, content, id FROM his_config_info ORDER BY nid")) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("I");
            assertThat(rows.getBytes(2)).isEqualTo(utf8("one"));
            assertThat(rows.getLong(3)).isZero();
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("U");
            assertThat(rows.getBytes(2)).isEqualTo(utf8("one"));
            assertThat(rows.getLong(3)).isPositive();
        }
    }

    @Test
    void history_of_one_config_is_bounded() {
        journal.close();
        journal = SqliteJournal.open(StoreSettings.in(directory).withHistory(30, 5), account, EARLY);
        write(put("other", "x", ALICE));
        for (int i = 0; i < 50; i++) {
            write(put("a", "content " + i, ALICE));
        }
        List<HistoryEntry> history = journal.history("public", "g", "a", 0, 100);
        assertThat(history).hasSize(5);
        assertThat(history.get(0).md5()).isEqualTo("md5 content 48");
        assertThat(journal.history("public", "g", "other", 0, 100)).hasSize(1);
    }

    @Test
    void old_history_is_dropped_in_steps_and_the_config_stays() {
        for (int i = 0; i < 450; i++) {
            journal.append(put("a" + i, "x", ALICE));
        }
        long now = Duration.ofDays(31).toMillis();
        write(new PutConfig(head("young", "m", 1, now), utf8("x"), ALICE));
        journal.close();
        journal = SqliteJournal.open(
                StoreSettings.in(directory), account, InstantSource.offset(EARLY, Duration.ofDays(31)));
        write(put("wake", "x", ALICE)); // trimming takes turns with writing
        Awaitility.await().untilAsserted(() -> assertThat(journal.history("public", "g", "a0", 0, 1))
                .isEmpty());
        assertThat(heads()).hasSize(452);
        assertThat(journal.history("public", "g", "young", 0, 1)).hasSize(1);
    }

    @Test
    void log_stays_bounded_under_reads_without_end() throws Exception {
        journal.close();
        var settings =
                new StoreSettings(directory, 30, 2, Long.MAX_VALUE, 1 << 20, 256, 1 << 20, 256 << 10, 2, 256 << 10);
        journal = SqliteJournal.open(settings, account, EARLY);
        write(put("read", "x", ALICE));
        CountDownLatch stop = new CountDownLatch(1);
        var readers = new ArrayList<Thread>();
        for (int i = 0; i < 2; i++) {
            var reader = new Thread(() -> {
                while (stop.getCount() > 0) {
                    journal.eachConfig(head -> {});
                }
            });
            reader.start();
            readers.add(reader);
        }
        long largest = 0;
        for (int i = 0; i < 200; i++) {
            write(new PutConfig(head("a", "m", 100_000), new byte[100_000], ALICE));
            largest = Math.max(largest, Files.size(directory.resolve("plimsoll.db-wal")));
        }
        stop.countDown();
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(largest).isLessThan(3 << 20);
    }

    @Test
    void second_opening_is_refused_by_name() {
        assertThatThrownBy(() -> open(directory, account))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining(directory.getFileName().toString())
                .hasMessageContaining("in use");
        write(put("a", "x", ALICE));
    }

    @Test
    void second_process_is_refused_even_after_a_second_opening_in_this_one() throws IOException, InterruptedException {
        assertThatThrownBy(() -> open(directory, account)).isInstanceOf(Unavailable.class);
        Process other = JournalLoad.start(directory);
        String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(other.waitFor()).isEqualTo(1);
        assertThat(said)
                .isEqualTo("data directory " + directory.toRealPath() + " is in use by another process (pid "
                        + ProcessHandle.current().pid() + ")\n");
    }

    /** As the schema was, as far as a later script could not be run again over what it made. */
    private void asOfVersion(int version) throws SQLException {
        for (String column : List.of("src_user", "src_ip", "gmt_modified")) { // of 7.sql
            sql("ALTER TABLE naming_instance_metadata DROP COLUMN " + column);
        }
        sql("PRAGMA user_version = " + version);
    }

    @Test
    void of_an_overlay_laid_before_that_was_kept_nobody_knows_by_whom() throws SQLException {
        journal.close();
        asOfVersion(6);
        sql("INSERT INTO naming_instance_metadata VALUES ('public', 'g', 's', '10.0.0.1', 80, 'c', 2.5, 0, '{}')");
        journal = open(directory, account);
        var old = new StoredOverlay("public", "g", "s", "10.0.0.1", 80, "c", 2.5, false, Map.of(), null);
        var overlays = new ArrayList<StoredOverlay>();
        journal.eachOverlay(overlays::add);
        assertThat(overlays).containsExactly(old);
    }

    @Test
    void newer_schema_is_refused() throws SQLException {
        write(put("a", "x", ALICE));
        journal.close();
        sql("PRAGMA user_version = 999");
        assertThatThrownBy(() -> open(directory, account))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("schema version 999")
                .hasMessageContaining("newer");
        sql("PRAGMA user_version = " + SqliteDatabase.SCHEMA_VERSION);
        journal = open(directory, account);
        assertThat(content("a")).isEqualTo(utf8("x"));
    }

    @Test
    void what_was_stored_under_another_name_of_the_public_namespace_is_found_in_it() throws SQLException {
        write(put("a", "in public", ALICE));
        write(put("b", "alone", ALICE));
        journal.close();
        sql("UPDATE config_info SET tenant_id = 'NULL' WHERE data_id = 'b'");
        sql("INSERT INTO config_info SELECT 999, data_id, group_id, 'PUBLIC', md5, gmt_create, gmt_modified, src_user,"
                + " src_ip, app_name, c_desc, c_use, effect, type, c_schema, config_tags, encrypted_data_key, 'other'"
                + " FROM config_info WHERE data_id = 'a'");
        asOfVersion(5);
        journal = open(directory, account);
        assertThat(heads()).hasSize(2);
        assertThat(content("a")).isEqualTo(utf8("in public"));
        assertThat(content("b")).isEqualTo(utf8("alone"));
    }

    @Test
    void of_two_versions_under_two_names_of_the_public_namespace_the_later_stays_and_the_other_is_in_the_history()
            throws SQLException {
        for (int i = 1; i <= 3; i++) {
            write(put("a", "public " + i, ALICE));
            write(new PutConfig(head("b", "m", 7, 1_000 + i), utf8("other " + i), BOB));
        }
        write(new PutService(new StoredService("public", "g", "s", false, 0.5, Map.of())));
        journal.close();
        // b is another a, and changed later; a service and a namespace have other names, too.
        sql("UPDATE config_info SET tenant_id = 'Public', data_id = 'a', gmt_modified = 9000 WHERE data_id = 'b'");
        sql("UPDATE his_config_info SET tenant_id = 'Public', data_id = 'a' WHERE data_id = 'b'");
        sql("INSERT INTO naming_service VALUES ('NULL', 'g', 's', 0, 0.7, '{}'), ('NULL', 'g', 't', 0, 0.9, '{}')");
        sql("INSERT INTO tenant_info VALUES ('PUBLIC', 'shown', '', 1, 1)");
        asOfVersion(5);
        var logged = new ListAppender<ILoggingEvent>();
        logged.start();
        var log = (Logger) LoggerFactory.getLogger(SqliteDatabase.class);
        log.addAppender(logged);
        try {
            journal = open(directory, account);
        } finally {
            log.detachAppender(logged);
        }
        assertThat(heads()).hasSize(1);
        assertThat(content("a")).isEqualTo(utf8("other 3"));
        List<HistoryEntry> history = journal.history("public", "g", "a", 0, 10);
        assertThat(history).hasSize(7);
        assertThat(history.get(0).operation()).isEqualTo('D');
        PastConfig lost = journal.past(history.get(0).id()).orElseThrow();
        assertThat(lost.content()).isEqualTo(utf8("public 3"));
        assertThat(services()).extracting(StoredService::name).containsExactlyInAnyOrder("s", "t");
        assertThat(services()).extracting(StoredService::protectThreshold).containsExactlyInAnyOrder(0.5, 0.9);
        var namespaces = new ArrayList<NamespaceJournal.StoredNamespace>();
        ((SqliteJournal) journal).eachNamespace(namespaces::add);
        assertThat(namespaces).isEmpty();
        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .satisfiesExactly(
                        first -> assertThat(first)
                                .contains("configuration g/a of namespace 'public': ")
                                .endsWith("in its history"),
                        second -> assertThat(second)
                                .contains("properties of service g@@s (0.7, {}) of namespace 'NULL' dropped"),
                        third -> assertThat(third).endsWith("namespace 'PUBLIC' (shown): it is the public one"));
        // Histories that became one go on as one.
        write(put("a", "next", ALICE));
        assertThat(journal.history("public", "g", "a", 0, 1).get(0).md5()).isEqualTo("m");
    }

    @Test
    void file_that_is_no_database_is_refused_in_one_line() throws IOException {
        journal.close();
        Files.writeString(directory.resolve("plimsoll.db"), "this is not a database, ".repeat(1_000));
        assertThatThrownBy(() -> open(directory, account))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("plimsoll.db")
                .hasMessageContaining("not a database")
                .hasMessageNotContaining("\n");
        Files.delete(directory.resolve("plimsoll.db"));
        journal = open(directory, account); // the refused opening holds nothing
    }

    @Test
    void damaged_page_is_told_as_such_and_other_requests_go_on() throws IOException {
        write(put("a", "x", ALICE));
        write(new PutService(service("s")));
        journal.close();
        try (var file = FileChannel.open(directory.resolve("plimsoll.db"), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[4096]), 4096); // the root of config_info
        }
        journal = open(directory, account);
        assertThatThrownBy(() -> heads()).isInstanceOf(Unavailable.class).hasMessageContaining("malformed");
        assertThatThrownBy(() -> write(put("b", "x", ALICE))).isInstanceOf(Unavailable.class);
        assertThat(services()).hasSize(1);
        write(new PutService(service("t")));
    }

    @Test
    void library_is_unpacked_once_under_the_data_directory() throws IOException {
        var folder = Path.of(System.getProperty("org.sqlite.lib.path"));
        assertThat(folder.getFileName()).hasToString("native");
        Path fresh = Files.createDirectories(directory.resolve("fresh"));
        Files.write(fresh.resolve("part"), new byte[3]);
        String name = SqliteDatabase.unpackLibrary(fresh);
        try (var files = Files.list(fresh)) {
            assertThat(files).containsExactly(fresh.resolve(name));
        }
        var unpacked = Files.getLastModifiedTime(fresh.resolve(name));
        assertThat(SqliteDatabase.unpackLibrary(fresh)).isEqualTo(name);
        assertThat(Files.getLastModifiedTime(fresh.resolve(name))).isEqualTo(unpacked);
        assertThat(Files.size(fresh.resolve(name))).isGreaterThan(100_000);
    }

    private int fillWithConfigs() {
        for (int i = 0; i < 1_000; i++) {
            byte[] content = new byte[20_000 + i];
            try {
                write(new PutConfig(head("c" + i, "m", content.length), content, ALICE));
            } catch (Unavailable full) {
                return i;
            }
        }
        throw new AssertionError("never full");
    }

    private void assertConfigs(int count) {
        assertThat(heads()).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(content("c" + i)).isEqualTo(new byte[20_000 + i]);
        }
    }

    private static StoredService service(String name) {
        return new StoredService("public", "g", name, false, 0, Map.of("k", "x".repeat(10_000)));
    }

    private void sql(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private Connection connect() throws SQLException {
        return JDBC.createConnection("jdbc:sqlite:" + directory.resolve("plimsoll.db"), new Properties());
    }
}
