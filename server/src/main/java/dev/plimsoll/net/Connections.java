package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The connections there are, how many each address may have, and what they hold of the heap. A quarter of the
 * account's own share is kept from new connections, so that those there are can make calls; a sixteenth, and a
 * sixty-fourth of the places, from addresses that have more than a few. Any thread.
 */
final class Connections {
    /**
     * What HTTP/2 adds to {@link NetAccounts#CONNECTION_BYTES}: its state machine, 4.8 KB when nothing was sent yet, and the
     * calls that are paid for at once. Header tables grow to 4 KB. ConnectionBytesTest measures it.
     */
    static final long HTTP2_BYTES = 5_120 + Http2Calls.CALLS_PAID * Http2Calls.CALL_BYTES;

    /** Connections of one address that count as few: of a client or two, an operator who looks, a scrape. */
    static final int FEW = 4;

    private final Account account;
    private final int limit;
    private final int limitPerAddress;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();
    private final Map<InetAddress, Integer> perAddress = new ConcurrentHashMap<>(); // only addresses that have some
    private final Set<TcpConnection> open = ConcurrentHashMap.newKeySet();

    /** @param account heap account of connections */
    Connections(Account account, int limit, int limitPerAddress) {
        this.account = account;
        this.limit = limit;
        this.limitPerAddress = limitPerAddress;
    }

    /**
     * Why there is no place.
     *
     * @param kind the same each time
     * @param words with the numbers of now
     * @param forAll there is none for anybody, whatever the address
     */
    record Refused(String kind, String words, boolean forAll) {
        static Refused of(String words, boolean forAll) {
            return new Refused("refused: " + words, words, forAll);
        }
    }

    /** Takes a place for one more from {@code address}; why there is none, or null when there is. */
    @Nullable
    Refused tryEnter(InetAddress address) {
        Refused reason = null;
        int had = perAddress.getOrDefault(address, 0);
        int places = had < FEW ? limit : limit - limit / 64;
        if (count.incrementAndGet() > places) {
            reason = Refused.of("connections: " + places + " open (expected: at most that)", true);
        } else if (!account.tryReserveLeaving(NetAccounts.CONNECTION_BYTES, kept(had + 1))) {
            reason = new Refused(
                    "refused: memory for connections is full (account " + account.name() + ")",
                    account.full(NetAccounts.CONNECTION_BYTES),
                    true);
        }
        if (reason != null) {
            count.decrementAndGet();
            refused.incrementAndGet();
            return reason;
        }
        int ofAddress = perAddress.merge(address, 1, Integer::sum);
        if (ofAddress > limitPerAddress) {
            leave(address);
            refused.incrementAndGet();
            return Refused.of(
                    "connections of one address: " + limitPerAddress + " open (expected: at most that)", false);
        }
        return null;
    }

    /** What one that is let in from {@code address} leaves to others, in bytes, when it is to hold more. */
    long kept(InetAddress address) {
        return kept(perAddress.getOrDefault(address, 1));
    }

    /** An address that has many leaves some room to those that have few: however full it is, its operator can look. */
    private long kept(int ofAddress) {
        return keptForCalls(account) + (ofAddress <= FEW ? 0 : account.share() / 16);
    }

    /** Bytes that new connections leave to the calls of those there are. */
    static long keptForCalls(Account account) {
        return account.share() / 4;
    }

    void leave(InetAddress address) {
        perAddress.computeIfPresent(address, (a, n) -> n == 1 ? null : n - 1);
        account.release(NetAccounts.CONNECTION_BYTES);
        count.decrementAndGet();
    }

    void opened(TcpConnection connection) {
        open.add(connection);
    }

    void closed(TcpConnection connection) {
        open.remove(connection);
    }

    Collection<TcpConnection> open() {
        return open;
    }

    int count() {
        return count.get();
    }

    long refused() {
        return refused.get();
    }
}
