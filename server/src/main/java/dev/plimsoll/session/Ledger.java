package dev.plimsoll.session;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Latency;
import dev.plimsoll.vitals.Trail;
import dev.plimsoll.wire.LedgerMessages.Client;
import dev.plimsoll.wire.LedgerMessages.Clients;
import dev.plimsoll.wire.LedgerMessages.Closed;
import dev.plimsoll.wire.LedgerMessages.Pushes;
import dev.plimsoll.wire.LedgerMessages.Totals;
import dev.plimsoll.wire.LedgerMessages.Udp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Which clients could be told what, and which could not. Each connected one has a {@link Delivery} that its own loop
 * writes; of those that have gone the ones with the most failures are remembered, on {@code loop}; the totals are of all
 * there have been, and for any thread.
 */
public final class Ledger {
    static final int MAX_REMEMBERED = 256;

    /** Clients that have gone, whatever became of their messages. */
    static final int MAX_CLOSED = 512;

    /** The largest page. */
    public static final int MAX_PAGE = 500;

    private static final long REMEMBERED_BYTES = 512; // without the texts; measured by a test, rounded up
    private static final long REMEMBERED_PLACE_BYTES = 64; // of them, in the tree
    private static final int MAX_REASON = 200; // characters
    private static final CompletionStage<Integer> NO_INSTANCES = CompletableFuture.completedFuture(0);

    private final Loop loop;
    private final Account account;
    private final PushLog naming;
    private final PushLog remote;
    private final Latency latency;
    private final Count services = new Count();
    private final Count configs = new Count();
    private final LongAdder parked = new LongAdder();
    private final AtomicLong ejected = new AtomicLong();
    private final TreeSet<Gone> remembered = new TreeSet<>( // loop
            Comparator.comparingLong((Gone gone) -> gone.client.failures()).thenComparingLong(Gone::number));
    private final Set<Delivery> byUdp = new LinkedHashSet<>(); // loop
    private final Trail<Client> closed;
    private final TurnedAway turnedAway;
    private final UdpCounts udp = new UdpCounts();
    private volatile int udpCount;
    private long lastNumber; // loop

    /**
     * @param loop whose clock sessions live by
     * @param account heap for what is remembered of clients that have gone
     * @param naming the log of what becomes of services' messages
     * @param remote the log of what becomes of all others
     * @param latency of pushes, from sending to the client's answer
     */
    public Ledger(Loop loop, Account account, Logger naming, Logger remote, Latency latency) {
        this.loop = loop;
        this.account = account;
        this.latency = latency;
        this.closed = new Trail<>(account, MAX_CLOSED);
        this.turnedAway = new TurnedAway(account);
        this.naming = new PushLog(naming, loop.nanoTime());
        this.remote = new PushLog(remote, loop.nanoTime());
    }

    /** Messages of one kind, of all clients there have been. Any thread. */
    static final class Count {
        final LongAdder ok = new LongAdder();
        final LongAdder failed = new LongAdder();
        private final LongAdder nanos = new LongAdder();
        private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

        void answered(long costNanos) {
            ok.increment();
            nanos.add(costNanos);
            longest.accumulate(costNanos);
        }

        PushCosts costs() {
            return PushCosts.of(ok.sum(), nanos.sum(), longest.get());
        }

        Pushes read() {
            return new Pushes(ok.sum(), failed.sum());
        }
    }

    /** What became of datagrams, and of the wish for them. Any thread. */
    static final class UdpCounts {
        final LongAdder refused = new LongAdder();
        final LongAdder tooLarge = new LongAdder();
        final LongAdder ignored = new LongAdder();
        final LongAdder subscriptions = new LongAdder();
    }

    /** @param number one more for each, so that of equals the one gone longest is forgotten first */
    private record Gone(Client client, long number, long charged) {}

    /** What comes first in a page. */
    public enum Sort {
        FAILURES,
        WAITING,
        PARKED;

        /** {@code failures}, {@code waiting} or {@code parked}. */
        public static Sort of(String name) {
            return switch (name) {
                case "failures" -> FAILURES;
                case "waiting" -> WAITING;
                case "parked" -> PARKED;
                default -> throw new InvalidRequest("sort: '" + name + "' (expected: failures, waiting or parked)");
            };
        }
    }

    /** Answered and failed messages about services. Any thread. */
    public Pushes services() {
        return services.read();
    }

    /** Answered and failed notices of configurations. Any thread. */
    public Pushes configs() {
        return configs.read();
    }

    /** Clients that could be sent something, but it cannot be sent. Any thread. */
    public long parked() {
        return parked.sum();
    }

    /** Clients that are told by UDP. Any thread. */
    public int udpSubscribers() {
        return udpCount;
    }

    /** What they are told of. Any thread. */
    public long udpSubscriptions() {
        return udp.subscriptions.sum();
    }

    Delivery open(Peer peer, ClientInfo client) {
        return new Delivery(this, peer, client, loop.currentTimeMillis());
    }

    /**
     * The client's connection has ended. On its loop.
     *
     * @param withdrawn how many instances go with it
     */
    void ended(Delivery delivery, String why, CompletionStage<Integer> withdrawn) {
        Client last = delivery.last(loop.nanoTime(), loop.currentTimeMillis(), clipped(why));
        boolean notable = delivery.notable();
        delivery.ended();
        withdrawn.thenAccept(instances -> {
            Client client = last.with(instances);
            closed.enter(client, heapBytes(client) - REMEMBERED_PLACE_BYTES);
            if (notable) {
                loop.execute(() -> remember(client));
            }
        });
    }

    /** A connection from this address ended before there was a client. Any thread. */
    public void turnedAway(String ip, String reason) {
        turnedAway.enter(ip, clipped(reason), loop.currentTimeMillis());
    }

    /** As {@link Sessions#closed}. Any thread. */
    Closed closed(String connectionId, String ip, int pageNumber, int pageSize) {
        List<Client> all = closed.newestFirst().stream()
                .filter(client ->
                        connectionId.isEmpty() || client.connectionId().equals(connectionId))
                .filter(client -> ip.isEmpty() || isAt(client, ip))
                .toList();
        int size = Math.max(1, Math.min(pageSize, MAX_PAGE));
        int number = Math.max(1, pageNumber);
        List<Client> items = all.stream().skip((number - 1L) * size).limit(size).toList();
        return new Closed(
                closed.forgotten(),
                all.size(),
                number,
                (all.size() + size - 1) / size,
                items,
                connectionId.isEmpty() ? turnedAway.of(ip) : List.of());
    }

    /** The ip is where it says it is; its id tells where it came from. */
    private static boolean isAt(Client client, String ip) {
        return client.ip().equals(ip) || client.connectionId().contains("_" + ip + "_");
    }

    private static String clipped(String reason) {
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON - 3) + "...";
    }

    /** A client that has no connection, and is told by UDP. On {@code loop}. */
    Delivery openUdp(Peer peer, ClientInfo client) {
        Delivery delivery = open(peer, client);
        byUdp.add(delivery);
        udpCount = byUdp.size();
        return delivery;
    }

    /** It has not been heard of for long. On {@code loop}. */
    void endedUdp(Delivery delivery) {
        byUdp.remove(delivery);
        udpCount = byUdp.size();
        ended(delivery, "told by UDP, and not heard of for " + UdpPush.LIFE.toSeconds() + " s", NO_INSTANCES);
    }

    UdpCounts udp() {
        return udp;
    }

    private void remember(Client client) {
        var gone = new Gone(client, ++lastNumber, heapBytes(client));
        while (remembered.size() >= MAX_REMEMBERED || !account.tryReserve(gone.charged)) {
            if (remembered.isEmpty() || remembered.comparator().compare(remembered.first(), gone) > 0) {
                return;
            }
            forgetLeast();
        }
        remembered.add(gone);
    }

    private void forgetLeast() {
        Gone least = remembered.pollFirst();
        if (least != null) {
            account.release(least.charged);
        }
    }

    /** Time has passed. On {@code loop}. */
    void tick() {
        naming.report(loop.nanoTime());
        remote.report(loop.nanoTime());
    }

    /**
     * A page of clients, the first in {@code sort} before the others; by failures, those that have gone are among them.
     * On {@code loop}, so one at a time; it holds a row for each connected client while it sorts.
     *
     * @param pageNumber from 1
     */
    Clients page(Collection<Delivery> connected, Sort sort, int pageNumber, int pageSize) {
        long now = loop.nanoTime();
        var rows = new ArrayList<Row>(connected.size() + remembered.size());
        for (Delivery delivery : connected) {
            rows.add(Row.of(delivery, sort, now));
        }
        int live = rows.size();
        byUdp.forEach(delivery -> rows.add(Row.of(delivery, sort, now)));
        if (sort == Sort.FAILURES) {
            remembered.descendingSet().forEach(gone -> rows.add(new Row(gone.client.failures(), 0, null, gone.client)));
        }
        rows.sort(Comparator.comparingLong(Row::first)
                .thenComparingLong(Row::second)
                .reversed());
        int size = Math.max(1, Math.min(pageSize, MAX_PAGE));
        long skip = (Math.max(1, pageNumber) - 1L) * size;
        List<Client> items =
                rows.stream().skip(skip).limit(size).map(row -> row.read(now)).toList();
        int pages = (rows.size() + size - 1) / size;
        var versions = new Versions();
        connected.forEach(delivery -> versions.count(delivery.version()));
        byUdp.forEach(delivery -> versions.count(delivery.version()));
        return new Clients(totals(live), versions.mostFrequent(), rows.size(), Math.max(1, pageNumber), pages, items);
    }

    /** What a row is sorted by is read once: it may change while the sorting goes on. */
    private record Row(
            long first,
            long second,
            @Nullable Delivery delivery,
            @Nullable Client gone) {
        static Row of(Delivery delivery, Sort sort, long nowNanos) {
            long dirty = delivery.dirtyTopics();
            return switch (sort) {
                case FAILURES -> new Row(delivery.failures(), 1, delivery, null);
                case WAITING -> new Row(delivery.bytesWaiting(), dirty, delivery, null);
                case PARKED -> {
                    long since = delivery.parkedSinceNanos();
                    yield new Row(since == Delivery.NEVER ? -1 : nowNanos - since, dirty, delivery, null);
                }
            };
        }

        Client read(long nowNanos) {
            return delivery == null ? Objects.requireNonNull(gone) : delivery.read(nowNanos);
        }
    }

    private Totals totals(int connected) {
        return new Totals(
                connected,
                parked.sum(),
                remembered.size(),
                ejected.get(),
                services.read(),
                configs.read(),
                new Udp(byUdp.size(), udp.refused.sum(), udp.tooLarge.sum(), udp.ignored.sum()));
    }

    /** Of services. Any thread. */
    PushCosts serviceCosts() {
        return services.costs();
    }

    Count pushes(Topic topic) {
        return topic instanceof Topic.ServiceView ? services : configs;
    }

    PushLog log(Topic topic) {
        return topic instanceof Topic.ServiceView ? naming : remote;
    }

    Latency latency() {
        return latency;
    }

    PushLog namingLog() {
        return naming;
    }

    PushLog remoteLog() {
        return remote;
    }

    void parked(int difference) {
        parked.add(difference);
    }

    void countEjected() {
        ejected.incrementAndGet();
    }

    long currentTimeMillis() {
        return loop.currentTimeMillis();
    }

    /** For tests: clients that have gone and are remembered. Loop only. */
    int remembered() {
        return remembered.size();
    }

    private static long heapBytes(Client client) {
        long characters = 0L
                + client.connectionId().length()
                + client.ip().length()
                + client.app().length()
                + client.version().length()
                + length(client.goneFor())
                + length(client.lastError());
        return REMEMBERED_BYTES + 2 * characters;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
