package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HandshakesTest {
    private final Queue<Runnable> thread = new ArrayDeque<>();
    private final Handshakes handshakes = new Handshakes(2, thread::add);
    private final List<Peer> done = new ArrayList<>();
    private long now = 1;

    private class Peer implements Handshakes.Handshake {
        private final String address;
        private long silentSince = now;
        private boolean closed;

        Peer(String address) {
            this.address = address;
        }

        @Override
        public String address() {
            return address;
        }

        @Override
        public long silentSince() {
            return silentSince;
        }

        @Override
        public void work() {
            done.add(this);
        }

        @Override
        public void giveWay() {
            closed = true;
        }

        boolean begins() {
            return handshakes.begin(this, now);
        }
    }

    private final Peer first = new Peer("10.0.0.1");
    private final Peer second = new Peer("10.0.0.2");
    private final Peer third = new Peer("10.0.0.3");

    @Test
    void there_is_a_place_for_each_until_all_are_taken() {
        assertThat(first.begins()).isTrue();
        assertThat(second.begins()).isTrue();
        assertThat(third.begins()).isFalse();
        handshakes.end(first);
        assertThat(third.begins()).isTrue();
        assertThat(handshakes.count()).isEqualTo(2);
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

    @Test
    void an_address_that_has_more_than_its_share_gives_way_sooner() {
        var many = new Handshakes(6, thread::add);
        List<Peer> crowd = Stream.generate(() -> new Peer("10.0.0.9")).limit(5).toList();
        crowd.forEach(peer -> many.begin(peer, now));
        many.begin(first, now);
        assertThat(many.begin(second, now)).as("nobody is silent yet").isFalse();
        now += Handshakes.LITTLE_PATIENCE;
        assertThat(many.begin(new Peer("10.0.0.9"), now))
                .as("the crowd has its share")
                .isFalse();
        assertThat(many.begin(second, now)).isTrue();
        assertThat(crowd).extracting(peer -> peer.closed).containsExactly(true, false, false, false, false);
        assertThat(first.closed).isFalse();
        assertThat(many.begin(third, now)).as("four against none are too many").isTrue();
        assertThat(many.begin(new Peer("10.0.0.2"), now))
                .as("three against one are not")
                .isFalse();
        assertThat(many.count()).isEqualTo(6);
    }

    @Test
    void when_all_wait_for_us_one_of_an_address_that_has_more_makes_way() {
        var many = new Handshakes(3, thread::add);
        List<Peer> flood = List.of(new Peer("10.0.0.1"), new Peer("10.0.0.1"), new Peer("10.0.0.1"));
        flood.forEach(peer -> {
            many.begin(peer, now);
            peer.silentSince = Handshakes.NEVER;
            many.work(peer);
        });
        assertThat(many.begin(new Peer("10.0.0.1"), now)).isFalse();
        assertThat(many.begin(second, now)).isTrue();
        assertThat(flood.get(0).closed).isTrue();
        assertThat(many.count()).isEqualTo(3);
        workAll();
        assertThat(done).containsExactlyElementsOf(flood.subList(1, 3));
    }

    @Test
    void a_step_of_one_who_comes_from_elsewhere_waits_for_one_of_each_other() {
        for (int i = 0; i < 100; i++) {
            handshakes.work(new Peer("10.0.0.1"));
        }
        handshakes.work(second);
        thread.remove().run();
        thread.remove().run();
        assertThat(done).hasSize(2).last().isSameAs(second);
        workAll();
        assertThat(done).hasSize(101);
    }

    @Test
    void when_too_many_steps_wait_one_of_the_address_with_most_makes_way_and_it_can_bring_no_more() {
        handshakes.work(first);
        for (int i = 1; i < Handshakes.MOST_STEPS; i++) {
            handshakes.work(new Peer("10.0.0.1"));
        }
        assertThatThrownBy(() -> handshakes.work(new Peer("10.0.0.1"))).isInstanceOf(RejectedExecutionException.class);
        handshakes.work(second);
        assertThat(first.closed).isTrue();
        workAll();
        assertThat(done).hasSize(Handshakes.MOST_STEPS).contains(second).doesNotContain(first);
    }

    /** Whoever greets and goes at once leaves nothing behind: no engine in the queue, and no work for the thread. */
    @Test
    void what_waits_for_one_that_is_gone_is_forgotten() {
        for (int i = 0; i < 10_000; i++) {
            var peer = new Peer("10.0.0.1");
            handshakes.begin(peer, now);
            handshakes.work(peer);
            handshakes.forget(peer);
        }
        assertThat(handshakes.count()).isZero();
        assertThat(thread).as("one for all").hasSize(1);
        handshakes.work(second);
        workAll();
        assertThat(done).containsExactly(second);
    }

    @Test
    void a_step_that_breaks_does_not_keep_the_others() {
        handshakes.work(new Peer("10.0.0.1") {
            @Override
            public void work() {
                throw new IllegalStateException("broken");
            }
        });
        handshakes.work(second);
        assertThatThrownBy(() -> thread.remove().run()).hasMessage("broken");
        workAll();
        assertThat(done).containsExactly(second);
    }

    private void workAll() {
        while (!thread.isEmpty()) {
            thread.remove().run();
        }
    }
}
