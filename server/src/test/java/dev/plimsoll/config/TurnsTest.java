package dev.plimsoll.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.OverBudget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Deque<Runnable> pool = new ArrayDeque<>();
    private final List<Integer> ran = new ArrayList<>();
    private boolean full;

    private final Turns turns = new Turns(
            task -> {
                if (full) {
                    throw new RejectedExecutionException();
                }
                pool.add(task);
            },
            4);

    private void begin(int number) {
        turns.begin(() -> ran.add(number));
    }

    @Test
    void they_run_in_order_and_take_one_thread() {
        begin(1);
        begin(2);
        begin(3);
        assertThat(pool).hasSize(1);
        pool.remove().run();
        assertThat(ran).containsExactly(1, 2, 3);
        begin(4);
        assertThat(pool).hasSize(1);
        pool.remove().run();
        assertThat(ran).containsExactly(1, 2, 3, 4);
    }

    @Test
    void a_flood_is_refused_and_those_who_wait_have_their_turn() {
        for (int i = 0; i < 4; i++) {
            begin(i);
        }
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> begin(99)).isInstanceOf(OverBudget.class);
        }
        turns.proceed(() -> ran.add(7)); // what was begun goes on
        pool.remove().run();
        assertThat(ran).containsExactly(0, 1, 2, 3, 7);
        begin(8);
        pool.remove().run();
        assertThat(ran).endsWith(8);
    }

    @Test
    void a_full_pool_refuses_and_is_asked_again_the_next_time() {
        full = true;
        assertThatThrownBy(() -> begin(1)).isInstanceOf(OverBudget.class);
        full = false;
        begin(2);
        pool.remove().run();
        assertThat(ran).containsExactly(2);
    }

    @Test
    void one_that_begins_another_does_not_wait_for_itself() {
        turns.begin(() -> {
            ran.add(1);
            begin(2);
        });
        pool.remove().run();
        assertThat(ran).containsExactly(1, 2);
        assertThat(pool).isEmpty();
    }
}
