package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text format 0.0.4 as strictly as it is described, and fails on anything else. */
public final class MetricsPage {
    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") ((?:[^\\\\]|\\\\\\\\|\\\\n)*)");
    private static final Pattern TYPE =
            Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram|summary|untyped)");
    private static final Pattern SAMPLE =
            Pattern.compile("(" + NAME + ")(?:\\{(.+)\\})? (NaN|[+-]Inf|-?[0-9]+(?:\\.[0-9]+)?(?:E-?[0-9]+)?)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\\\\\|\\\\\"|\\\\n)*)\"(?:,|$)");

    private final Map<String, Double> samples = new TreeMap<>();
    private final Set<String> families = new HashSet<>();
    private String family = "";
    private String type = "";

    public MetricsPage(String text) {
        assertThat(text).endsWith("\n").doesNotContain("\r");
        text.lines().forEach(this::read);
    }

    private void read(String line) {
        Matcher help = HELP.matcher(line);
        Matcher head = TYPE.matcher(line);
        if (help.matches()) {
            family = help.group(1);
            type = "";
            assertThat(families.add(family)).as("%s once", family).isTrue();
        } else if (head.matches()) {
            assertThat(head.group(1)).as("the family whose help came before").isEqualTo(family);
            assertThat(type).as("%s has one type", family).isEmpty();
            type = head.group(2);
        } else {
            sample(line);
        }
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        assertThat(type).as("type before %s", line).isNotEmpty();
        String name = sample.group(1);
        Set<String> names =
                type.equals("summary") ? Set.of(family, family + "_sum", family + "_count") : Set.of(family);
        assertThat(names).as("%s within its family", line).contains(name);
        if (type.equals("counter")) {
            assertThat(name).endsWith("_total");
        }
        String labels = sample.group(2) == null ? "" : sample.group(2);
        var seen = new HashSet<String>();
        Matcher label = LABEL.matcher(labels);
        for (int end = 0; end < labels.length(); end = label.end()) {
            assertThat(label.find(end) && label.start() == end).as(line).isTrue();
            assertThat(seen.add(label.group(1))).as(line).isTrue();
        }
        assertThat(seen.contains("quantile")).as(line).isEqualTo(type.equals("summary") && name.equals(family));
        String value = sample.group(3).replace("Inf", "Infinity");
        String series = labels.isEmpty() ? name : name + "{" + labels + "}";
        assertThat(samples.put(series, Double.parseDouble(value)))
                .as("%s once", line)
                .isNull();
    }

    /** Names with their labels as they were written, and values. */
    public Map<String, Double> samples() {
        return samples;
    }

    public double value(String series) {
        Double value = samples.get(series);
        if (value == null) {
            throw new AssertionError("no " + series + " among " + samples.keySet());
        }
        return value;
    }
}
