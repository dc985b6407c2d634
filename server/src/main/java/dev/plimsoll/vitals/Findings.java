package dev.plimsoll.vitals;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is wrong now, and what was. Each finding is logged once when it begins, once when it becomes critical, and once when
 * it ends. Conditions are fixed words and their subjects few; beyond {@link #MAX} no more are taken. Any
 * thread; one writer for each finding.
 */
public final class Findings {
    static final int MAX = 64;
    static final int MAX_ENDED = 100;

    /** All that can be held here. */
    public static final long HEAP_BYTES = (MAX + MAX_ENDED) * Finding.HEAP_BYTES;

    private static final Logger log = LoggerFactory.getLogger(Findings.class);

    private final InstantSource clock;
    private final Map<String, Finding> current = new TreeMap<>(); // under the lock of this object, as the next two
    private final Deque<Finding> ended = new ArrayDeque<>(); // the latest first
    private Follower follower = Follower.NOBODY;

    /** Hears of critical findings; must return at once. */
    public interface Follower {
        Follower NOBODY = new Follower() {
            @Override
            public void critical(Finding finding) {}

            @Override
            public void over(Finding finding) {}
        };

        /** It has become critical. */
        void critical(Finding finding);

        /** It was critical, and is over, or is critical no more. */
        void over(Finding finding);
    }

    public Findings(InstantSource clock) {
        this.clock = clock;
    }

    /** From now on {@code follower} hears of critical findings; of those there are, at once. */
    public synchronized void follow(Follower follower) {
        this.follower = follower;
        current.values().stream().filter(Findings::isCritical).forEach(follower::critical);
    }

    /** {@code condition} is met. */
    public void found(Condition condition, Severity severity, String evidence) {
        found(condition, "", severity, evidence);
    }

    /** {@code condition} is met by {@code subject}. */
    public synchronized void found(Condition condition, String subject, Severity severity, String evidence) {
        long now = clock.millis();
        var seen = new Finding(condition, subject, severity, evidence, now, null);
        Finding known = current.get(seen.what());
        if (known == null && current.size() >= MAX) {
            return;
        }
        if (known != null) {
            seen = new Finding(condition, subject, severity, evidence, known.sinceMillis(), null);
        }
        current.put(seen.what(), seen);
        boolean wasCritical = known != null && isCritical(known);
        if (isCritical(seen) && !wasCritical) {
            log.error("{}: {}; {}", seen.what(), seen.evidence(), condition.advice());
            follower.critical(seen);
        } else if (known == null) {
            log.warn("{}: {}; {}", seen.what(), seen.evidence(), condition.advice());
        } else if (wasCritical && !isCritical(seen)) {
            log.info("{}: no longer critical: {}", seen.what(), seen.evidence());
            follower.over(seen);
        }
    }

    /** {@code condition} is not, or no longer, met. */
    public void over(Condition condition, String evidence) {
        over(condition, "", evidence);
    }

    /** {@code condition} is not, or no longer, met by {@code subject}. */
    public synchronized void over(Condition condition, String subject, String evidence) {
        long now = clock.millis();
        Finding known = current.remove(new Finding(condition, subject, Severity.INFO, "", now, null).what());
        if (known == null) {
            return;
        }
        var last = new Finding(condition, subject, known.severity(), known.evidence(), known.sinceMillis(), now);
        ended.addFirst(last);
        if (ended.size() > MAX_ENDED) {
            ended.removeLast();
        }
        log.info("{}: over after {} s: {}", last.what(), (now - last.sinceMillis()) / 1_000, evidence);
        if (isCritical(last)) {
            follower.over(last);
        }
    }

    /** In the order of their words. */
    public synchronized List<Finding> current() {
        return List.copyOf(current.values());
    }

    /** The latest first. */
    public synchronized List<Finding> ended() {
        return Collections.unmodifiableList(new ArrayList<>(ended));
    }

    /** That of the worst one; empty when there is none. */
    public Optional<Severity> worst() {
        return current().stream().map(Finding::severity).max(Severity::compareTo);
    }

    private static boolean isCritical(Finding finding) {
        return finding.severity() == Severity.CRITICAL;
    }
}
