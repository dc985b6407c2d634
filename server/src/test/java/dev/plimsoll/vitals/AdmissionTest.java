package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.OverBudget;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final long MIB = 1 << 20;

    private final MemoryBudget budget = new MemoryBudget(8 * MIB, 8 * MIB);
    private final Account requests = budget.heap("requests", 1);
    private final Account outbound = budget.direct("outbound", 1);
    private final Admission admission = new Admission(requests, outbound, 11_010_048);

    @Test
    void large_requests_leave_the_last_quarter_to_small_ones() {
        var large = new ArrayList<Admission.Place>();
        for (int i = 0; i < 5; i++) {
            large.add(admission.enter(MIB, Admission.Holder.NOBODY));
        }
        assertThatThrownBy(() -> admission.enter(MIB, Admission.Holder.NOBODY)).isInstanceOf(OverBudget.class);
        Admission.Place beat = admission.enter(4_096, Admission.Holder.NOBODY);
        assertThat(requests.held()).isEqualTo(5 * MIB + 4_096);
        beat.close();
        large.forEach(Admission.Place::close);
        assertThat(requests.held()).isZero();
    }

    @Test
    void a_flood_of_small_requests_fills_the_account_and_no_more() {
        int served = 0;
        try {
            for (; served < 1_000_000; served++) {
                admission.enter(4_096, Admission.Holder.NOBODY);
            }
        } catch (OverBudget e) {
            assertThat(e.reason()).startsWith("requests: 4096 bytes more");
        }
        assertThat(served).isEqualTo(2_048);
        assertThat(requests.held()).isEqualTo(requests.limit());
    }

    @Test
    void one_that_is_larger_than_all_the_room_is_served_alone() {
        Admission.Place huge = admission.enter(10 * MIB, Admission.Holder.NOBODY);
        assertThat(requests.held()).isEqualTo(6 * MIB - (64 << 10)); // of a few small ones
        assertThatThrownBy(() -> admission.enter(MIB, Admission.Holder.NOBODY)).isInstanceOf(OverBudget.class);
        assertThatCode(() -> admission.enter(1, Admission.Holder.NOBODY).close())
                .doesNotThrowAnyException();
        huge.close();
        admission.enter(MIB, Admission.Holder.NOBODY).close();
    }

    @Test
    void one_that_no_heap_would_carry_is_refused_even_alone() {
        assertThatThrownBy(() -> admission.enter(11 * MIB, Admission.Holder.NOBODY))
                .isInstanceOf(OverBudget.class)
                .hasMessageContaining("for one request (expected: at most 11010048");
        assertThat(requests.held()).isZero();
    }

    @Test
    void beats_are_served_and_queries_wait_when_others_hold_all_of_the_common_account() {
        var shared = new MemoryBudget(8 * MIB, MIB);
        shared.commonHeap(0.5);
        Account own = shared.growingHeap("requests", 0.25);
        shared.growingHeap("registry", 0.25).reserve(6 * MIB);
        var tight = new Admission(own, outbound, 11_010_048);
        tight.enter(MIB + (400 << 10), Admission.Holder.NOBODY);
        tight.query();
        assertThatThrownBy(() -> tight.enter(128 << 10, Admission.Holder.NOBODY))
                .isInstanceOf(OverBudget.class);
        tight.enter(64 << 10, Admission.Holder.NOBODY);
        tight.query();
        tight.enter(64 << 10, Admission.Holder.NOBODY);
        assertThatThrownBy(tight::query).isInstanceOf(OverBudget.class).hasMessageContaining("requests");
        tight.enter(4_096, Admission.Holder.NOBODY);
    }

    @Test
    void a_place_is_given_back_once_and_can_only_shrink() {
        Admission.Place place = admission.enter(1_000, Admission.Holder.NOBODY);
        place.shrinkTo(2_000);
        assertThat(requests.held()).isEqualTo(1_000);
        place.shrinkTo(400);
        assertThat(requests.held()).isEqualTo(400);
        place.close();
        place.close();
        place.shrinkTo(0);
        assertThat(requests.held()).isZero();
    }

    @Test
    void an_answer_takes_room_of_its_own_until_it_is_given() {
        Admission.Place place = admission.enter(1_000, Admission.Holder.NOBODY);
        place.growBy(MIB);
        place.shrinkTo(400);
        assertThat(requests.held()).isEqualTo(MIB + 400);
        assertThatThrownBy(() -> place.growBy(6 * MIB))
                .isInstanceOf(OverBudget.class)
                .hasMessageContaining("requests");
        place.close();
        place.shrinkTo(0);
        assertThat(requests.held()).isZero();
    }

    @Test
    void queries_wait_while_answers_or_requests_take_too_much() {
        outbound.reserve(6 * MIB + MIB / 2);
        admission.query();
        outbound.reserve(8);
        assertThatThrownBy(admission::query).isInstanceOf(OverBudget.class).hasMessageContaining("outbound");
        admission.enter(1_000, Admission.Holder.NOBODY).close();
        outbound.release(8);
        admission.query();
        requests.reserve(6 * MIB + 8);
        assertThatThrownBy(admission::query).isInstanceOf(OverBudget.class).hasMessageContaining("requests");
        assertThat(admission.refusedQueries()).isEqualTo(2);
    }

    @Test
    void who_sends_requests_is_told_what_they_hold_until_they_are_answered() {
        var held = new AtomicLong();
        Admission.Place first = admission.enter(10_000, held::addAndGet);
        Admission.Place second = admission.enter(5_000, held::addAndGet);
        assertThat(held.get()).isEqualTo(15_000);
        first.shrinkTo(4_000);
        assertThat(held.get()).isEqualTo(9_000);
        second.growBy(2_000);
        assertThat(held.get()).isEqualTo(11_000).isEqualTo(requests.held());
        assertThatThrownBy(() -> second.growBy(8 * MIB)).isInstanceOf(OverBudget.class);
        first.close();
        first.close();
        first.shrinkTo(0);
        second.close();
        assertThat(held.get()).isZero();
        assertThatThrownBy(() -> admission.enter(11 * MIB, held::addAndGet)).isInstanceOf(OverBudget.class);
        assertThat(held.get()).isZero();
    }
}
