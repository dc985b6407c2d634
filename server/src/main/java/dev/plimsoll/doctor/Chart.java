package dev.plimsoll.doctor;

import dev.plimsoll.doctor.Report.Note;
import dev.plimsoll.doctor.Report.Plot;
import dev.plimsoll.doctor.Report.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is written down during an examination. One thread. */
final class Chart {
    private final Map<String, String> facts = new LinkedHashMap<>();
    private final List<Diagnosis> diagnoses = new ArrayList<>();
    private final List<String> plan = new ArrayList<>();
    private final List<Note> fine = new ArrayList<>();
    private final List<Note> unknown = new ArrayList<>();
    private final List<Plot> plots = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();

    void fact(String name, String value) {
        facts.put(name, value);
    }

    void found(Severity severity, String check, String cause, List<String> evidence, List<String> advice) {
        diagnoses.add(new Diagnosis(severity, check, cause, evidence, advice));
    }

    void critical(String check, String cause, List<String> evidence, List<String> advice) {
        found(Severity.CRITICAL, check, cause, evidence, advice);
    }

    void warning(String check, String cause, List<String> evidence, List<String> advice) {
        found(Severity.WARNING, check, cause, evidence, advice);
    }

    void fine(String check, String text) {
        fine.add(new Note(check, text));
    }

    /** It could not be looked at; that is neither good nor bad. */
    void unknown(String check, String why) {
        unknown.add(new Note(check, why));
    }

    void plot(Plot plot) {
        plots.add(plot);
    }

    void table(Table table) {
        tables.add(table);
    }

    /** The next step, unless it is planned already. */
    void step(String step) {
        if (!plan.contains(step)) {
            plan.add(step);
        }
    }

    boolean has(String check) {
        return diagnoses.stream().anyMatch(each -> each.check().equals(check));
    }

    Report report(String subject) {
        var sorted = new ArrayList<>(diagnoses);
        sorted.sort(Comparator.comparing(Diagnosis::severity).reversed()); // stable: else in the order found
        return new Report(
                subject,
                new LinkedHashMap<>(facts),
                sorted,
                List.copyOf(plan),
                List.copyOf(fine),
                List.copyOf(unknown),
                List.copyOf(plots),
                List.copyOf(tables));
    }
}
