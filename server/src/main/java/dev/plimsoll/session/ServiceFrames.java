package dev.plimsoll.session;

import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.registry.ServiceSnapshot;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.wire.InstanceInfo;
import dev.plimsoll.wire.NamingMessages.NotifySubscriberRequest;
import dev.plimsoll.wire.Payload;
import dev.plimsoll.wire.ServiceInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The encoded states of services: each once per revision and view, its bytes shared by all who are sent it. Any thread.
 *
 * <p>A frame is charged to the account before it is made and until the last receiver's transport has let go of it. The
 * cache keeps one reference of its own; so a frame that has left the cache is free when its count has fallen to one,
 * which {@link #sweep} looks for.
 */
public final class ServiceFrames {
    private static final Duration KEPT_UNUSED = Duration.ofSeconds(2);
    private static final long OBJECT_BYTES = 512;
    private static final String PUSH_TYPE = NotifySubscriberRequest.class.getSimpleName();

    private final Function<ServiceKey, ServiceSnapshot> newest;
    private final ByteBufAllocator allocator;
    private final Account account;
    private final long largest; // a frame
    private final AtomicLong requestIds;
    private final LongSupplier nanoTime;
    private final Map<Topic.ServiceView, Frame> frames = new ConcurrentHashMap<>();
    private final Queue<Frame> retired = new ConcurrentLinkedQueue<>();
    private volatile long lackedBytes; // what the last frame that found no room would have taken, 0 for none

    /**
     * @param newest the state of a service now
     * @param account direct memory for frames: in the cache, or in a transport
     */
    public ServiceFrames(
            Function<ServiceKey, ServiceSnapshot> newest,
            ByteBufAllocator allocator,
            Account account,
            AtomicLong requestIds,
            LongSupplier nanoTime) {
        this.newest = newest;
        this.allocator = allocator;
        this.account = account;
        this.requestIds = requestIds;
        this.nanoTime = nanoTime;
        this.largest = largest(account);
    }

    /** A whole NotifySubscriberRequest; {@code jsonStart} and {@code jsonLength} say where its service info lies. */
    private static final class Frame {
        final long revision;
        final long requestId;
        final ByteBuf message;
        final int jsonStart;
        final int jsonLength;
        final long charged;
        volatile long usedNanos;

        Frame(long revision, long requestId, ByteBuf message, int jsonStart, int jsonLength, long charged) {
            this.revision = revision;
            this.requestId = requestId;
            this.message = message;
            this.jsonStart = jsonStart;
            this.jsonLength = jsonLength;
            this.charged = charged;
        }
    }

    /** The message that tells a subscriber the newest state of {@code service}. */
    Push push(ServiceKey service, String clusters) throws Outbox.LackOfBudget {
        Taken taken = take(new Topic.ServiceView(service, clusters));
        if (taken == null) {
            throw new Outbox.LackOfBudget();
        }
        return new Push(taken.frame.requestId, taken.frame.revision, taken.message);
    }

    /**
     * An answer that holds the newest state of {@code service}.
     *
     * @param before the answer's JSON up to the service info
     * @param after the rest of it
     * @throws OverBudget when there is no room to encode the state
     */
    public ByteBuf answer(ServiceKey service, String clusters, String type, byte[] before, byte[] after) {
        Taken taken = take(new Topic.ServiceView(service, clusters));
        if (taken == null) {
            throw new OverBudget(account.name() + ": " + account.held() + " bytes held (limit: " + account.limit()
                    + ", of which one service may take " + largest + "); try again later");
        }
        try {
            ByteBuf json = taken.message.slice(taken.frame.jsonStart, taken.frame.jsonLength);
            return Payload.encode(allocator, type, before, json, after);
        } finally {
            taken.message.release();
        }
    }

    /**
     * The JSON of the healthy instances of {@code service} alone, which is asked for too seldom to be kept.
     *
     * @throws OverBudget when that of all of them is larger than one service may take
     */
    public byte[] healthy(ServiceKey service, String clusters) {
        ServiceSnapshot snapshot = newest.apply(service);
        long expected = jsonBytes(snapshot.key(), snapshot.instances());
        if (expected > largest) {
            throw new OverBudget("state of " + service.joined() + ": some " + expected + " bytes (expected: at most "
                    + largest + " with this memory line)");
        }
        return serviceInfo(snapshot, clusters, true);
    }

    /** An encoded state that is held, of a service through a cluster filter. */
    public record Held(ServiceKey service, String clusters, long bytes) {}

    /** All states that are held for whoever wants them next, in no order. There may be many. */
    public Stream<Held> held() {
        return frames.entrySet().stream()
                .map(entry -> new Held(entry.getKey().service(), entry.getKey().clusters(), entry.getValue().charged));
    }

    /** Bytes of older states that somebody's transport still holds. */
    public long retiredBytes() {
        long sum = 0;
        for (Frame frame : retired) {
            sum += frame.charged;
        }
        return sum;
    }

    /** Frees what nobody has used for a while, and what the last receiver has let go of. */
    void sweep() {
        free(KEPT_UNUSED.toNanos());
    }

    /** Frees all of them: the network is closed, and nobody is sent anything any more. */
    public void close() {
        free(0);
    }

    /** Frames in the cache. */
    int size() {
        return frames.size();
    }

    /** There was no room for a frame since this was last asked, though nothing lay unused: transports hold them all. */
    boolean lacked() {
        long bytes = lackedBytes;
        lackedBytes = 0;
        return bytes > 0 && bytes <= largest;
    }

    private @Nullable Taken take(Topic.ServiceView view) {
        Taken taken = tryTake(view);
        if (taken == null) {
            free(0);
            taken = tryTake(view);
            if (taken != null) {
                lackedBytes = 0;
            }
        }
        return taken;
    }

    private static final class Taken {
        final Frame frame;
        final ByteBuf message;

        Taken(Frame frame) {
            this.frame = frame;
            this.message = frame.message.retainedDuplicate();
        }
    }

    private @Nullable Taken tryTake(Topic.ServiceView view) {
        var taken = new AtomicReference<@Nullable Taken>();
        frames.compute(view, (v, cached) -> {
            // Asked for inside: two who encode one view in turn, each with the newest state, never go back.
            ServiceSnapshot snapshot = newest.apply(v.service());
            Frame frame = cached;
            if (frame == null || frame.revision != snapshot.revision()) {
                frame = encode(snapshot, v.clusters());
                if (frame == null) {
                    return cached;
                }
                if (cached != null) {
                    retired.add(cached);
                }
            }
            frame.usedNanos = nanoTime.getAsLong();
            taken.set(new Taken(frame));
            return frame;
        });
        return taken.get();
    }

    private @Nullable Frame encode(ServiceSnapshot snapshot, String clusters) {
        long expected = OBJECT_BYTES + jsonBytes(snapshot.key(), snapshot.instances());
        if (expected > largest || !account.tryReserve(expected)) {
            lackedBytes = expected;
            return null;
        }
        byte[] json = serviceInfo(snapshot, clusters, false);
        long charged = OBJECT_BYTES + json.length;
        if (charged <= expected) {
            account.release(expected - charged);
        } else if (!account.tryReserve(charged - expected)) {
            account.release(expected);
            lackedBytes = charged;
            return null;
        }
        long requestId = requestIds.incrementAndGet();
        byte[][] parts = NotifySubscriberRequest.around(Long.toString(requestId), json);
        ByteBuf message = Payload.encode(allocator, PUSH_TYPE, parts);
        int jsonStart = message.readableBytes() - parts[2].length - json.length;
        return new Frame(snapshot.revision(), requestId, message, jsonStart, json.length, charged);
    }

    private void free(long unusedNanos) {
        long now = nanoTime.getAsLong();
        for (Topic.ServiceView view : frames.keySet()) {
            frames.computeIfPresent(view, (v, frame) -> {
                if (now - frame.usedNanos < unusedNanos) {
                    return frame;
                }
                retired.add(frame);
                return null;
            });
        }
        for (int left = retired.size(); left > 0; left--) {
            Frame frame = retired.poll();
            if (frame == null) {
                return;
            }
            if (frame.message.refCnt() > 1) {
                retired.add(frame);
            } else {
                frame.message.release();
                account.release(frame.charged);
            }
        }
    }

    /** What the JSON of instances takes, before it is written. */
    public static long jsonBytes(ServiceKey service, Collection<Instance> instances) {
        return instances.stream()
                .mapToLong(instance -> instance.stateBytes(service))
                .sum();
    }

    /** What one service may take of {@code account}: on its way it is on the heap too. */
    public static long largest(Account account) {
        return account.limit() / 2;
    }

    /** The JSON of a service as one reader is shown it. */
    public static byte[] serviceInfo(ServiceSnapshot snapshot, String clusters, boolean healthyOnly) {
        return serviceInfo(snapshot, snapshot.key().name(), clusters, healthyOnly);
    }

    /**
     * The same.
     *
     * @param name what the service is called there: v1 HTTP joins the group to it
     */
    public static byte[] serviceInfo(ServiceSnapshot snapshot, String name, String clusters, boolean healthyOnly) {
        ServiceSnapshot.Selection selection = snapshot.select(clusters, healthyOnly);
        String joined = snapshot.key().joined();
        var hosts = new ArrayList<InstanceInfo>(selection.instances().size());
        for (Instance instance : selection.instances()) {
            hosts.add(info(instance, joined, snapshot.ephemeral()));
        }
        return new ServiceInfo(
                        name,
                        snapshot.key().group(),
                        clusters,
                        hosts,
                        snapshot.lastRefTime(),
                        selection.protectionReached())
                .json();
    }

    /**
     * An instance as clients are told of it.
     *
     * @param service {@code group@@service}
     */
    public static InstanceInfo info(Instance instance, String service, boolean ephemeral) {
        return new InstanceInfo(
                instanceId(instance, service),
                instance.ip(),
                instance.port(),
                instance.weight(),
                instance.healthy(),
                instance.enabled(),
                ephemeral,
                instance.cluster(),
                service,
                instance.metadata());
    }

    /**
     * The id an instance goes by.
     *
     * @param service {@code group@@service}
     */
    public static String instanceId(Instance instance, String service) {
        String id = instance.instanceId();
        return id.isEmpty() ? instance.ip() + "#" + instance.port() + "#" + instance.cluster() + "#" + service : id;
    }
}
