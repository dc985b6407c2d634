package dev.plimsoll.bench.scenario;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The options of a command: declared with their defaults, then set from words such as {@code --seconds 60}. */
public final class Options {
    private record Declared(String standard, String meaning) {}

    private final Map<String, Declared> declared = new LinkedHashMap<>();
    private final Map<String, String> given = new LinkedHashMap<>();

    public Options option(String name, String standard, String meaning) {
        declared.put(name, new Declared(standard, meaning));
        return this;
    }

    public Options parse(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            String name = word.substring(Math.min(2, word.length()), equals < 0 ? word.length() : equals);
            if (!word.startsWith("--") || !declared.containsKey(name)) {
                throw new IllegalArgumentException(
                        "option '" + word + "' (expected: --" + String.join(", --", declared.keySet()) + ")");
            }
            if (equals < 0 && i + 1 == words.size()) {
                throw new IllegalArgumentException("option '" + word + "' (expected: a value after it)");
            }
            given.put(name, equals < 0 ? words.get(++i) : word.substring(equals + 1));
        }
        return this;
    }

    public String text(String name) {
        Declared known = declared.get(name);
        if (known == null) {
            throw new IllegalStateException("option '" + name + "' is not declared");
        }
        return given.getOrDefault(name, known.standard());
    }

    public int integer(String name) {
        try {
            int value = Integer.parseInt(text(name));
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw wrong(name, "a whole number", e);
        }
        throw wrong(name, "not below 0", null);
    }

    /** Such as {@code 500ms}, {@code 20s}, {@code 2m}; a bare number is seconds. */
    public Duration duration(String name) {
        String text = text(name);
        try {
            if (text.endsWith("ms")) {
                return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
            }
            if (text.endsWith("m")) {
                return Duration.ofMinutes(Long.parseLong(text.substring(0, text.length() - 1)));
            }
            return Duration.ofSeconds(Long.parseLong(text.endsWith("s") ? text.substring(0, text.length() - 1) : text));
        } catch (NumberFormatException e) {
            throw wrong(name, "such as 500ms, 20s or 2m", e);
        }
    }

    /** In MiB; such as {@code 256m} or {@code 1g}. */
    public double mebibytes(String name) {
        String text = text(name);
        try {
            double number = Double.parseDouble(text.substring(0, Math.max(0, text.length() - 1)));
            if (text.endsWith("m")) {
                return number;
            }
            if (text.endsWith("g")) {
                return number * 1024;
            }
        } catch (NumberFormatException e) {
            throw wrong(name, "such as 256m or 1g", e);
        }
        throw wrong(name, "such as 256m or 1g", null);
    }

    /** One of the words. */
    public String choice(String name, String... words) {
        String text = text(name);
        if (!List.of(words).contains(text)) {
            throw wrong(name, String.join(", ", words), null);
        }
        return text;
    }

    private IllegalArgumentException wrong(
            String name, String expected, @org.jspecify.annotations.Nullable Throwable cause) {
        return new IllegalArgumentException("--" + name + ": '" + text(name) + "' (expected: " + expected + ")", cause);
    }

    public String help() {
        StringBuilder help = new StringBuilder();
        declared.forEach((name, option) -> help.append(String.format(
                "    --%-20s %s%n",
                name + (option.standard().isEmpty() ? "" : " " + option.standard()), option.meaning())));
        return help.toString();
    }
}
