package dev.plimsoll.session;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.registry.OwnerId;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.wire.ConnectionMessages.Ack;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One connected client, from its set-up message to the end of its connection: the owner of its ephemeral instances, the
 * watcher of what it subscribed to, and the outbox through which it is told. Changed on the connection's loop only,
 * except where a method says otherwise.
 */
public final class Session implements dev.plimsoll.registry.Watcher, dev.plimsoll.config.Watcher {
    /** No namespace has this name. */
    private static final String NO_TENANT = "\0";

    private final Peer peer;
    private final ClientInfo client;
    private final OwnerId owner;
    private final Sessions sessions;
    private final Outbox outbox;

    /** The configs this client listens to, each with the tenant as it spells it. */
    private final Map<ConfigKey, String> tenants = new HashMap<>();

    private String lastSpelling = NO_TENANT;

    private volatile long lastActiveNanos;
    private volatile boolean needsTick;
    private volatile boolean closed;
    private long detectionId; // of the detection whose answer is awaited, 0 for none
    private long detectionDeadlineNanos;

    Session(Peer peer, ClientInfo client, Sessions sessions) {
        this.peer = peer;
        this.client = client;
        this.owner = OwnerId.connection(peer.id());
        this.sessions = sessions;
        this.outbox = new Outbox(peer, this::encode);
        this.lastActiveNanos = sessions.nanoTime();
    }

    public OwnerId owner() {
        return owner;
    }

    public ClientInfo client() {
        return client;
    }

    public String id() {
        return peer.id();
    }

    /** Any thread. */
    @Override
    public boolean closed() {
        return closed;
    }

    /** The client has sent a request. */
    public void active() {
        lastActiveNanos = sessions.nanoTime();
    }

    /** The client has answered something it was sent. */
    public void acked(Ack ack) {
        active();
        long id = requestId(ack);
        if (id == detectionId) {
            detectionId = 0;
        } else {
            outbox.acked(id, ack.success(), sessions.nanoTime());
            needsTick = outbox.needsTick();
        }
    }

    /** The peer takes messages again. */
    public void writable() {
        outbox.flush(sessions.nanoTime());
        needsTick = outbox.needsTick();
    }

    /**
     * Remembers how the client spells the tenant of a config it listens to, null where it sends none, for the notices of
     * its changes. True when it did not listen before.
     */
    public boolean listens(ConfigKey key, @Nullable String tenant) {
        String spelling = tenant == null ? NO_TENANT : tenant;
        // One string for all: a client listens to thousands of configs and spells its tenant in one way.
        lastSpelling = spelling.equals(lastSpelling) ? lastSpelling : spelling;
        return tenants.put(key, lastSpelling) == null;
    }

    /** The client listens to the config no more. */
    public void listensNoMore(ConfigKey key) {
        tenants.remove(key);
        outbox.forget(new Topic.ConfigNotice(key));
    }

    /** The client has unsubscribed. */
    public void unsubscribed(ServiceKey service) {
        outbox.forget(service);
    }

    /** Ends the connection. Any thread. */
    public void close(String reason) {
        peer.close(reason);
    }

    /** The connection's loop. Any thread. */
    public Executor loop() {
        return peer.loop();
    }

    void mark(Topic topic) {
        outbox.mark(topic, sessions.nanoTime());
        needsTick = outbox.needsTick();
    }

    /** The connection has ended. */
    void ended() {
        closed = true;
        needsTick = false;
        outbox.close();
        tenants.clear();
    }

    /** There is something that {@link #tick} should look at. Any thread. */
    boolean needsTick(long nowNanos) {
        return needsTick || nowNanos - lastActiveNanos >= Sessions.IDLE.toNanos();
    }

    void tick(long nowNanos) {
        if (closed) {
            return;
        }
        outbox.tick(nowNanos);
        needsTick = outbox.needsTick();
        if (nowNanos - lastActiveNanos < Sessions.IDLE.toNanos()) {
            detectionId = 0;
        } else if (detectionId == 0) {
            Push detection = sessions.detection();
            detectionId = detection.requestId();
            detectionDeadlineNanos = nowNanos + Sessions.DETECTION_WAIT.toNanos();
            peer.send(detection.message());
        } else if (detectionDeadlineNanos - nowNanos <= 0) {
            peer.close("silent for " + Sessions.IDLE.toSeconds() + " s and no answer to a detection within "
                    + Sessions.DETECTION_WAIT.toSeconds() + " s");
        }
    }

    /** Asks the client to connect to another server. */
    void reset() {
        if (!closed) {
            peer.send(sessions.reset(peer.id()).message());
        }
    }

    private @Nullable Push encode(Topic topic) throws Outbox.LackOfBudget {
        if (topic instanceof Topic.ServiceView view) {
            return sessions.frames().push(view.service(), view.clusters());
        }
        ConfigKey key = ((Topic.ConfigNotice) topic).config();
        String tenant = tenants.get(key);
        return tenant == null ? null : sessions.notice(key, tenant.equals(NO_TENANT) ? null : tenant);
    }

    /** The number in an answer's request id; 0, which is never given out, when it is none of ours. */
    private static long requestId(Ack ack) {
        String id = ack.requestId();
        if (id == null || id.isEmpty() || id.length() > 18 || !id.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        return Long.parseLong(id);
    }
}
