package dev.plimsoll.doctor;

import dev.plimsoll.refusal.InvalidRequest;
import io.avaje.json.JsonException;
import io.avaje.json.mapper.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON answer of a server whose version is not known, read by name: what is missing or of another kind is empty, and
 * it is the check's business to say so.
 */
final class Json {
    private static final int MAX_DEPTH = 64; // the parser recurses
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Json MISSING = new Json(null);

    private final @Nullable Object value;

    private Json(@Nullable Object value) {
        this.value = value;
    }

    static Json parse(byte[] body) {
        checkDepth(body);
        try {
            return new Json(MAPPER.object().fromJson(new String(body, StandardCharsets.UTF_8)));
        } catch (JsonException | IllegalStateException e) {
            throw new InvalidRequest("answer: " + Foreign.text(String.valueOf(e.getMessage())) + " (expected: JSON)");
        }
    }

    /** What this would be if the answer could not be had. */
    static Json missing() {
        return MISSING;
    }

    static String write(Object tree) {
        return MAPPER.toJson(tree);
    }

    private static void checkDepth(byte[] body) {
        int depth = 0;
        boolean inString = false;
        for (int i = 0; i < body.length; i++) {
            byte b = body[i];
            if (inString) {
                if (b == '\\') {
                    i++;
                } else if (b == '"') {
                    inString = false;
                }
            } else if (b == '"') {
                inString = true;
            } else if (b == '{' || b == '[') {
                if (++depth > MAX_DEPTH) {
                    throw new InvalidRequest("answer: nested deeper than " + MAX_DEPTH + " (expected: JSON)");
                }
            } else if (b == '}' || b == ']') {
                depth--;
            }
        }
    }

    /** What is under these names, one within the other. */
    Json at(String... names) {
        Object at = value;
        for (String name : names) {
            at = at instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return at == null ? MISSING : new Json(at);
    }

    boolean isPresent() {
        return value != null;
    }

    /** "" when there is none; harmless and short otherwise. */
    String text() {
        return value instanceof String || value instanceof Number || value instanceof Boolean
                ? Foreign.text(String.valueOf(value))
                : "";
    }

    /** As it is, whatever its length; for tokens. */
    String wholeText() {
        return value instanceof String text ? text : "";
    }

    /** The reference writes many numbers as text. */
    double number(double otherwise) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (value instanceof String text && text.matches("-?[0-9]{1,18}(\\.[0-9]{1,18})?")) {
            return Double.parseDouble(text);
        }
        return otherwise;
    }

    long whole(long otherwise) {
        double number = number(Double.NaN);
        return Double.isNaN(number) ? otherwise : (long) number;
    }

    boolean isTrue() {
        return Boolean.TRUE.equals(value) || "true".equals(value);
    }

    List<Json> items() {
        var items = new ArrayList<Json>();
        if (value instanceof List<?> list) {
            list.forEach(each -> items.add(new Json(each)));
        }
        return items;
    }

    Map<String, Json> fields() {
        var fields = new LinkedHashMap<String, Json>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, each) -> fields.put(String.valueOf(name), new Json(each)));
        }
        return fields;
    }
}
