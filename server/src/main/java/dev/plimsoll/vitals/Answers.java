package dev.plimsoll.vitals;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What each route of HTTP has answered, by status, and how long that took. A route is what the server was built with, never
 * a path that somebody sent; so there are as many series as statuses that routes have answered with, and {@link #MAX} at most.
 * What would be more is counted together. Any thread.
 */
public final class Answers {
    static final int MAX = 256;

    /** All series there can be. */
    static final long HEAP_BYTES = (MAX + 1) * 200L;

    /** What has no name of its own: of calls that find no route, and of more series than there is room for. */
    public static final String UNKNOWN = "UNKNOWN";

    private final List<Series> all = new CopyOnWriteArrayList<>(); // grows under the lock of this object
    private final Route unmatched = new Route(UNKNOWN, UNKNOWN);

    /** A route's answers with one status. */
    public static final class Series {
        private final String method;
        private final String uri;
        private final int status;
        private final AtomicLong count = new AtomicLong();
        private final AtomicLong nanos = new AtomicLong();
        private final AtomicLong longest = new AtomicLong(); // of this minute
        private volatile long longestBefore; // of the one before

        private Series(String method, String uri, int status) {
            this.method = method;
            this.uri = uri;
            this.status = status;
        }

        private void took(long tookNanos) {
            count.incrementAndGet();
            nanos.addAndGet(tookNanos);
            long most = longest.get();
            while (tookNanos > most && !longest.compareAndSet(most, tookNanos)) {
                most = longest.get();
            }
        }

        public String method() {
            return method;
        }

        public String uri() {
            return uri;
        }

        /** 0 for those of several. */
        public int status() {
            return status;
        }

        public long count() {
            return count.get();
        }

        /** How long they took together. */
        public double seconds() {
            return nanos.get() / 1e9;
        }

        /** How long the longest of the last one or two minutes took. */
        public double longestSeconds() {
            return Math.max(longest.get(), longestBefore) / 1e9;
        }
    }

    /** Where calls are counted that one route serves. */
    public final class Route {
        private final String method;
        private final String uri;
        private volatile Series[] known = {}; // a few; grows under the lock of Answers

        private Route(String method, String uri) {
            this.method = method;
            this.uri = uri;
        }

        /** A call was answered with this status. */
        public void answered(int status, long tookNanos) {
            for (Series series : known) {
                if (series.status == status) {
                    series.took(tookNanos);
                    return;
                }
            }
            first(status).took(tookNanos);
        }

        private Series first(int status) {
            synchronized (Answers.this) {
                for (Series series : known) {
                    if (series.status == status) {
                        return series;
                    }
                }
                if (all.size() >= MAX) {
                    return others();
                }
                var series = new Series(method, uri, status);
                all.add(series);
                Series[] more = Arrays.copyOf(known, known.length + 1);
                more[known.length] = series;
                known = more;
                return series;
            }
        }
    }

    /** A route there will be from now on. */
    public Route route(String method, String uri) {
        return new Route(method, uri);
    }

    /** That of calls that no route serves. */
    public Route unmatched() {
        return unmatched;
    }

    /** All that have counted something, in the order in which they first did. */
    public List<Series> all() {
        return List.copyOf(all);
    }

    /** A minute has passed. */
    void fade() {
        for (Series series : all) {
            series.longestBefore = series.longest.getAndSet(0);
        }
    }

    private Series others() {
        Series last = all.get(all.size() - 1);
        if (last.status != 0) {
            last = new Series(UNKNOWN, UNKNOWN, 0);
            all.add(last);
        }
        return last;
    }
}
