package dev.plimsoll.session;

import dev.plimsoll.session.Outbox.Obstacle;
import dev.plimsoll.session.PushLog.Event;
import dev.plimsoll.vitals.LogText;
import dev.plimsoll.vitals.Trouble;
import dev.plimsoll.wire.LedgerMessages.Client;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * What has become of the messages to one client: a page of the {@link Ledger}. Changed on the connection's loop, except
 * where a method says otherwise; readers on any thread see each number as it is or was a moment ago.
 */
final class Delivery implements Outbox.Listener {
    /** A moment that has not been. */
    static final long NEVER = Long.MIN_VALUE;

    private static final int MAX_ERROR = 64; // characters
    private static final long LONG_MILLIS = 60_000;
    private static final long LATELY_MILLIS = 300_000;
    private static final int OFTEN = 3;

    // Places in the numbers. Their one writer needs no fence: lazySet.
    private static final int SENT = 0;
    private static final int ACKED = 1;
    private static final int FAILED = 2;
    private static final int DIRTY = 3;
    private static final int CONFIGS = 4;
    private static final int PARKED_NANOS = 5;
    private static final int OLDEST_NANOS = 6;
    private static final int ERROR_MILLIS = 7;

    private final Ledger ledger;
    private final Peer peer;
    private final ClientInfo client;
    private final long connectedMillis;
    private final AtomicLongArray numbers = new AtomicLongArray(8);
    private @Nullable PushLog parkedIn;
    private volatile @Nullable Obstacle obstacle;
    private volatile @Nullable String lastError;
    private volatile int services; // written on the registry's loop

    Delivery(Ledger ledger, Peer peer, ClientInfo client, long nowMillis) {
        this.ledger = ledger;
        this.peer = peer;
        this.client = client;
        this.connectedMillis = nowMillis;
        numbers.lazySet(PARKED_NANOS, NEVER);
        numbers.lazySet(OLDEST_NANOS, NEVER);
    }

    @Override
    public void sent(int bytes) {
        add(SENT);
    }

    @Override
    public void acked(Topic topic, long revision, int bytes, long costNanos, long nowNanos) {
        add(ACKED);
        ledger.pushes(topic).answered(costNanos);
        ledger.latency().took(costNanos);
        PushLog log = ledger.log(topic);
        if (log.admits(Event.SUCC, nowNanos)) {
            log.write(Event.SUCC, "cost=" + millis(costNanos) + told(topic, revision, bytes) + who());
        }
    }

    @Override
    public void failed(Topic topic, long revision, int bytes, String reason, long nowNanos) {
        add(FAILED);
        ledger.pushes(topic).failed.increment();
        error(reason);
        PushLog log = ledger.log(topic);
        if (log.admits(Event.FAIL, nowNanos)) {
            log.write(Event.FAIL, reason(reason) + told(topic, revision, bytes) + who());
        }
    }

    @Override
    public void parked(Topic next, Obstacle obstacle, int topics, long nowNanos) {
        this.obstacle = obstacle;
        numbers.lazySet(PARKED_NANOS, nowNanos);
        ledger.parked(1);
        PushLog log = ledger.log(next);
        parkedIn = log;
        if (log.admits(Event.PARK, nowNanos)) {
            log.write(Event.PARK, reason(obstacle.words) + " topics=" + topics + waiting() + who());
        }
    }

    @Override
    public void woken(int topics, long nowNanos) {
        long parked = nowNanos - numbers.getPlain(PARKED_NANOS);
        PushLog log = parkedIn;
        parkedNoMore();
        if (log != null && log.admits(Event.WAKE, nowNanos)) {
            log.write(Event.WAKE, "parked=" + millis(parked) + " topics=" + topics + waiting() + who());
        }
    }

    /** The outbox stands thus. */
    void stands(Outbox outbox) {
        numbers.lazySet(DIRTY, outbox.size());
        numbers.lazySet(OLDEST_NANOS, outbox.oldestUnackedNanos());
    }

    /** So many messages are un-acked. */
    void awaits(int messages) {
        numbers.lazySet(DIRTY, messages);
    }

    /** The client listens to so many configurations. */
    void listens(int configs) {
        numbers.lazySet(CONFIGS, configs);
    }

    /** The client has subscribed to so many services. On the registry's loop. */
    void subscribed(int count) {
        services = count;
    }

    /** The client answered something it was asked that is no push. */
    void answered(String request, long costNanos, long nowNanos) {
        PushLog log = ledger.remoteLog();
        if (log.admits(Event.SUCC, nowNanos)) {
            log.write(Event.SUCC, "cost=" + millis(costNanos) + " request=" + request + who());
        }
    }

    /** The client did not answer something it was asked that is no push. */
    void unanswered(String request, Duration within, long nowNanos) {
        String reason = "no answer within " + within.toSeconds() + " s";
        error(request + ": " + reason);
        PushLog log = ledger.remoteLog();
        if (log.admits(Event.FAIL, nowNanos)) {
            log.write(Event.FAIL, reason(reason) + " request=" + request + who());
        }
    }

    /** The connection is about to be ended for the good of others. */
    void ejected(String reason, long nowNanos) {
        ledger.countEjected();
        error("ejected: " + reason);
        PushLog log = ledger.namingLog();
        if (log.admits(Event.EJECT, nowNanos)) {
            String parked = isParked() ? " parked=" + millis(nowNanos - numbers.get(PARKED_NANOS)) : "";
            log.write(Event.EJECT, reason(reason) + " topics=" + numbers.get(DIRTY) + waiting() + parked + who());
        }
    }

    /** The connection has ended. What it was owed when it did counts as neither answered nor failed. */
    void ended() {
        if (isParked()) {
            parkedNoMore();
        }
        numbers.lazySet(OLDEST_NANOS, NEVER);
    }

    String version() {
        return client.version();
    }

    /** Any thread. */
    int services() {
        return services;
    }

    /** Any thread. */
    int configs() {
        return (int) numbers.get(CONFIGS);
    }

    long connectedMillis() {
        return connectedMillis;
    }

    /** Any thread. */
    long failures() {
        return numbers.get(FAILED);
    }

    /** Sent, and not yet taken by the socket. Any thread. */
    long bytesWaiting() {
        return peer.pendingBytes();
    }

    /** Topics whose newest state is not known to have reached the client. Any thread. */
    long dirtyTopics() {
        return numbers.get(DIRTY);
    }

    /** When the client was parked; {@link #NEVER} when it is not. Any thread. */
    long parkedSinceNanos() {
        return numbers.get(PARKED_NANOS);
    }

    /** What keeps the client from being told, when it has for a minute, or failed lately and often. Any thread. */
    @Nullable
    Trouble trouble(long nowNanos, long nowMillis) {
        Long parked = millisSince(parkedSinceNanos(), nowNanos);
        Long unacked = millisSince(numbers.get(OLDEST_NANOS), nowNanos);
        Obstacle kept = obstacle;
        String error = lastError;
        boolean stuck = parked != null && parked >= LONG_MILLIS && kept != Obstacle.BUDGET; // which is not its fault
        boolean owes = unacked != null && unacked >= LONG_MILLIS;
        boolean fails = failures() >= OFTEN && error != null && nowMillis - numbers.get(ERROR_MILLIS) < LATELY_MILLIS;
        if (!stuck && !owes && !fails) {
            return null;
        }
        String why;
        if (stuck && kept == Obstacle.PEER) {
            why = numbers.get(ACKED) == 0 ? "it has never read anything" : "it reads no more";
        } else if (stuck || owes) {
            why = "it takes bytes and answers nothing: it hangs, or the network lets nothing back";
        } else {
            why = "it answers late or by failures: " + error;
        }
        long since = Math.max(parked == null ? 0 : parked, unacked == null ? 0 : unacked);
        String who = client.ip() + " " + client.app() + " " + client.version();
        return new Trouble(who, why, since, failures(), bytesWaiting());
    }

    /** There is something to remember when the client has gone. */
    boolean notable() {
        return failures() > 0 || lastError != null;
    }

    /** All of it. Any thread. */
    Client read(long nowNanos) {
        return read(nowNanos, null, null);
    }

    /** All of it, of one whose connection has ended. On its loop. */
    Client last(long nowNanos, long nowMillis, String why) {
        return read(nowNanos, nowMillis, why);
    }

    private Client read(long nowNanos, @Nullable Long goneMillis, @Nullable String goneFor) {
        String error = lastError;
        long parkedSince = parkedSinceNanos();
        Obstacle parkedFor = obstacle;
        return new Client(
                peer.id(),
                client.ip(),
                client.app(),
                client.version(),
                connectedMillis,
                goneMillis,
                goneFor,
                null,
                services,
                (int) numbers.get(CONFIGS),
                numbers.get(SENT),
                numbers.get(ACKED),
                failures(),
                (int) dirtyTopics(),
                goneMillis == null ? bytesWaiting() : 0,
                millisSince(parkedSince, nowNanos),
                parkedSince == NEVER || parkedFor == null ? null : parkedFor.words,
                millisSince(numbers.get(OLDEST_NANOS), nowNanos),
                error,
                error == null ? null : numbers.get(ERROR_MILLIS));
    }

    private static @Nullable Long millisSince(long sinceNanos, long nowNanos) {
        return sinceNanos == NEVER ? null : Math.max(0, (nowNanos - sinceNanos) / 1_000_000);
    }

    boolean isParked() {
        return numbers.get(PARKED_NANOS) != NEVER;
    }

    private void parkedNoMore() {
        parkedIn = null;
        numbers.lazySet(PARKED_NANOS, NEVER);
        obstacle = null;
        ledger.parked(-1);
    }

    private void add(int place) {
        numbers.lazySet(place, numbers.getPlain(place) + 1);
    }

    private void error(String reason) {
        numbers.lazySet(ERROR_MILLIS, ledger.currentTimeMillis());
        lastError = reason.length() <= MAX_ERROR ? reason : reason.substring(0, MAX_ERROR);
    }

    private static String millis(long nanos) {
        return nanos / 1_000_000 + "ms";
    }

    /** A sentence as one field; it may hold what a client said. */
    private static String reason(String words) {
        return "reason=\"" + LogText.line(words).replace('"', '_') + "\"";
    }

    private static String told(Topic topic, long revision, int bytes) {
        if (topic instanceof Topic.ServiceView view) {
            String clusters = view.clusters().isEmpty() ? "" : " clusters=" + LogText.word(view.clusters());
            return " namespace=" + LogText.word(view.service().namespace()) + " service="
                    + LogText.word(view.service().joined()) + clusters + " revision=" + revision + " bytes=" + bytes;
        }
        var config = ((Topic.ConfigNotice) topic).config();
        return " namespace=" + LogText.word(config.namespace()) + " group=" + LogText.word(config.group()) + " dataId="
                + LogText.word(config.dataId()) + " bytes=" + bytes;
    }

    private String waiting() {
        return " waiting=" + peer.pendingBytes();
    }

    private String who() {
        return " client=" + peer.id() + " ip=" + LogText.word(client.ip()) + " app=" + LogText.word(client.app())
                + " version=" + LogText.word(client.version());
    }
}
