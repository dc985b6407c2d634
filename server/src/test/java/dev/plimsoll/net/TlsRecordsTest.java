package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How connections share the room for records, and who makes way. */
class TlsRecordsTest {
    private static final int ROOM = 3;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Account account = new MemoryBudget(0, ROOM * TlsRecords.RECORD_BYTES * 8L / 3).direct("outbound", 1);
    private final TlsRecords records = new TlsRecords(new Outbound(account));

    private static final class Peer implements TlsRecords.Sender {
        int woken;
        boolean ejected;
        long stuckSince;

        @Override
        public void wake() {
            woken++;
        }

        @Override
        public long stuckSince() {
            return stuckSince;
        }

        @Override
        public void eject() {
            ejected = true;
        }
    }

    private List<Peer> stuck(long since) {
        var peers = new ArrayList<Peer>();
        for (int i = 0; i < ROOM; i++) {
            var peer = new Peer();
            peer.stuckSince = since + i;
            assertThat(records.tryTake(peer, since)).isTrue();
            records.stuck(peer);
            peers.add(peer);
        }
        return peers;
    }

    @Test
    void all_together_have_a_part_of_the_account() {
        for (int i = 0; i < 10_000; i++) {
            records.tryTake(new Peer(), 0);
        }
        assertThat(account.held()).isEqualTo((long) ROOM * TlsRecords.RECORD_BYTES);
    }

    @Test
    void who_finds_no_room_is_woken_in_turn_when_there_is_some() {
        List<Peer> full = stuck(0);
        var first = new Peer();
        var second = new Peer();
        assertThat(records.tryTake(first, 1)).isFalse();
        assertThat(records.tryTake(second, 1)).isFalse();

        records.give(full.get(1));

        assertThat(first.woken).isEqualTo(1);
        assertThat(second.woken).isZero();
        assertThat(full).noneMatch(peer -> peer.ejected);
    }

    @Test
    void who_has_stood_still_longest_makes_way_once_it_is_long_enough() {
        List<Peer> full = stuck(0);

        records.tryTake(new Peer(), 4 * SECOND);
        assertThat(full).noneMatch(peer -> peer.ejected);
        records.tryTake(new Peer(), 6 * SECOND);
        assertThat(full).extracting(peer -> peer.ejected).containsExactly(true, false, false);
    }

    @Test
    void room_that_one_was_woken_for_and_does_not_take_goes_to_the_next() {
        List<Peer> full = stuck(0);
        var gone = new Peer();
        var next = new Peer();
        records.tryTake(gone, 1);
        records.tryTake(next, 1);
        records.give(full.get(0));

        records.forget(gone);

        assertThat(next.woken).isEqualTo(1);
    }

    @Test
    void nothing_is_left_when_all_is_given_back() {
        stuck(0).forEach(records::give);
        assertThat(account.held()).isZero();
    }
}
