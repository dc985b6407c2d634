package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Admission;
import dev.plimsoll.vitals.MemoryBudget;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
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
    void who_waits_twice_has_one_place_and_is_woken_once() {
        var woken = new AtomicInteger();
        Outbound.Waiter waiter = woken::incrementAndGet;
        assertThat(outbound.tryReserve(5 * MIB)).isTrue();
        for (int i = 0; i < 3; i++) {
            outbound.await(waiter);
        }
        assertThat(outbound.waiting()).isEqualTo(1);
        outbound.release(2 * MIB);
        assertThat(woken).hasValue(1);
        assertThat(outbound.waiting()).isZero();
    }

    @Test
    void a_connection_that_is_gone_waits_no_more() {
        var channel = new EmbeddedChannel();
        var gate = new Gate(channel, outbound, NetSettings.Limits.DEFAULT, () -> {});
        var first = Objects.requireNonNull(gate.tryPass(5 * MIB));
        var second = Objects.requireNonNull(gate.tryPass(MIB / 2));
        assertThat(gate.congested()).isTrue();
        assertThat(outbound.waiting()).isEqualTo(1);
        channel.close();
        gate.close();
        second.setFailure(new ClosedChannelException()); // while the other still holds the account
        assertThat(outbound.waiting()).isZero();
        first.setFailure(new ClosedChannelException());
        assertThat(account.held()).isZero();
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
