package dev.plimsoll.registry;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.Map;

/** The reference server's parameter rules (2.3 and later) for names, with its texts. */
final class Names {
    private static final int MAX_ECHO = 100;

    private Names() {}

    static void requireLength(String param, String value, int max) {
        if (value.length() > max) {
            throw new InvalidRequest(
                    "Param '" + param + "' is illegal, the param length should not exceed " + max + ".");
        }
    }

    /** Keys and values together, in characters. */
    static void requireMetadataWithin(int max, Map<String, String> metadata) {
        long length = 0;
        for (var entry : metadata.entrySet()) {
            length += entry.getKey().length() + entry.getValue().length();
        }
        if (length > max) {
            throw new InvalidRequest("Param 'Metadata' is illegal, the param length should not exceed " + max + ".");
        }
    }

    static InvalidRequest illegal(String param) {
        return new InvalidRequest(
                "Param '" + param + "' is illegal, illegal characters should not appear in the param.");
    }

    /** A value fit to be part of a message. */
    static String abridged(String value) {
        return value.length() <= MAX_ECHO ? value : value.substring(0, MAX_ECHO) + "...";
    }

    static boolean letterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** No blanks, no control characters, no CJK ideographs. */
    static boolean plain(String value) {
        return value.codePoints()
                .noneMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c) || Character.isIdeographic(c));
    }
}
