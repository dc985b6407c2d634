package dev.plimsoll.store;

import dev.plimsoll.store.Write.Author;
import dev.plimsoll.store.Write.DeleteConfig;
import dev.plimsoll.store.Write.DeleteInstance;
import dev.plimsoll.store.Write.DeleteService;
import dev.plimsoll.store.Write.PutConfig;
import dev.plimsoll.store.Write.PutInstance;
import dev.plimsoll.store.Write.PutService;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The writing connection and its prepared statements. Used on the journal's thread only. */
final class SqliteWriter implements AutoCloseable {
    /** Rows and bytes of history one trimming transaction may drop, so that no publish waits long behind it. */
    private static final int TRIM_ROWS = 200;

    private static final long TRIM_BYTES = 8L * 1024 * 1024;

    private static final String CONFIG_KEY = " data_id = ? AND group_id = ? AND tenant_id = ?";
    private static final String CONFIG_COLUMNS = "data_id, group_id, tenant_id, md5, app_name, c_desc, c_use, effect,"
            + " type, c_schema, config_tags, encrypted_data_key, content";

    private final int historyRowsPerConfig;
    private final Connection connection;
    private final SqliteUsers users;
    private final SqliteServices services;
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final PreparedStatement rollback;
    private final PreparedStatement findConfig;
    private final PreparedStatement insertConfig;
    private final PreparedStatement updateConfig;
    private final PreparedStatement deleteConfig;
    private final PreparedStatement lastRevision;
    private final PreparedStatement enterHistory;
    private final PreparedStatement dropRevisions;
    private final PreparedStatement oldHistory;
    private final PreparedStatement dropHistory;
    private final PreparedStatement putService;
    private final PreparedStatement deleteService;
    private final PreparedStatement putInstance;
    private final PreparedStatement deleteInstance;

    /** Takes over {@code connection} and closes it, also when this fails. */
    SqliteWriter(Connection connection, int historyRowsPerConfig) throws SQLException {
        this.connection = connection;
        this.historyRowsPerConfig = historyRowsPerConfig;
        this.users = new SqliteUsers(connection);
        this.services = new SqliteServices(connection);
        try {
            begin = connection.prepareStatement("BEGIN IMMEDIATE");
            commit = connection.prepareStatement("COMMIT");
            rollback = connection.prepareStatement("ROLLBACK");
            findConfig = connection.prepareStatement("SELECT id FROM config_info WHERE" + CONFIG_KEY);
            insertConfig = connection.prepareStatement("""
                    INSERT INTO config_info (
                        md5, gmt_create, gmt_modified, src_user, src_ip, app_name, c_desc, c_use, effect, type,
                        c_schema, config_tags, encrypted_data_key, content, data_id, group_id, tenant_id)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""");
            updateConfig = connection.prepareStatement("""
                    UPDATE config_info SET
                        md5 = ?, gmt_create = ?, gmt_modified = ?, src_user = ?, src_ip = ?,
                        app_name = coalesce(?, app_name), c_desc = ?, c_use = ?, effect = ?, type = ?, c_schema = ?,
                        config_tags = coalesce(?, config_tags), encrypted_data_key = ?, content = ?
                    WHERE""" + CONFIG_KEY);
            deleteConfig = connection.prepareStatement("DELETE FROM config_info WHERE" + CONFIG_KEY);
            lastRevision = connection.prepareStatement("SELECT max(revision) FROM his_config_info WHERE" + CONFIG_KEY);
            enterHistory = connection.prepareStatement("INSERT INTO his_config_info"
                    + " (id, revision, op_type, gmt_create, gmt_modified, src_user, src_ip, " + CONFIG_COLUMNS + ")"
                    + " SELECT ?, ?, ?, ?, ?, ?, ?, " + CONFIG_COLUMNS + " FROM config_info WHERE" + CONFIG_KEY);
            dropRevisions = connection.prepareStatement(
                    "DELETE FROM his_config_info WHERE" + CONFIG_KEY + " AND revision <= ?");
            oldHistory = connection.prepareStatement("""
                    SELECT nid, length(content) FROM his_config_info
                    WHERE gmt_modified < ? ORDER BY gmt_modified LIMIT ?""");
            dropHistory = connection.prepareStatement("DELETE FROM his_config_info WHERE nid = ?");
            putService = connection.prepareStatement("""
                    INSERT OR REPLACE INTO naming_service (
                        namespace_id, group_name, service_name, ephemeral, protect_threshold, metadata)
                    VALUES (?, ?, ?, ?, ?, ?)""");
            deleteService = connection.prepareStatement("""
                    DELETE FROM naming_service WHERE namespace_id = ? AND group_name = ? AND service_name = ?""");
            putInstance = connection.prepareStatement("""
                    INSERT OR REPLACE INTO naming_instance (
                        namespace_id, group_name, service_name, ip, port, cluster_name,
                        instance_id, weight, healthy, enabled, metadata)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""");
            deleteInstance = connection.prepareStatement("""
                    DELETE FROM naming_instance
                    WHERE namespace_id = ? AND group_name = ? AND service_name = ?
                        AND ip = ? AND port = ?""");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    void begin() throws SQLException {
        begin.executeUpdate();
    }

    /** All since {@link #begin} is on disk when this returns. */
    void commit() throws SQLException {
        commit.executeUpdate();
    }

    /** Undoes what was done since {@link #begin}. Fails when SQLite has done so already, as it does on a full disk. */
    void rollback() throws SQLException {
        rollback.executeUpdate();
    }

    /** Makes one change, within the transaction begun. */
    void apply(Write write) throws SQLException {
        if (write instanceof PutConfig put) {
            put(put);
        } else if (write instanceof DeleteConfig delete) {
            delete(delete);
        } else if (write instanceof PutService put) {
            put(put.service());
        } else if (write instanceof DeleteService delete) {
            bind(deleteService, delete.namespace(), delete.group(), delete.name());
            deleteService.executeUpdate();
            services.deletePartsOf(delete);
        } else if (write instanceof PutInstance put) {
            put(put.instance());
        } else if (write instanceof DeleteInstance delete) {
            bind(deleteInstance, delete.namespace(), delete.group(), delete.service(), delete.ip(), delete.port());
            deleteInstance.executeUpdate();
        } else if (!users.apply(write) && !services.apply(write) && !SqliteCatalog.apply(connection, write)) {
            throw new IllegalArgumentException("no statement for " + write.getClass());
        }
    }

    /**
     * Drops history changed before {@code cutoffMillis}, in a transaction of its own, as much as one short transaction
     * can; true when more is left.
     */
    boolean trimHistory(long cutoffMillis) throws SQLException {
        List<Long> old = oldHistory(cutoffMillis);
        if (old.isEmpty()) {
            return false;
        }
        begin();
        for (long nid : old) {
            bind(dropHistory, nid);
            dropHistory.executeUpdate();
        }
        commit();
        return true;
    }

    /** Moves the whole write-ahead log into the database and empties it. Nobody may be reading. */
    void emptyLog() throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private void put(PutConfig put) throws SQLException {
        ConfigHead head = put.head();
        Author author = put.author();
        long id = configId(head.namespace(), head.group(), head.dataId());
        if (id != 0) {
            history('U', id, head.namespace(), head.group(), head.dataId(), head.modifiedMillis(), author);
        }
        boolean replaces = id != 0;
        PreparedStatement statement = replaces ? updateConfig : insertConfig;
        bind(
                statement,
                head.md5(),
                head.createdMillis(),
                head.modifiedMillis(),
                author.user(),
                author.ip(),
                replaces && put.keepsAppName() ? null : head.appName(),
                head.description(),
                head.use(),
                head.effect(),
                head.type(),
                head.schema(),
                replaces && put.keepsTags() ? null : head.tags(),
                head.encryptedDataKey(),
                put.content(),
                head.dataId(),
                head.group(),
                head.namespace());
        statement.executeUpdate();
        if (id == 0) {
            history('I', 0, head.namespace(), head.group(), head.dataId(), head.modifiedMillis(), author);
        }
    }

    private void delete(DeleteConfig delete) throws SQLException {
        long id = configId(delete.namespace(), delete.group(), delete.dataId());
        if (id != 0) {
            history('D', id, delete.namespace(), delete.group(), delete.dataId(), delete.atMillis(), delete.author());
            bind(deleteConfig, delete.dataId(), delete.group(), delete.namespace());
            deleteConfig.executeUpdate();
        }
    }

    /** Enters the configuration as it now stands, and drops the row that is one too many. */
    private void history(
            char operation, long id, String namespace, String group, String dataId, long atMillis, Author author)
            throws SQLException {
        long revision = 1 + number(lastRevision, dataId, group, namespace);
        bind(
                enterHistory,
                id,
                revision,
                String.valueOf(operation),
                atMillis,
                atMillis,
                author.user(),
                author.ip(),
                dataId,
                group,
                namespace);
        enterHistory.executeUpdate();
        if (revision > historyRowsPerConfig) {
            bind(dropRevisions, dataId, group, namespace, revision - historyRowsPerConfig);
            dropRevisions.executeUpdate();
        }
    }

    private void put(StoredService service) throws SQLException {
        bind(
                putService,
                service.namespace(),
                service.group(),
                service.name(),
                service.ephemeral() ? 1 : 0,
                service.protectThreshold(),
                Metadata.toJson(service.metadata()));
        putService.executeUpdate();
    }

    private void put(StoredInstance instance) throws SQLException {
        bind(
                putInstance,
                instance.namespace(),
                instance.group(),
                instance.service(),
                instance.ip(),
                instance.port(),
                instance.cluster(),
                instance.instanceId(),
                instance.weight(),
                instance.healthy() ? 1 : 0,
                instance.enabled() ? 1 : 0,
                Metadata.toJson(instance.metadata()));
        putInstance.executeUpdate();
    }

    /** 0 when there is none: SQLite counts from 1. */
    private long configId(String namespace, String group, String dataId) throws SQLException {
        return number(findConfig, dataId, group, namespace);
    }

    private List<Long> oldHistory(long cutoffMillis) throws SQLException {
        bind(oldHistory, cutoffMillis, TRIM_ROWS);
        var old = new ArrayList<Long>();
        long bytes = 0;
        try (var rows = oldHistory.executeQuery()) {
            while (bytes < TRIM_BYTES && rows.next()) {
                old.add(rows.getLong(1));
                bytes += rows.getLong(2);
            }
        }
        return old;
    }

    private static long number(PreparedStatement query, Object... values) throws SQLException {
        bind(query, values);
        try (var row = query.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
