package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrailTest {
    private final Account account = new MemoryBudget(30_000, 0).heap("ledger", 1);

    @Test
    void the_newest_come_first_and_the_oldest_make_way() {
        var trail = new Trail<String>(account, 3);
        for (String word : new String[] {"one", "two", "three", "four", "five"}) {
            trail.enter(word, 100);
        }
        assertThat(trail.newestFirst()).containsExactly("five", "four", "three");
        assertThat(trail.forgotten()).isEqualTo(2);
        assertThat(account.held()).isEqualTo(3 * 140);
    }

    @Test
    void it_takes_no_more_than_a_third_of_the_account_that_others_use_too() {
        var trail = new Trail<Integer>(account, 1_000_000);
        for (int i = 0; i < 1_000; i++) {
            trail.enter(i, 960);
        }
        assertThat(trail.newestFirst()).hasSize(10).first().isEqualTo(999);
        assertThat(account.held()).isEqualTo(10_000);
    }

    @Test
    void while_others_hold_the_whole_account_it_keeps_its_places() {
        var trail = new Trail<Integer>(account, 10);
        trail.enter(1, 960);
        account.reserve(account.available());
        trail.enter(2, 960);
        assertThat(trail.newestFirst()).containsExactly(2);
    }

    @Test
    void what_has_no_room_alone_is_not_entered() {
        var trail = new Trail<Integer>(account, 10);
        trail.enter(1, 20_000);
        assertThat(trail.newestFirst()).isEmpty();
        var none = new Trail<Integer>(account, 0);
        none.enter(1, 1);
        assertThat(none.newestFirst()).isEmpty();
        assertThat(account.held()).isZero();
    }
}
