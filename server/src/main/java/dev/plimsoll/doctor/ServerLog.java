package dev.plimsoll.doctor;

import dev.plimsoll.doctor.Tallies.Count;
import java.util.regex.Pattern;

/**
 * What the reference's other logs tell of its health: {@code nacos.log}, {@code remote.log}, {@code naming-server.log}
 * and {@code start.out}. Lines come in order within a file; an exception's lines have the moment of the line before.
 */
final class ServerLog {
    static final int MOST_NAMES = 64;

    private static final Pattern USED = Pattern.compile("used: ([0-9]{1,18}), max: ([0-9]{1,18})");
    private static final Pattern CONNECTIONS =
            Pattern.compile("(?:ConnectionMetrics, totalCount = |Total count ?=)([0-9]{1,9})");
    private static final Pattern POINT =
            Pattern.compile("NAMING_RPC_PUSH(_FAIL|_SUCCESS)?\\|point\\|SECONDS\\|(.{19})\\|([0-9]{1,9})\\|.*");

    private final Tallies<Count> errors = new Tallies<>(MOST_NAMES, Count::new);
    private long at = LogTime.NONE;
    private long first = LogTime.NONE;
    private long last = LogTime.NONE;
    private long directErrors;
    private long firstDirectError = LogTime.NONE;
    private long lastDirectError = LogTime.NONE;
    private long directUsed;
    private long directMax;
    private long heapErrors;
    private long unsentFrames;
    private long starts;
    private long rejected;
    private long mostConnections;
    // a second of the counters of pushes
    private long second = LogTime.NONE;
    private long pushes;
    private long pushesFailed;
    // seconds in a row in which every push failed
    private long allFailFrom = LogTime.NONE;
    private long allFailUntil = LogTime.NONE;
    private long allFailPushes;

    /** A new file begins; what it says has no moment before it tells one. */
    void begin() {
        at = LogTime.NONE;
    }

    void add(String line) {
        long moment = LogTime.parse(line, 0);
        if (moment != LogTime.NONE) {
            at = moment;
            first = first == LogTime.NONE ? at : Math.min(first, at);
            last = Math.max(last, at);
        }
        if (line.startsWith("NAMING_RPC_PUSH")) {
            counted(line);
            return;
        }
        if (line.contains("OutOfDirectMemoryError") || line.contains("OutOfMemoryError: Direct buffer memory")) {
            directErrors++;
            firstDirectError = firstDirectError == LogTime.NONE ? at : firstDirectError;
            lastDirectError = at;
            var used = USED.matcher(line);
            if (used.find()) {
                directUsed = Long.parseLong(used.group(1));
                directMax = Long.parseLong(used.group(2));
            }
        } else if (line.contains("java.lang.OutOfMemoryError")) {
            heapErrors++;
        } else if (line.contains("Stream closed before write could take place")) {
            unsentFrames++;
        } else if (line.contains("Nacos started successfully")) {
            starts++;
        } else if (line.contains("java.util.concurrent.RejectedExecutionException")) {
            rejected++;
        } else if (line.contains("otal")) {
            var connections = CONNECTIONS.matcher(line);
            if (connections.find()) {
                mostConnections = Math.max(mostConnections, Long.parseLong(connections.group(1)));
            }
        }
        if (moment != LogTime.NONE && line.startsWith(" ERROR ", 23)) {
            String what = line.substring(30).replaceAll("[0-9]+", "#");
            errors.of(what.substring(0, Math.min(120, what.length()))).count++;
        }
    }

    /** Both lines of a second, that of all pushes and that of failed ones, come one after the other. */
    private void counted(String line) {
        var point = POINT.matcher(line);
        long moment = point.matches() ? LogTime.parse(point.group(2), 0) : LogTime.NONE;
        if (moment == LogTime.NONE) {
            return;
        }
        if (moment != second) {
            endSecond();
            second = moment;
        }
        long count = Long.parseLong(point.group(3));
        if (point.group(1) == null) {
            pushes += count;
        } else if (point.group(1).equals("_FAIL")) {
            pushesFailed += count;
        }
    }

    /** Ends what a second's lines began; also at the end of all files. */
    void endSecond() {
        if (pushes > 0 && pushesFailed >= pushes) {
            allFailFrom = allFailFrom == LogTime.NONE ? second : allFailFrom;
            allFailUntil = second;
            allFailPushes += pushes;
        } else if (pushes > 0) {
            allFailFrom = LogTime.NONE;
            allFailPushes = 0;
        }
        pushes = 0;
        pushesFailed = 0;
    }

    long first() {
        return first;
    }

    long last() {
        return last;
    }

    long directErrors() {
        return directErrors;
    }

    long firstDirectError() {
        return firstDirectError;
    }

    long lastDirectError() {
        return lastDirectError;
    }

    /** As the last error told; 0 when none did. */
    long directUsed() {
        return directUsed;
    }

    long directMax() {
        return directMax;
    }

    /** Errors of heap, metaspace or threads. */
    long heapErrors() {
        return heapErrors;
    }

    /** Messages that waited for a client when its connection ended. */
    long unsentFrames() {
        return unsentFrames;
    }

    long starts() {
        return starts;
    }

    /** Requests for which no worker was free. */
    long rejected() {
        return rejected;
    }

    long mostConnections() {
        return mostConnections;
    }

    /** Since when, by the server's own counters, no push has succeeded; {@link LogTime#NONE} when one has. */
    long allFailFrom() {
        return allFailFrom;
    }

    long allFailUntil() {
        return allFailUntil;
    }

    long allFailPushes() {
        return allFailPushes;
    }

    Tallies<Count> errors() {
        return errors;
    }
}
