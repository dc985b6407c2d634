package dev.plimsoll.wire;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.jsonb.CustomAdapter;

/** Numbers in a row, as JSON: null for NaN, whole ones from a thousand on, else three decimals at most. */
public record Values(float[] numbers) {
    private static final double EXACT = 1_000;

    /** Only ever written. */
    @CustomAdapter(global = false)
    static final class Adapter implements JsonAdapter<Values> {
        Adapter() {}

        @Override
        public void toJson(JsonWriter writer, Values values) {
            writer.beginArray();
            for (float number : values.numbers) {
                if (!Float.isFinite(number)) {
                    writer.rawValue("null");
                } else if (Math.abs(number) >= EXACT || number == Math.rint(number)) {
                    writer.value(Math.round((double) number));
                } else {
                    writer.value(Math.round(number * EXACT) / EXACT);
                }
            }
            writer.endArray();
        }

        @Override
        public Values fromJson(JsonReader reader) {
            throw new UnsupportedOperationException("values are only written");
        }
    }
}
