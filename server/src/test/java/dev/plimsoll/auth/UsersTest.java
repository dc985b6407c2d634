package dev.plimsoll.auth;

import static dev.plimsoll.auth.AuthFixture.ALICE;
import static dev.plimsoll.auth.AuthFixture.WONDER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.UserJournal.StoredPermission;
import dev.plimsoll.store.UserJournal.StoredRole;
import dev.plimsoll.store.UserJournal.StoredUser;
import dev.plimsoll.store.Write;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class UsersTest {
    /** Of the password {@code nacos}, as the reference's schema has it. */
    private static final String NACOS = "$2a$10$EuWPZHzz32dJN7jexM34MOeYirDdFAZm2kuWj7VEOJhhZkDrxfvUu";

    private final AuthFixture fixture = new AuthFixture();
    private final Users users = fixture.users;

    private void may(String user, Action action, Resource resource, boolean expected) {
        boolean permitted = true;
        try {
            fixture.access.check(new Identity(user), action, resource);
        } catch (Forbidden e) {
            permitted = false;
        }
        assertThat(permitted).isEqualTo(expected);
    }

    @Test
    void a_user_may_what_roles_permit_and_no_longer_when_they_do_not() {
        fixture.with(ALICE, WONDER);
        Resource app = Resource.config("dev", "G", "app");
        may(ALICE, Action.READ, app, false);

        fixture.done(users.giveRole("devs", ALICE));
        fixture.done(users.permit("devs", "dev:*:*", "r"));
        may(ALICE, Action.READ, app, true);
        may(ALICE, Action.WRITE, app, false);
        may("bob", Action.READ, app, false);
        assertThat(fixture.access.readable(new Identity(ALICE)).test(app)).isTrue();
        assertThat(fixture.access.readable(new Identity(ALICE)).test(Resource.config("", "G", "app")))
                .isFalse();

        fixture.done(users.forbid("devs", "dev:*:*", "r"));
        may(ALICE, Action.READ, app, false);
        fixture.done(users.permit("devs", "dev:*:*", "rw"));
        may(ALICE, Action.WRITE, app, true);
        fixture.done(users.takeRole("devs", ALICE));
        may(ALICE, Action.WRITE, app, false);
        assertThatThrownBy(() -> fixture.access.checkAdmin(new Identity(ALICE))).isInstanceOf(Forbidden.class);
    }

    @Test
    void a_role_taken_from_all_leaves_no_permission_to_whom_it_is_given_next() {
        fixture.with(ALICE, WONDER);
        fixture.done(users.giveRole("devs", ALICE));
        fixture.done(users.permit("devs", "dev:*:*", "r"));
        fixture.done(users.takeRole("devs", ""));
        fixture.done(users.giveRole("devs", ALICE));
        may(ALICE, Action.READ, Resource.config("dev", "G", "app"), false);
    }

    @Test
    void a_change_is_acknowledged_and_seen_when_it_is_on_disk_and_not_before() {
        fixture.journal.atOnce = false;
        CompletionStage<Void> created = users.create(ALICE, WONDER);
        CompletionStage<Void> again = users.create(ALICE, "other");
        fixture.loop.runAll();
        assertThat(created.toCompletableFuture()).isNotDone();
        assertThat(users.names()).isEmpty();
        assertThat(fixture.journal.waiting()).as("one change at a time").isEqualTo(1);

        fixture.journal.commitNext();
        fixture.done(created);
        assertThat(users.names()).containsExactly(ALICE);
        assertThat(fixture.failure(again)).hasMessage("user 'alice' already exist!");
    }

    @Test
    void what_the_disk_refuses_has_not_happened_and_holds_nothing() {
        fixture.journal.atOnce = false;
        CompletionStage<Void> created = users.create(ALICE, WONDER);
        fixture.loop.runAll();
        fixture.journal.failNext();
        assertThat(fixture.failure(created)).isInstanceOf(Unavailable.class);
        assertThat(users.names()).isEmpty();
        assertThat(fixture.account.held()).isZero();
    }

    @Test
    void beyond_the_bound_users_are_refused_and_the_account_is_what_they_hold() {
        for (int i = 0; i < AuthFixture.MOST_USERS; i++) {
            fixture.with("user" + i, WONDER);
            fixture.done(users.giveRole("devs", "user" + i));
            fixture.done(users.permit("devs", "ns" + i + ":*:*", "r"));
        }
        assertThat(fixture.failure(users.create("more", WONDER))).isInstanceOf(OverBudget.class);
        assertThat(fixture.failure(users.giveRole("more", "user0"))).isInstanceOf(OverBudget.class);
        assertThat(fixture.failure(users.permit("devs", "more:*:*", "r"))).isInstanceOf(OverBudget.class);
        assertThat(fixture.account.held()).isEqualTo(users.countedBytes()).isPositive();

        for (int i = 0; i < AuthFixture.MOST_USERS; i++) {
            fixture.done(users.delete("user" + i));
        }
        fixture.done(users.takeRole("devs", ""));
        assertThat(fixture.account.held()).isZero();
    }

    @Test
    void the_administrator_s_role_is_given_and_taken_by_nobody() {
        fixture.with(ALICE, WONDER);
        assertThatThrownBy(() -> users.giveRole(Users.ADMIN, ALICE)).isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> users.takeRole(Users.ADMIN, "")).isInstanceOf(InvalidRequest.class);
        users.createAdmin("root", fixture.hashing.hashNow("x"));
        assertThat(fixture.failure(users.delete("root"))).hasMessage("cannot delete admin: root");
        fixture.access.checkAdmin(new Identity("root"));
    }

    @Test
    void names_and_passwords_have_bounds() {
        for (String name : new String[] {"", " a", "a\nb", "a\"b", "a\\b", "x".repeat(51)}) {
            assertThatThrownBy(() -> users.create(name, WONDER)).isInstanceOf(InvalidRequest.class);
        }
        for (String password : new String[] {"", " ", "x".repeat(73), "é".repeat(37)}) {
            assertThatThrownBy(() -> users.create(ALICE, password))
                    .isInstanceOf(InvalidRequest.class)
                    .hasMessageContaining("72 bytes");
        }
        fixture.with(ALICE, "é".repeat(36));
    }

    @Test
    void what_is_stored_is_there_after_a_start_and_existing_hashes_verify() {
        fixture.journal.users.add(new StoredUser("nacos", NACOS));
        fixture.journal.roles.add(new StoredRole(Users.ADMIN, "nacos"));
        fixture.journal.roles.add(new StoredRole("devs", "gone"));
        fixture.journal.permissions.add(new StoredPermission("devs", "console/users", "rw"));
        users.load();

        assertThat(users.hasAdmin()).isTrue();
        assertThat(users.roles()).containsExactly(new Users.RoleOf(Users.ADMIN, "nacos"));
        assertThat(Hashing.matchesNow("nacos", NACOS)).isTrue();
        assertThat(Hashing.matchesNow("nacos2", NACOS)).isFalse();
        assertThat(fixture.done(fixture.logins.login("nacos", "nacos", AuthFixture.HOME))
                        .isAdmin())
                .isTrue();
    }

    @Test
    void no_text_form_holds_a_hash() {
        assertThat(new StoredUser("nacos", NACOS).toString()
                        + new Write.PutUser("nacos", NACOS)
                        + new User("nacos", NACOS, "f", java.util.Set.of(), 1))
                .doesNotContain("$2a$");
    }
}
