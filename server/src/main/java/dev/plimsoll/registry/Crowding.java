package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.vitals.Crowd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Services that are nearly too large to be shown, and those that instances were refused to for it: a few, for operators. Changed
 * on the registry's loop; read by any thread.
 *
 * <p>A refusal counts until there is room for what was refused, or for {@link #LATELY} after the last one: clients try again
 * every few seconds.
 */
final class Crowding {
    static final int MAX = 8;
    static final Duration LATELY = Duration.ofMinutes(10);

    /** The largest names there may be, with their places. */
    static final long HEAP_BYTES = MAX * 2_048L;

    private static final double NEARLY = 0.8;
    private static final double NO_MORE = 0.7;

    /** Who was refused last comes last, and before these who is smallest. */
    private static final Comparator<Map.Entry<ServiceKey, Crowded>> BY_TROUBLE =
            Map.Entry.comparingByValue(Comparator.comparing(Crowded::isRefused)
                    .thenComparingLong(Crowded::refusedNanos)
                    .thenComparingLong(Crowded::bytes));

    private final Loop loop;
    private final long most;
    private final Map<ServiceKey, Crowded> crowded = new ConcurrentHashMap<>(); // loop writes, all read

    /** @param most bytes that a service may take when it is shown */
    Crowding(Loop loop, long most) {
        this.loop = loop;
        this.most = most;
    }

    /**
     * @param bytes the service takes
     * @param more what was refused would have taken beyond that
     * @param refusedNanos when it was refused for the last time
     */
    private record Crowded(long bytes, long more, long refused, long refusedNanos) {
        boolean isRefused() {
            return refused > 0;
        }
    }

    /** The service takes so many bytes now; 0 when it is no more. */
    void takes(ServiceKey key, long bytes) {
        Crowded known = crowded.get(key);
        if (known != null) {
            boolean fits = bytes + known.more <= most;
            if (bytes < NO_MORE * most && (fits || !known.isRefused())) {
                crowded.remove(key);
            } else {
                crowded.put(
                        key,
                        fits
                                ? new Crowded(bytes, 0, 0, 0)
                                : new Crowded(bytes, known.more, known.refused, known.refusedNanos));
            }
        } else if (bytes > NEARLY * most) {
            enter(key, new Crowded(bytes, 0, 0, 0));
        }
    }

    /** Of a service of so many bytes, {@code more} were refused. */
    void refused(ServiceKey key, long bytes, long more) {
        Crowded known = crowded.get(key);
        enter(key, new Crowded(bytes, more, known == null ? 1 : known.refused + 1, loop.nanoTime()));
    }

    /** Any thread. */
    List<Crowd> now() {
        var all = new ArrayList<Crowd>();
        long now = loop.nanoTime();
        crowded.forEach((key, each) -> {
            long quiet = now - each.refusedNanos;
            boolean lately = each.isRefused() && quiet < LATELY.toNanos();
            if (lately || each.bytes > NEARLY * most) {
                String service = key.namespace() + " " + key.joined();
                all.add(new Crowd(
                        service, each.bytes, most, lately ? each.refused : 0, lately ? quiet / 1_000_000 : 0));
            }
        });
        return all;
    }

    private void enter(ServiceKey key, Crowded now) {
        crowded.put(key, now);
        if (crowded.size() > MAX) {
            crowded.entrySet().stream().min(BY_TROUBLE).ifPresent(least -> crowded.remove(least.getKey()));
        }
    }
}
