package dev.plimsoll.vitals;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is wrong now. Each finding is logged once when it begins and once when it ends. What findings say is chosen from
 * fixed words, so there are few; beyond {@link #MAX} no more are taken. Any thread; one writer for each finding.
 */
public final class Findings {
    static final int MAX = 64;

    private static final Logger log = LoggerFactory.getLogger(Findings.class);

    private final InstantSource clock;
    private final Map<String, Finding> current = new ConcurrentSkipListMap<>();
    private final AtomicInteger size = new AtomicInteger();

    public Findings(InstantSource clock) {
        this.clock = clock;
    }

    /** {@code what} is so. */
    public void found(String what, String evidence) {
        Finding known = current.get(what);
        if (known != null) {
            current.put(what, new Finding(what, evidence, known.sinceMillis()));
        } else if (size.get() < MAX) {
            size.incrementAndGet();
            current.put(what, new Finding(what, evidence, clock.millis()));
            log.warn("{}: {}", what, evidence);
        }
    }

    /** {@code what} is not, or no longer, so. */
    public void over(String what, String evidence) {
        Finding known = current.remove(what);
        if (known != null) {
            size.decrementAndGet();
            log.info("{}: over after {} s: {}", what, (clock.millis() - known.sinceMillis()) / 1_000, evidence);
        }
    }

    /** In the order of their words. */
    public List<Finding> current() {
        return List.copyOf(current.values());
    }
}
