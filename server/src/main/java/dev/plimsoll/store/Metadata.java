package dev.plimsoll.store;

import io.avaje.json.mapper.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** Metadata as one column: a JSON object of strings. */
final class Metadata {
    private static final JsonMapper.Type<Map<String, Object>> JSON =
            JsonMapper.builder().build().map();

    private Metadata() {}

    static String toJson(Map<String, String> metadata) {
        return metadata.isEmpty() ? "{}" : JSON.toJson(new LinkedHashMap<>(metadata));
    }

    static Map<String, String> fromJson(String json) {
        if (json.equals("{}")) {
            return Map.of();
        }
        var metadata = new LinkedHashMap<String, String>();
        JSON.fromJson(json).forEach((key, value) -> metadata.put(key, String.valueOf(value)));
        return metadata;
    }
}
