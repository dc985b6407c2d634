package dev.plimsoll.doctor;

import dev.plimsoll.doctor.Report.Note;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** A report for a terminal or a ticket: cause, evidence, what to do. Colours only where they are asked for. */
public final class TextReport {
    private static final int WIDTH = 110;

    private final PrintStream out;
    private final boolean colours;

    public TextReport(PrintStream out, boolean colours) {
        this.out = out;
        this.colours = colours;
    }

    private enum Ink {
        BOLD("1"),
        RED("1;31"),
        YELLOW("1;33"),
        GREEN("32"),
        DIM("2");

        final String code;

        Ink(String code) {
            this.code = code;
        }
    }

    public void write(Report report) {
        out.println(in(Ink.BOLD, report.subject()));
        report.facts().forEach((name, value) -> wrapped("  " + pad(name, 12), value));
        out.println();
        for (Diagnosis each : report.diagnoses()) {
            boolean critical = each.severity() == Severity.CRITICAL;
            String word = critical ? "CRITICAL" : "WARNING";
            out.println(in(critical ? Ink.RED : Ink.YELLOW, word) + " " + in(Ink.DIM, "[" + each.check() + "]"));
            wrapped("  cause     ", each.cause() + ".");
            listed("  evidence  ", each.evidence(), false);
            listed("  do        ", each.advice(), true);
            out.println();
        }
        if (!report.plan().isEmpty()) {
            out.println(in(Ink.BOLD, "What to do, in this order"));
            listed("  ", report.plan(), true);
            out.println();
        }
        for (Note note : report.fine()) {
            wrapped(in(Ink.GREEN, "ok") + "        [" + note.check() + "] ", note.text());
        }
        for (Note note : report.unknown()) {
            wrapped(in(Ink.DIM, "unknown") + "   [" + note.check() + "] ", note.text());
        }
        if (!report.fine().isEmpty() || !report.unknown().isEmpty()) {
            out.println();
        }
        long critical = report.diagnoses().stream()
                .filter(each -> each.severity() == Severity.CRITICAL)
                .count();
        long warnings = report.diagnoses().size() - critical;
        out.println(
                switch (report.severity()) {
                    case HEALTHY -> in(Ink.GREEN, "healthy");
                    case WARNING -> in(Ink.YELLOW, "warnings: " + warnings);
                    case CRITICAL -> in(Ink.RED, "critical: " + critical) + ", warnings: " + warnings;
                });
    }

    private void listed(String name, List<String> items, boolean numbered) {
        String before = name;
        for (int i = 0; i < items.size(); i++) {
            wrapped(before + (numbered && items.size() > 1 ? i + 1 + ". " : numbered ? "" : "- "), items.get(i));
            before = " ".repeat(name.length());
        }
    }

    /** Lines of {@link #WIDTH} at most, where words allow it, all beginning below the first. */
    private void wrapped(String before, String text) {
        int indent = before.replaceAll("\u001b\\[[0-9;]*m", "").length();
        int room = Math.max(40, WIDTH - indent);
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (line.length() > 0 && line.length() + 1 + word.length() > room) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(line.toString());
        out.println(before + lines.get(0));
        lines.subList(1, lines.size()).forEach(more -> out.println(" ".repeat(indent) + more));
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }

    private String in(Ink ink, String text) {
        return colours ? "\u001b[" + ink.code + "m" + text + "\u001b[0m" : text;
    }
}
