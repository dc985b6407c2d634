package dev.plimsoll.store;

import static dev.plimsoll.store.SqliteWriter.CONFIG_KEY;

import dev.plimsoll.refusal.Unavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A fixed number of reading connections for any thread: a read waits for a free one, and sees the last commit. */
final class SqliteReaders implements AutoCloseable {
    static final String HEAD_COLUMNS = "tenant_id, group_id, data_id, md5, length(content), type, app_name,"
            + " c_desc, config_tags, c_use, effect, c_schema, encrypted_data_key, gmt_create, gmt_modified";

    private static final String GRAY_COLUMNS = " id, gray_name, gray_rule, tenant_id, group_id, data_id, md5,"
            + " length(content), type, app_name, encrypted_data_key, gmt_create, gmt_modified";

    private static final String HISTORY_COLUMNS = " nid, id AS config_id, tenant_id, group_id, data_id, op_type,"
            + " gray_name, md5, length(content), type, app_name, src_user, src_ip, gmt_modified";

    private static final String HISTORY = "SELECT" + HISTORY_COLUMNS + " FROM his_config_info WHERE";

    private final SqliteDatabase database;
    private final int count;
    private final Semaphore permits;
    private final ConcurrentLinkedQueue<Reader> idle = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    SqliteReaders(SqliteDatabase database, int count) {
        this.database = database;
        this.count = count;
        this.permits = new Semaphore(count, true); // fair: else busy readers never let the journal have them all
    }

    Optional<StoredConfig> config(String namespace, String group, String dataId) {
        return read(reader -> {
            PreparedStatement query = reader.config;
            query.setString(1, dataId);
            query.setString(2, group);
            query.setString(3, namespace);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(new StoredConfig(head(row), row.getBytes(16))) : Optional.empty();
            }
        });
    }

    Optional<StoredGray> gray(String namespace, String group, String dataId, String grayName) {
        return first(
                "SELECT" + GRAY_COLUMNS + ", src_user, src_ip, content FROM config_info_gray WHERE" + CONFIG_KEY
                        + " AND gray_name = ?",
                row -> new StoredGray(
                        gray(row), new Write.Author(row.getString(14), row.getString(15)), row.getBytes(16)),
                dataId,
                group,
                namespace,
                grayName);
    }

    List<HistoryEntry> history(String namespace, String group, String dataId, int offset, int limit) {
        var entries = new ArrayList<HistoryEntry>();
        each(
                HISTORY + CONFIG_KEY + " ORDER BY revision DESC LIMIT ? OFFSET ?",
                row -> entries.add(historyEntry(row)),
                dataId,
                group,
                namespace,
                limit,
                offset);
        return entries;
    }

    int historyLength(String namespace, String group, String dataId) {
        return first(
                        "SELECT count(*) FROM his_config_info WHERE" + CONFIG_KEY,
                        row -> row.getInt(1),
                        dataId,
                        group,
                        namespace)
                .orElseThrow();
    }

    Optional<HistoryEntry> historyEntry(long id) {
        return first(HISTORY + " nid = ?", SqliteReaders::historyEntry, id);
    }

    Optional<HistoryEntry> lastReplaced(String namespace, String group, String dataId, long configId) {
        return first(
                HISTORY + CONFIG_KEY
                        + " AND id = ? AND op_type <> 'I' AND publish_type = 'formal' ORDER BY revision DESC",
                SqliteReaders::historyEntry,
                dataId,
                group,
                namespace,
                configId);
    }

    Optional<PastConfig> past(long historyId) {
        return first(
                "SELECT " + HEAD_COLUMNS + "," + HISTORY_COLUMNS + ", content FROM his_config_info WHERE nid = ?",
                row -> new PastConfig(historyEntry(row), head(row), row.getBytes("content")),
                historyId);
    }

    void eachConfig(Consumer<ConfigHead> visitor) {
        each("SELECT " + HEAD_COLUMNS + " FROM config_info", row -> visitor.accept(head(row)));
    }

    void eachGray(Consumer<GrayHead> visitor) {
        each("SELECT" + GRAY_COLUMNS + " FROM config_info_gray", row -> visitor.accept(gray(row)));
    }

    void eachService(Consumer<StoredService> visitor) {
        each("""
                SELECT namespace_id, group_name, service_name, ephemeral, protect_threshold, metadata
                FROM naming_service""", row -> visitor.accept(service(row)));
    }

    void eachInstance(Consumer<StoredInstance> visitor) {
        each("""
                SELECT namespace_id, group_name, service_name, ip, port, cluster_name, instance_id, weight, healthy,
                    enabled, metadata
                FROM naming_instance""", row -> visitor.accept(instance(row)));
    }

    void eachCluster(Consumer<StoredCluster> visitor) {
        each("""
                SELECT namespace_id, group_name, service_name, cluster_name, health_checker, check_port,
                    use_instance_port, metadata
                FROM naming_cluster""", row -> visitor.accept(cluster(row)));
    }

    void eachOverlay(Consumer<StoredOverlay> visitor) {
        each("""
                SELECT namespace_id, group_name, service_name, ip, port, cluster_name, weight, enabled, metadata,
                    gmt_modified, src_user, src_ip
                FROM naming_instance_metadata""", row -> visitor.accept(overlay(row)));
    }

    void eachSwitch(BiConsumer<String, String> visitor) {
        each("SELECT entry, value FROM naming_switch", row -> visitor.accept(row.getString(1), row.getString(2)));
    }

    void eachUser(Consumer<UserJournal.StoredUser> visitor) {
        each(
                "SELECT username, password FROM users",
                row -> visitor.accept(new UserJournal.StoredUser(row.getString(1), row.getString(2))));
    }

    void eachRole(Consumer<UserJournal.StoredRole> visitor) {
        each(
                "SELECT role, username FROM roles",
                row -> visitor.accept(new UserJournal.StoredRole(row.getString(1), row.getString(2))));
    }

    void eachPermission(Consumer<UserJournal.StoredPermission> visitor) {
        each(
                "SELECT role, resource, action FROM permissions",
                row -> visitor.accept(
                        new UserJournal.StoredPermission(row.getString(1), row.getString(2), row.getString(3))));
    }

    /** The result of a query that is asked seldom, on a connection lent for as long as it takes. */
    <T> T ask(Question<T> question) {
        return read(reader -> question.on(reader.connection));
    }

    /** Runs {@code task} while nobody reads. False, and not run, when the readers stay busy for {@code millis}. */
    boolean whileNobodyReads(long millis, SqlTask task) throws SQLException {
        try {
            if (!permits.tryAcquire(count, millis, TimeUnit.MILLISECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            task.run();
            return true;
        } finally {
            permits.release(count);
        }
    }

    /** A read under way ends first, and closes its own connection. */
    @Override
    public void close() {
        closed = true;
        closeIdle();
    }

    interface SqlTask {
        void run() throws SQLException;
    }

    interface Question<T> {
        T on(Connection connection) throws SQLException;
    }

    private interface Query<T> {
        T on(Reader reader) throws SQLException;
    }

    private interface RowVisitor {
        void visit(ResultSet row) throws SQLException;
    }

    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private void each(String sql, RowVisitor visitor, Object... values) {
        read(reader -> {
            try (PreparedStatement query = reader.connection.prepareStatement(sql)) {
                SqliteWriter.bind(query, values);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        visitor.visit(row);
                    }
                }
                return true;
            }
        });
    }

    private <T> Optional<T> first(String sql, RowReader<T> one, Object... values) {
        var found = new ArrayList<T>(1);
        each(sql + " LIMIT 1", row -> found.add(one.read(row)), values);
        return found.stream().findFirst();
    }

    private <T> T read(Query<T> query) {
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("store: interrupted while waiting for a reader");
        }
        Reader reader = null;
        boolean sound = false;
        try {
            reader = lend();
            T result = query.on(reader);
            sound = true;
            return result;
        } catch (SQLException e) {
            throw database.unavailable("read", e);
        } finally {
            giveBack(reader, sound);
            permits.release();
        }
    }

    private Reader lend() throws SQLException {
        if (closed) {
            throw new Unavailable("store: closed");
        }
        Reader reader = idle.poll();
        return reader != null ? reader : new Reader(database.openReader());
    }

    /** A connection that met an error is not used again. */
    private void giveBack(@Nullable Reader reader, boolean sound) {
        if (reader == null) {
            return;
        }
        if (sound) {
            idle.add(reader);
        } else {
            reader.close();
        }
        if (closed) {
            closeIdle();
        }
    }

    private void closeIdle() {
        for (Reader reader = idle.poll(); reader != null; reader = idle.poll()) {
            reader.close();
        }
    }

    private static ConfigHead head(ResultSet row) throws SQLException {
        return head(row, 0);
    }

    /** @param before columns that come before those of a head */
    static ConfigHead head(ResultSet row, int before) throws SQLException {
        return new ConfigHead(
                row.getString(before + 1),
                row.getString(before + 2),
                row.getString(before + 3),
                row.getString(before + 4),
                row.getInt(before + 5),
                row.getString(before + 6),
                row.getString(before + 7),
                row.getString(before + 8),
                row.getString(before + 9),
                row.getString(before + 10),
                row.getString(before + 11),
                row.getString(before + 12),
                row.getString(before + 13),
                row.getLong(before + 14),
                row.getLong(before + 15));
    }

    private static GrayHead gray(ResultSet row) throws SQLException {
        var config = new ConfigHead(
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getInt(8),
                row.getString(9),
                row.getString(10),
                "",
                "",
                "",
                "",
                "",
                row.getString(11),
                row.getLong(12),
                row.getLong(13));
        return new GrayHead(row.getLong(1), row.getString(2), StoredRule.fromJson(row.getString(3)), config);
    }

    private static HistoryEntry historyEntry(ResultSet row) throws SQLException {
        return new HistoryEntry(
                row.getLong("nid"),
                row.getLong("config_id"),
                row.getString("tenant_id"),
                row.getString("group_id"),
                row.getString("data_id"),
                row.getString("op_type").charAt(0),
                row.getString("gray_name"),
                row.getString("md5"),
                row.getInt("length(content)"),
                row.getString("type"),
                row.getString("app_name"),
                row.getString("src_user"),
                row.getString("src_ip"),
                row.getLong("gmt_modified"));
    }

    private static StoredService service(ResultSet row) throws SQLException {
        return new StoredService(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getBoolean(4),
                row.getDouble(5),
                Metadata.fromJson(row.getString(6)));
    }

    private static StoredInstance instance(ResultSet row) throws SQLException {
        return new StoredInstance(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getInt(5),
                row.getString(6),
                row.getString(7),
                row.getDouble(8),
                row.getBoolean(9),
                row.getBoolean(10),
                Metadata.fromJson(row.getString(11)));
    }

    private static StoredCluster cluster(ResultSet row) throws SQLException {
        return new StoredCluster(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                Metadata.fromJson(row.getString(5)),
                row.getInt(6),
                row.getBoolean(7),
                Metadata.fromJson(row.getString(8)));
    }

    private static StoredOverlay overlay(ResultSet row) throws SQLException {
        double weight = row.getDouble(7);
        boolean noWeight = row.wasNull();
        boolean enabled = row.getBoolean(8);
        boolean noEnabled = row.wasNull();
        long atMillis = row.getLong(10);
        boolean laidBefore = row.wasNull();
        return new StoredOverlay(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getInt(5),
                row.getString(6),
                noWeight ? null : weight,
                noEnabled ? null : enabled,
                Metadata.fromJson(row.getString(9)),
                laidBefore
                        ? null
                        : new StoredOverlay.Laying(new Write.Author(row.getString(11), row.getString(12)), atMillis));
    }

    /** One connection with the one statement that is asked often. */
    private static final class Reader {
        private final Connection connection;
        private final PreparedStatement config;

        Reader(Connection connection) throws SQLException {
            this.connection = connection;
            try {
                this.config = connection.prepareStatement(
                        "SELECT " + HEAD_COLUMNS + ", content FROM config_info WHERE" + CONFIG_KEY);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        }

        void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                // Only read from; what ails the file is told by whoever uses it next.
            }
        }
    }
}
