package dev.plimsoll.store;

import static dev.plimsoll.store.SqliteWriter.CONFIG_KEY;
import static dev.plimsoll.store.SqliteWriter.bind;
import static dev.plimsoll.store.SqliteWriter.number;

import dev.plimsoll.store.Write.Author;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Enters past states of configurations and their gray versions, and drops the oldest. On the journal's thread. */
final class SqliteHistory {
    /** Rows and bytes one trimming transaction may drop, so that no publish waits long behind it. */
    private static final int TRIM_ROWS = 200;

    private static final long TRIM_BYTES = 8L * 1024 * 1024;

    private static final String CHANGE = "INSERT INTO his_config_info"
            + " (id, revision, op_type, gmt_create, gmt_modified, src_user, src_ip, publish_type, gray_name, data_id,"
            + " group_id, tenant_id, md5, app_name, c_desc, c_use, effect, type, c_schema, config_tags,"
            + " encrypted_data_key, content) SELECT ?, ?, ?, ?, ?, ?, ?,";

    private final int rowsPerConfig;
    private final PreparedStatement lastRevision;
    private final PreparedStatement enterFormal;
    private final PreparedStatement enterGray;
    private final PreparedStatement dropRevisions;
    private final PreparedStatement old;
    private final PreparedStatement drop;

    SqliteHistory(Connection connection, int rowsPerConfig) throws SQLException {
        this.rowsPerConfig = rowsPerConfig;
        lastRevision = connection.prepareStatement("SELECT max(revision) FROM his_config_info WHERE" + CONFIG_KEY);
        enterFormal = connection.prepareStatement(CHANGE
                + " 'formal', '', data_id, group_id, tenant_id, md5, app_name, c_desc, c_use, effect, type, c_schema,"
                + " config_tags, encrypted_data_key, content FROM config_info WHERE" + CONFIG_KEY + " AND ? = ''");
        enterGray = connection.prepareStatement(CHANGE
                + " 'gray', gray_name, data_id, group_id, tenant_id, md5, app_name, '', '', '', type, '', '',"
                + " encrypted_data_key, content FROM config_info_gray WHERE" + CONFIG_KEY + " AND gray_name = ?");
        dropRevisions =
                connection.prepareStatement("DELETE FROM his_config_info WHERE" + CONFIG_KEY + " AND revision <= ?");
        old = connection.prepareStatement("""
                SELECT nid, length(content) FROM his_config_info
                WHERE gmt_modified < ? ORDER BY gmt_modified LIMIT ?""");
        drop = connection.prepareStatement("DELETE FROM his_config_info WHERE nid = ?");
    }

    /**
     * Enters a version as it now stands, and drops the row of the configuration that is one too many.
     *
     * @param id of the version's own row, 0 for one that was just inserted
     * @param grayName empty for the formal version
     */
    void enter(
            char operation,
            long id,
            String namespace,
            String group,
            String dataId,
            String grayName,
            long atMillis,
            Author author)
            throws SQLException {
        long revision = 1 + number(lastRevision, dataId, group, namespace);
        PreparedStatement enter = grayName.isEmpty() ? enterFormal : enterGray;
        bind(
                enter,
                id,
                revision,
                String.valueOf(operation),
                atMillis,
                atMillis,
                author.user(),
                author.ip(),
                dataId,
                group,
                namespace,
                grayName);
        enter.executeUpdate();
        if (revision > rowsPerConfig) {
            bind(dropRevisions, dataId, group, namespace, revision - rowsPerConfig);
            dropRevisions.executeUpdate();
        }
    }

    /** Ids of what was changed before {@code cutoffMillis}, as much as one short transaction can drop. */
    List<Long> olderThan(long cutoffMillis) throws SQLException {
        bind(old, cutoffMillis, TRIM_ROWS);
        var ids = new ArrayList<Long>();
        long bytes = 0;
        try (var rows = old.executeQuery()) {
            while (bytes < TRIM_BYTES && rows.next()) {
                ids.add(rows.getLong(1));
                bytes += rows.getLong(2);
            }
        }
        return ids;
    }

    void drop(List<Long> ids) throws SQLException {
        for (long id : ids) {
            bind(drop, id);
            drop.executeUpdate();
        }
    }
}
