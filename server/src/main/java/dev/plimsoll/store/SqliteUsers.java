package dev.plimsoll.store;

import dev.plimsoll.store.Write.DeletePermission;
import dev.plimsoll.store.Write.DeleteRole;
import dev.plimsoll.store.Write.DeleteUser;
import dev.plimsoll.store.Write.PutPermission;
import dev.plimsoll.store.Write.PutRole;
import dev.plimsoll.store.Write.PutUser;
import java.sql.Connection;
import java.sql.SQLException;

/** The writes about users. They are rare, so their statements are not kept. On the journal's thread. */
final class SqliteUsers {
    private final Connection connection;

    SqliteUsers(Connection connection) {
        this.connection = connection;
    }

    /** Makes the change; false when it is not about users. */
    boolean apply(Write write) throws SQLException {
        if (write instanceof PutUser put) {
            execute("INSERT OR REPLACE INTO users (username, password) VALUES (?, ?)", put.name(), put.passwordHash());
        } else if (write instanceof DeleteUser delete) {
            execute("DELETE FROM users WHERE username = ?", delete.name());
            execute("DELETE FROM roles WHERE username = ?", delete.name());
        } else if (write instanceof PutRole put) {
            execute("INSERT OR REPLACE INTO roles (role, username) VALUES (?, ?)", put.role(), put.user());
        } else if (write instanceof DeleteRole delete) {
            if (delete.user().isEmpty()) {
                execute("DELETE FROM roles WHERE role = ?", delete.role());
                execute("DELETE FROM permissions WHERE role = ?", delete.role());
            } else {
                execute("DELETE FROM roles WHERE role = ? AND username = ?", delete.role(), delete.user());
            }
        } else if (write instanceof PutPermission put) {
            execute(
                    "INSERT OR REPLACE INTO permissions (role, resource, action) VALUES (?, ?, ?)",
                    put.role(),
                    put.resource(),
                    put.action());
        } else if (write instanceof DeletePermission delete) {
            execute(
                    "DELETE FROM permissions WHERE role = ? AND resource = ? AND action = ?",
                    delete.role(),
                    delete.resource(),
                    delete.action());
        } else {
            return false;
        }
        return true;
    }

    private void execute(String sql, String... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
