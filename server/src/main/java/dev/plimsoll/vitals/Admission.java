package dev.plimsoll.vitals;

import dev.plimsoll.refusal.OverBudget;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Decides which requests are served when memory is tight. A request has a place in the {@code requests} account from
 * before it is decoded until it is answered. Room for a quarter of that account's own share is for small requests: beats,
 * health checks, registrations and deregistrations are small; a large publish is not. And while no more than that is left
 * of the requests account, or three sixteenths of the outbound one, queries are refused, whose answers are what fills them. Any thread.
 *
 * <p>What arrives as a query is refused after its name is known and before anything is spent on it; acknowledgements of
 * pushes come by another way and are never refused.
 */
public final class Admission {
    /** Registrations with some metadata stay below. */
    private static final long SMALL = 64 << 10;

    private final Account requests;
    private final Account outbound;
    private final long largest;
    private final AtomicLong refusedQueries = new AtomicLong();

    /**
     * @param requests heap account of requests under way
     * @param outbound direct account of answers under way
     * @param largest heap bytes one request may cost while it is decoded
     */
    public Admission(Account requests, Account outbound, long largest) {
        this.requests = requests;
        this.outbound = outbound;
        this.largest = largest;
    }

    /** Who sends requests: told of what those hold that are under way. Any thread. */
    public interface Holder {
        Holder NOBODY = difference -> {};

        /** So many bytes more; fewer when negative. */
        void holds(long difference);
    }

    /**
     * A place for a request that costs {@code bytes} while it is decoded. One that costs more than is there for large ones,
     * but no more than the largest may, is let in when it is the only one: its peak is short, and the heap's slack carries
     * what is over. Beyond that it would end the process: a content of 5 MB with one wide character does, at the smallest
     * line.
     *
     * @throws OverBudget when there is none
     */
    public Place enter(long bytes, Holder holder) {
        if (bytes > largest) {
            throw new OverBudget(requests.name() + ": " + bytes + " bytes for one request (expected: at most " + largest
                    + " with this memory line)");
        }
        long spare = spareOf(bytes);
        long charged = Math.min(bytes, requests.limit() - spare);
        if (!requests.tryReserveLeaving(charged, spare)) {
            throw new OverBudget(requests.full(charged) + "; try again later");
        }
        return new Place(charged, holder);
    }

    /** Lets a query pass, or refuses it for the sake of what must not wait. */
    public void query() {
        if (requests.available() < keptFree(requests)) {
            refuse(requests, keptFree(requests));
        }
        if (outbound.available() < keptOfOutbound()) {
            refuse(outbound, keptOfOutbound());
        }
    }

    /** Queries refused so far. */
    public long refusedQueries() {
        return refusedQueries.get();
    }

    private void refuse(Account tight, long kept) {
        refusedQueries.incrementAndGet();
        throw new OverBudget(tight.name() + ": " + tight.available() + " bytes left, queries wait (expected: at least "
                + kept + "); try again later");
    }

    /** A large one leaves what is kept free, and the place of a few small ones: else queries would be refused beside it. */
    private long spareOf(long bytes) {
        return bytes <= SMALL ? 0 : keptFree(requests) + SMALL;
    }

    /** Below what large answers leave. */
    private long keptOfOutbound() {
        return outbound.share() * 3 / 16;
    }

    /** Of the account's own share: what others hold of the common one says nothing of what may be kept. */
    private static long keptFree(Account account) {
        return account.share() / 4;
    }

    /** What one request holds. Any thread; one at a time shrinks it. */
    public final class Place implements AutoCloseable {
        private final AtomicLong held;
        private final Holder holder;
        private long own; // of held: the request's, without its answer's; of the one who shrinks

        private Place(long bytes, Holder holder) {
            this.held = new AtomicLong(bytes);
            this.holder = holder;
            holder.holds(bytes);
            this.own = bytes;
        }

        /** It is decoded: from now on it costs {@code bytes}, if that is less. */
        public void shrinkTo(long bytes) {
            long less = own - bytes;
            long before = held.get();
            while (less > 0 && before > 0) { // 0: answered meanwhile, by another thread; then all is given back already
                if (held.compareAndSet(before, before - less)) {
                    own = bytes;
                    requests.release(less);
                    holder.holds(-less);
                    return;
                }
                before = held.get();
            }
        }

        /**
         * The answer takes {@code bytes} more of the heap while it is made.
         *
         * @throws OverBudget when there is no room for it
         */
        public void growBy(long bytes) {
            if (!requests.tryReserveLeaving(bytes, spareOf(bytes))) {
                throw new OverBudget(requests.full(bytes) + "; try again later");
            }
            held.addAndGet(bytes);
            holder.holds(bytes);
        }

        /** The request is answered. May be called again. */
        @Override
        public void close() {
            long all = held.getAndSet(0);
            requests.release(all);
            holder.holds(-all);
        }
    }
}
