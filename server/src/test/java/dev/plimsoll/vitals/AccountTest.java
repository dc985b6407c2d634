package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.OverBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AccountTest {
    private final MemoryBudget budget = new MemoryBudget(1_000, 1_000);

    @Test
    void takes_what_fits_and_nothing_of_what_does_not() {
        Account account = budget.heap("registry", 0.1);
        assertThat(account.tryReserve(60)).isTrue();
        assertThat(account.tryReserve(41)).isFalse();
        assertThat(account.held()).isEqualTo(60);
        assertThat(account.refused()).isEqualTo(1);
        assertThatThrownBy(() -> account.reserve(41))
                .isInstanceOf(OverBudget.class)
                .hasMessageContaining("registry: 41 bytes more than the 60 held (limit: 100)");
        account.reserve(40);
        account.release(100);
        assertThat(account.held()).isZero();
    }

    @Test
    void leaves_what_it_is_told_to_leave() {
        Account account = budget.heap("outbound", 0.1);
        assertThat(account.tryReserveLeaving(80, 20)).isTrue();
        assertThat(account.tryReserveLeaving(1, 20)).isFalse();
        assertThat(account.tryReserve(20)).isTrue();
    }

    @Test
    void what_is_left_can_be_had_even_when_others_hold_all_of_the_common_account() {
        budget.commonHeap(0.5);
        Account registry = budget.growingHeap("registry", 0.1);
        Account connections = budget.growingHeap("connections", 0.1);
        registry.reserve(600);
        assertThat(connections.tryReserveLeaving(76, 25)).isFalse();
        assertThat(connections.tryReserveLeaving(75, 25)).isTrue();
        assertThat(connections.available()).isEqualTo(25);
        assertThat(connections.tryReserve(25)).isTrue();
        registry.release(600);
        assertThat(connections.available()).isEqualTo(500);
        assertThat(connections.tryReserveLeaving(476, 25)).isFalse();
        assertThat(connections.tryReserveLeaving(475, 25)).isTrue();
    }

    @Test
    void a_release_of_what_was_never_reserved_changes_nothing_but_is_told() {
        Account account = budget.heap("registry", 0.1);
        account.reserve(10);
        assertThatThrownBy(() -> account.release(11)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> account.release(-1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> account.tryReserve(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(account.held()).isEqualTo(10);
    }

    @Test
    void a_share_is_there_even_when_another_has_taken_all_of_the_common_account() {
        budget.commonHeap(0.5);
        Account registry = budget.growingHeap("registry", 0.1);
        Account connections = budget.growingHeap("connections", 0.1);
        assertThat(registry.limit()).isEqualTo(600);
        assertThat(registry.tryReserve(600)).isTrue();
        assertThat(connections.tryReserve(101)).isFalse();
        assertThat(connections.tryReserve(100)).isTrue();
        assertThat(connections.tryReserve(1)).isFalse();
        registry.release(50);
        assertThat(connections.tryReserve(50)).isTrue();
        assertThat(registry.tryReserve(1)).isFalse();
        registry.release(550);
        connections.release(150);
        assertThat(budget.accounts())
                .allSatisfy(account -> assertThat(account.held()).isZero());
    }

    @Test
    void shares_never_add_up_to_more_than_there_is() {
        budget.commonHeap(0.5);
        budget.growingHeap("registry", 0.4);
        assertThatThrownBy(() -> budget.heap("watches", 0.2)).isInstanceOf(IllegalArgumentException.class);
        budget.direct("inbound", 1.0);
        assertThatThrownBy(() -> budget.direct("outbound", 0.1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_growing_account_needs_a_common_one() {
        assertThatThrownBy(() -> budget.growingHeap("registry", 0.1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void threads_that_reserve_and_release_at_once_never_hold_more_than_there_is_and_leave_nothing() throws Exception {
        budget.commonHeap(0.5);
        List<Account> accounts = List.of(budget.growingHeap("a", 0.2), budget.growingHeap("b", 0.3));
        var broken = new ArrayList<Throwable>();
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            var random = new Random(t);
            Account account = accounts.get(t % 2);
            var thread = new Thread(() -> {
                for (int i = 0; i < 50_000; i++) {
                    int bytes = 1 + random.nextInt(400);
                    if (account.tryReserve(bytes)) {
                        if (accounts.get(0).held() + accounts.get(1).held() > 1_000) {
                            throw new AssertionError("more is held than there is");
                        }
                        account.release(bytes);
                    }
                }
            });
            thread.setUncaughtExceptionHandler((failed, e) -> {
                synchronized (broken) {
                    broken.add(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(broken).isEmpty();
        assertThat(budget.accounts())
                .allSatisfy(account -> assertThat(account.held()).isZero());
    }
}
