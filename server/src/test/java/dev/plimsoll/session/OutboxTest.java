package dev.plimsoll.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.registry.ServiceKey;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final Topic ORDERS = service("orders");
    private static final Topic STOCK = service("stock");
    private static final Topic RULES = new Topic.ConfigNotice(new ConfigKey("public", "DEFAULT_GROUP", "rules"));
    private static final Duration ACK_TIMEOUT = Duration.ofSeconds(5);

    private final ManualLoop loop = new ManualLoop();
    private final FakePeer peer = new FakePeer(loop);
    private final World world = new World();
    private final Heard heard = new Heard();
    private final Outbox outbox = new Outbox(peer, world, heard);

    /** The newest state of each topic, as numbers, and what the messages sent so far told. */
    private static final class World implements Outbox.Encoder {
        final Map<Topic, Integer> newest = new HashMap<>();
        final Map<Long, Map.Entry<Topic, Integer>> told = new HashMap<>();
        final Set<Topic> gone = new HashSet<>();
        boolean budget = true;
        long lastId;

        @Override
        public @Nullable Push encode(Topic topic) throws Outbox.LackOfBudget {
            if (!budget) {
                throw new Outbox.LackOfBudget();
            }
            if (gone.contains(topic)) {
                return null;
            }
            lastId++;
            told.put(lastId, Map.entry(topic, newest.get(topic)));
            return new Push(lastId, 0, Unpooled.EMPTY_BUFFER);
        }
    }

    /** What the outbox says of itself, as words; sent messages only as a number. */
    private static final class Heard implements Outbox.Listener {
        final List<String> words = new ArrayList<>();
        int sent;
        boolean parked;

        @Override
        public void sent(int bytes) {
            sent++;
        }

        @Override
        public void acked(Topic topic, long revision, int bytes, long costNanos, long nowNanos) {
            words.add("acked after " + costNanos / 1_000_000);
        }

        @Override
        public void failed(Topic topic, long revision, int bytes, String reason, long nowNanos) {
            words.add("failed: " + reason);
        }

        @Override
        public void parked(Topic next, Outbox.Obstacle obstacle, int topics, long nowNanos) {
            assertThat(parked).isFalse();
            parked = true;
            words.add("parked: " + obstacle.words + ", " + topics);
        }

        @Override
        public void woken(int topics, long nowNanos) {
            assertThat(parked).isTrue();
            parked = false;
            words.add("woken, " + topics);
        }
    }

    private static Topic service(String name) {
        return new Topic.ServiceView(new ServiceKey("public", "DEFAULT_GROUP", name), "");
    }

    private void change(Topic topic) {
        world.newest.merge(topic, 1, Integer::sum);
        outbox.mark(topic, loop.nanoTime());
    }

    private void ack(long requestId) {
        outbox.acked(requestId, null, loop.nanoTime());
    }

    private void advance(Duration time) {
        loop.advance(time);
        outbox.tick(loop.nanoTime());
    }

    private List<Integer> told(Topic topic) {
        return world.told.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .filter(told -> told.getKey().equals(topic))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Test
    void an_isolated_change_is_sent_at_once() {
        change(ORDERS);
        assertThat(told(ORDERS)).containsExactly(1);
        assertThat(outbox.parked()).isFalse();
    }

    @Test
    void changes_while_a_message_is_unacked_become_one_message() {
        change(ORDERS);
        change(ORDERS);
        change(ORDERS);
        assertThat(told(ORDERS)).containsExactly(1);
        ack(1);
        assertThat(told(ORDERS)).containsExactly(1, 3);
        ack(2);
        assertThat(outbox.size()).isZero();
        assertThat(outbox.needsTick()).isFalse();
    }

    @Test
    void a_peer_that_takes_nothing_is_sent_nothing_and_gets_the_newest_once_when_it_wakes() {
        peer.writable = false;
        for (int i = 0; i < 1_000; i++) {
            change(ORDERS);
            change(RULES);
        }
        assertThat(peer.sent).isEmpty();
        assertThat(outbox.parked()).isTrue();
        assertThat(outbox.size()).isEqualTo(2);
        peer.writable = true;
        outbox.flush(loop.nanoTime());
        assertThat(told(ORDERS)).containsExactly(1_000);
        assertThat(told(RULES)).containsExactly(1_000);
    }

    @Test
    void no_more_than_a_window_is_unacked() {
        List<Topic> topics = new ArrayList<>();
        for (int i = 0; i < 3 * Outbox.WINDOW; i++) {
            topics.add(service("s" + i));
            change(topics.get(i));
        }
        assertThat(peer.sent).hasSize(Outbox.WINDOW);
        ack(1);
        assertThat(peer.sent).hasSize(Outbox.WINDOW + 1);
    }

    @Test
    void what_is_not_answered_is_sent_again_after_a_growing_pause() {
        change(ORDERS);
        advance(ACK_TIMEOUT);
        assertThat(told(ORDERS)).hasSize(1);
        advance(Duration.ofSeconds(1));
        assertThat(told(ORDERS)).hasSize(2);
        advance(ACK_TIMEOUT);
        advance(Duration.ofSeconds(1));
        assertThat(told(ORDERS)).hasSize(2);
        advance(Duration.ofSeconds(1));
        assertThat(told(ORDERS)).hasSize(3);
    }

    @Test
    void nothing_is_sent_again_while_the_first_copy_may_be_in_the_transport() {
        change(ORDERS);
        peer.pendingBytes = 10;
        advance(ACK_TIMEOUT.plusSeconds(100));
        assertThat(told(ORDERS)).hasSize(1);
        peer.pendingBytes = 0;
        advance(Duration.ofSeconds(1));
        assertThat(told(ORDERS)).hasSize(2);
    }

    @Test
    void a_late_answer_counts() {
        change(ORDERS);
        advance(ACK_TIMEOUT);
        ack(1);
        advance(Duration.ofMinutes(5));
        assertThat(told(ORDERS)).containsExactly(1);
        assertThat(outbox.size()).isZero();
    }

    @Test
    void a_late_answer_does_not_hide_a_newer_change() {
        change(ORDERS);
        advance(ACK_TIMEOUT);
        change(ORDERS);
        ack(1);
        assertThat(told(ORDERS)).containsExactly(1, 2);
    }

    @Test
    void a_failing_answer_counts_as_none() {
        change(ORDERS);
        outbox.acked(1, "answer 500", loop.nanoTime());
        assertThat(told(ORDERS)).hasSize(1);
        advance(Duration.ofSeconds(1));
        assertThat(told(ORDERS)).hasSize(2);
    }

    @Test
    void an_unanswered_topic_does_not_hold_back_another() {
        change(ORDERS);
        advance(ACK_TIMEOUT);
        change(STOCK);
        assertThat(told(STOCK)).containsExactly(1);
    }

    @Test
    void what_the_budget_refuses_waits_for_it() {
        world.budget = false;
        change(ORDERS);
        assertThat(peer.sent).isEmpty();
        assertThat(outbox.needsTick()).isTrue();
        world.budget = true;
        advance(Duration.ofMillis(500));
        assertThat(told(ORDERS)).containsExactly(1);
    }

    @Test
    void a_topic_with_nothing_to_tell_is_dropped() {
        world.gone.add(ORDERS);
        change(ORDERS);
        assertThat(peer.sent).isEmpty();
        assertThat(outbox.size()).isZero();
    }

    @Test
    void unsubscribing_forgets_the_service_in_every_phase() {
        change(ORDERS);
        change(ORDERS);
        outbox.forget(new ServiceKey("public", "DEFAULT_GROUP", "orders"));
        ack(1);
        advance(Duration.ofMinutes(1));
        assertThat(told(ORDERS)).containsExactly(1);
        assertThat(outbox.size()).isZero();
    }

    @Test
    void unknown_answers_mean_nothing() {
        ack(4711);
        change(ORDERS);
        ack(4711);
        assertThat(outbox.size()).isEqualTo(1);
    }

    @Test
    void to_park_and_to_wake_are_told_once_each() {
        peer.writable = false;
        change(ORDERS);
        change(ORDERS);
        change(RULES);
        assertThat(heard.words).containsExactly("parked: peer not writable, 1");
        peer.writable = true;
        outbox.flush(loop.nanoTime());
        assertThat(heard.words).containsExactly("parked: peer not writable, 1", "woken, 2");
    }

    @Test
    void a_full_window_parks_until_an_answer_and_sending_on_as_answers_come_is_not_to_park_again() {
        for (int i = 0; i < Outbox.WINDOW + 3; i++) {
            change(service("s" + i));
        }
        loop.advance(Duration.ofMillis(7));
        ack(1);
        ack(2);
        assertThat(heard.words)
                .containsExactly(
                        "parked: window of un-acked messages full, 9", "acked after 7", "woken, 10", "acked after 7");
    }

    @Test
    void lack_of_budget_parks() {
        world.budget = false;
        change(ORDERS);
        advance(Duration.ofMillis(500));
        world.budget = true;
        advance(Duration.ofMillis(500));
        assertThat(heard.words).containsExactly("parked: no budget to encode, 1", "woken, 1");
    }

    @Test
    void one_whose_last_topic_is_forgotten_is_parked_no_more() {
        peer.writable = false;
        change(ORDERS);
        outbox.forget(ORDERS);
        outbox.flush(loop.nanoTime());
        assertThat(heard.words).containsExactly("parked: peer not writable, 1", "woken, 0");
    }

    @Test
    void answers_that_fail_or_do_not_come_are_told_with_the_reason() {
        change(ORDERS);
        outbox.acked(1, "answer 500", loop.nanoTime());
        outbox.forget(ORDERS);
        change(STOCK);
        advance(ACK_TIMEOUT);
        outbox.forget(STOCK);
        change(RULES);
        advance(ACK_TIMEOUT);
        assertThat(heard.words)
                .containsExactly("failed: answer 500", "failed: no answer within 5 s", "failed: no answer within 3 s");
    }

    @Test
    void the_oldest_unacked_is_what_was_first_sent_of_all_that_is_not_answered() {
        assertThat(outbox.oldestUnackedNanos()).isEqualTo(Delivery.NEVER);
        change(ORDERS);
        loop.advance(Duration.ofMillis(10));
        change(STOCK);
        loop.advance(Duration.ofMillis(10));
        change(RULES);
        assertThat(outbox.oldestUnackedNanos()).isZero();
        ack(2);
        assertThat(outbox.oldestUnackedNanos()).isZero();
        ack(1);
        assertThat(outbox.oldestUnackedNanos()).isEqualTo(Duration.ofMillis(20).toNanos());
        advance(ACK_TIMEOUT);
        advance(Duration.ofSeconds(1));
        assertThat(told(RULES)).hasSize(2);
        assertThat(outbox.oldestUnackedNanos())
                .as("as long as no copy is answered")
                .isEqualTo(Duration.ofMillis(20).toNanos());
        outbox.forget(RULES);
        assertThat(outbox.oldestUnackedNanos()).isEqualTo(Delivery.NEVER);
    }

    /** What may happen, in any order. The numbers choose the event, the topic and which message is answered. */
    @Property(tries = 300)
    void whatever_happens_the_client_ends_on_the_newest_state(
            @ForAll @Size(max = 120) List<@IntRange(max = 9_999) Integer> events) {
        List<Topic> topics = List.of(ORDERS, STOCK, RULES);
        Set<Long> answered = new HashSet<>();
        for (int event : events) {
            Topic topic = topics.get((event / 10) % topics.size());
            List<Long> open = world.told.keySet().stream()
                    .filter(id -> !answered.contains(id))
                    .sorted()
                    .toList();
            switch (event % 10) {
                case 0, 1, 2 -> change(topic);
                case 3 -> {
                    peer.writable = !peer.writable;
                    outbox.flush(loop.nanoTime());
                }
                case 4, 5 -> {
                    if (!open.isEmpty()) {
                        long id = open.get((event / 100) % open.size());
                        answered.add(id);
                        outbox.acked(id, event % 3 != 0 ? null : "answer 500", loop.nanoTime());
                    }
                }
                case 6 -> world.budget = !world.budget;
                case 7 -> peer.pendingBytes = event % 2;
                default -> advance(Duration.ofMillis(event));
            }
            assertThat(outbox.size()).isLessThanOrEqualTo(topics.size());
            assertThat(heard.parked).isEqualTo(outbox.parked());
            assertThat(heard.sent).isEqualTo(peer.sent.size());
        }
        peer.writable = true;
        peer.pendingBytes = 0;
        world.budget = true;
        // The client answers everything from now on.
        for (int i = 0; i < 200 && outbox.size() > 0; i++) {
            advance(Duration.ofSeconds(10));
            for (long id = 1; id <= world.lastId; id++) {
                outbox.acked(id, null, loop.nanoTime());
            }
        }
        assertThat(outbox.size()).isZero();
        assertThat(outbox.needsTick()).isFalse();
        assertThat(outbox.parked()).isFalse();
        assertThat(outbox.oldestUnackedNanos()).isEqualTo(Delivery.NEVER);
        for (Topic topic : topics) {
            List<Integer> states = told(topic);
            assertThat(states).isSorted();
            if (world.newest.containsKey(topic)) {
                assertThat(states.get(states.size() - 1)).isEqualTo(world.newest.get(topic));
            }
        }
    }
}
