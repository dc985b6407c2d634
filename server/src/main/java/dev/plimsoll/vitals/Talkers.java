package dev.plimsoll.vitals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Those that are heard most often, of any number, in a fixed place: a name that has no place takes that of the one heard
 * least, with its count, so that no frequent one is missed (Metwally's space-saving). How much of a count was taken over is
 * remembered: only the rest is surely the name's own, and among many who speak alike nobody is named. Counts are halved
 * each minute, so that what was long ago is forgotten. Any thread.
 */
public final class Talkers {
    /** Whoever is heard once in so many times has one. */
    static final int PLACES = 16;

    private static final int MAX_LENGTH = 128;

    /** Names of two bytes a letter, each with its object, its reference and two counts. */
    static final long HEAP_BYTES = PLACES * (2L * MAX_LENGTH + 64 + 24) + 192;

    private static final double LEAST_SHARE = 0.05;

    private final String[] names = new String[PLACES];
    private final long[] counts = new long[PLACES];
    private final long[] takenOver = new long[PLACES]; // of counts: what was another's
    private long heard;

    /**
     * One who is heard often.
     *
     * @param name fit to be shown: without its middle when it is long, and without what would end a line
     * @param share of all that were heard lately, 0 to 1; at least
     */
    public record Talker(String name, double share) {
        static final int MAX_SHOWN = 40;

        private static final int BEGIN = 10;

        public Talker {
            if (name.length() > MAX_SHOWN) {
                name = name.substring(0, BEGIN) + "..." + name.substring(name.length() - MAX_SHOWN + BEGIN + 3);
            }
            name = LogText.line(name);
        }
    }

    Talkers() {
        Arrays.fill(names, "");
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
        takenOver[least] = counts[least];
        counts[least]++;
    }

    /** A minute has passed. */
    synchronized void fade() {
        heard /= 2;
        for (int i = 0; i < PLACES; i++) {
            counts[i] /= 2;
            takenOver[i] = (takenOver[i] + 1) / 2; // rather too much
        }
    }

    /** Whether nobody was heard lately. */
    synchronized boolean isSilent() {
        return heard == 0;
    }

    /** The most frequent first, {@code most} of them; none that may have been heard less than once in twenty times. */
    public synchronized List<Talker> most(int most) {
        var all = new ArrayList<Talker>();
        for (int i = 0; i < PLACES; i++) {
            double share = Math.min(1, (double) (counts[i] - takenOver[i]) / Math.max(1, heard));
            if (share >= LEAST_SHARE) {
                all.add(new Talker(names[i], share));
            }
        }
        all.sort(Comparator.comparingDouble(Talker::share).reversed().thenComparing(Talker::name));
        return List.copyOf(all.subList(0, Math.min(most, all.size())));
    }
}
