package dev.plimsoll.doctor;

import dev.plimsoll.doctor.Tallies.Count;
import java.util.Arrays;

/**
 * The logins, and the number of all requests, that an access log tells of. Its lines are
 *
 * <pre>
 * 10.0.0.1 - - [22/Nov/2026:16:51:55 +0000] "POST /nacos/v1/auth/login?username=app HTTP/1.1" 403 15 92 agent -
 * </pre>
 *
 * with address, moment, request line, status, bytes, milliseconds and the client's own name.
 */
final class LoginHistory {
    static final int REQUESTS = 0;
    static final int LOGINS = 1;
    static final int REFUSED = 2;
    static final int MOST_NAMES = 512;

    private static final int MOST_DIGITS = 9;

    private final Timeline timeline = new Timeline(3, 1_000);
    private final Tallies<Count> addresses = new Tallies<>(MOST_NAMES, Count::new);
    private final Tallies<Count> agents = new Tallies<>(MOST_NAMES, Count::new);
    private final Tallies<Count> users = new Tallies<>(MOST_NAMES, Count::new);
    private final Tallies<Count> requestsBy = new Tallies<>(MOST_NAMES, Count::new);
    private long requests;
    private long right;
    private long refused;
    private long broken;
    private long totalMillis;
    private long first = LogTime.NONE;
    private long last = LogTime.NONE;

    /**
     * A stretch with far more logins than usual.
     *
     * @param usualPerSecond in the median of the steps that had any
     */
    record Burst(long from, long until, long logins, double perSecond, double usualPerSecond) {}

    /** False when the line is none of an access log. */
    boolean add(String line) {
        int bracket = line.indexOf(" [");
        int quote = line.indexOf('"', bracket + 1);
        int endQuote = line.indexOf("\" ", quote + 1);
        if (bracket < 0 || quote < 0 || endQuote < 0) {
            return false;
        }
        long at = LogTime.parseAccess(line, bracket + 2);
        if (at == LogTime.NONE) {
            return false;
        }
        requests++;
        timeline.add(REQUESTS, at, 1);
        int blank = line.indexOf(' ');
        String address = line.substring(0, blank);
        requestsBy.of(address).count++;
        String request = line.substring(quote + 1, endQuote);
        if (request.startsWith("POST ") && isLogin(request)) {
            login(at, address, request, line.substring(endQuote + 2));
        }
        return true;
    }

    private static boolean isLogin(String request) {
        int end = request.indexOf('?');
        String path = end < 0 ? request : request.substring(0, end);
        end = path.indexOf(' ', 5);
        path = end < 0 ? path : path.substring(0, end);
        return path.endsWith("/auth/login") || path.endsWith("/auth/users/login") || path.endsWith("/auth/user/login");
    }

    /**
     * @param rest of the line: status, bytes, milliseconds, agent
     */
    private void login(long at, String address, String request, String rest) {
        first = first == LogTime.NONE ? at : Math.min(first, at);
        last = Math.max(last, at);
        timeline.add(LOGINS, at, 1);
        addresses.of(address).count++;
        String[] fields = rest.split(" ", 4);
        long status = number(fields[0]);
        if (status >= 200 && status < 300) {
            right++;
        } else {
            timeline.add(REFUSED, at, 1);
            if (status >= 500) {
                broken++;
            } else {
                refused++;
            }
        }
        if (fields.length == 4) {
            totalMillis += number(fields[2]);
            String agent = fields[3].endsWith(" -") ? fields[3].substring(0, fields[3].length() - 2) : fields[3];
            agents.of(agent).count++;
        }
        int user = request.indexOf("username=");
        if (user > 0) {
            String name = request.substring(user + 9);
            users.of(name.split("[& ]", 2)[0]).count++;
        }
    }

    private static long number(String text) {
        return text.matches("[0-9]{1," + MOST_DIGITS + "}") ? Long.parseLong(text) : 0;
    }

    /**
     * The stretch with the most logins in which their rate is more than twice that of the usual step, and more than one a
     * second; null when there is none.
     */
    @org.jspecify.annotations.Nullable
    Burst burst() {
        long[] counts = timeline.values(LOGINS);
        long[] busy = Arrays.stream(counts).filter(count -> count > 0).sorted().toArray();
        if (busy.length < 10) {
            return null;
        }
        long usual = busy[busy.length / 2];
        double seconds = timeline.step() / 1000.0;
        long enough = Math.max(2 * usual, (long) Math.ceil(seconds)) + 1;
        Burst best = null;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] < enough) {
                continue;
            }
            int start = i;
            int end = i; // a step or two of less do not end it
            long sum = 0;
            long kept = 0;
            for (int k = i; k < counts.length && k - end <= 2; k++) {
                sum += counts[k];
                if (counts[k] >= enough) {
                    end = k;
                    kept = sum;
                }
            }
            int steps = end - start + 1;
            if (best == null || kept > best.logins()) {
                long from = timeline.from() + start * timeline.step();
                best = new Burst(from, from + steps * timeline.step(), kept, kept / (steps * seconds), usual / seconds);
            }
            i = end;
        }
        return best;
    }

    /** Logins in the busiest step, a second. */
    double peakPerSecond() {
        return Arrays.stream(timeline.values(LOGINS)).max().orElse(0) * 1000.0 / timeline.step();
    }

    long logins() {
        return right + refused + broken;
    }

    long right() {
        return right;
    }

    long refused() {
        return refused;
    }

    long broken() {
        return broken;
    }

    long requests() {
        return requests;
    }

    long meanMillis() {
        return logins() == 0 ? 0 : totalMillis / logins();
    }

    long first() {
        return first;
    }

    long last() {
        return last;
    }

    Tallies<Count> addresses() {
        return addresses;
    }

    Tallies<Count> agents() {
        return agents;
    }

    Tallies<Count> users() {
        return users;
    }

    Tallies<Count> requestsBy() {
        return requestsBy;
    }

    Timeline timeline() {
        return timeline;
    }
}
