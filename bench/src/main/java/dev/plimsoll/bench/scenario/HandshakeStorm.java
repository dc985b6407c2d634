package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.TlsPeer;
import dev.plimsoll.bench.client.TlsPeer.Kind;
import dev.plimsoll.bench.measure.Latency;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Handshakes that go wrong: some half open all the time, others begun at a rate. */
final class HandshakeStorm {
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long HASTE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long NO_HASTE_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final double LONGEST_MILLIS = 20_000;
    private static final List<Kind> SILENT = List.of(Kind.HELLO, Kind.HALF);
    private static final List<Kind> STORM = List.of(Kind.GARBAGE, Kind.LONG, Kind.RECORD, Kind.NOISE, Kind.FULL);

    /** What is known of one kind. Any thread. */
    private static final class Tally {
        final AtomicLong begun = new AtomicLong();
        final AtomicLong closed = new AtomicLong();
        final Latency lasted = new Latency();
    }

    private final Run run;
    private final TlsPeer peer = new TlsPeer();
    private final Map<Kind, Tally> tallies =
            Stream.of(Kind.values()).collect(Collectors.toUnmodifiableMap(kind -> kind, kind -> new Tally()));
    private final AtomicInteger number = new AtomicInteger();
    private final AtomicLong stormed = new AtomicLong();
    private final AtomicLong unconnected = new AtomicLong();
    private volatile boolean over;

    HandshakeStorm(Run run) {
        this.run = run;
    }

    /**
     * Begins it.
     *
     * @param silent half open at a time
     * @param rate others, each second
     */
    void begin(int silent, int rate) {
        for (int i = 0; i < silent; i++) {
            beSilent(SILENT.get(i % SILENT.size()));
        }
        if (rate > 0) {
            keepUp(System.nanoTime(), rate);
        }
    }

    /** One more half-open handshake, and another in its place when the server has closed it. */
    private void beSilent(Kind kind) {
        begin(kind, NO_HASTE_NANOS, () -> run.loops().after(AGAIN_NANOS, () -> beSilent(kind)));
    }

    /** As many as are due by now. */
    private void keepUp(long since, int rate) {
        if (over) {
            return;
        }
        long due = (System.nanoTime() - since) * rate / TimeUnit.SECONDS.toNanos(1);
        while (stormed.get() < due) {
            begin(STORM.get((int) (stormed.getAndIncrement() % STORM.size())), HASTE_NANOS, () -> {});
        }
        run.loops().after(TICK_NANOS, () -> keepUp(since, rate));
    }

    private void begin(Kind kind, long patienceNanos, Runnable then) {
        if (over) {
            return;
        }
        Tally tally = tally(kind);
        tally.begun.incrementAndGet();
        InetAddress from = HttpClients.addressOf(run, number.getAndIncrement());
        peer.begin(run.loops(), from, run.target().grpc(), kind, patienceNanos, ended -> {
            if (!ended.connected()) {
                unconnected.incrementAndGet();
            } else if (ended.byServer()) {
                tally.closed.incrementAndGet();
                tally.lasted.record(ended.nanos());
            }
            then.run();
        });
    }

    void end() {
        over = true;
        peer.goAll();
    }

    private Tally tally(Kind kind) {
        Tally tally = tallies.get(kind);
        if (tally == null) {
            throw new IllegalStateException(kind + " is not counted");
        }
        return tally;
    }

    void report() {
        for (Kind kind : Kind.values()) {
            Tally tally = tally(kind);
            String what = kind.name().toLowerCase(Locale.ROOT);
            run.report().count(what + ": begun", tally.begun.get());
            run.report().count(what + ": closed by the server", tally.closed.get());
            if (SILENT.contains(kind)) {
                run.report().figure(what + ": half open p50", tally.lasted.percentileMillis(50), "ms");
                run.report().atMost(what + ": half open max", tally.lasted.maxMillis(), "ms", LONGEST_MILLIS);
            }
        }
        run.report().count("connections not accepted", unconnected.get());
    }
}
