package dev.plimsoll.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.auth.HashQueue.Comer;
import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.refusal.OverBudget;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HashQueueTest {
    private static final Duration TAKES = Duration.ofMillis(50);
    private static final String HASH = "hash";

    private record Asked(String password, CompletableFuture<Boolean> answer) {}

    private final ManualLoop loop = new ManualLoop();
    private final ArrayDeque<Asked> asked = new ArrayDeque<>();
    private final List<String> order = new ArrayList<>();
    private final HashQueue queue = new HashQueue(loop, (password, hash) -> {
        var one = new Asked(password, new CompletableFuture<>());
        asked.add(one);
        order.add(password);
        return one.answer();
    });

    @Test
    void one_at_a_time_is_hashed() {
        CompletionStage<Boolean> first = suspect("admin", "a");
        CompletionStage<Boolean> second = known("app", "b");
        assertThat(order).containsExactly("a");
        hashed(true);
        assertThat(order).containsExactly("a", "b");
        hashed(false);
        assertThat(verdict(first)).isEqualTo(true);
        assertThat(verdict(second)).isEqualTo(false);
    }

    @Test
    void who_is_not_suspected_goes_first() {
        suspect("admin", "g1");
        suspect("admin", "g2");
        stranger("app", "right");
        hashed(false);
        assertThat(order).containsExactly("g1", "right");
    }

    @Test
    void after_a_wrong_guess_guesses_rest_and_others_do_not() {
        suspect("admin", "g1");
        suspect("admin", "g2");
        hashed(false);
        assertThat(order).as("resting").containsExactly("g1");
        stranger("app", "right");
        assertThat(order).containsExactly("g1", "right");
        hashed(true);
        loop.advance(TAKES.minusMillis(1));
        assertThat(order).as("twice what it took: once for the other").containsExactly("g1", "right");
        loop.advance(Duration.ofMillis(1));
        assertThat(order).containsExactly("g1", "right", "g2");
    }

    @Test
    void guesses_never_take_more_than_a_third_of_the_time() {
        int fed = 0;
        Duration hashing = Duration.ZERO;
        long since = loop.nanoTime();
        while (loop.nanoTime() - since < Duration.ofMinutes(1).toNanos()) {
            suspect("user" + fed % 7, "guess" + fed++);
            if (asked.isEmpty()) {
                loop.advance(Duration.ofMillis(5));
            } else {
                hashed(false);
                hashing = hashing.plus(TAKES);
            }
        }
        assertThat(hashing)
                .isBetween(Duration.ofSeconds(18), Duration.ofSeconds(20).plus(TAKES));
    }

    @Test
    void a_right_password_of_one_suspected_is_followed_by_no_rest() {
        suspect("admin", "right");
        suspect("admin", "g");
        hashed(true);
        assertThat(order).containsExactly("right", "g");
    }

    @Test
    void users_take_turns() {
        for (int i = 0; i < 10; i++) {
            suspect("admin", "g" + i);
        }
        suspect("app", "a0");
        suspect("app", "a1");
        suspect("", "nobody");
        for (int i = 0; i < 7; i++) {
            hashed(true);
        }
        assertThat(order).containsExactly("g0", "g1", "a0", "nobody", "g2", "a1", "g3", "g4");
    }

    @Test
    void when_it_is_full_of_suspects_the_user_with_most_makes_way_and_cannot_come_again() {
        List<CompletionStage<Boolean>> guesses = IntStream.rangeClosed(0, HashQueue.MOST_SUSPECTS)
                .mapToObj(i -> suspect("admin", "g" + i))
                .toList();
        assertThat(guesses)
                .noneSatisfy(guess -> assertThat(guess.toCompletableFuture()).isDone());
        assertThat(verdict(suspect("admin", "more"))).isInstanceOf(OverBudget.class);

        CompletionStage<Boolean> other = suspect("app", "a");
        assertThat(other.toCompletableFuture()).isNotDone();
        assertThat(verdict(guesses.get(1))).as("the first that waited").isInstanceOf(OverBudget.class);
        assertThat(guesses.get(2).toCompletableFuture()).isNotDone();
        assertThat(verdict(suspect("admin", "more"))).isInstanceOf(OverBudget.class);
        assertThat(stranger("web", "w").toCompletableFuture()).isNotDone();
    }

    @Test
    void one_suspect_each_of_many_users_is_refused_when_it_is_full() {
        suspect("u", "first");
        for (int i = 0; i < HashQueue.MOST_SUSPECTS; i++) {
            suspect("u" + i, "g");
        }
        assertThat(verdict(suspect("v", "g"))).isInstanceOf(OverBudget.class);
    }

    @Test
    void a_line_full_of_users_nobody_guesses_at_refuses() {
        stranger("u", "first");
        for (int i = 0; i < HashQueue.MOST_WAITING; i++) {
            stranger("u" + i, "p");
        }
        assertThat(verdict(stranger("v", "p"))).isInstanceOf(OverBudget.class);
        assertThat(suspect("v", "p").toCompletableFuture())
                .as("of another line")
                .isNotDone();
    }

    @Test
    void many_passwords_at_once_for_one_user_are_suspected_but_for_who_is_known() {
        for (int i = 0; i <= 10; i++) {
            stranger("app", "s" + i);
        }
        known("app", "k1");
        known("app", "k2");
        known("app", "k3");
        stranger("web", "w");
        for (int i = 0; i < 8; i++) {
            hashed(true);
        }
        assertThat(order).containsExactly("s0", "s1", "s2", "k1", "k2", "k3", "w", "s3", "s4");
    }

    @Test
    void a_hash_that_cannot_be_made_fails_that_one_and_the_next_goes_on() {
        var broken = new HashQueue(loop, (password, hash) -> {
            if (password.equals("a")) {
                throw new OverBudget("no thread");
            }
            return CompletableFuture.completedFuture(true);
        });
        CompletionStage<Boolean> first = broken.matches("u", Comer.STRANGER, "a", HASH);
        CompletionStage<Boolean> second = broken.matches("u", Comer.STRANGER, "b", HASH);
        loop.runAll();
        assertThat(verdict(first)).isInstanceOf(OverBudget.class);
        assertThat(verdict(second)).isEqualTo(true);
    }

    private CompletionStage<Boolean> suspect(String user, String password) {
        return queue.matches(user, Comer.SUSPECT, password, HASH);
    }

    private CompletionStage<Boolean> stranger(String user, String password) {
        return queue.matches(user, Comer.STRANGER, password, HASH);
    }

    private CompletionStage<Boolean> known(String user, String password) {
        return queue.matches(user, Comer.KNOWN, password, HASH);
    }

    /** The one under way has taken its time. */
    private void hashed(boolean matches) {
        loop.advance(TAKES);
        asked.remove().answer().complete(matches);
        loop.runAll();
    }

    private static Object verdict(CompletionStage<Boolean> stage) {
        return stage.handle((matches, failure) -> failure == null ? (Object) matches : failure)
                .toCompletableFuture()
                .getNow("none yet");
    }
}
