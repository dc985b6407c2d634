package dev.plimsoll.wire;

import dev.plimsoll.refusal.InvalidRequest;
import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonException;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.BufferRecycleStrategy;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import io.avaje.jsonb.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** JSON as this protocol uses it: unknown fields ignored, nulls left out, and everything from outside checked first. */
final class WireJson {
    static final int MAX_DEPTH = 32;

    private static final Jsonb JSONB = Jsonb.builder()
            .add(String.class, new LenientText().nullSafe())
            .add(LongText.class, new LongText())
            .add(Values.class, new Values.Adapter())
            // A recycled buffer keeps the size of the largest body it ever held, outside every account.
            .bufferRecycling(BufferRecycleStrategy.NO_RECYCLING)
            .build();

    private WireJson() {}

    static byte[] encode(Object message) {
        return JSONB.toJsonBytes(message);
    }

    static String quote(String text) {
        return JSONB.toJson(text);
    }

    static <T> T decode(Class<T> type, byte[] json) {
        check(json);
        try {
            return JSONB.type(type).fromJson(json);
        } catch (JsonException e) {
            throw unreadable(type.getSimpleName() + " does not have these fields");
        }
    }

    static Map<String, String> texts(byte[] json) {
        check(json);
        try {
            JsonType<Map<String, String>> texts = JSONB.type(Types.mapOf(String.class));
            return present(texts.fromJson(json));
        } catch (JsonException e) {
            throw unreadable("not an object of texts");
        }
    }

    /**
     * Walks the bytes once before the parser does: nesting is bounded, since the parser recurses; the text is one whole
     * object; and its strings are well-formed, since half a surrogate pair could be stored but never be encoded again.
     */
    static void check(byte[] json) {
        int depth = 0;
        boolean inString = false;
        boolean ended = false;
        byte before = 0; // that is no space, outside a string
        for (int i = 0; i < json.length; i++) {
            byte b = json[i];
            if (inString) {
                if (b == '"') {
                    inString = false;
                    before = b;
                } else if (b == '\\') {
                    i = checkEscape(json, i);
                } else if (b < 0) {
                    i = checkUtf8(json, i);
                }
            } else if (b != ' ' && b != '\n' && b != '\r' && b != '\t' && (ended || (depth == 0 && b != '{'))) {
                throw unreadable(ended ? "text after the end" : "does not start with {");
            } else if (b == '"') {
                // The parser is lenient: it would take what stands before for a value, and the strings for what is
                // between.
                if (before != '{' && before != '[' && before != ',' && before != ':') {
                    throw unreadable("a text stands where none can");
                }
                inString = true;
            } else if (b == '{' || b == '[') {
                if (++depth > MAX_DEPTH) {
                    throw unreadable("nested deeper than " + MAX_DEPTH);
                }
            } else if (b == '}' || b == ']') {
                ended = --depth == 0;
            }
            if (!inString && b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                before = b;
            }
        }
        if (!ended) {
            throw unreadable("ends early");
        }
    }

    /** Checks the character of several bytes at {@code i}, since the parser does not, and returns its last index. */
    private static int checkUtf8(byte[] json, int i) {
        int last = Utf8.lastOf(json, i, json.length);
        if (last < 0) {
            throw unreadable("not UTF-8");
        }
        return last;
    }

    /** Checks the escape at {@code i} and returns the index of its last byte. */
    private static int checkEscape(byte[] json, int i) {
        if (i + 1 < json.length && json[i + 1] != 'u') {
            return i + 1;
        }
        char unit = hex(json, i);
        if (!Character.isSurrogate(unit)) {
            return i + 5;
        }
        if (Character.isHighSurrogate(unit) && Character.isLowSurrogate(hex(json, i + 6))) {
            return i + 11;
        }
        throw unreadable("a string holds half a character");
    }

    /** The code unit of the escape {@code \}{@code uXXXX} at {@code i}. */
    private static char hex(byte[] json, int i) {
        if (i + 5 >= json.length || json[i] != '\\' || json[i + 1] != 'u') {
            throw unreadable("an escape is not whole");
        }
        int value = 0;
        for (int k = i + 2; k < i + 6; k++) {
            int digit = Character.digit(json[k], 16);
            if (digit < 0) {
                throw unreadable("an escape is not whole");
            }
            value = value << 4 | digit;
        }
        return (char) value;
    }

    static InvalidRequest unreadable(String why) {
        return new InvalidRequest("body: " + why + " (expected: a JSON object of this message)");
    }

    /** A copy without the entries that have no value; some clients send such. */
    static <V> Map<String, V> present(@Nullable Map<String, V> map) {
        if (map == null || map.isEmpty()) {
            return Map.of();
        }
        var present = new HashMap<>(map);
        present.values().removeIf(Objects::isNull);
        present.remove(null);
        return Map.copyOf(present);
    }

    static <T> List<T> present(@Nullable List<T> list) {
        if (list == null || list.isEmpty()) {
            return List.of();
        }
        var present = new ArrayList<>(list);
        present.removeIf(Objects::isNull);
        return List.copyOf(present);
    }

    static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Reads numbers and booleans as text too: Python and Go clients send metadata values so. */
    private static final class LenientText implements JsonAdapter<String> {
        @Override
        public void toJson(JsonWriter writer, String value) {
            writer.value(value);
        }

        @Override
        public String fromJson(JsonReader reader) {
            return switch (reader.currentToken()) {
                case NUMBER -> reader.readRaw();
                case BOOLEAN -> String.valueOf(reader.readBoolean());
                default -> reader.readString();
            };
        }
    }
}
