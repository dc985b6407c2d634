package dev.plimsoll;

import dev.plimsoll.net.RefusedAddresses;
import dev.plimsoll.refusal.InvalidRequest;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How the text of a setting becomes a value.
 *
 * @param expected what a text must be, in words that end a refusal
 * @param parser empty when the text is anything else
 */
record Kind<T>(String expected, Function<String, Optional<T>> parser) {
    private static final int MAX_TEXT = 4096;

    static Kind<Integer> integer(int least, int most) {
        return new Kind<>("a whole number from " + least + " to " + most, text -> number(text, least, most)
                .map(Long::intValue));
    }

    /** A size in bytes: {@code 256m}, {@code 2g}, {@code 524288k} or a plain number. */
    static Kind<Long> bytes(long least, long most) {
        return new Kind<>(
                "a size such as " + Bytes.text(least) + ", up to " + Bytes.text(most),
                text -> Bytes.parse(text).filter(size -> size >= least && size <= most));
    }

    static Kind<Boolean> truth() {
        return new Kind<>("true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> Optional.of(true);
            case "false", "no", "off", "0" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    /** Whether callers must prove who they are; the reference's {@code false} is told from our {@code off}. */
    static Kind<AuthMode> authMode() {
        return new Kind<>("auto, on or off", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "auto" -> Optional.of(AuthMode.AUTO);
            case "on", "true" -> Optional.of(AuthMode.ON);
            case "off" -> Optional.of(AuthMode.OFF);
            case "false" -> Optional.of(AuthMode.REFERENCE_OFF);
            default -> Optional.empty();
        });
    }

    /** A text that may be left out. */
    static Kind<String> optionalText() {
        return new Kind<>(
                "at most " + MAX_TEXT + " characters",
                text -> text.length() > MAX_TEXT ? Optional.empty() : Optional.of(text));
    }

    static Kind<String> text() {
        return new Kind<>(
                "at most " + MAX_TEXT + " characters, not blank",
                text -> text.isBlank() || text.length() > MAX_TEXT ? Optional.empty() : Optional.of(text));
    }

    static Kind<String> oneOf(List<String> words) {
        return new Kind<>("one of " + String.join(", ", words), text -> words.stream()
                .filter(word -> word.equalsIgnoreCase(text))
                .findFirst());
    }

    static Kind<Path> path() {
        return new Kind<>("a path", text -> {
            try {
                return text.length() > MAX_TEXT ? Optional.empty() : Optional.of(Path.of(text));
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        });
    }

    /** Words with commas between them; "" for none. */
    static Kind<List<String>> words() {
        return new Kind<>(
                "words with commas between them",
                text -> text.length() > MAX_TEXT
                        ? Optional.empty()
                        : Optional.of(Stream.of(text.split(",", -1))
                                .map(String::strip)
                                .filter(word -> !word.isEmpty())
                                .toList()));
    }

    /** Addresses that are not connected to for others. */
    static Kind<RefusedAddresses> addresses() {
        return new Kind<>("addresses, ranges such as 10.0.0.0/8, and loopback, with commas between them", text -> {
            try {
                return words().parser().apply(text).map(RefusedAddresses::of);
            } catch (InvalidRequest e) {
                return Optional.empty();
            }
        });
    }

    /** The first part of a path: empty, or {@code /} and names; a single {@code /} is read as empty. */
    static Kind<String> contextPath() {
        return new Kind<>("a path such as /nacos, or / for none", text -> {
            String path = text.equals("/") ? "" : text;
            return path.length() <= 255 && path.matches("(/[A-Za-z0-9._~-]+)*") ? Optional.of(path) : Optional.empty();
        });
    }

    private static Optional<Long> number(String text, long least, long most) {
        if (!text.matches("-?[0-9]{1,18}")) {
            return Optional.empty();
        }
        return Optional.of(Long.parseLong(text)).filter(number -> number >= least && number <= most);
    }
}
