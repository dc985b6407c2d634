package dev.plimsoll.session;

import dev.plimsoll.config.Caller;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.registry.OwnerId;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.wire.ConnectionMessages.Ack;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One connected client, from its set-up message to the end of its connection: the owner of its ephemeral instances, the
 * watcher of what it subscribed to, and the outbox through which it is told. Changed on the connection's loop only,
 * except where a method says otherwise.
 */
public final class Session implements dev.plimsoll.registry.Watcher, dev.plimsoll.config.Watcher, Subscriber {
    /**
     * A session that was told nothing yet: itself, its outbox, its places in maps. What it subscribes to, and the topics
     * that are dirty for it, are charged with its watches. Measured: see SessionBytesTest.
     */
    public static final long HEAP_BYTES = 1024;

    /** No namespace has this name. */
    private static final String NO_TENANT = "\0";

    private static final int MAX_ECHO = 100;
    private static final String DETECTION = "detection";
    private static final String RESET = "reset";

    private final Peer peer;
    private final ClientInfo client;
    private final OwnerId owner;
    private final Sessions sessions;
    private final Delivery delivery;
    private final Outbox outbox;

    /** How the tenant of a configuration is spelled, beside the key, and the notice when it is due. */
    private static final int TENANT_BYTES = 152;

    /** The configs this client listens to, each with the tenant as it spells it. */
    private final Map<ConfigKey, String> tenants = new HashMap<>();

    private String lastSpelling = NO_TENANT;

    private volatile Caller caller;
    private Rights rights = Rights.ALL;
    private volatile long lastActiveNanos;
    private volatile boolean needsTick;
    private volatile long stuckSinceNanos = Delivery.NEVER;
    private volatile boolean closed;
    private long detectionId; // of the detection whose answer is awaited, 0 for none
    private long detectionDeadlineNanos;
    private long resetId; // of the reset whose answer is awaited, 0 for none
    private long resetNanos;

    Session(Peer peer, ClientInfo client, Sessions sessions, Delivery delivery) {
        this.peer = peer;
        this.client = client;
        this.caller = client.caller();
        this.owner = OwnerId.connection(peer.id());
        this.sessions = sessions;
        this.delivery = delivery;
        this.outbox = new Outbox(peer, this::encode, delivery);
        this.lastActiveNanos = sessions.nanoTime();
    }

    public OwnerId owner() {
        return owner;
    }

    public ClientInfo client() {
        return client;
    }

    @Override
    public String id() {
        return peer.id();
    }

    @Override
    public String ip() {
        return client.ip();
    }

    @Override
    public int port() {
        return 0;
    }

    @Override
    public String agent() {
        return client.version();
    }

    @Override
    public String app() {
        return client.app();
    }

    /** Any thread. */
    @Override
    public boolean closed() {
        return closed;
    }

    /** Any thread. */
    @Override
    public Caller caller() {
        return caller;
    }

    @Override
    public long keptBytes(ConfigKey key) {
        return TENANT_BYTES + key.heapBytes();
    }

    /** Whose eyes it sees configurations with, from the next listen call on. */
    public void listensAs(Caller caller) {
        this.caller = caller;
    }

    /**
     * Whose rights count from now on: what may not be read any more is not told, though it is subscribed to. A connection is
     * one client's, so who asked last stands for all it has asked.
     */
    public void readsAs(Rights rights) {
        this.rights = rights;
    }

    /** Milliseconds since the epoch. Any thread. */
    public long connectedMillis() {
        return delivery.connectedMillis();
    }

    /** Services it is subscribed to. Any thread. */
    public int watchedServices() {
        return delivery.services();
    }

    /** Configurations it listens to. Any thread. */
    public int listenedConfigs() {
        return delivery.configs();
    }

    /** Since its last request or answer. Any thread. */
    public long silentMillis() {
        return (sessions.nanoTime() - lastActiveNanos) / 1_000_000;
    }

    /** The client has sent a request. */
    public void active() {
        lastActiveNanos = sessions.nanoTime();
    }

    /** The client has answered something it was sent. */
    public void acked(Ack ack) {
        active();
        long id = requestId(ack);
        long now = sessions.nanoTime();
        if (id == 0) {
            return;
        }
        if (id == detectionId) {
            detectionId = 0;
            delivery.answered(DETECTION, now - (detectionDeadlineNanos - Sessions.DETECTION_WAIT.toNanos()), now);
        } else if (id == resetId) {
            resetId = 0;
            delivery.answered(RESET, now - resetNanos, now);
        } else {
            outbox.acked(id, ack.success() ? null : failure(ack), now);
            settle();
        }
    }

    /** The client watches so many services. On the registry's loop. */
    @Override
    public void watches(int services) {
        delivery.subscribed(services);
    }

    /** The peer takes messages again. */
    public void writable() {
        flush();
    }

    /**
     * Remembers how the client spells the tenant of a config it listens to, null where it sends none, for the notices of
     * its changes. True when it did not listen before.
     */
    public boolean listens(ConfigKey key, @Nullable String tenant) {
        String spelling = tenant == null ? NO_TENANT : tenant;
        // One string for all: a client listens to thousands of configs and spells its tenant in one way.
        lastSpelling = spelling.equals(lastSpelling) ? lastSpelling : spelling;
        boolean fresh = tenants.put(key, lastSpelling) == null;
        delivery.listens(tenants.size());
        return fresh;
    }

    /** The client listens to the config no more. */
    public void listensNoMore(ConfigKey key) {
        tenants.remove(key);
        delivery.listens(tenants.size());
        outbox.forget(new Topic.ConfigNotice(key));
        flush();
    }

    /**
     * The client has subscribed, and its answer holds the state. It is pushed all the same: a Java client that subscribes
     * again after a lost connection drops the answer, and would keep the old list until the next change.
     */
    public void subscribed(ServiceKey service, String view) {
        mark(new Topic.ServiceView(service, view));
    }

    /** The client has unsubscribed. */
    public void unsubscribed(ServiceKey service) {
        outbox.forget(service);
        flush();
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
        settle();
    }

    private void flush() {
        outbox.flush(sessions.nanoTime());
        settle();
    }

    private void settle() {
        needsTick = outbox.needsTick();
        delivery.stands(outbox);
    }

    /** Since when, looked at in ticks, its transport has never been empty; {@link Delivery#NEVER} when it is. Any thread. */
    long stuckSinceNanos() {
        return stuckSinceNanos;
    }

    /** Closes the connection for the sake of the others, and says so. */
    void eject(String reason) {
        if (!closed) {
            long waiting = peer.pendingBytes();
            delivery.ejected(reason, sessions.nanoTime());
            peer.close("ejected: " + reason + "; " + waiting + " bytes waited for it");
        }
    }

    /** What has become of the messages to this client. */
    Delivery delivery() {
        return delivery;
    }

    /**
     * The connection has ended.
     *
     * @param withdrawn how many instances go with it
     */
    void ended(String why, CompletionStage<Integer> withdrawn) {
        closed = true;
        needsTick = false;
        sessions.ledger().ended(delivery, why, withdrawn);
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
        if (peer.pendingBytes() == 0) {
            stuckSinceNanos = Delivery.NEVER;
        } else if (stuckSinceNanos == Delivery.NEVER) {
            stuckSinceNanos = nowNanos;
        }
        outbox.tick(nowNanos);
        settle();
        if (nowNanos - lastActiveNanos < Sessions.IDLE.toNanos()) {
            detectionId = 0;
        } else if (detectionId == 0) {
            Push detection = sessions.detection();
            detectionId = detection.requestId();
            detectionDeadlineNanos = nowNanos + Sessions.DETECTION_WAIT.toNanos();
            peer.send(detection.message());
        } else if (detectionDeadlineNanos - nowNanos <= 0) {
            delivery.unanswered(DETECTION, Sessions.DETECTION_WAIT, nowNanos);
            peer.close("silent for " + Sessions.IDLE.toSeconds() + " s and no answer to a detection within "
                    + Sessions.DETECTION_WAIT.toSeconds() + " s");
        }
    }

    /** Asks the client to connect to another server. */
    void reset() {
        if (!closed) {
            Push reset = sessions.reset(peer.id());
            resetId = reset.requestId();
            resetNanos = sessions.nanoTime();
            peer.send(reset.message());
        }
    }

    private @Nullable Push encode(Topic topic) throws Outbox.LackOfBudget {
        if (topic instanceof Topic.ServiceView view) {
            return rights.service(view.service()) ? sessions.frames().push(view.service(), view.clusters()) : null;
        }
        ConfigKey key = ((Topic.ConfigNotice) topic).config();
        String tenant = tenants.get(key);
        return tenant == null || !rights.config(key)
                ? null
                : sessions.notice(key, tenant.equals(NO_TENANT) ? null : tenant);
    }

    private static String failure(Ack ack) {
        int code = ack.errorCode() == 0 ? ack.resultCode() : ack.errorCode();
        String message = ack.message() == null ? "" : ": " + ack.message();
        return "answer " + code + message.substring(0, Math.min(message.length(), MAX_ECHO));
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
