package dev.plimsoll.store;

import dev.plimsoll.refusal.Unavailable;
import io.avaje.json.JsonException;
import io.avaje.json.mapper.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * For whom a gray version is, as the reference writes it: JSON of type, version, expression and priority.
 *
 * @param type {@code beta} or {@code tag}
 * @param expression what the rule of this type compares with: addresses with commas between them, or a tag
 * @param priority of two that match a client the greater one counts
 */
public record StoredRule(String type, String expression, int priority) {
    private static final String VERSION = "1.0.0";
    private static final JsonMapper.Type<Map<String, Object>> JSON =
            JsonMapper.builder().build().map();

    /** In the form of the column {@code gray_rule}, in which it is also shown. */
    public String toJson() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("type", type);
        fields.put("version", VERSION);
        fields.put("expr", expression);
        fields.put("priority", priority);
        return JSON.toJson(fields);
    }

    static StoredRule fromJson(String json) {
        try {
            Map<String, Object> fields = JSON.fromJson(json);
            if (fields.get("type") instanceof String type
                    && fields.get("expr") instanceof String expression
                    && fields.get("priority") instanceof Number priority) {
                return new StoredRule(type, expression, priority.intValue());
            }
        } catch (JsonException e) {
            // said below
        }
        throw new Unavailable("gray_rule: '" + json + "' (expected: JSON of type, expr and priority)");
    }
}
