package dev.plimsoll.auth;

import dev.plimsoll.vitals.LogText;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * A log with a line an event, so many a second at most; how many more there were is one line, before the first of a later
 * second. Any thread.
 */
public final class Trail {
    private static final int MAX_WORD = 256;

    private final Logger log;
    private final int linesPerSecond;
    private final AtomicLong window = new AtomicLong(); // the second, and in the low half how many came in it

    /** @param linesPerSecond beyond which lines are only counted */
    Trail(Logger log, int linesPerSecond) {
        this.log = log;
        this.linesPerSecond = linesPerSecond;
    }

    /** A line may be written now; if not, it is counted. Ask before making one. */
    public boolean admits(long nowMillis) {
        long second = nowMillis / 1000 & 0x7fff_ffffL;
        while (true) {
            long before = window.get();
            boolean same = before >>> 32 == second;
            long count = before & 0xffff_ffffL;
            long after = same ? before + 1 : second << 32 | 1;
            if (window.compareAndSet(before, after)) {
                if (!same && count > linesPerSecond) {
                    log.info("suppressed {} lines in one second", count - linesPerSecond);
                }
                return !same || count < linesPerSecond;
            }
        }
    }

    public void write(String line) {
        log.info(line);
    }

    /** {@link LogText#word} of so many characters. */
    public static String word(String text) {
        return LogText.word(text.length() <= MAX_WORD ? text : text.substring(0, MAX_WORD) + "...");
    }
}
