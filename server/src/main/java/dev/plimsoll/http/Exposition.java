package dev.plimsoll.http;

import dev.plimsoll.refusal.OverBudget;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A page of metrics in Prometheus's text format 0.0.4. All samples of a family follow its head, and a family comes once:
 * scrapers drop the whole page otherwise.
 */
final class Exposition {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** Twice what a page of all metrics takes; the rest is for the names a JVM gives to its parts. */
    static final int MAX_BYTES = 30 << 10;

    /** What a page of {@link #MAX_BYTES} takes of the heap while it is made. */
    static final long HEAP_BYTES = heapBytes(MAX_BYTES);

    static final String GAUGE = "gauge";
    static final String COUNTER = "counter";
    static final String SUMMARY = "summary";

    private final byte[] page;
    private int length;
    private String family = "";

    Exposition() {
        this(MAX_BYTES);
    }

    /** @param most bytes it may take */
    Exposition(int most) {
        page = new byte[most];
    }

    /**
     * What follows are its samples.
     *
     * @param type one of the words above
     * @param help one line
     */
    Exposition family(String name, String type, String help) {
        family = name;
        add("# HELP " + name + ' ' + help.replace("\\", "\\\\").replace("\n", "\\n") + '\n');
        add("# TYPE " + name + ' ' + type + '\n');
        return this;
    }

    /** @param labels names and values in turn */
    Exposition sample(double value, String... labels) {
        return part("", value, labels);
    }

    Exposition sample(long value, String... labels) {
        return part("", value, labels);
    }

    /** A sample of a family that has several, such as {@code _sum}. */
    Exposition part(String suffix, double value, String... labels) {
        return line(suffix, number(value), labels);
    }

    Exposition part(String suffix, long value, String... labels) {
        return line(suffix, Long.toString(value), labels);
    }

    private Exposition line(String suffix, String value, String... labels) {
        var line = new StringBuilder(family).append(suffix);
        for (int i = 0; i < labels.length; i += 2) {
            String escaped =
                    labels[i + 1].replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
            line.append(i == 0 ? '{' : ',')
                    .append(labels[i])
                    .append("=\"")
                    .append(escaped)
                    .append('"');
        }
        add(line.append(labels.length == 0 ? " " : "} ")
                .append(value)
                .append('\n')
                .toString());
        return this;
    }

    /** What a page of so many bytes takes of the heap while it is made: itself, and the copy that is sent. */
    static long heapBytes(int bytes) {
        return 2L * bytes + 1_024;
    }

    byte[] bytes() {
        return Arrays.copyOf(page, length);
    }

    private void add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > page.length - length) {
            throw new OverBudget(
                    "metrics: a page of more than " + length + " bytes (expected: at most " + page.length + ")");
        }
        System.arraycopy(bytes, 0, page, length, bytes.length);
        length += bytes.length;
    }

    private static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        return Double.toString(value); // NaN is written so
    }
}
