package dev.plimsoll.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.store.UserJournal.StoredPermission;
import dev.plimsoll.store.UserJournal.StoredRole;
import dev.plimsoll.store.UserJournal.StoredUser;
import dev.plimsoll.vitals.MemoryBudget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteUsersTest {
    @TempDir
    Path dir;

    private SqliteJournal open() {
        return SqliteJournal.open(
                StoreSettings.in(dir), new MemoryBudget(1 << 22, 0).heap("journal", 1), InstantSource.system());
    }

    private static <T> List<T> all(Consumer<Consumer<T>> each) {
        var found = new ArrayList<T>();
        each.accept(found::add);
        return found;
    }

    private static void write(SqliteJournal journal, Write... writes) {
        for (Write write : writes) {
            journal.append(write).toCompletableFuture().join();
        }
    }

    @Test
    void users_roles_and_permissions_are_there_after_a_restart() {
        try (var journal = open()) {
            write(
                    journal,
                    new Write.PutUser("alice", "h1"),
                    new Write.PutUser("alice", "h2"),
                    new Write.PutUser("bob", "h3"),
                    new Write.PutRole("devs", "alice"),
                    new Write.PutRole("devs", "bob"),
                    new Write.PutRole("ops", "bob"),
                    new Write.PutPermission("devs", "dev:*:*", "rw"),
                    new Write.PutPermission("devs", "dev:*:*", "rw"),
                    new Write.PutPermission("ops", "*", "r"),
                    new Write.PutPermission("ops", "*", "w"),
                    new Write.DeletePermission("ops", "*", "w"));
        }
        try (var journal = open()) {
            assertThat(all(journal::eachUser))
                    .containsExactlyInAnyOrder(new StoredUser("alice", "h2"), new StoredUser("bob", "h3"));
            assertThat(all(journal::eachRole))
                    .containsExactlyInAnyOrder(
                            new StoredRole("devs", "alice"),
                            new StoredRole("devs", "bob"),
                            new StoredRole("ops", "bob"));
            assertThat(all(journal::eachPermission))
                    .containsExactlyInAnyOrder(
                            new StoredPermission("devs", "dev:*:*", "rw"), new StoredPermission("ops", "*", "r"));
        }
    }

    @Test
    void a_user_s_roles_go_with_the_user_and_a_role_s_permissions_with_the_role() {
        try (var journal = open()) {
            write(
                    journal,
                    new Write.PutUser("alice", "h"),
                    new Write.PutRole("devs", "alice"),
                    new Write.PutPermission("devs", "dev:*:*", "r"),
                    new Write.DeleteUser("alice"));
            assertThat(all(journal::eachRole)).isEmpty();
            assertThat(all(journal::eachPermission)).hasSize(1);
            write(journal, new Write.DeleteRole("devs", ""));
            assertThat(all(journal::eachPermission)).isEmpty();
        }
    }

    @Test
    void nobody_but_the_owner_reads_the_database_and_its_log() throws Exception {
        try (var journal = open()) {
            write(journal, new Write.PutUser("alice", "h"));
            for (String name : List.of("plimsoll.db", "plimsoll.db-wal")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(name))))
                        .isEqualTo("rw-------");
            }
        }
    }
}
