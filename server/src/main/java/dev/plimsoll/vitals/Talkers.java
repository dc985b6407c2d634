package dev.plimsoll.vitals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Those that are heard most often, of any number, in a fixed place: a name that has no place takes that of the one heard
 * least, with its count, so that no frequent one is missed and counts are too high rather than too low (Metwally's
 * space-saving). Counts are halved each minute, so that what was long ago is forgotten. Any thread.
 */
public final class Talkers {
    static final int PLACES = 32;

    private static final int MAX_LENGTH = 128;
    static final long HEAP_BYTES = PLACES * (2L * MAX_LENGTH + 64 + 16) + 128;

    private final String[] names = new String[PLACES];
    private final long[] counts = new long[PLACES];
    private long heard;

    /** @param share of all that were heard lately, 0 to 1; at most by what the least heard one has too much */
    public record Talker(String name, double share) {}

    Talkers() {
        java.util.Arrays.fill(names, "");
    }

    synchronized void heard(String name) {
        String known = name.length() <= MAX_LENGTH ? name : name.substring(0, MAX_LENGTH);
        heard++;
        int least = 0;
        for (int i = 0; i < PLACES; i++) {
            if (counts[i] > 0 && names[i].equals(known)) {
                counts[i]++;
                return;
            }
            if (counts[i] < counts[least]) {
                least = i;
            }
        }
        names[least] = known;
        counts[least]++;
    }

    /** A minute has passed. */
    synchronized void fade() {
        heard = heard / 2;
        for (int i = 0; i < PLACES; i++) {
            counts[i] /= 2;
        }
    }

    /** The most frequent first, {@code most} of them. */
    public synchronized List<Talker> most(int most) {
        var all = new ArrayList<Talker>();
        for (int i = 0; i < PLACES; i++) {
            if (counts[i] > 0) {
                all.add(new Talker(names[i], Math.min(1, (double) counts[i] / Math.max(1, heard))));
            }
        }
        all.sort(Comparator.comparingDouble(Talker::share).reversed().thenComparing(Talker::name));
        return List.copyOf(all.subList(0, Math.min(most, all.size())));
    }
}
