package dev.plimsoll.session;

import dev.plimsoll.registry.ServiceKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one client has still to be told: the topics whose newest state it may not have. Changed on the connection's loop
 * only.
 *
 * <p>Nothing is queued but the topics themselves, at most once each. A topic's state is encoded when it is sent, so a
 * client that slept through a thousand changes gets the last. A message is sent only while the peer takes what it is
 * sent, while fewer than {@link #WINDOW} messages are un-acked, and while there is budget to encode it; otherwise the
 * outbox is parked and costs its topics, nothing else. It wakes when the peer becomes writable, on an ack, and by
 * {@link #tick}.
 *
 * <p>Per topic at most one message is un-acked. For example: orders changes, message 1 is sent; orders changes twice more,
 * it is dirty but waits; ack 1 comes, message 2 is sent with the newest state. If ack 1 does not come in time the topic
 * is sent again after a pause that doubles with each attempt, and only when nothing of the earlier copy can still be in
 * the transport. Should ack 1 come late, it still counts.
 */
final class Outbox {
    /** Un-acked messages. Enough to keep a client busy over a round trip; few, since each may be large. */
    static final int WINDOW = 8;

    private static final Duration SERVICE_ACK_TIMEOUT = Duration.ofSeconds(5); // as the reference
    private static final Duration CONFIG_ACK_TIMEOUT = Duration.ofSeconds(3);
    private static final String NO_SERVICE_ANSWER = "no answer within " + SERVICE_ACK_TIMEOUT.toSeconds() + " s";
    private static final String NO_CONFIG_ANSWER = "no answer within " + CONFIG_ACK_TIMEOUT.toSeconds() + " s";
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final Peer peer;
    private final Encoder encoder;
    private final Listener listener;
    private final Map<Topic, State> states = new HashMap<>(); // those that are not at rest
    private final Deque<State> ready = new ArrayDeque<>();
    private final List<State> unacked = new ArrayList<>(WINDOW);
    private final List<State> pausing = new ArrayList<>();
    private final Map<Long, State> sent = new HashMap<>(); // by request id; at most one per topic
    private long oldestNanos; // since when the longest awaited of sent is
    private boolean lackedBudget;
    private boolean parked;
    private boolean closed;

    /** Makes the message that tells the newest state of a topic. */
    interface Encoder {
        /**
         * Null when there is nothing to tell any more.
         *
         * @throws LackOfBudget when there is no room for the message now
         */
        @Nullable
        Push encode(Topic topic) throws LackOfBudget;
    }

    /** What keeps an outbox from sending what it could. */
    enum Obstacle {
        PEER("peer not writable"),
        WINDOW("window of un-acked messages full"),
        BUDGET("no budget to encode"),
        /** Of a client that is told by UDP. */
        SILENCE("no answer by UDP: cannot be reached");

        final String words;

        Obstacle(String words) {
            this.words = words;
        }
    }

    /** Hears what becomes of messages. */
    interface Listener {
        void sent(int bytes);

        void acked(Topic topic, long revision, int bytes, long costNanos, long nowNanos);

        void failed(Topic topic, long revision, int bytes, String reason, long nowNanos);

        /**
         * Nothing can be sent until the obstacle has gone.
         *
         * @param next what would be sent first
         */
        void parked(Topic next, Obstacle obstacle, int topics, long nowNanos);

        /** Something was sent again, or there is nothing to send any more. */
        void woken(int topics, long nowNanos);
    }

    /** There is no room to encode now. Later there will be. */
    static final class LackOfBudget extends Exception {
        LackOfBudget() {
            super("no budget to encode", null, false, false);
        }
    }

    private enum Phase {
        /** Waits in line to be sent. */
        READY,
        /** Sent; its answer is awaited. */
        UNACKED,
        /** Its answer did not come, or was a failure; sent again when the pause ends. */
        PAUSING
    }

    private static final class State {
        final Topic topic;
        Phase phase = Phase.READY;
        long marks; // how often marked
        long sentMarks; // of these, told by the last message
        long requestId; // of the last message, 0 before the first
        long revision; // which it told
        int bytes; // it had
        long sentNanos;
        long awaitedNanos; // since when the client has had something to answer
        long deadlineNanos; // of the answer, or of the pause
        int failures;

        State(Topic topic) {
            this.topic = topic;
        }
    }

    Outbox(Peer peer, Encoder encoder, Listener listener) {
        this.peer = peer;
        this.encoder = encoder;
        this.listener = listener;
    }

    /** The client may not have the newest state of {@code topic}. */
    void mark(Topic topic, long nowNanos) {
        if (closed) {
            return;
        }
        State state = states.get(topic);
        if (state == null) {
            state = new State(topic);
            states.put(topic, state);
            ready.add(state);
        }
        state.marks++;
        flush(nowNanos);
    }

    /** The client need not be told of {@code topic} any more. */
    void forget(Topic topic) {
        State state = states.remove(topic);
        if (state != null) {
            lineOf(state.phase).remove(state);
            awaitNoMore(state);
        }
    }

    /** The client need not be told of {@code service} any more, through any view. */
    void forget(ServiceKey service) {
        for (Topic topic : List.copyOf(states.keySet())) {
            if (topic instanceof Topic.ServiceView view && view.service().equals(service)) {
                forget(topic);
            }
        }
    }

    /**
     * The client answered message {@code requestId}. An id that is not known means nothing.
     *
     * @param failure what it says went wrong, null for success
     */
    void acked(long requestId, @Nullable String failure, long nowNanos) {
        State state = sent.get(requestId);
        if (state == null) {
            return;
        }
        if (failure == null) {
            awaitNoMore(state);
            listener.acked(state.topic, state.revision, state.bytes, nowNanos - state.sentNanos, nowNanos);
            state.failures = 0;
            if (state.sentMarks == state.marks) {
                states.remove(state.topic);
                lineOf(state.phase).remove(state);
            } else if (state.phase != Phase.READY) {
                move(state, Phase.READY);
            }
        } else if (state.phase == Phase.UNACKED) {
            pause(state, failure, nowNanos);
        }
        flush(nowNanos);
    }

    /** Sends what can be sent. Called when something that held it back has changed. */
    void flush(long nowNanos) {
        lackedBudget = false;
        boolean progress = false;
        Obstacle obstacle = null;
        while (!closed && !ready.isEmpty()) {
            obstacle = unacked.size() >= WINDOW ? Obstacle.WINDOW : peer.writable() ? null : Obstacle.PEER;
            if (obstacle != null) {
                break;
            }
            State state = ready.element();
            Push push;
            try {
                push = encoder.encode(state.topic);
            } catch (LackOfBudget e) {
                lackedBudget = true;
                obstacle = Obstacle.BUDGET;
                break;
            }
            if (push == null) {
                forget(state.topic);
                continue;
            }
            send(state, push, nowNanos);
            progress = true;
        }
        settle(obstacle, progress, nowNanos);
    }

    private void send(State state, Push push, long nowNanos) {
        move(state, Phase.UNACKED);
        if (!sent.remove(state.requestId, state)) {
            state.awaitedNanos = nowNanos;
        }
        state.requestId = push.requestId();
        state.revision = push.revision();
        state.bytes = push.message().readableBytes();
        state.sentMarks = state.marks;
        state.sentNanos = nowNanos;
        state.deadlineNanos = nowNanos + ackTimeout(state.topic).toNanos();
        sent.put(state.requestId, state);
        if (sent.size() == 1) {
            oldestNanos = state.awaitedNanos;
        }
        listener.sent(state.bytes);
        peer.send(push.message());
    }

    private void settle(@Nullable Obstacle obstacle, boolean progress, long nowNanos) {
        if (parked && (progress || obstacle == null)) {
            parked = false;
            listener.woken(states.size(), nowNanos);
        }
        // To send a window at a time, as answers come, is not to stand still.
        if (!parked && obstacle != null && !(progress && obstacle == Obstacle.WINDOW)) {
            parked = true;
            listener.parked(ready.element().topic, obstacle, states.size(), nowNanos);
        }
    }

    /** Time has passed: answers may be overdue, and pauses may have ended. */
    void tick(long nowNanos) {
        for (State state : List.copyOf(unacked)) {
            if (state.deadlineNanos - nowNanos <= 0) {
                pause(state, noAnswer(state.topic), nowNanos);
            }
        }
        // While anything is still in the transport, it may be the copy that was not answered.
        if (peer.pendingBytes() == 0) {
            for (State state : List.copyOf(pausing)) {
                if (state.deadlineNanos - nowNanos <= 0) {
                    move(state, Phase.READY);
                }
            }
        }
        flush(nowNanos);
    }

    /** Something here waits for time to pass, so {@link #tick} is needed. */
    boolean needsTick() {
        return !unacked.isEmpty() || !pausing.isEmpty() || lackedBudget;
    }

    /** Something could be sent, but the peer or the budget does not take it. */
    boolean parked() {
        return parked;
    }

    /** Since when the client has had something to answer; {@link Delivery#NEVER} when it has nothing. */
    long oldestUnackedNanos() {
        return sent.isEmpty() ? Delivery.NEVER : oldestNanos;
    }

    /** Topics that are not known to have reached the client. */
    int size() {
        return states.size();
    }

    /** Nothing is sent any more. */
    void close() {
        closed = true;
        states.clear();
        sent.clear();
        ready.clear();
        unacked.clear();
        pausing.clear();
        lackedBudget = false;
        parked = false;
    }

    private void awaitNoMore(State state) {
        if (sent.remove(state.requestId, state) && state.awaitedNanos == oldestNanos && !sent.isEmpty()) {
            long oldest = sent.values().iterator().next().awaitedNanos;
            for (State other : sent.values()) {
                oldest = other.awaitedNanos - oldest < 0 ? other.awaitedNanos : oldest;
            }
            oldestNanos = oldest;
        }
    }

    private void pause(State state, String failure, long nowNanos) {
        listener.failed(state.topic, state.revision, state.bytes, failure, nowNanos);
        move(state, Phase.PAUSING);
        int doublings = Math.min(state.failures++, 10);
        long pause = Math.min(FIRST_PAUSE.toNanos() << doublings, LONGEST_PAUSE.toNanos());
        state.deadlineNanos = nowNanos + pause;
    }

    private void move(State state, Phase phase) {
        lineOf(state.phase).remove(state);
        state.phase = phase;
        lineOf(phase).add(state);
    }

    private Collection<State> lineOf(Phase phase) {
        return switch (phase) {
            case READY -> ready;
            case UNACKED -> unacked;
            case PAUSING -> pausing;
        };
    }

    private static String noAnswer(Topic topic) {
        return topic instanceof Topic.ConfigNotice ? NO_CONFIG_ANSWER : NO_SERVICE_ANSWER;
    }

    private static Duration ackTimeout(Topic topic) {
        return topic instanceof Topic.ConfigNotice ? CONFIG_ACK_TIMEOUT : SERVICE_ACK_TIMEOUT;
    }
}
