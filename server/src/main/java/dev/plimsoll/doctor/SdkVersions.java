package dev.plimsoll.doctor;

import dev.plimsoll.doctor.Report.Table;
import dev.plimsoll.doctor.Tallies.Count;
import dev.plimsoll.doctor.Tallies.Entry;
import dev.plimsoll.wire.KnownFaults;
import dev.plimsoll.wire.KnownFaults.Fault;
import java.util.ArrayList;
import java.util.List;

/** Which SDKs are connected, how many of each, and which of them have known faults. */
final class SdkVersions {
    private static final int MOST_ROWS = 50;

    private SdkVersions() {}

    static void ofNacos(NacosFacts facts, Chart chart) {
        facts.api().filter(api -> api.versions().size() > 0).ifPresent(api -> check(api.versions(), chart));
    }

    /** @param versions how many clients of each name themselves so */
    static void check(Tallies<Count> versions, Chart chart) {
        var evidence = new ArrayList<String>();
        var rows = new ArrayList<List<String>>();
        List<Entry<Count>> all = versions.heaviest(Integer.MAX_VALUE);
        for (Entry<Count> each : all) {
            List<Fault> faults = KnownFaults.of(each.name());
            for (Fault fault : faults) {
                evidence.add(each.tally().count + " of " + Foreign.text(each.name(), 60) + ": " + fault.what() + " ("
                        + fault.source() + ")");
            }
            if (rows.size() < MOST_ROWS) {
                rows.add(List.of(
                        Foreign.text(each.name(), 60),
                        Long.toString(each.tally().count),
                        faults.isEmpty() ? "" : faults.get(0).what()));
            }
        }
        if (!rows.isEmpty()) {
            String note = all.size() > MOST_ROWS ? "The first " + MOST_ROWS + " of " + versions.howMany() + "." : "";
            chart.table(new Table(
                    "Connected clients by version", List.of("version", "clients", "known fault"), rows, note));
        }
        if (evidence.isEmpty()) {
            chart.fine("versions", versions.howMany() + " versions of clients, none with a fault in the table");
        } else {
            chart.warning(
                    "versions",
                    "Clients of versions with known faults are connected",
                    evidence,
                    List.of("Upgrade these clients"));
        }
    }
}
