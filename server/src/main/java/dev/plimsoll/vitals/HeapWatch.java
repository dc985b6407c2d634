package dev.plimsoll.vitals;

import dev.plimsoll.loop.Loop;
import java.time.Duration;

/**
 * Has the old generation collected once it may hold half as much garbage as live data. Looks on {@code loop}.
 *
 * <p>The serial collector looks at its old generation only when the heap cannot grow any more, and what lived for some
 * seconds (a connection, a cached content, a service's last state) dies there. So under steady load resident memory
 * climbs to the largest heap, for nothing, and an operator cannot tell it from a leak. A collection stops the server for
 * 5 to 10 ms per megabyte of live data; asked for at this rate it costs a small part of what allocating did.
 */
public final class HeapWatch {
    static final Duration INTERVAL = Duration.ofSeconds(10);
    /** Garbage of so little is not worth a collection, however small the live data. */
    static final long WORTH_IT = 8 << 20;

    private final OldGeneration old;
    private final Runnable collect;

    /** The memory pool of objects that outlived a few collections of the young. */
    public interface OldGeneration {
        /** Bytes of objects in it, dead ones too. */
        long used();

        /** The same right after its last collection; 0 before the first. */
        long live();
    }

    /** @param collect collects the whole heap before it returns */
    public HeapWatch(OldGeneration old, Runnable collect) {
        this.old = old;
        this.collect = collect;
    }

    /** Looks now and every ten seconds from now on. */
    public void start(Loop loop) {
        look();
        loop.schedule(INTERVAL, () -> start(loop));
    }

    void look() {
        long live = old.live();
        if (old.used() - live > Math.max(WORTH_IT, live / 2)) {
            collect.run();
        }
    }
}
