package dev.plimsoll.wire;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.jsonb.CustomAdapter;
import org.jspecify.annotations.Nullable;

/**
 * A text of any length, such as the content of a config: the parser's own strings end at 50,000 characters, so this
 * takes the raw text and undoes the escapes here.
 */
@CustomAdapter(global = false)
final class LongText implements JsonAdapter<String> {
    LongText() {}

    @Override
    public void toJson(JsonWriter writer, String value) {
        writer.value(value);
    }

    @Override
    public @Nullable String fromJson(JsonReader reader) {
        if (reader.isNullValue()) {
            return null;
        }
        String raw = reader.readRaw().trim();
        if (raw.length() < 2 || raw.charAt(0) != '"') {
            return raw;
        }
        int escape = raw.indexOf('\\');
        return escape < 0 ? raw.substring(1, raw.length() - 1) : unescape(raw, escape);
    }

    private static String unescape(String raw, int firstEscape) {
        int end = raw.length() - 1;
        var text = new StringBuilder(end).append(raw, 1, firstEscape);
        for (int i = firstEscape; i < end; i++) {
            char c = raw.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            c = raw.charAt(++i);
            switch (c) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case '"', '\\', '/' -> text.append(c);
                case 'u' -> {
                    text.append(unit(raw, i + 1, end));
                    i += 4;
                }
                default -> throw WireJson.unreadable("unknown escape \\" + c);
            }
        }
        return text.toString();
    }

    /** Four hex digits. In a damaged text the parser may see a string begin where {@link WireJson#check} saw none. */
    private static char unit(String raw, int from, int end) {
        int unit = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = i < end ? Character.digit(raw.charAt(i), 16) : -1;
            if (digit < 0) {
                throw WireJson.unreadable("an escape is not whole");
            }
            unit = unit << 4 | digit;
        }
        return (char) unit;
    }
}
