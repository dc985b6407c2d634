package dev.plimsoll.doctor;

import dev.plimsoll.doctor.Report.Note;
import dev.plimsoll.doctor.Report.Plot;
import dev.plimsoll.doctor.Report.Series;
import dev.plimsoll.doctor.Report.Table;
import java.util.List;

/**
 * A report as one page that stands alone: no script, and nothing is loaded from elsewhere, which its own policy forbids
 * besides. All text is escaped; log files hold what clients chose to call themselves.
 */
public final class HtmlReport {
    private static final String STYLE = """
            :root{color-scheme:light dark;--paper:#f6f7f9;--card:#fff;--ink:#1c2733;--soft:#5b6978;--rule:#dfe4ea;
            --good:#7f9db9;--bad:#c8332b;--warn:#a86400;--fine:#1f7a4d;--badsoft:#fbeceb;--warnsoft:#fdf3e1}
            @media(prefers-color-scheme:dark){:root{--paper:#12171d;--card:#1a2129;--ink:#e4eaf0;--soft:#94a3b3;
            --rule:#2c3641;--good:#5f82a3;--bad:#f0655c;--warn:#e5a84b;--fine:#5cc28d;--badsoft:#2d1c1d;--warnsoft:#2b2417}}
            *{box-sizing:border-box}
            body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",
            Roboto,"Helvetica Neue",Arial,sans-serif}
            main{max-width:1040px;margin:0 auto;padding:36px 20px 60px}
            h1{font-size:24px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
            h2{font-size:16px;margin:34px 0 10px}
            .verdict{display:inline-block;margin:10px 0 18px;padding:4px 12px;border-radius:999px;font-weight:600;
            font-size:14px;border:1px solid currentColor}
            .critical{color:var(--bad)}.warning{color:var(--warn)}.healthy{color:var(--fine)}
            .card{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:16px 20px;margin:0 0 14px}
            article.card{border-left:4px solid var(--warn)}article.card.is-critical{border-left-color:var(--bad)}
            article h3{margin:0 0 10px;font-size:16px;line-height:1.4}
            .tag{font-size:12px;font-weight:600;letter-spacing:.03em;text-transform:uppercase;margin-right:8px}
            .name{font-size:12px;color:var(--soft);font-family:ui-monospace,Consolas,monospace}
            .label{font-size:12px;font-weight:600;color:var(--soft);text-transform:uppercase;letter-spacing:.04em;
            margin:10px 0 2px}
            ul,ol{margin:0;padding-left:20px}li{margin:3px 0;overflow-wrap:anywhere}
            dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:0}
            dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
            .plan{border-left:4px solid var(--ink)}.plan li{margin:6px 0}
            svg{display:block;width:100%;height:auto}
            svg .grid{stroke:var(--rule)}svg text{font-size:11px;fill:var(--soft)}
            svg .end{text-anchor:end}svg .middle{text-anchor:middle}
            svg .good{fill:var(--good)}svg .bad{fill:var(--bad)}
            svg .mark{stroke:var(--ink);stroke-dasharray:3 3}svg .marked{fill:var(--ink);font-weight:600}
            .legend{font-size:13px;color:var(--soft);margin:0 0 6px}
            .legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin:0 5px 0 14px}
            .legend i.good{background:var(--good)}.legend i.bad{background:var(--bad)}
            .scroll{overflow-x:auto}
            table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
            th{text-align:left;color:var(--soft);font-weight:600;white-space:nowrap}
            th,td{padding:6px 14px 6px 0;border-bottom:1px solid var(--rule);vertical-align:top}
            td{overflow-wrap:anywhere}td.n,th.n{text-align:right;white-space:nowrap}tr:last-child td{border-bottom:0}
            td.t{white-space:nowrap}
            .notes li::marker{color:var(--soft)}.small{font-size:13px;color:var(--soft)}
            """;

    private HtmlReport() {}

    public static String of(Report report) {
        var page = new StringBuilder();
        String word = word(report.severity());
        page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
                + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>");
        page.append(escaped(report.subject())).append("</title><style>").append(STYLE);
        page.append("</style></head><body><main><h1>")
                .append(escaped(report.subject()))
                .append("</h1>");
        page.append("<div class=\"verdict ").append(word).append("\">").append(escaped(verdict(report)));
        page.append("</div>");
        facts(page, report);
        if (!report.plan().isEmpty()) {
            page.append("<h2>What to do, in this order</h2><div class=\"card plan\">");
            list(page, "ol", report.plan());
            page.append("</div>");
        }
        if (!report.diagnoses().isEmpty()) {
            page.append("<h2>What is wrong</h2>");
            report.diagnoses().forEach(each -> diagnosis(page, each));
        }
        report.plots().forEach(plot -> plot(page, plot));
        report.tables().forEach(table -> table(page, table));
        notes(page, "Looked at and found well", report.fine());
        notes(page, "Could not be looked at", report.unknown());
        return page.append("</main></body></html>\n").toString();
    }

    private static String word(Severity severity) {
        return switch (severity) {
            case HEALTHY -> "healthy";
            case WARNING -> "warning";
            case CRITICAL -> "critical";
        };
    }

    private static String verdict(Report report) {
        long critical = report.diagnoses().stream()
                .filter(each -> each.severity() == Severity.CRITICAL)
                .count();
        long warnings = report.diagnoses().size() - critical;
        if (report.severity() == Severity.HEALTHY) {
            return "Healthy";
        }
        String bad = critical == 0 ? "" : critical + " critical";
        String less = warnings == 0 ? "" : warnings + (warnings == 1 ? " warning" : " warnings");
        return bad + (bad.isEmpty() || less.isEmpty() ? "" : ", ") + less;
    }

    private static void facts(StringBuilder page, Report report) {
        if (report.facts().isEmpty()) {
            return;
        }
        page.append("<div class=\"card\"><dl>");
        report.facts().forEach((name, value) -> page.append("<dt>")
                .append(escaped(name))
                .append("</dt><dd>")
                .append(escaped(value))
                .append("</dd>"));
        page.append("</dl></div>");
    }

    private static void diagnosis(StringBuilder page, Diagnosis diagnosis) {
        String word = word(diagnosis.severity());
        page.append("<article class=\"card is-")
                .append(word)
                .append("\"><h3><span class=\"tag ")
                .append(word);
        page.append("\">").append(word).append("</span>").append(escaped(diagnosis.cause()));
        page.append(" <span class=\"name\">").append(escaped(diagnosis.check())).append("</span></h3>");
        page.append("<div class=\"label\">Evidence</div>");
        list(page, "ul", diagnosis.evidence());
        page.append("<div class=\"label\">What to do</div>");
        list(page, diagnosis.advice().size() > 1 ? "ol" : "ul", diagnosis.advice());
        page.append("</article>");
    }

    private static void plot(StringBuilder page, Plot plot) {
        String svg = SvgPlot.of(plot);
        if (svg.isEmpty()) {
            return;
        }
        page.append("<h2>").append(escaped(plot.title())).append("</h2><div class=\"card\"><div class=\"legend\">");
        page.append(escaped(plot.unit()));
        for (Series series : plot.series()) {
            page.append("<i class=\"").append(series.bad() ? "bad" : "good").append("\"></i>");
            page.append(escaped(series.name()));
        }
        page.append("</div>").append(svg).append("</div>");
    }

    private static void table(StringBuilder page, Table table) {
        page.append("<h2>")
                .append(escaped(table.title()))
                .append("</h2><div class=\"card\"><div class=\"scroll\"><table><tr>");
        for (int i = 0; i < table.columns().size(); i++) {
            page.append("<th")
                    .append(style(table, i))
                    .append('>')
                    .append(escaped(table.columns().get(i)));
            page.append("</th>");
        }
        page.append("</tr>");
        for (List<String> row : table.rows()) {
            page.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                page.append("<td")
                        .append(style(table, i))
                        .append('>')
                        .append(escaped(row.get(i)))
                        .append("</td>");
            }
            page.append("</tr>");
        }
        page.append("</table></div>");
        if (!table.note().isEmpty()) {
            page.append("<p class=\"small\">").append(escaped(table.note())).append("</p>");
        }
        page.append("</div>");
    }

    /** Numbers stand to the right, moments are not broken. */
    private static String style(Table table, int column) {
        if (table.rows().stream().allMatch(row -> row.get(column).matches("[0-9.,]+[kmgMs%]*|-"))) {
            return " class=\"n\"";
        }
        return table.rows().stream().allMatch(row -> row.get(column).matches("[0-9:. -]+|never")) ? " class=\"t\"" : "";
    }

    private static void notes(StringBuilder page, String title, List<Note> notes) {
        if (notes.isEmpty()) {
            return;
        }
        page.append("<h2>").append(escaped(title)).append("</h2><div class=\"card\"><ul class=\"notes\">");
        for (Note note : notes) {
            page.append("<li><span class=\"name\">")
                    .append(escaped(note.check()))
                    .append("</span> ");
            page.append(escaped(note.text())).append("</li>");
        }
        page.append("</ul></div>");
    }

    private static void list(StringBuilder page, String kind, List<String> items) {
        page.append('<').append(kind).append('>');
        items.forEach(item -> page.append("<li>").append(escaped(item)).append("</li>"));
        page.append("</").append(kind).append('>');
    }

    static String escaped(String text) {
        var escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
