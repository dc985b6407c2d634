package dev.plimsoll.doctor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What is counted under each of many names, of which the heaviest are kept: at twice {@code most} names, the lighter half
 * is dropped. A name that comes back begins anew, so the numbers of kept names are exact unless {@link #dropped}, and
 * then at least what is shown.
 *
 * @param <T> what is counted of a name
 */
final class Tallies<T extends Tallies.Tally> {
    static final int LONGEST_NAME = 256;

    private final int most;
    private final Supplier<T> fresh;
    private final Map<String, T> kept = new HashMap<>();
    private long dropped;

    interface Tally {
        /** By which the heaviest are known. */
        long weight();
    }

    /** A tally that is one number. */
    static final class Count implements Tally {
        long count;

        @Override
        public long weight() {
            return count;
        }
    }

    record Entry<T>(String name, T tally) {}

    Tallies(int most, Supplier<T> fresh) {
        this.most = most;
        this.fresh = fresh;
    }

    T of(String name) {
        String key = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
        T tally = kept.get(key);
        if (tally == null) {
            if (kept.size() >= 2 * most) {
                dropLighterHalf();
            }
            tally = fresh.get();
            kept.put(key, tally);
        }
        return tally;
    }

    private void dropLighterHalf() {
        long[] weights =
                kept.values().stream().mapToLong(Tally::weight).sorted().toArray();
        long least = weights[weights.length - most];
        int before = kept.size();
        kept.values().removeIf(tally -> tally.weight() < least);
        var ties = kept.values().iterator();
        while (kept.size() > most && ties.hasNext()) {
            if (ties.next().weight() == least) {
                ties.remove();
            }
        }
        dropped += before - kept.size();
    }

    /** The heaviest first; names of the same weight in their order. */
    List<Entry<T>> heaviest(int count) {
        var entries = new ArrayList<Entry<T>>();
        kept.forEach((name, tally) -> entries.add(new Entry<>(name, tally)));
        entries.sort(Comparator.comparingLong((Entry<T> entry) -> entry.tally().weight())
                .reversed()
                .thenComparing(Entry::name));
        return List.copyOf(entries.subList(0, Math.min(count, entries.size())));
    }

    int size() {
        return kept.size();
    }

    /** How often a name was dropped; the same one may be counted again. */
    long dropped() {
        return dropped;
    }

    /** How many names there are, as a text: "12", or "more than 2048". */
    String howMany() {
        return dropped == 0 ? Integer.toString(kept.size()) : "more than " + kept.size();
    }
}
