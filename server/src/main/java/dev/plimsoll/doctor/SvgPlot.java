package dev.plimsoll.doctor;

import dev.plimsoll.doctor.Report.Mark;
import dev.plimsoll.doctor.Report.Plot;
import dev.plimsoll.doctor.Report.Series;
import java.util.Arrays;
import java.util.Locale;

/** Bars over time, one series upon the other, as an SVG picture whose colours the page decides. */
final class SvgPlot {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 240;
    private static final int LEFT = 52;
    private static final int RIGHT = 12;
    private static final int TOP = 26;
    private static final int BOTTOM = 28;
    private static final int TICKS = 6;
    private static final int LABEL = 96; // units that the name of a mark takes
    private static final long DAY = 86_400_000;

    private SvgPlot() {}

    static String of(Plot plot) {
        int steps = plot.series().stream()
                .mapToInt(each -> each.values().length)
                .max()
                .orElse(0);
        if (steps == 0) {
            return "";
        }
        double barWidth = (double) (WIDTH - LEFT - RIGHT) / steps;
        long top = niceTop(highest(plot, steps));
        var svg = new StringBuilder();
        svg.append("<svg viewBox=\"0 0 ")
                .append(WIDTH)
                .append(' ')
                .append(HEIGHT)
                .append("\" role=\"img\" aria-label=\"");
        svg.append(HtmlReport.escaped(plot.title())).append("\">");
        for (int i = 0; i <= 4; i++) {
            double y = y(top * i / 4.0, top);
            svg.append(line("grid", LEFT, y, WIDTH - RIGHT, y));
            svg.append(text("axis end", LEFT - 6, y + 4, number(top * i / 4.0)));
        }
        for (int i = 0; i < steps; i++) {
            bar(svg, plot, i, barWidth, top);
        }
        long span = steps * plot.step();
        for (int i = 0; i < TICKS; i++) {
            long at = plot.from() + span * i / (TICKS - 1);
            String label = span > 2 * DAY
                    ? LogTime.toTheSecond(at).substring(5, 16)
                    : LogTime.toTheSecond(at).substring(11);
            String where = i == 0 ? "axis" : i == TICKS - 1 ? "axis end" : "axis middle";
            svg.append(text(where, LEFT + (double) (WIDTH - LEFT - RIGHT) * i / (TICKS - 1), HEIGHT - 8, label));
        }
        double lastLabel = Double.NEGATIVE_INFINITY;
        for (Mark mark : plot.marks()) {
            double x = LEFT + (double) (mark.at() - plot.from()) / span * (WIDTH - LEFT - RIGHT);
            svg.append(line("mark", x, TOP - 4, x, HEIGHT - BOTTOM));
            if (x - lastLabel >= LABEL) {
                boolean atEnd = x > WIDTH - LABEL;
                svg.append(text(atEnd ? "marked end" : "marked", x + (atEnd ? -4 : 4), TOP - 10, mark.name()));
                lastLabel = x;
            }
        }
        return svg.append("</svg>").toString();
    }

    private static void bar(StringBuilder svg, Plot plot, int step, double width, long top) {
        double below = 0;
        var tip = new StringBuilder(LogTime.toTheSecond(plot.from() + step * plot.step()));
        for (Series series : plot.series()) {
            long value = step < series.values().length ? series.values()[step] : 0;
            tip.append(", ").append(series.name()).append(' ').append(value);
        }
        for (Series series : plot.series()) {
            long value = step < series.values().length ? series.values()[step] : 0;
            if (value > 0) {
                double high = y(below + value, top);
                svg.append(String.format(
                        Locale.ROOT,
                        "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"><title>%s</title></rect>",
                        series.bad() ? "bad" : "good",
                        LEFT + step * width,
                        high,
                        Math.max(1.2, width - 0.6),
                        y(below, top) - high,
                        HtmlReport.escaped(tip.toString())));
                below += value;
            }
        }
    }

    private static long highest(Plot plot, int steps) {
        long[] sums = new long[steps];
        for (Series series : plot.series()) {
            for (int i = 0; i < series.values().length; i++) {
                sums[i] += series.values()[i];
            }
        }
        return Arrays.stream(sums).max().orElse(0);
    }

    /** The next of 4, 8, 20, 40, 80, 200 and so on, so that a quarter of it is a short number. */
    private static long niceTop(long highest) {
        long unit = 1;
        while (true) {
            for (long nice : new long[] {4, 8, 20}) {
                if (highest <= nice * unit) {
                    return nice * unit;
                }
            }
            unit *= 10;
        }
    }

    private static double y(double value, long top) {
        return HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP);
    }

    private static String number(double value) {
        if (value >= 1_000_000) {
            return String.format(Locale.ROOT, "%.0fM", value / 1_000_000);
        }
        return value >= 10_000
                ? String.format(Locale.ROOT, "%.0fk", value / 1_000)
                : String.format(Locale.ROOT, "%.0f", value);
    }

    private static String line(String style, double x1, double y1, double x2, double y2) {
        return String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                style,
                x1,
                y1,
                x2,
                y2);
    }

    private static String text(String style, double x, double y, String text) {
        return String.format(
                Locale.ROOT,
                "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>",
                style,
                x,
                y,
                HtmlReport.escaped(text));
    }
}
