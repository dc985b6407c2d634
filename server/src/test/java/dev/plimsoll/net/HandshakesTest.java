package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HandshakesTest {
    private final Handshakes handshakes = new Handshakes(2);
    private long now = 1;

    private final class Peer implements Handshakes.Handshake {
        private long silentSince = now;
        private boolean closed;

        @Override
        public long silentSince() {
            return silentSince;
        }

        @Override
        public void giveWay() {
            closed = true;
        }

        boolean begins() {
            return handshakes.begin(this, now);
        }
    }

    private final Peer first = new Peer();
    private final Peer second = new Peer();
    private final Peer third = new Peer();

    @Test
    void there_is_a_place_for_each_until_all_are_taken() {
        assertThat(first.begins()).isTrue();
        assertThat(second.begins()).isTrue();
        assertThat(third.begins()).isFalse();
        handshakes.end(first);
        assertThat(third.begins()).isTrue();
        assertThat(handshakes.count()).isEqualTo(2);
        assertThat(handshakes.refused()).isEqualTo(1);
    }

    @Test
    void one_that_has_been_silent_gives_way() {
        first.begins();
        second.begins();
        now += Handshakes.PATIENCE;
        first.silentSince = now; // it has said something
        assertThat(third.begins()).isTrue();
        assertThat(first.closed).isFalse();
        assertThat(second.closed).isTrue();
        assertThat(handshakes.count()).isEqualTo(2);
        assertThat(handshakes.gaveWay()).isEqualTo(1);
        handshakes.end(second); // its connection closes
        assertThat(handshakes.count()).isEqualTo(2);
    }

    @Test
    void one_that_waits_for_us_is_not_silent() {
        first.begins();
        second.begins();
        first.silentSince = Handshakes.NEVER;
        second.silentSince = Handshakes.NEVER;
        now += 100 * Handshakes.PATIENCE;
        assertThat(third.begins()).isFalse();
        assertThat(first.closed || second.closed).isFalse();
    }

    @Test
    void one_that_was_refused_leaves_nothing_behind() {
        first.begins();
        second.begins();
        third.begins();
        handshakes.end(third);
        handshakes.end(second);
        handshakes.end(first);
        assertThat(handshakes.count()).isZero();
    }
}
