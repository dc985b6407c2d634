package dev.plimsoll.net;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Buffers that were not to be had: the allocator had taken all direct memory there is, however little of it the accounts
 * held. The connection that wanted one is closed, whosever it is. Any thread.
 */
final class Shortage {
    private static final Logger log = LoggerFactory.getLogger(Shortage.class);
    private static final long LOGGED_EVERY = TimeUnit.SECONDS.toNanos(10);

    private final AtomicLong count = new AtomicLong();
    private final AtomicLong loggedAt = new AtomicLong();

    /** {@code connection} ends for it. */
    void met(TcpConnection connection, OutOfMemoryError error) {
        long all = count.incrementAndGet();
        long now = connection.nanoTime();
        long before = loggedAt.get();
        if ((all == 1 || now - before >= LOGGED_EVERY) && loggedAt.compareAndSet(before, now)) {
            log.error(
                    "connection {} is closed, there is no buffer for it: {}; {} such so far",
                    connection,
                    error.getMessage(),
                    all);
        }
    }

    /** How often so far. */
    long count() {
        return count.get();
    }
}
