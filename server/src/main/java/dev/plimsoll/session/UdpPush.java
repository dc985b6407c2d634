package dev.plimsoll.session;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.loop.TimerWheel;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.registry.ServiceSnapshot;
import dev.plimsoll.session.Outbox.Obstacle;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.wire.UdpMessages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells 1.x clients of changes by datagrams, as well as it goes: they poll all the same. Changed on {@code loop} only.
 *
 * <p>A client subscribes by asking for a service's instances, again and again; 180 s after it last did it is forgotten.
 * Nothing is queued: a subscription remembers the number of the newest datagram and whether it was answered. A change is sent
 * at once, a service that goes on changing at a pace; the state is encoded once for all who are told of it in that turn. When no answer
 * comes within 10 s the newest state is sent once more, and then the client counts as not reachable until it answers.
 */
public final class UdpPush {
    static final Duration LIFE = Duration.ofMinutes(3);
    static final Duration ACK_TIMEOUT = Duration.ofSeconds(10);
    static final Duration PACE = Duration.ofMillis(500);

    /** A host with more clients than this is not told by UDP any more; they poll. */
    static final int MAX_PER_ADDRESS = 256;

    /** Objects and map places without the texts, rounded up; a test measures them. The registry charges its watch beside. */
    private static final long SUBSCRIBER_BYTES = 1_024;

    private static final long SUBSCRIPTION_BYTES = 640;

    /** From this size on clients expect gzip. */
    private static final int GZIP_FROM = 1_024;

    /** What UDP over IPv4 can carry. */
    static final int MAX_DATAGRAM = 65_507;

    /** A state whose texts are longer than this is not even encoded: no compression makes a datagram of it. */
    private static final long MAX_TEXT = 2 << 20;

    private static final long TEXT_PER_INSTANCE = 250;

    /** Receivers that are handed to the socket together. */
    private static final int BATCH = 256;

    /** The share of this loop's time that encoding one service may take: one tenth. */
    private static final long REST_PER_WORK = 10;

    private static final String NO_ANSWER =
            "no answer within " + ACK_TIMEOUT.toSeconds() + " s, nor to the second datagram";

    private final Loop loop;
    private final Registry registry;
    private final Ledger ledger;
    private final Account account;
    private final int maxSubscribers;
    private final Datagrams datagrams;
    private final TimerWheel<UdpSubscription> wheel;
    private final Map<InetSocketAddress, UdpSubscriber> subscribers =
            new ConcurrentHashMap<>(); // loop writes, all read
    private final Map<InetAddress, Integer> perAddress = new HashMap<>(); // loop, as the rest
    private final Map<Topic.ServiceView, Pace> paces = new HashMap<>();
    private long lastNumber;

    /** Where datagrams are sent. */
    public interface Datagrams {
        /**
         * @param unsent is told of each that could not be sent to, on any thread
         * @return false when nothing was sent
         */
        boolean send(byte[] payload, List<InetSocketAddress> to, Consumer<InetSocketAddress> unsent);
    }

    /** Who is to be told of a view at the end of the pause. */
    private static final class Pace {
        final Set<UdpSubscription> waiting = new LinkedHashSet<>();
    }

    /**
     * @param loop that of {@code ledger}
     * @param account heap for subscribers and subscriptions
     */
    public UdpPush(
            Loop loop, Registry registry, Ledger ledger, Account account, int maxSubscribers, Datagrams datagrams) {
        this.loop = loop;
        this.registry = registry;
        this.ledger = ledger;
        this.account = account;
        this.maxSubscribers = maxSubscribers;
        this.datagrams = datagrams;
        this.wheel = new TimerWheel<>(loop, UdpSubscription.class, this::examine, () -> {});
    }

    /** Who is told by UDP: watchers of the registry, all of them. Any thread. */
    public Collection<? extends Subscriber> subscribers() {
        return Collections.unmodifiableCollection(subscribers.values());
    }

    /**
     * {@code address} wants to be told of the service. The stage completes when every later change will be sent, or when
     * there is no place for the subscriber, which is counted and no more: a client that is not told polls. Any thread.
     *
     * @param agent the client's name and version
     * @param mayRead what the caller may read, asked before each datagram: he may lose that right
     */
    public CompletionStage<Void> subscribe(
            InetSocketAddress address,
            ServiceKey service,
            String clusters,
            String agent,
            String app,
            Predicate<ServiceKey> mayRead) {
        var view = new Topic.ServiceView(service, clusters);
        UdpSubscriber known = subscribers.get(address);
        UdpSubscription subscription = known == null ? null : known.subscriptions.get(view);
        var done = new CompletableFuture<Void>();
        if (subscription != null) {
            // One that ends in this very moment is there again with the client's next call.
            subscription.renewedNanos = loop.nanoTime();
            subscription.mayRead = mayRead;
            done.complete(null);
            return done;
        }
        try {
            loop.submit(() -> admit(address, view, agent, app, mayRead, done));
        } catch (Refusal e) {
            refuse(done);
        }
        return done;
    }

    /** A datagram has come. Any thread. */
    public void received(InetSocketAddress from, byte[] datagram) {
        UdpSubscriber subscriber = subscribers.get(from);
        long number = subscriber == null ? UdpMessages.NONE : UdpMessages.acked(datagram);
        if (subscriber == null || number == UdpMessages.NONE) {
            ledger.udp().ignored.increment();
            return;
        }
        try {
            loop.submit(() -> acked(subscriber, number));
        } catch (Refusal e) {
            ledger.udp().ignored.increment(); // lost, as a datagram may be
        }
    }

    Executor loop() {
        return loop;
    }

    /** For tests: nothing is left of anybody. Loop only. */
    boolean holdsNothing() {
        return subscribers.isEmpty() && perAddress.isEmpty() && paces.isEmpty() && wheel.isEmpty();
    }

    private void admit(
            InetSocketAddress address,
            Topic.ServiceView view,
            String agent,
            String app,
            Predicate<ServiceKey> mayRead,
            CompletableFuture<Void> done) {
        UdpSubscriber subscriber = subscribers.get(address);
        if (subscriber == null) {
            int siblings = perAddress.getOrDefault(address.getAddress(), 0);
            var client = new ClientInfo(agent, address.getAddress().getHostAddress(), Map.of("AppName", app));
            if (subscribers.size() >= maxSubscribers
                    || siblings >= MAX_PER_ADDRESS
                    || !account.tryReserve(SUBSCRIBER_BYTES + client.heapBytes())) {
                refuse(done);
                return;
            }
            subscriber = new UdpSubscriber(address, this, client, ledger);
            subscribers.put(address, subscriber);
            perAddress.merge(address.getAddress(), 1, Integer::sum);
        }
        if (subscriber.subscriptions.containsKey(view)) { // asked for twice at once
            done.complete(null);
            return;
        }
        if (!account.tryReserve(bytes(view))) {
            endIfIdle(subscriber);
            refuse(done);
            return;
        }
        var subscription = new UdpSubscription(subscriber, view, mayRead, loop.nanoTime());
        subscriber.subscriptions.put(view, subscription);
        wheel.put(subscription, LIFE.toMillis());
        ledger.udp().subscriptions.increment();
        CompletionStage<ServiceSnapshot> watched;
        try {
            watched = registry.watch(subscriber, view.service(), view.clusters());
        } catch (Refusal e) {
            end(subscription);
            refuse(done);
            return;
        }
        watched.whenComplete((snapshot, failure) -> {
            if (failure == null) {
                done.complete(null);
            } else {
                loop.execute(() -> end(subscription));
                refuse(done);
            }
        });
    }

    private static long bytes(Topic.ServiceView view) {
        return SUBSCRIPTION_BYTES
                + 2L
                        * (view.service().namespace().length()
                                + view.service().joined().length()
                                + view.clusters().length());
    }

    private void refuse(CompletableFuture<Void> done) {
        ledger.udp().refused.increment();
        done.complete(null);
    }

    /** The subscriber may not have the newest state. */
    void mark(UdpSubscriber subscriber, Topic.ServiceView view) {
        UdpSubscription subscription = subscriber.subscriptions.get(view);
        if (subscription == null) {
            return;
        }
        Pace pace = paces.get(view);
        if (pace == null) {
            pace = new Pace();
            paces.put(view, pace);
            loop.execute(() -> deliver(view)); // with all who are marked in this turn
        }
        pace.waiting.add(subscription);
    }

    private void deliver(Topic.ServiceView view) {
        Pace pace = paces.get(view);
        if (pace == null || pace.waiting.isEmpty()) {
            paces.remove(view);
            return;
        }
        long began = loop.nanoTime();
        var receivers = new ArrayList<>(pace.waiting);
        receivers.removeIf(receiver -> !receiver.mayRead.test(view.service()));
        pace.waiting.clear();
        try {
            if (!receivers.isEmpty()) {
                tell(receivers, view, began);
            }
        } finally {
            long work = loop.nanoTime() - began;
            loop.schedule(Duration.ofNanos(Math.max(PACE.toNanos(), work * REST_PER_WORK)), () -> deliver(view));
        }
    }

    private void tell(List<UdpSubscription> receivers, Topic.ServiceView view, long now) {
        ServiceSnapshot snapshot = registry.snapshot(view.service());
        lastNumber = Math.max(lastNumber + 1, now);
        byte[] payload = encode(snapshot, view.clusters(), lastNumber);
        if (payload == null) {
            ledger.udp().tooLarge.add(receivers.size());
            for (UdpSubscription subscription : receivers) {
                subscription.subscriber.delivery.failed(
                        view, snapshot.revision(), 0, "too large for a datagram; the client polls", now);
            }
            return;
        }
        for (UdpSubscription subscription : receivers) {
            expect(subscription, lastNumber, snapshot.revision(), payload.length, now);
        }
        for (int from = 0; from < receivers.size(); from += BATCH) {
            List<InetSocketAddress> to = receivers.subList(from, Math.min(receivers.size(), from + BATCH)).stream()
                    .map(subscription -> subscription.subscriber.address)
                    .toList();
            // One that could not be sent is as one that was lost: no answer comes, and the newest state is sent once
            // more.
            datagrams.send(payload, to, lost -> {});
        }
    }

    private void expect(UdpSubscription subscription, long number, long revision, int bytes, long now) {
        UdpSubscriber subscriber = subscription.subscriber;
        if (subscription.awaited == UdpMessages.NONE) {
            subscription.awaitedSinceNanos = now;
            subscription.retried = subscriber.delivery.isParked(); // no second one to whom the first did not reach
            wheel.put(subscription, ACK_TIMEOUT.toMillis());
        } else {
            subscriber.awaited.remove(subscription.awaited);
        }
        subscription.awaited = number;
        subscription.sentNanos = now;
        subscription.revision = revision;
        subscription.bytes = bytes;
        subscriber.awaited.put(number, subscription);
        subscriber.delivery.sent(bytes);
        subscriber.delivery.awaits(subscriber.awaited.size());
    }

    private void acked(UdpSubscriber subscriber, long number) {
        UdpSubscription subscription = subscriber.awaited.remove(number);
        if (subscription == null) {
            ledger.udp().ignored.increment();
            return;
        }
        long now = loop.nanoTime();
        subscription.awaited = UdpMessages.NONE;
        subscriber.delivery.acked(
                subscription.view, subscription.revision, subscription.bytes, now - subscription.sentNanos, now);
        subscriber.delivery.awaits(subscriber.awaited.size());
        if (subscriber.delivery.isParked()) {
            subscriber.delivery.woken(subscriber.awaited.size(), now);
        }
    }

    /** An answer may be overdue, or the client may not have asked for long. */
    private long examine(UdpSubscription subscription, long now) {
        UdpSubscriber subscriber = subscription.subscriber;
        long idle = (now - subscription.renewedNanos) / 1_000_000;
        if (idle >= LIFE.toMillis()) {
            end(subscription);
            return 0;
        }
        long left = LIFE.toMillis() - idle;
        if (subscription.awaited == UdpMessages.NONE) {
            return left;
        }
        long waited = (now - subscription.awaitedSinceNanos) / 1_000_000;
        if (waited < ACK_TIMEOUT.toMillis()) {
            return Math.min(left, ACK_TIMEOUT.toMillis() - waited);
        }
        if (!subscription.retried) {
            subscription.retried = true;
            subscription.awaitedSinceNanos = now;
            mark(subscriber, subscription.view);
            return Math.min(left, ACK_TIMEOUT.toMillis());
        }
        subscriber.awaited.remove(subscription.awaited);
        subscription.awaited = UdpMessages.NONE;
        subscriber.delivery.awaits(subscriber.awaited.size());
        subscriber.delivery.failed(subscription.view, subscription.revision, subscription.bytes, NO_ANSWER, now);
        if (!subscriber.delivery.isParked()) {
            subscriber.delivery.parked(subscription.view, Obstacle.SILENCE, subscriber.awaited.size(), now);
        }
        return left;
    }

    private void end(UdpSubscription subscription) {
        UdpSubscriber subscriber = subscription.subscriber;
        if (!subscriber.subscriptions.remove(subscription.view, subscription)) {
            return;
        }
        wheel.remove(subscription);
        ledger.udp().subscriptions.decrement();
        account.release(bytes(subscription.view));
        subscriber.awaited.remove(subscription.awaited, subscription);
        Pace pace = paces.get(subscription.view);
        if (pace != null) {
            pace.waiting.remove(subscription);
        }
        ServiceKey service = subscription.view.service();
        if (subscriber.subscriptions.keySet().stream()
                .noneMatch(view -> view.service().equals(service))) {
            registry.forget(subscriber, service);
        }
        endIfIdle(subscriber);
    }

    private void endIfIdle(UdpSubscriber subscriber) {
        if (subscriber.subscriptions.isEmpty() && subscribers.remove(subscriber.address, subscriber)) {
            perAddress.computeIfPresent(
                    subscriber.address.getAddress(), (address, count) -> count > 1 ? count - 1 : null);
            account.release(SUBSCRIBER_BYTES + subscriber.client().heapBytes());
            ledger.endedUdp(subscriber.delivery);
        }
    }

    /** Null when no datagram can hold it. */
    private static byte @Nullable [] encode(ServiceSnapshot snapshot, String clusters, long number) {
        long text = 0;
        for (Instance instance : snapshot.instances()) {
            text += TEXT_PER_INSTANCE;
            for (var entry : instance.metadata().entrySet()) {
                text += entry.getKey().length() + entry.getValue().length();
            }
        }
        if (text > MAX_TEXT) {
            return null;
        }
        byte[] info = ServiceFrames.serviceInfo(snapshot, snapshot.key().joined(), clusters, false);
        byte[] payload = UdpMessages.push(info, number);
        if (payload.length >= GZIP_FROM) {
            payload = gzip(payload);
        }
        return payload.length <= MAX_DATAGRAM ? payload : null;
    }

    private static byte[] gzip(byte[] plain) {
        var bytes = new ByteArrayOutputStream(plain.length / 4);
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // there is no device that could fail
        }
        return bytes.toByteArray();
    }
}
