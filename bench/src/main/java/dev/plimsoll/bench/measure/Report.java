package dev.plimsoll.bench.measure;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a run found: figures, those with a number to reach, and what must hold. A figure beyond its number is a warning,
 * for machines differ; what must hold and does not is a failure.
 */
public final class Report {
    private record Row(String name, String value, String expected, String verdict) {}

    private final String scenario;
    private final String target;
    private final boolean expecting;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Double> figures = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    /** @param expecting judge; else only print */
    public Report(String scenario, String target, boolean expecting) {
        this.scenario = scenario;
        this.target = target;
        this.expecting = expecting;
    }

    public void note(String text) {
        notes.add(text);
    }

    public void figure(String name, double value, String unit) {
        put(name, value, unit, "", "");
    }

    public void count(String name, long value) {
        put(name, (double) value, "", "", "");
    }

    /** @param limit infinite: there is none */
    public void atMost(String name, double value, String unit, double limit) {
        if (Double.isInfinite(limit)) {
            figure(name, value, unit);
            return;
        }
        compare(name, value, unit, "<= " + number(limit), value <= limit);
    }

    public void atLeast(String name, double value, String unit, double limit) {
        compare(name, value, unit, ">= " + number(limit), value >= limit);
    }

    private void compare(String name, double value, String unit, String expected, boolean reached) {
        if (expecting && !reached) {
            warnings.add(name + ": " + number(value) + " " + unit + " (expected: " + expected + ")");
        }
        put(name, value, unit, expecting ? expected : "", !expecting ? "" : reached ? "ok" : "WARN");
    }

    private void put(String name, double value, String unit, String expected, String verdict) {
        figures.put(name + (unit.isEmpty() ? "" : " " + unit), value);
        rows.add(new Row(name, number(value) + " " + unit, expected, verdict));
    }

    /** Something that must hold on any machine. */
    public void require(String what, boolean holds, String otherwise) {
        if (expecting && !holds) {
            failures.add(what + ": " + otherwise);
        }
        rows.add(new Row(what, holds ? "yes" : "NO: " + otherwise, "", !expecting ? "" : holds ? "ok" : "FAIL"));
    }

    public boolean passed() {
        return failures.isEmpty();
    }

    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** A figure by its name and unit. */
    public double value(String nameAndUnit) {
        Double value = figures.get(nameAndUnit);
        if (value == null) {
            throw new IllegalArgumentException(
                    "figure: '" + nameAndUnit + "' (expected: one of " + figures.keySet() + ")");
        }
        return value;
    }

    public void print(PrintStream out) {
        int name = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
        int value = rows.stream()
                .mapToInt(row -> Math.min(40, row.value().length()))
                .max()
                .orElse(0);
        out.printf("%n%s against %s%n", scenario, target);
        for (Row row : rows) {
            out.println(String.format(
                            Locale.ROOT,
                            "  %-" + name + "s  %" + Math.max(1, value) + "s  %-12s %s",
                            row.name(),
                            row.value(),
                            row.expected(),
                            row.verdict())
                    .stripTrailing());
        }
        notes.forEach(note -> out.println("  note: " + note));
        warnings.forEach(warning -> out.println("  WARN " + warning));
        failures.forEach(failure -> out.println("  FAIL " + failure));
        if (expecting) {
            out.println(passed() ? "verdict: pass" : "verdict: FAIL");
        }
        out.println("RESULT " + json());
    }

    String json() {
        StringBuilder json = new StringBuilder("{\"scenario\":").append(quoted(scenario));
        json.append(",\"target\":").append(quoted(target));
        json.append(",\"passed\":").append(passed()).append(",\"figures\":{");
        String comma = "";
        for (Map.Entry<String, Double> figure : figures.entrySet()) {
            double value = figure.getValue();
            json.append(comma)
                    .append(quoted(figure.getKey()))
                    .append(':')
                    .append(Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "null");
            comma = ",";
        }
        json.append("},\"warnings\":").append(list(warnings));
        return json.append(",\"failures\":").append(list(failures)).append('}').toString();
    }

    private static String list(List<String> texts) {
        return texts.stream().map(Report::quoted).collect(java.util.stream.Collectors.joining(",", "[", "]"));
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    private static String number(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        double size = Math.abs(value);
        return String.format(
                Locale.ROOT, size >= 100 || value == Math.rint(value) ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
