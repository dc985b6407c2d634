package dev.plimsoll.store;

import static dev.plimsoll.store.SqliteWriter.CONFIG_KEY;
import static dev.plimsoll.store.SqliteWriter.bind;
import static dev.plimsoll.store.SqliteWriter.number;

import dev.plimsoll.store.Write.Author;
import dev.plimsoll.store.Write.DeleteGray;
import dev.plimsoll.store.Write.PutGray;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The writes about gray versions. On the journal's thread. */
final class SqliteGrays {
    private static final String GRAY_KEY = CONFIG_KEY + " AND gray_name = ?";

    private final SqliteHistory history;
    private final PreparedStatement find;
    private final PreparedStatement insert;
    private final PreparedStatement update;
    private final PreparedStatement delete;

    SqliteGrays(Connection connection, SqliteHistory history) throws SQLException {
        this.history = history;
        find = connection.prepareStatement("SELECT id FROM config_info_gray WHERE" + GRAY_KEY);
        insert = connection.prepareStatement("""
                INSERT INTO config_info_gray (
                    gray_rule, md5, gmt_create, gmt_modified, src_user, src_ip, app_name, type, encrypted_data_key,
                    content, data_id, group_id, tenant_id, gray_name)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""");
        update = connection.prepareStatement("""
                UPDATE config_info_gray SET
                    gray_rule = ?, md5 = ?, gmt_create = ?, gmt_modified = ?, src_user = ?, src_ip = ?, app_name = ?,
                    type = ?, encrypted_data_key = ?, content = ?
                WHERE""" + GRAY_KEY);
        delete = connection.prepareStatement("DELETE FROM config_info_gray WHERE" + GRAY_KEY);
    }

    /** Makes the change; false when it is not about gray versions. */
    boolean apply(Write write) throws SQLException {
        if (write instanceof PutGray put) {
            put(put);
        } else if (write instanceof DeleteGray delete) {
            delete(delete);
        } else {
            return false;
        }
        return true;
    }

    private void put(PutGray put) throws SQLException {
        GrayHead gray = put.head();
        ConfigHead config = gray.config();
        Author author = put.author();
        long id = number(find, config.dataId(), config.group(), config.namespace(), gray.name());
        if (id != 0) {
            enter('U', id, put);
        }
        PreparedStatement statement = id == 0 ? insert : update;
        bind(
                statement,
                gray.rule().toJson(),
                config.md5(),
                config.createdMillis(),
                config.modifiedMillis(),
                author.user(),
                author.ip(),
                config.appName(),
                config.type(),
                config.encryptedDataKey(),
                put.content(),
                config.dataId(),
                config.group(),
                config.namespace(),
                gray.name());
        statement.executeUpdate();
        if (id == 0) {
            enter('I', 0, put);
        }
    }

    private void enter(char operation, long id, PutGray put) throws SQLException {
        ConfigHead config = put.head().config();
        history.enter(
                operation,
                id,
                config.namespace(),
                config.group(),
                config.dataId(),
                put.head().name(),
                config.modifiedMillis(),
                put.author());
    }

    private void delete(DeleteGray gone) throws SQLException {
        long id = number(find, gone.dataId(), gone.group(), gone.namespace(), gone.grayName());
        if (id != 0) {
            history.enter(
                    'D',
                    id,
                    gone.namespace(),
                    gone.group(),
                    gone.dataId(),
                    gone.grayName(),
                    gone.atMillis(),
                    gone.author());
            bind(delete, gone.dataId(), gone.group(), gone.namespace(), gone.grayName());
            delete.executeUpdate();
        }
    }
}
