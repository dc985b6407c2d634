package dev.plimsoll.vitals;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Compares, each second, the direct memory the allocator reports with what the direct accounts hold. {@link #last} is for
 * any thread.
 *
 * <p>Two differences matter. Buffers in use beyond what is accounted: somebody allocates without reserving, or forgets to
 * release. That may be a sixth of what is held, since the allocator rounds sizes up, and {@link #PER_LOOP} for each event
 * loop, for the bytes being read and the frames being written. And chunks taken beyond the buffers in use: a chunk is 1 MiB
 * and stays as long as one buffer in it lives, each arena keeps its first, and each event loop keeps some freed buffers at
 * hand. That may be {@link #CHUNKS_PER_LOOP} chunks for each and half the direct memory: beyond it, memory the accounts
 * think free could not be had.
 *
 * <p>The accounts may well hold more than is in use: shared frames count as snapshots and again with each receiver they
 * are under way to, and the bodies of HTTP answers lie on the heap.
 */
public final class DirectWatch implements Check {
    static final long PER_LOOP = 512 << 10;
    static final int CHUNKS_PER_LOOP = 4;
    static final long CHUNK = 1 << 20;
    /** A burst may be caught between its reservation and its buffer; five seconds of it are no burst. */
    static final int SAMPLES = 5;
    /** Samples without another for which a finding of missed buffers stays. */
    static final int LASTS = 600;

    static final Condition UNACCOUNTED = new Condition(
            "direct",
            "direct memory in use that no account holds",
            "this is a fault of the server: keep its logs and report it; a restart frees the memory");
    static final Condition IDLE = new Condition(
            "direct",
            "direct memory taken that no buffer uses",
            "the allocator is fragmented: it passes when the load does; if refusals come with it, give a larger line");
    static final Condition SHORT = new Condition(
            "direct",
            "connections were closed for want of a buffer",
            "direct memory was used up by the allocator's unevenness: see who holds it (the page /memory), and give a larger"
                    + " --memory");

    private final MemoryBudget budget;
    private final Supplier<Direct> allocator;
    private final int eventLoops;
    private volatile Sample last;
    private int unaccounted; // samples in a row, as the next
    private int idle;
    private long missed;
    private int passed = LASTS; // samples since one was missed

    /**
     * What the allocator reports.
     *
     * @param taken bytes of chunks it has from the system
     * @param used bytes of buffers now in use, as rounded up
     * @param missed how often a buffer was not to be had
     */
    public record Direct(long taken, long used, long missed) {}

    /** What was seen. */
    public record Sample(long accounted, Direct direct) {
        /** In use beyond what is accounted; negative when more is accounted. */
        public long drift() {
            return direct.used() - accounted;
        }
    }

    public DirectWatch(MemoryBudget budget, Supplier<Direct> allocator, int eventLoops) {
        this.budget = budget;
        this.allocator = allocator;
        this.eventLoops = eventLoops;
        this.last = sample();
    }

    @Override
    public String name() {
        return UNACCOUNTED.check();
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(1);
    }

    public Sample last() {
        return last;
    }

    /** Bytes in use beyond the {@code accounted} ones that are as it should be. */
    public long tolerance(long accounted) {
        return eventLoops * PER_LOOP + accounted / 6;
    }

    @Override
    public Measured look(Findings findings) {
        Sample now = sample();
        last = now;
        unaccounted = now.drift() > tolerance(now.accounted()) ? unaccounted + 1 : 0;
        long spare = now.direct().taken() - now.direct().used();
        idle = spare > CHUNK * eventLoops * CHUNKS_PER_LOOP + budget.directBytes() / 2 ? idle + 1 : 0;
        String evidence = GrowthCheck.amount(now.direct().taken()) + " taken, "
                + GrowthCheck.amount(now.direct().used()) + " in use, " + GrowthCheck.amount(now.accounted())
                + " accounted";
        tell(findings, UNACCOUNTED, unaccounted, evidence);
        tell(findings, IDLE, idle, evidence);
        long before = missed;
        missed = now.direct().missed();
        passed = missed > before ? 0 : passed + 1;
        if (passed == 0) {
            findings.found(SHORT, Severity.CRITICAL, missed + " since the start; " + evidence);
        } else if (passed == LASTS) {
            findings.over(SHORT, evidence);
        }
        return Measured.of(evidence);
    }

    private static void tell(Findings findings, Condition what, int inARow, String evidence) {
        if (inARow >= SAMPLES) {
            findings.found(what, Severity.WARNING, evidence);
        } else if (inARow == 0) {
            findings.over(what, evidence);
        }
    }

    /** The accounts first: what is reserved after is allocated after. */
    private Sample sample() {
        long accounted = budget.directHeld();
        return new Sample(accounted, allocator.get());
    }
}
