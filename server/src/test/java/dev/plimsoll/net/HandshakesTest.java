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
    private long now = 1;

    private final class Peer implements Handshakes.Handshake {
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
            many.work(peer, () -> {});
        });
        assertThat(many.begin(new Peer("10.0.0.1"), now)).isFalse();
        assertThat(many.begin(second, now)).isTrue();
        assertThat(flood.get(0).closed).isTrue();
        assertThat(many.count()).isEqualTo(3);
        thread.forEach(Runnable::run);
    }

    @Test
    void a_step_of_one_who_comes_from_elsewhere_waits_for_one_of_each_other() {
        List<String> done = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            handshakes.work(first, () -> done.add("flood"));
        }
        handshakes.work(second, () -> done.add("newcomer"));
        thread.remove().run();
        thread.remove().run();
        assertThat(done).containsExactly("flood", "newcomer");
        thread.forEach(Runnable::run);
        assertThat(done).hasSize(101);
    }

    @Test
    void when_too_many_steps_wait_one_of_the_address_with_most_makes_way_and_it_can_bring_no_more() {
        List<String> done = new ArrayList<>();
        for (int i = 0; i < Handshakes.MOST_STEPS; i++) {
            handshakes.work(first, () -> done.add("flood"));
        }
        assertThatThrownBy(() -> handshakes.work(first, () -> {})).isInstanceOf(RejectedExecutionException.class);
        handshakes.work(second, () -> done.add("newcomer"));
        assertThat(first.closed).isTrue();
        assertThat(thread).hasSize(Handshakes.MOST_STEPS);
        thread.forEach(Runnable::run);
        assertThat(done).hasSize(Handshakes.MOST_STEPS).contains("newcomer");
    }
}
