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
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The writing connection and its prepared statements. Used on the journal's thread only. */
final class SqliteWriter implements AutoCloseable {
    static final String CONFIG_KEY = " data_id = ? AND group_id = ? AND tenant_id = ?";

    private final Connection connection;
    private final SqliteHistory history;
    private final SqliteGrays grays;
    private final SqliteUsers users;
    private final SqliteServices services;
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final PreparedStatement rollback;
    private final PreparedStatement findConfig;
    private final PreparedStatement insertConfig;
    private final PreparedStatement updateConfig;
    private final PreparedStatement deleteConfig;
    private final PreparedStatement putService;
    private final PreparedStatement deleteService;
    private final PreparedStatement putInstance;
    private final PreparedStatement deleteInstance;

    /** Takes over {@code connection} and closes it, also when this fails. */
    SqliteWriter(Connection connection, int historyRowsPerConfig) throws SQLException {
        this.connection = connection;
        this.users = new SqliteUsers(connection);
        this.services = new SqliteServices(connection);
        try {
            history = new SqliteHistory(connection, historyRowsPerConfig);
            grays = new SqliteGrays(connection, history);
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
        } else if (!grays.apply(write)
                && !users.apply(write)
                && !services.apply(write)
                && !SqliteCatalog.apply(connection, write)) {
            throw new IllegalArgumentException("no statement for " + write.getClass());
        }
    }

    /**
     * Drops history changed before {@code cutoffMillis}, in a transaction of its own, as much as one short transaction
     * can; true when more is left.
     */
    boolean trimHistory(long cutoffMillis) throws SQLException {
        List<Long> old = history.olderThan(cutoffMillis);
        if (old.isEmpty()) {
            return false;
        }
        begin();
        history.drop(old);
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
            history.enter('U', id, head.namespace(), head.group(), head.dataId(), "", head.modifiedMillis(), author);
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
            history.enter('I', 0, head.namespace(), head.group(), head.dataId(), "", head.modifiedMillis(), author);
        }
    }

    private void delete(DeleteConfig delete) throws SQLException {
        long id = configId(delete.namespace(), delete.group(), delete.dataId());
        if (id != 0) {
            history.enter(
                    'D',
                    id,
                    delete.namespace(),
                    delete.group(),
                    delete.dataId(),
                    "",
                    delete.atMillis(),
                    delete.author());
            bind(deleteConfig, delete.dataId(), delete.group(), delete.namespace());
            deleteConfig.executeUpdate();
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

    /** The first column of the first row; 0 when there is none. */
    static long number(PreparedStatement query, Object... values) throws SQLException {
        bind(query, values);
        try (var row = query.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
