package dev.plimsoll.session;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Configs;
import dev.plimsoll.loop.Loop;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.vitals.Trouble;
import dev.plimsoll.wire.ConfigMessages.ConfigChangeNotifyRequest;
import dev.plimsoll.wire.ConnectionMessages.ClientDetectionRequest;
import dev.plimsoll.wire.ConnectionMessages.ConnectResetRequest;
import dev.plimsoll.wire.LedgerMessages.Clients;
import dev.plimsoll.wire.LedgerMessages.Closed;
import dev.plimsoll.wire.LedgerMessages.Pushes;
import dev.plimsoll.wire.Payload;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** All connected clients. Any thread, where a method does not say otherwise. */
public final class Sessions {
    /** After this long without a request or an answer a client is asked whether it lives; as the reference. */
    public static final Duration IDLE = Duration.ofSeconds(20);

    /** How long it then has to answer. */
    public static final Duration DETECTION_WAIT = Duration.ofSeconds(5);

    /** A client that has not read for less than this is never ejected. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration TICK = Duration.ofMillis(500);

    private static final Comparator<Session> BY_HARM = Comparator.comparingLong(
                    (Session session) -> session.delivery().bytesWaiting())
            .thenComparing(Comparator.comparingLong(Session::stuckSinceNanos).reversed());

    private final Loop loop;
    private final Registry registry;
    private final Configs configs;
    private final ServiceFrames frames;
    private final Ledger ledger;
    private final ByteBufAllocator allocator;
    private final AtomicLong requestIds;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>(); // one per connection, which net bounds

    /**
     * @param loop whose clock sessions live by
     * @param requestIds of everything the server sends that wants an answer
     */
    public Sessions(
            Loop loop,
            Registry registry,
            Configs configs,
            ServiceFrames frames,
            Ledger ledger,
            ByteBufAllocator allocator,
            AtomicLong requestIds) {
        this.loop = loop;
        this.registry = registry;
        this.configs = configs;
        this.frames = frames;
        this.ledger = ledger;
        this.allocator = allocator;
        this.requestIds = requestIds;
    }

    /** Starts the passing of time: overdue answers, silent clients. */
    public void start() {
        loop.schedule(TICK, this::tick);
    }

    /** A client has introduced itself. On its connection's loop. */
    public Session open(Peer peer, ClientInfo client) {
        var session = new Session(peer, client, this, ledger.open(peer, client));
        sessions.put(peer.id(), session);
        return session;
    }

    /**
     * A client's connection has ended: all that lived by it goes with it. On its connection's loop.
     *
     * @param why for operators
     */
    public void ended(Session session, String why) {
        if (sessions.remove(session.id(), session)) {
            session.ended(why, registry.disconnect(session.owner(), session));
            configs.forget(session);
        }
    }

    /** Clients that are connected. */
    public int count() {
        return sessions.size();
    }

    /** Clients that have not taken what they were sent for a minute or longer, or fail again and again. */
    public List<Trouble> troubles() {
        var troubles = new ArrayList<Trouble>();
        long nanos = loop.nanoTime();
        long millis = loop.currentTimeMillis();
        for (Session session : sessions.values()) {
            Trouble trouble = session.delivery().trouble(nanos, millis);
            if (trouble != null) {
                troubles.add(trouble);
            }
        }
        return troubles;
    }

    /** The client of this connection; null when there is none. */
    public @Nullable Session find(String id) {
        return sessions.get(id);
    }

    /** What has become of all pushes of services. */
    public Pushes servicePushes() {
        return ledger.services();
    }

    /** How long those took that were answered. */
    public PushCosts servicePushCosts() {
        return ledger.serviceCosts();
    }

    public Collection<Session> all() {
        return Collections.unmodifiableCollection(sessions.values());
    }

    /**
     * A page of what has become of the messages to each client; no connection's loop is asked.
     *
     * @param pageNumber from 1
     * @param pageSize at most {@link Ledger#MAX_PAGE}
     */
    public CompletionStage<Clients> clients(Ledger.Sort sort, int pageNumber, int pageSize) {
        return loop.call(() -> {
            List<Delivery> connected =
                    sessions.values().stream().map(Session::delivery).toList();
            return ledger.page(connected, sort, pageNumber, pageSize);
        });
    }

    /**
     * A page of clients that have gone, the last one first, and who was turned away.
     *
     * @param connectionId that one alone; "" for all
     * @param ip those that said they were there, or came from there; "" for all
     * @param pageNumber from 1
     * @param pageSize at most {@link Ledger#MAX_PAGE}
     */
    public Closed closed(String connectionId, String ip, int pageNumber, int pageSize) {
        return ledger.closed(connectionId, ip, pageNumber, pageSize);
    }

    /** Asks every client to connect to another server. */
    public void resetAll() {
        for (Session session : sessions.values()) {
            session.loop().execute(session::reset);
        }
    }

    long nanoTime() {
        return loop.nanoTime();
    }

    /** The encoded states that clients are sent. */
    public ServiceFrames frames() {
        return frames;
    }

    Ledger ledger() {
        return ledger;
    }

    Push detection() {
        long id = requestIds.incrementAndGet();
        return new Push(id, 0, Payload.encode(allocator, new ClientDetectionRequest(Long.toString(id))));
    }

    Push reset(String connectionId) {
        long id = requestIds.incrementAndGet();
        var request = new ConnectResetRequest(Long.toString(id), null, null, connectionId);
        return new Push(id, 0, Payload.encode(allocator, request));
    }

    Push notice(ConfigKey key, @Nullable String tenant) {
        long id = requestIds.incrementAndGet();
        var request = new ConfigChangeNotifyRequest(Long.toString(id), key.dataId(), key.group(), tenant);
        return new Push(id, 0, Payload.encode(allocator, request));
    }

    private void tick() {
        long now = loop.nanoTime();
        for (Session session : sessions.values()) {
            if (session.needsTick(now)) {
                session.loop().execute(() -> session.tick(now));
            }
        }
        frames.sweep();
        if (frames.lacked()) {
            ejectOne(now);
        }
        ledger.tick();
        loop.schedule(TICK, this::tick);
    }

    /**
     * Clients that do not read hold so many different states that no new one can be encoded, for anyone. One of them goes,
     * the one whose transport holds most, of equals the one that has not read for longest; it will connect again and
     * start afresh.
     */
    private void ejectOne(long now) {
        Session worst = null;
        for (Session session : sessions.values()) {
            long since = session.stuckSinceNanos();
            boolean stuck = since != Delivery.NEVER && now - since >= PATIENCE.toNanos();
            if (stuck && (worst == null || BY_HARM.compare(session, worst) > 0)) {
                worst = session;
            }
        }
        if (worst != null) {
            Session ejected = worst;
            ejected.loop()
                    .execute(() -> ejected.eject("no room to encode new states, and this client has not read for "
                            + PATIENCE.toSeconds() + " s or more"));
        }
    }
}
