package dev.plimsoll.auth;

import static dev.plimsoll.auth.AuthFixture.ALICE;
import static dev.plimsoll.auth.AuthFixture.AWAY;
import static dev.plimsoll.auth.AuthFixture.HOME;
import static dev.plimsoll.auth.AuthFixture.WONDER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.OverBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class LoginsTest {
    private final AuthFixture fixture = new AuthFixture().with(ALICE, WONDER);
    private final Logins logins = fixture.logins;

    @Test
    void a_right_password_is_hashed_once_and_then_known_at_once() {
        Logins.Token token = fixture.done(logins.login(ALICE, WONDER, HOME));
        assertThat(fixture.access.identify(token.text()).user()).isEqualTo(ALICE);
        assertThat(token.lifeSeconds()).isEqualTo(18_000);
        assertThat(token.isAdmin()).isFalse();

        for (int i = 0; i < 100; i++) {
            assertThat(logins.login(ALICE, WONDER, AWAY).toCompletableFuture())
                    .as("before the loop has turned")
                    .isCompleted();
        }
        assertThat(fixture.counting.asked).isEqualTo(1);
    }

    @Test
    void a_password_is_forgotten_after_a_while_and_when_it_is_changed() {
        fixture.done(logins.login(ALICE, WONDER, HOME));
        fixture.loop.advance(Duration.ofMinutes(11));
        fixture.done(logins.login(ALICE, WONDER, HOME));
        assertThat(fixture.counting.asked).isEqualTo(2);

        fixture.done(fixture.users.setPassword(ALICE, "looking-glass"));
        assertThat(fixture.failure(logins.login(ALICE, WONDER, HOME))).hasMessage(Logins.WRONG);
        fixture.done(logins.login(ALICE, "looking-glass", HOME));
    }

    @Test
    void many_who_ask_the_same_share_one_hash() {
        fixture.counting.atOnce = false;
        List<CompletionStage<Logins.Token>> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add(logins.login(ALICE, WONDER, "10.1." + i / 250 + "." + i % 250));
        }
        fixture.loop.runAll();
        assertThat(fixture.counting.waiting).hasSize(1);
        fixture.counting.waiting.remove().run();
        fixture.loop.runAll();
        assertThat(all)
                .allSatisfy(login -> assertThat(login.toCompletableFuture()).isCompleted());
    }

    @Test
    void a_wrong_password_and_an_unknown_user_are_answered_alike_and_late_and_cost_a_hash_each() {
        CompletionStage<Logins.Token> wrong = logins.login(ALICE, "x", HOME);
        CompletionStage<Logins.Token> unknown = logins.login("nobody", "x", AWAY);
        fixture.loop.advance(Duration.ofMillis(249));
        assertThat(wrong.toCompletableFuture()).isNotDone();
        assertThat(unknown.toCompletableFuture()).isNotDone();
        assertThat(fixture.counting.asked).isEqualTo(2);
        assertThat(fixture.failure(wrong)).isInstanceOf(Forbidden.class).hasMessage(Logins.WRONG);
        assertThat(fixture.failure(unknown)).isInstanceOf(Forbidden.class).hasMessage(Logins.WRONG);

        assertThat(fixture.failure(logins.login(ALICE, "x", HOME))).hasMessage(Logins.WRONG);
        assertThat(fixture.counting.asked)
                .as("a wrong one repeated is not hashed again")
                .isEqualTo(2);
        assertThat(fixture.failure(logins.login("x".repeat(10_000), "y".repeat(10_000), HOME)))
                .hasMessage(Logins.WRONG);
    }

    @Test
    void who_guesses_is_shut_out_and_nobody_else_is() {
        fixture.done(logins.login(ALICE, WONDER, HOME));
        for (int i = 0; i < Attempts.WRONG_FOR_USER; i++) {
            fixture.failure(logins.login(ALICE, "guess" + i, AWAY));
        }
        int asked = fixture.counting.asked;
        CompletionStage<Logins.Token> more = logins.login(ALICE, "guess", AWAY);
        fixture.loop.runAll();
        assertThat(more.toCompletableFuture().handle((t, e) -> e).join())
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("too many wrong passwords from 10.0.0.2");
        assertThat(fixture.counting.asked).isEqualTo(asked);

        assertThat(logins.login(ALICE, WONDER, HOME).toCompletableFuture()).isCompleted();
        assertThat(logins.login(ALICE, WONDER, AWAY).toCompletableFuture())
                .as("one who knows the password, behind the same address")
                .isCompleted();
        fixture.loop.advance(Duration.ofMinutes(20));
        fixture.done(logins.login(ALICE, WONDER, AWAY));
    }

    @Test
    void logins_that_name_nobody_shut_out_nobody_who_has_a_name() {
        for (int i = 0; i < 2 * Attempts.WRONG_FOR_USER; i++) {
            CompletionStage<Logins.Token> login = logins.login("", "guess" + i, AWAY);
            fixture.loop.advance(Duration.ofSeconds(5));
            assertThat(login.toCompletableFuture()).isCompletedExceptionally();
        }
        fixture.done(logins.login(ALICE, WONDER, AWAY));
    }

    @Test
    void guessing_at_one_user_from_everywhere_slows_that_user_and_does_not_lock_him_out() {
        for (int i = 0; i < Attempts.WRONG_FOR_ADDRESS; i++) {
            fixture.attempts.wrong(ALICE, "10.9.0." + i, fixture.loop.nanoTime(), fixture.loop.currentTimeMillis());
        }
        CompletionStage<Logins.Token> login = logins.login(ALICE, WONDER, HOME);
        fixture.loop.advance(Duration.ofMillis(999));
        assertThat(login.toCompletableFuture()).isNotDone();
        fixture.loop.advance(Duration.ofMillis(1));
        assertThat(login.toCompletableFuture()).isCompleted();
        assertThat(logins.login(ALICE, WONDER, HOME).toCompletableFuture()).isCompleted();
    }

    @Test
    void one_address_cannot_fill_the_line_for_hashes() {
        fixture.counting.atOnce = false;
        List<CompletionStage<Logins.Token>> greedy = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            greedy.add(logins.login("u" + i, "p", AWAY));
        }
        fixture.loop.runAll();
        assertThat(greedy.subList(0, 2))
                .noneSatisfy(login -> assertThat(login.toCompletableFuture()).isDone());
        assertThat(greedy.subList(2, 10)).allSatisfy(login -> assertThat(
                        login.toCompletableFuture().handle((t, e) -> e).join())
                .isInstanceOf(OverBudget.class));
    }

    @Test
    void guesses_at_one_user_from_everywhere_keep_no_other_user_waiting_nor_who_was_there_before() {
        fixture.with("bob", "builder").with("carol", "singer");
        fixture.done(logins.login(ALICE, WONDER, HOME));
        fixture.failure(logins.login("carol", "x", AWAY));
        fixture.loop.advance(
                Duration.ofMinutes(11)); // the right one is not remembered any more, the wrong one is in the books
        fixture.counting.atOnce = false;
        List<CompletionStage<Logins.Token>> guesses = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            guesses.add(logins.login(ALICE, "guess" + i, "10.9.0." + i));
            fixture.loop.runAll();
        }
        CompletionStage<Logins.Token> carol = logins.login("carol", "singer", "10.0.0.3");
        CompletionStage<Logins.Token> bob = logins.login("bob", "builder", HOME);
        CompletionStage<Logins.Token> alice = logins.login(ALICE, WONDER, HOME);
        fixture.loop.runAll();

        hashNext(1 + HashQueue.STRANGERS_OF_USER); // the first guesses
        hashNext(2);
        assertThat(List.of(bob, alice))
                .allSatisfy(login -> assertThat(login.toCompletableFuture()).isCompleted());
        hashNext(2);
        assertThat(carol.toCompletableFuture()).as("in turn with the guesses").isCompleted();
        assertThat(guesses.get(39).toCompletableFuture().handle((t, e) -> e).join())
                .isInstanceOf(OverBudget.class);
    }

    private void hashNext(int count) {
        for (int i = 0; i < count; i++) {
            fixture.counting.waiting.remove().run();
            fixture.loop.runAll();
        }
    }

    @Test
    void the_book_of_attempts_is_bounded_and_tells_who_came_from_where() {
        fixture.done(logins.login(ALICE, WONDER, HOME));
        fixture.failure(logins.login(ALICE, "x", AWAY));
        assertThat(fixture.done(logins.rows(10))).anySatisfy(row -> {
            assertThat(row.address()).isEqualTo(HOME);
            assertThat(row.right()).isEqualTo(1);
        });
        assertThat(fixture.done(logins.rows(10))).anySatisfy(row -> {
            assertThat(row.address()).isEqualTo(AWAY);
            assertThat(row.wrong()).isEqualTo(1);
        });
        for (int i = 0; i < 200; i++) {
            fixture.attempts.wrong("u" + i, "10.2.0." + i, fixture.loop.nanoTime(), 1);
        }
        assertThat(fixture.attempts.size()).isEqualTo(50);
    }

    @Test
    void all_of_one_ipv6_network_is_one_address() {
        for (int i = 0; i < Attempts.WRONG_FOR_USER; i++) {
            fixture.attempts.wrong(ALICE, "2001:db8:0:1:0:0:0:" + i, 0, 1);
        }
        assertThat(fixture.attempts.shutOut(ALICE, "2001:db8:0:1:ffff:0:0:1", 0))
                .isPositive();
        assertThat(fixture.attempts.shutOut(ALICE, "2001:db8:0:2:0:0:0:1", 0)).isZero();
    }
}
