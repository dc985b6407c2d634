package dev.plimsoll.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/** A report for programs: the same content, one JSON object. */
public final class JsonReport {
    private JsonReport() {}

    public static String of(Report report) {
        var json = new LinkedHashMap<String, Object>();
        json.put("subject", report.subject());
        json.put("severity", word(report.severity()));
        json.put("exitStatus", report.severity().exitStatus());
        json.put("facts", report.facts());
        json.put(
                "diagnoses",
                report.diagnoses().stream().map(JsonReport::diagnosis).toList());
        json.put("plan", report.plan());
        json.put("ok", notes(report.fine()));
        json.put("unknown", notes(report.unknown()));
        json.put("plots", report.plots().stream().map(JsonReport::plot).toList());
        json.put("tables", report.tables().stream().map(JsonReport::table).toList());
        return Json.write(json);
    }

    private static String word(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> diagnosis(Diagnosis diagnosis) {
        var json = new LinkedHashMap<String, Object>();
        json.put("severity", word(diagnosis.severity()));
        json.put("check", diagnosis.check());
        json.put("cause", diagnosis.cause());
        json.put("evidence", diagnosis.evidence());
        json.put("advice", diagnosis.advice());
        return json;
    }

    private static List<Map<String, String>> notes(List<Report.Note> notes) {
        var json = new ArrayList<Map<String, String>>();
        for (Report.Note note : notes) {
            var each = new LinkedHashMap<String, String>();
            each.put("check", note.check());
            each.put("text", note.text());
            json.add(each);
        }
        return json;
    }

    private static Map<String, Object> plot(Report.Plot plot) {
        var json = new LinkedHashMap<String, Object>();
        json.put("title", plot.title());
        json.put("unit", plot.unit());
        json.put("from", LogTime.text(plot.from()));
        json.put("stepMillis", plot.step());
        var series = new LinkedHashMap<String, Object>();
        plot.series()
                .forEach(each -> series.put(
                        each.name(), LongStream.of(each.values()).boxed().toList()));
        json.put("series", series);
        return json;
    }

    private static Map<String, Object> table(Report.Table table) {
        var json = new LinkedHashMap<String, Object>();
        json.put("title", table.title());
        json.put("columns", table.columns());
        json.put("rows", table.rows());
        json.put("note", table.note());
        return json;
    }
}
