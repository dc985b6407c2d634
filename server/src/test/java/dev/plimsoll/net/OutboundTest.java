package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Admission;
import dev.plimsoll.vitals.MemoryBudget;
import org.junit.jupiter.api.Test;

class OutboundTest {
    private static final int MIB = 1 << 20;

    private final Account account = new MemoryBudget(0, 8 * MIB).direct("outbound", 1);
    private final Outbound outbound = new Outbound(account);

    @Test
    void the_larger_an_answer_the_more_it_leaves() {
        while (outbound.tryReserve(MIB)) {
            assertThat(account.available()).isGreaterThanOrEqualTo(2 * MIB);
        }
        assertThat(account.available()).isEqualTo(2 * MIB);
        while (outbound.tryReserve(64 << 10)) {
            assertThat(account.available()).isGreaterThanOrEqualTo(MIB);
        }
        assertThat(account.available()).isEqualTo(MIB);
        while (outbound.tryReserve(4 << 10)) {
            assertThat(account.available()).isNotNegative();
        }
        assertThat(account.available()).isZero();
    }

    @Test
    void large_answers_alone_do_not_stop_queries() {
        var admission = new Admission(new MemoryBudget(MIB, 0).heap("requests", 1), account, MIB);
        while (outbound.tryReserve(MIB / 2)) {
            admission.query();
        }
        admission.query();
        assertThat(admission.refusedQueries()).isZero();
    }
}
