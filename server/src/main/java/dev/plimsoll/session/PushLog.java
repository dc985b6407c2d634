package dev.plimsoll.session;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;

/**
 * One log of what becomes of messages: a line an event, of each kind so many a second; how many were left out is told in
 * a line of its own. Any thread, save {@link #report}.
 *
 * <p>Ask {@link #admits} before making a line, so that one nobody will read costs a comparison.
 */
final class PushLog {
    static final int LINES_PER_SECOND = 50; // of each kind

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Logger log;
    private final Map<Event, Rate> rates = new EnumMap<>(Event.class);
    private long reportedNanos; // sessions' loop

    enum Event {
        SUCC("PUSH-SUCC", false),
        FAIL("PUSH-FAIL", true),
        PARK("PUSH-PARK", false),
        WAKE("PUSH-WAKE", false),
        EJECT("EJECT", true);

        final String word;
        final boolean warns;

        Event(String word, boolean warns) {
            this.word = word;
            this.warns = warns;
        }
    }

    private record Rate(TokenBucket bucket, LongAdder suppressed) {}

    PushLog(Logger log, long nowNanos) {
        this.log = log;
        this.reportedNanos = nowNanos;
        for (Event event : Event.values()) {
            rates.put(event, new Rate(new TokenBucket(LINES_PER_SECOND, SECOND, nowNanos), new LongAdder()));
        }
    }

    /** A line of this kind may be written now; if not, it is counted. */
    boolean admits(Event event, long nowNanos) {
        if (event.warns ? !log.isWarnEnabled() : !log.isInfoEnabled()) {
            return false;
        }
        Rate rate = rate(event);
        boolean admitted = rate.bucket.take(nowNanos);
        if (!admitted) {
            rate.suppressed.increment();
        }
        return admitted;
    }

    void write(Event event, CharSequence fields) {
        write(event, event.word + " " + fields);
    }

    /** Tells what was left out, once a second at most. On the sessions' loop. */
    void report(long nowNanos) {
        if (nowNanos - reportedNanos < SECOND.toNanos()) {
            return;
        }
        reportedNanos = nowNanos;
        for (Event event : Event.values()) {
            long count = rate(event).suppressed.sumThenReset();
            if (count > 0) {
                write(event, "suppressed " + count + " " + event.word + " in the last second");
            }
        }
    }

    private Rate rate(Event event) {
        return Objects.requireNonNull(rates.get(event));
    }

    private void write(Event event, String line) {
        if (event.warns) {
            log.warn(line);
        } else {
            log.info(line);
        }
    }
}
