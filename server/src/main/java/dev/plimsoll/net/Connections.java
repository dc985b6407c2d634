package dev.plimsoll.net;

import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The connections there are, and how many each address may have. Any thread. */
final class Connections {
    private final int limit;
    private final int limitPerAddress;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();
    private final Map<InetAddress, Integer> perAddress = new ConcurrentHashMap<>(); // only addresses that have some
    private final Set<TcpConnection> open = ConcurrentHashMap.newKeySet();

    Connections(int limit, int limitPerAddress) {
        this.limit = limit;
        this.limitPerAddress = limitPerAddress;
    }

    /** Takes a place for one more from {@code address}; false when there is none. */
    boolean tryEnter(InetAddress address) {
        if (count.incrementAndGet() > limit) {
            count.decrementAndGet();
            refused.incrementAndGet();
            return false;
        }
        int ofAddress = perAddress.merge(address, 1, Integer::sum);
        if (ofAddress > limitPerAddress) {
            leave(address);
            refused.incrementAndGet();
            return false;
        }
        return true;
    }

    void leave(InetAddress address) {
        perAddress.computeIfPresent(address, (a, n) -> n == 1 ? null : n - 1);
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
