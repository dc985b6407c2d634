package dev.plimsoll.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.store.ConfigRows.KeyVisitor;
import dev.plimsoll.store.NamespaceJournal.StoredNamespace;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.store.Write.DeleteNamespace;
import dev.plimsoll.store.Write.PutNamespace;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What consoles ask of the database: namespaces, and configurations by the page. Statements are rare and not kept. */
final class SqliteCatalog {
    private static final String AUTHOR_COLUMNS = "id, src_user, src_ip, ";

    /** SQLite takes 32,766 values; a page has fewer. */
    private static final int IDS_AT_A_TIME = 1_000;

    private SqliteCatalog() {}

    /** Makes a change; false when it is not about namespaces. On the journal's thread. */
    static boolean apply(Connection connection, Write write) throws SQLException {
        if (write instanceof PutNamespace put) {
            StoredNamespace namespace = put.namespace();
            execute(
                    connection,
                    "INSERT OR REPLACE INTO tenant_info (tenant_id, tenant_name, tenant_desc, gmt_create, gmt_modified)"
                            + " VALUES (?, ?, ?, ?, ?)",
                    namespace.id(),
                    namespace.name(),
                    namespace.description(),
                    namespace.createdMillis(),
                    namespace.modifiedMillis());
        } else if (write instanceof DeleteNamespace delete) {
            execute(connection, "DELETE FROM tenant_info WHERE tenant_id = ?", delete.id());
        } else {
            return false;
        }
        return true;
    }

    static List<StoredNamespace> namespaces(Connection connection) throws SQLException {
        var namespaces = new ArrayList<StoredNamespace>();
        try (var query = connection.prepareStatement("""
                    SELECT tenant_id, tenant_name, tenant_desc, gmt_create, gmt_modified
                    FROM tenant_info ORDER BY gmt_create, tenant_id""");
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                namespaces.add(new StoredNamespace(
                        row.getString(1), row.getString(2), row.getString(3), row.getLong(4), row.getLong(5)));
            }
        }
        return namespaces;
    }

    /** The condition is put together of fixed pieces; all that is asked for is bound. */
    static void eachKey(Connection connection, ConfigFilter filter, KeyVisitor visitor) throws SQLException {
        var where = new StringBuilder("tenant_id = ?");
        var values = new ArrayList<Object>();
        values.add(filter.namespace());
        equal(where, values, "data_id", filter.dataId());
        equal(where, values, "group_id", filter.group());
        equal(where, values, "app_name", filter.appName());
        any(where, values, "instr(',' || config_tags || ',', ',' || ? || ',') > 0", filter.tags());
        any(where, values, "type = ?", filter.types());
        for (String part : filter.contentParts()) {
            where.append(" AND instr(content, ?) > 0");
            values.add(part.getBytes(UTF_8)); // of two blobs: bytes are compared with bytes
        }
        try (var query = connection.prepareStatement(
                "SELECT id, tenant_id, group_id, data_id FROM config_info WHERE " + where + " ORDER BY id")) {
            bind(query, values);
            try (ResultSet row = query.executeQuery()) {
                boolean more = true;
                while (more && row.next()) {
                    more = visitor.visit(row.getLong(1), row.getString(2), row.getString(3), row.getString(4));
                }
            }
        }
    }

    static List<ConfigRow> rows(Connection connection, List<Long> ids) throws SQLException {
        var rows = new ArrayList<ConfigRow>(ids.size());
        for (int i = 0; i < ids.size(); i += IDS_AT_A_TIME) {
            List<Long> some = ids.subList(i, Math.min(ids.size(), i + IDS_AT_A_TIME));
            String marks = String.join(", ", Collections.nCopies(some.size(), "?"));
            String columns = SqliteReaders.HEAD_COLUMNS.replace(" c_schema,", " '' AS c_schema,");
            try (var query = connection.prepareStatement("SELECT " + AUTHOR_COLUMNS + columns
                    + " FROM config_info WHERE id IN (" + marks + ") ORDER BY id")) {
                bind(query, some);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        rows.add(row(row));
                    }
                }
            }
        }
        return rows;
    }

    static Optional<ConfigRow> row(Connection connection, String namespace, String group, String dataId)
            throws SQLException {
        try (var query = connection.prepareStatement("SELECT " + AUTHOR_COLUMNS + SqliteReaders.HEAD_COLUMNS
                + " FROM config_info WHERE data_id = ? AND group_id = ? AND tenant_id = ?")) {
            bind(query, List.of(dataId, group, namespace));
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(row(row)) : Optional.empty();
            }
        }
    }

    private static ConfigRow row(ResultSet row) throws SQLException {
        return new ConfigRow(
                row.getLong(1), SqliteReaders.head(row, 3), new Author(row.getString(2), row.getString(3)));
    }

    private static void equal(StringBuilder where, List<Object> values, String column, String value) {
        if (!value.isEmpty()) {
            where.append(" AND ").append(column).append(" = ?");
            values.add(value);
        }
    }

    private static void any(StringBuilder where, List<Object> values, String condition, List<String> alternatives) {
        if (!alternatives.isEmpty()) {
            where.append(" AND (")
                    .append(String.join(" OR ", Collections.nCopies(alternatives.size(), condition)))
                    .append(')');
            values.addAll(alternatives);
        }
    }

    private static void bind(PreparedStatement statement, List<?> values) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            statement.setObject(i + 1, values.get(i));
        }
    }

    private static void execute(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            bind(statement, List.of(values));
            statement.executeUpdate();
        }
    }
}
