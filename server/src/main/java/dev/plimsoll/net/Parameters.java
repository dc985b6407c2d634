package dev.plimsoll.net;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.wire.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names and values of a query string, a form body, or both one after the other. */
final class Parameters {
    static final Parameters NONE = new Parameters(List.of());

    private final List<String> namesAndValues; // name, value, name, value, ...

    private Parameters(List<String> namesAndValues) {
        this.namesAndValues = namesAndValues;
    }

    /** @throws InvalidRequest for broken percent-encoding, for what is not UTF-8, or for more than {@code limit} parameters */
    static Parameters parse(String query, String form, int limit) {
        if (query.isEmpty() && form.isEmpty()) {
            return NONE;
        }
        var found = new ArrayList<String>();
        split(query, limit, found);
        split(form, limit, found);
        return new Parameters(found);
    }

    /** The first value. */
    @Nullable
    String first(String name) {
        for (int i = 0; i < namesAndValues.size(); i += 2) {
            if (namesAndValues.get(i).equals(name)) {
                return namesAndValues.get(i + 1);
            }
        }
        return null;
    }

    List<String> all(String name) {
        var values = new ArrayList<String>();
        for (int i = 0; i < namesAndValues.size(); i += 2) {
            if (namesAndValues.get(i).equals(name)) {
                values.add(namesAndValues.get(i + 1));
            }
        }
        return values;
    }

    private static void split(String text, int limit, List<String> found) {
        int start = 0;
        int equals = -1; // the first one from start on, looked for once: a body of megabytes may have none
        while (start < text.length()) {
            int end = text.indexOf('&', start);
            if (end < 0) {
                end = text.length();
            }
            if (end > start) {
                if (found.size() >= 2 * limit) {
                    throw new InvalidRequest("parameters: more than " + limit + " (expected: at most that)");
                }
                if (equals < start) {
                    equals = text.indexOf('=', start);
                    equals = equals < 0 ? text.length() : equals;
                }
                boolean named = equals < end;
                found.add(decode(text, start, named ? equals : end, true));
                found.add(named ? decode(text, equals + 1, end, true) : "");
            }
            start = end + 1;
        }
    }

    /** Percent-decodes {@code text} from {@code start} to {@code end} as UTF-8; what is not is refused. */
    static String decode(String text, int start, int end, boolean plusIsSpace) {
        int i = start;
        while (i < end && text.charAt(i) != '%' && (!plusIsSpace || text.charAt(i) != '+') && text.charAt(i) < 128) {
            i++;
        }
        if (i == end) {
            return text.substring(start, end);
        }
        // What is not escaped came in as one byte per character.
        var bytes = new byte[end - start];
        int n = 0;
        for (i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 3 <= end ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 3 <= end ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw new InvalidRequest("percent-encoding: '" + text.substring(i, Math.min(end, i + 3))
                            + "' (expected: % and two hexadecimal digits)");
                }
                bytes[n++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                bytes[n++] = (byte) (c == '+' && plusIsSpace ? ' ' : c);
            }
        }
        if (!Utf8.isValid(bytes, 0, n)) {
            throw new InvalidRequest("percent-encoding: bytes that are no text (expected: UTF-8)");
        }
        return new String(bytes, 0, n, StandardCharsets.UTF_8);
    }
}
