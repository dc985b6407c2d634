package dev.plimsoll.vitals;

import dev.plimsoll.loop.Loop;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells somebody outside what becomes critical, and its end. Works on {@code loop}, one alert at a time; {@link Findings}
 * tells it from any thread.
 *
 * <p>Of each finding only the newest state waits: one that began and ended while nobody answered is told once, with its
 * end. When more wait than there are places, the one that waits longest goes.
 */
public final class Alerts implements Findings.Follower {
    static final int MAX_WAITING = 16;

    /** Waiting ones, and the one that is being sent with its text. */
    static final long HEAP_BYTES = (MAX_WAITING + 4) * Finding.HEAP_BYTES;

    static final Condition UNDELIVERED = new Condition(
            "alerts", "alerts are not taken", "look whether alert.webhook is right, and what is there answers");

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final int MOST_DOUBLINGS = 6;
    private static final Logger log = LoggerFactory.getLogger(Alerts.class);

    private final Loop loop;
    private final Findings findings;
    private final Sender sender;
    private final int attempts;
    private final Map<String, Alert> waiting = new LinkedHashMap<>(); // loop, as the next two; the oldest first
    private boolean sending;
    private long dropped;

    /** Where alerts go. */
    public interface Sender {
        /**
         * Returns at once; the stage fails when it was not taken, and the message says why, without secrets.
         *
         * @param over it is critical no more
         */
        CompletionStage<Void> send(Finding finding, boolean over);
    }

    private record Alert(Finding finding, boolean over) {}

    /**
     * @param account pays for what may wait, from now on
     * @param findings is told when alerts are not taken
     * @param attempts for each alert
     */
    public Alerts(Loop loop, Account account, Findings findings, Sender sender, int attempts) {
        account.reserve(HEAP_BYTES);
        this.loop = loop;
        this.findings = findings;
        this.sender = sender;
        this.attempts = attempts;
    }

    @Override
    public void critical(Finding finding) {
        loop.execute(() -> take(new Alert(finding, false)));
    }

    @Override
    public void over(Finding finding) {
        loop.execute(() -> take(new Alert(finding, true)));
    }

    private void take(Alert alert) {
        waiting.put(alert.finding.what(), alert);
        if (waiting.size() > MAX_WAITING) {
            String oldest = waiting.keySet().iterator().next();
            waiting.remove(oldest);
            dropped++;
            log.warn("alerts: {} dropped, since {} wait; {} dropped so far", oldest, MAX_WAITING, dropped);
        }
        next();
    }

    private void next() {
        var oldest = waiting.values().iterator();
        if (!sending && oldest.hasNext()) {
            sending = true;
            Alert alert = oldest.next();
            oldest.remove();
            send(alert, 1);
        }
    }

    private void send(Alert alert, int attempt) {
        sender.send(alert.finding, alert.over)
                .whenComplete((sent, failure) -> loop.execute(() -> ended(alert, attempt, failure)));
    }

    private void ended(Alert alert, int attempt, @Nullable Throwable failure) {
        if (failure == null) {
            findings.over(UNDELIVERED, "one was taken");
        } else if (attempt < attempts) {
            loop.schedule(pause(attempt), () -> again(alert, attempt));
            return;
        } else {
            String evidence = alert.finding.what() + ": not taken in " + attempts + " attempts: " + reason(failure);
            findings.found(UNDELIVERED, Severity.WARNING, evidence);
        }
        sending = false;
        next();
    }

    private void again(Alert alert, int attempt) {
        Alert newer = waiting.remove(alert.finding.what());
        if (newer == null) {
            send(alert, attempt + 1);
        } else {
            send(newer, 1);
        }
    }

    private static Duration pause(int attempt) {
        return FIRST_PAUSE.multipliedBy(1L << Math.min(attempt - 1, MOST_DOUBLINGS));
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause();
        return String.valueOf((failure instanceof CompletionException && cause != null ? cause : failure).getMessage());
    }

    /** For tests: that wait. Loop only. */
    int waiting() {
        return waiting.size();
    }

    /** For tests. Loop only. */
    long dropped() {
        return dropped;
    }
}
