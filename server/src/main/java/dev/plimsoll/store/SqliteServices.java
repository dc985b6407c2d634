package dev.plimsoll.store;

import dev.plimsoll.store.Write.DeleteService;
import dev.plimsoll.store.Write.PutCluster;
import dev.plimsoll.store.Write.PutOverlays;
import dev.plimsoll.store.Write.PutSwitch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The writes about what operators set. They are rare, so their statements are not kept. On the journal's thread. */
final class SqliteServices {
    private static final String SERVICE = " namespace_id = ? AND group_name = ? AND service_name = ?";

    private final Connection connection;

    SqliteServices(Connection connection) {
        this.connection = connection;
    }

    /** Makes the change; false when it is about something else. */
    boolean apply(Write write) throws SQLException {
        if (write instanceof PutCluster put) {
            put(put.cluster(), put.ephemeral());
        } else if (write instanceof PutOverlays put) {
            put(put.overlays());
        } else if (write instanceof PutSwitch put) {
            execute("INSERT OR REPLACE INTO naming_switch (entry, value) VALUES (?, ?)", put.entry(), put.value());
        } else {
            return false;
        }
        return true;
    }

    /** What was set for the parts of a service goes with it. */
    void deletePartsOf(DeleteService service) throws SQLException {
        for (String table : new String[] {"naming_cluster", "naming_instance_metadata"}) {
            execute("DELETE FROM " + table + " WHERE" + SERVICE, service.namespace(), service.group(), service.name());
        }
    }

    private void put(StoredCluster cluster, boolean ephemeral) throws SQLException {
        execute("""
                INSERT OR IGNORE INTO naming_service (
                    namespace_id, group_name, service_name, ephemeral, protect_threshold, metadata)
                VALUES (?, ?, ?, ?, 0, '{}')""", cluster.namespace(), cluster.group(), cluster.service(), ephemeral ? 1 : 0);
        execute(
                """
                INSERT OR REPLACE INTO naming_cluster (
                    namespace_id, group_name, service_name, cluster_name,
                    health_checker, check_port, use_instance_port, metadata)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                cluster.namespace(),
                cluster.group(),
                cluster.service(),
                cluster.cluster(),
                Metadata.toJson(cluster.checker()),
                cluster.checkPort(),
                cluster.useInstancePort() ? 1 : 0,
                Metadata.toJson(cluster.metadata()));
    }

    private void put(List<StoredOverlay> overlays) throws SQLException {
        try (var put = connection.prepareStatement("""
                        INSERT OR REPLACE INTO naming_instance_metadata (
                            namespace_id, group_name, service_name, ip, port, cluster_name, weight, enabled, metadata,
                            gmt_modified, src_user, src_ip)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""");
                var delete = connection.prepareStatement("DELETE FROM naming_instance_metadata WHERE" + SERVICE
                        + " AND ip = ? AND port = ? AND cluster_name = ?")) {
            for (StoredOverlay overlay : overlays) {
                if (overlay.saysNothing()) {
                    execute(
                            delete,
                            overlay.namespace(),
                            overlay.group(),
                            overlay.service(),
                            overlay.ip(),
                            overlay.port(),
                            overlay.cluster());
                    continue;
                }
                Boolean enabled = overlay.enabled();
                StoredOverlay.Laying laying = overlay.laying();
                execute(
                        put,
                        overlay.namespace(),
                        overlay.group(),
                        overlay.service(),
                        overlay.ip(),
                        overlay.port(),
                        overlay.cluster(),
                        overlay.weight(),
                        enabled == null ? null : enabled ? 1 : 0,
                        Metadata.toJson(overlay.metadata()),
                        laying == null ? null : laying.atMillis(),
                        laying == null ? null : laying.by().user(),
                        laying == null ? null : laying.by().ip());
            }
        }
    }

    private void execute(String sql, @Nullable Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            execute(statement, values);
        }
    }

    private static void execute(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        statement.executeUpdate();
    }
}
