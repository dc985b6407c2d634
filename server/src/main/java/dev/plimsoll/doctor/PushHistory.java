package dev.plimsoll.doctor;

import dev.plimsoll.doctor.PushLine.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of pushes, line after line, in a state of bounded size. It looks for outages: stretches in which pushes
 * are tried and none succeeds, though some of those who are told had answered before.
 */
final class PushHistory {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int MOST_NAMES = 1_024;
    static final int MOST_OUTAGES = 16;

    private static final long SHORTEST_OUTAGE_MILLIS = 10_000;
    private static final long FEWEST_FAILURES = 30;

    private final Timeline timeline = new Timeline(2, 1_000);
    private final Tallies<Target> targets = new Tallies<>(MOST_NAMES, Target::new);
    private final Tallies<Target> topics = new Tallies<>(MOST_NAMES, Target::new);
    private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    private final List<Outage> outages = new ArrayList<>();
    private long ok;
    private long failed;
    private long first = LogTime.NONE;
    private long last = LogTime.NONE;
    private long lastOk = LogTime.NONE;
    private long lastFailure = LogTime.NONE;
    private @Nullable PushLine firstFailure;
    private @Nullable Run run;
    private long runs;

    /** What became of the pushes to one client, or of one topic. */
    static final class Target implements Tallies.Tally {
        long ok;
        long failed;
        long firstFailure = LogTime.NONE;
        long lastFailure = LogTime.NONE;
        long lastOk = LogTime.NONE;
        Reason reason = Reason.NONE;
        private long run;

        @Override
        public long weight() {
            return failed * 4 + ok; // who fails is looked for, but who succeeded is a witness
        }

        private void add(PushLine line) {
            if (line.ok()) {
                ok++;
                lastOk = line.at();
            } else {
                failed++;
                firstFailure = firstFailure == LogTime.NONE ? line.at() : firstFailure;
                lastFailure = line.at();
                reason = line.reason();
            }
        }
    }

    /**
     * A stretch without a success.
     *
     * @param lastSuccess before it; {@link LogTime#NONE} when there was none
     * @param from the first failure in it
     * @param until the last failure in it
     * @param silentFrom where the log says nothing for longest, from
     * @param silentUntil and until; both 0 when it never does
     * @param witnesses addresses that had answered before and now fail
     * @param over a push succeeded again
     */
    record Outage(
            long lastSuccess,
            long from,
            long until,
            long failures,
            int witnesses,
            long silentFrom,
            long silentUntil,
            boolean over) {}

    private static final class Run {
        final long lastSuccess;
        final long from;
        long until;
        long failures;
        int witnesses;
        long silentFrom;
        long silentUntil;

        Run(long lastSuccess, long from) {
            this.lastSuccess = lastSuccess;
            this.from = from;
            this.until = from;
        }

        Outage outage(boolean over) {
            return new Outage(lastSuccess, from, until, failures, witnesses, silentFrom, silentUntil, over);
        }

        boolean counts() {
            return failures >= FEWEST_FAILURES && witnesses > 0 && until - from >= SHORTEST_OUTAGE_MILLIS;
        }
    }

    void add(PushLine line) {
        first = first == LogTime.NONE ? line.at() : Math.min(first, line.at());
        last = Math.max(last, line.at());
        timeline.add(line.ok() ? OK : FAILED, line.at(), 1);
        Target target = targets.of(line.target());
        if (line.ok()) {
            ok++;
            lastOk = line.at();
            endRun();
        } else {
            failed++;
            lastFailure = line.at();
            firstFailure = firstFailure == null ? line : firstFailure;
            reasons.merge(line.reason(), 1L, Long::sum);
            inRun(line, target);
        }
        target.add(line);
        if (!line.topic().isEmpty()) {
            topics.of(line.topic()).add(line);
        }
    }

    private void inRun(PushLine line, Target target) {
        if (run == null) {
            run = new Run(lastOk, line.at());
            runs++;
        }
        if (line.at() - run.until > run.silentUntil - run.silentFrom) {
            run.silentFrom = run.until;
            run.silentUntil = line.at();
        }
        run.until = Math.max(run.until, line.at());
        run.failures++;
        if (target.ok > 0 && target.run != runs) {
            target.run = runs;
            run.witnesses++;
        }
    }

    private void endRun() {
        if (run != null && run.counts()) {
            outages.add(run.outage(true));
            if (outages.size() > MOST_OUTAGES) {
                outages.remove(outages.stream()
                        .min(Comparator.comparingLong(Outage::failures))
                        .orElseThrow());
            }
        }
        run = null;
    }

    /** In order of time; the last one may not be over. */
    List<Outage> outages() {
        var all = new ArrayList<>(outages);
        if (run != null && run.counts()) {
            all.add(run.outage(false));
        }
        return List.copyOf(all);
    }

    boolean isEmpty() {
        return first == LogTime.NONE;
    }

    long ok() {
        return ok;
    }

    long failed() {
        return failed;
    }

    long first() {
        return first;
    }

    long last() {
        return last;
    }

    long lastFailure() {
        return lastFailure;
    }

    @Nullable
    PushLine firstFailure() {
        return firstFailure;
    }

    Map<Reason, Long> reasons() {
        return Map.copyOf(reasons);
    }

    Tallies<Target> targets() {
        return targets;
    }

    Tallies<Target> topics() {
        return topics;
    }

    Timeline timeline() {
        return timeline;
    }
}
