package dev.plimsoll.session;

import dev.plimsoll.wire.KnownFaults;
import dev.plimsoll.wire.KnownFaults.Fault;
import dev.plimsoll.wire.LedgerMessages.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How many clients there are of each version. A client may name itself as it likes, so places are bounded. */
final class Versions {
    static final int MAX = 100;

    private static final int MAX_COUNTED = 1_000;

    private final Map<String, Integer> counts = new HashMap<>();
    private int others;

    void count(String version) {
        String name = version.isBlank() ? "unknown" : version;
        if (counts.size() < MAX_COUNTED || counts.containsKey(name)) {
            counts.merge(name, 1, Integer::sum);
        } else {
            others++;
        }
    }

    /** The most frequent first, then all others together. */
    List<Version> mostFrequent() {
        var sorted = new ArrayList<>(counts.entrySet());
        sorted.sort(Map.Entry.<String, Integer>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()));
        var all = new ArrayList<Version>();
        int rest = others;
        for (var entry : sorted) {
            if (all.size() < MAX) {
                all.add(version(entry.getKey(), entry.getValue()));
            } else {
                rest += entry.getValue();
            }
        }
        if (rest > 0) {
            all.add(new Version("others", rest, null, null));
        }
        return all;
    }

    private static Version version(String name, int clients) {
        List<Fault> faults = KnownFaults.of(name);
        return faults.isEmpty()
                ? new Version(name, clients, null, null)
                : new Version(
                        name,
                        clients,
                        faults.stream().map(Fault::what).collect(Collectors.joining("; ")),
                        faults.stream().map(Fault::source).collect(Collectors.joining("; ")));
    }
}
