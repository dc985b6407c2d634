package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final long ROOM = 80_000;
    private static final long LATER = Arrivals.PATIENCE;

    private final Account account = new MemoryBudget(0, ROOM).direct("inbound", 1);
    private final Arrivals arrivals = new Arrivals(account);
    private final List<String> madeWay = new ArrayList<>();

    private Arrivals.Arrival body(String name, int bytes, long now) {
        Arrivals.Arrival body = arrivals.begin(() -> madeWay.add(name), now);
        account.reserve(bytes);
        body.gotOn(bytes, bytes, now);
        return body;
    }

    @Test
    void nobody_makes_way_while_there_is_room() {
        body("a", 60_000, 0);
        arrivals.relieve(100 * LATER);
        assertThat(madeWay).isEmpty();
    }

    @Test
    void who_stood_still_longest_makes_way_and_no_more_than_are_needed() {
        body("a", 30_000, 0);
        body("b", 30_000, 1);
        body("c", 15_000, 2);
        arrivals.relieve(LATER + 2);
        assertThat(madeWay).containsExactly("a");
        arrivals.relieve(LATER + 3);
        assertThat(madeWay).as("it is still on its way out").containsExactly("a");
    }

    @Test
    void who_has_only_begun_to_wait_stays() {
        body("a", 75_000, 0);
        arrivals.relieve(LATER - 1);
        assertThat(madeWay).isEmpty();
        arrivals.relieve(LATER);
        assertThat(madeWay).containsExactly("a");
    }

    @Test
    void who_gets_on_stays_and_a_byte_at_a_time_is_not_getting_on() {
        Arrivals.Arrival honest = body("honest", 30_000, 0);
        Arrivals.Arrival trickle = body("trickle", 45_000, 1);
        honest.gotOn(30_000 + Arrivals.STEP, 30_000, LATER);
        trickle.gotOn(45_000 + Arrivals.STEP - 1, 45_000, LATER);
        arrivals.relieve(LATER + 1);
        assertThat(madeWay).containsExactly("trickle");
    }

    @Test
    void small_steps_add_up() {
        Arrivals.Arrival slow = body("slow", 75_000, 0);
        slow.gotOn(75_000 + Arrivals.STEP / 2, 75_000, LATER / 2);
        slow.gotOn(75_000 + Arrivals.STEP, 75_000, LATER);
        arrivals.relieve(LATER + 1);
        assertThat(madeWay).isEmpty();
    }

    @Test
    void what_is_whole_or_gone_is_in_nobodys_way() {
        Arrivals.Arrival whole = body("whole", 40_000, 0);
        body("a", 35_000, 1);
        whole.end();
        whole.end();
        arrivals.relieve(2 * LATER);
        assertThat(madeWay).containsExactly("a");
        arrivals.relieve(3 * LATER);
        assertThat(madeWay).as("nobody else can").containsExactly("a");
    }

    @Test
    void when_one_that_made_way_is_gone_the_next_may_have_to() {
        Arrivals.Arrival first = body("a", 40_000, 0);
        body("b", 35_000, 1);
        arrivals.relieve(2 * LATER);
        first.end();
        account.release(40_000);
        account.reserve(40_000); // somebody whose body is whole
        arrivals.relieve(2 * LATER);
        assertThat(madeWay).containsExactly("a", "b");
    }
}
