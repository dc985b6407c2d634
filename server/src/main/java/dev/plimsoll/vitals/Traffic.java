package dev.plimsoll.vitals;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What clients ask, how fast they are answered, and who asks most. Any thread. */
public final class Traffic {
    /** All that is counted here. */
    public static final long HEAP_BYTES = (RequestKind.values().length + 1L) * Latency.HEAP_BYTES
            + (3L * RequestKind.values().length + 2) * Talkers.HEAP_BYTES
            + 2L * Traffic.MAX_WORDS
            + Answers.HEAP_BYTES;

    private static final int ONE_IN = 16;
    private static final int MAX_WORDS = 200;
    private static final long WORDS_NANOS = 1_000_000_000; // a flood of refusals costs one text a second

    private final LongSupplier nanoTime;
    private final Map<RequestKind, Latency> kinds = new EnumMap<>(RequestKind.class);
    private final Latency pushes = new Latency();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Map<RequestKind, Askers> askers = new EnumMap<>(RequestKind.class);
    private final Talkers logins = new Talkers();
    private final Answers answers = new Answers();
    private final Faults faults;
    private final LongAdder denied = new LongAdder();
    private final Talkers deniedTo = new Talkers();
    private volatile String lastRefusal = "";
    private volatile long lastRefusalNanos;

    /**
     * Who asks, and about what.
     *
     * @param names of services and configurations
     */
    public record Askers(Talkers addresses, Talkers namespaces, Talkers names) {}

    /** @param nanoTime a clock that never goes back, for any thread */
    public Traffic(LongSupplier nanoTime) {
        this(nanoTime, new Faults());
    }

    /** @param faults counts what is answered by errors, beside others */
    public Traffic(LongSupplier nanoTime, Faults faults) {
        this.nanoTime = nanoTime;
        this.faults = faults;
        for (RequestKind kind : RequestKind.values()) {
            kinds.put(kind, new Latency());
            askers.put(kind, new Askers(new Talkers(), new Talkers(), new Talkers()));
        }
    }

    /** A request begins; the answer is for {@link #answered}. */
    public long begin() {
        return nanoTime.getAsLong();
    }

    /** The request that began then is answered; the nanoseconds it took. */
    public long answered(RequestKind kind, long begunNanos) {
        long took = nanoTime.getAsLong() - begunNanos;
        of(kind).took(took);
        return took;
    }

    /**
     * Whether the caller should tell {@link #by} of a request that began then: of one in sixteen. Who asks most shows in these
     * too, and the others cost nothing.
     */
    public static boolean tells(long begunNanos) {
        return (begunNanos >>> 4) % ONE_IN == 0; // the lowest bits are the same in each reading of some clocks
    }

    /**
     * Who asks, one for many.
     *
     * @param namespace "" when the request has none, or none was read
     * @param name of a service or a configuration; "" as above
     */
    public void by(RequestKind kind, String address, String namespace, String name) {
        Askers heard = askers(kind);
        heard.addresses().heard(address);
        if (!name.isEmpty()) {
            heard.namespaces().heard(namespace);
            heard.names().heard(name);
        }
    }

    /** Who logs in, or tries to. */
    public void loginBy(String user, String address) {
        logins.heard(user + " from " + address);
    }

    /** A minute has passed: what was heard before counts half. */
    void fade() {
        for (Askers each : askers.values()) {
            each.addresses().fade();
            each.namespaces().fade();
            each.names().fade();
        }
        logins.fade();
        deniedTo.fade();
        answers.fade();
    }

    /**
     * There was no room for a request.
     *
     * @param words what it was refused with, for operators; asked for once a second at most
     */
    public void refused(Supplier<String> words) {
        refused.increment();
        failed.increment();
        long now = nanoTime.getAsLong();
        if (lastRefusal.isEmpty() || now - lastRefusalNanos > WORDS_NANOS) {
            lastRefusalNanos = now;
            String all = words.get();
            String some = all.length() <= MAX_WORDS ? all : all.substring(0, MAX_WORDS - 3) + "...";
            lastRefusal = LogText.line(some);
        }
    }

    /** One who called from this address may not do what it asked for; besides {@link #failed}. */
    public void denied(String address) {
        denied.increment();
        deniedTo.heard(address);
    }

    /**
     * A request was answered by an error that is no want of room.
     *
     * @param ofConfigs it was about configurations
     * @param isIllegal it was wrong itself
     */
    public void failed(boolean ofConfigs, boolean isIllegal) {
        failed.increment();
        if (ofConfigs) {
            faults.ofConfigs(isIllegal);
        }
    }

    /** By route of HTTP. */
    public Answers answers() {
        return answers;
    }

    public Faults faults() {
        return faults;
    }

    public Latency of(RequestKind kind) {
        return Objects.requireNonNull(kinds.get(kind));
    }

    /** From sending to the client's answer. */
    public Latency pushes() {
        return pushes;
    }

    public long refusedCount() {
        return refused.sum();
    }

    public long failedCount() {
        return failed.sum();
    }

    /** What one of the last that found no room was refused with; "" when none was. */
    String lastRefusal() {
        return lastRefusal;
    }

    long deniedCount() {
        return denied.sum();
    }

    /** Addresses. */
    Talkers deniedTo() {
        return deniedTo;
    }

    /** Of requests of this kind, as far as they are told of. */
    public Askers askers(RequestKind kind) {
        return Objects.requireNonNull(askers.get(kind));
    }

    public Talkers logins() {
        return logins;
    }
}
