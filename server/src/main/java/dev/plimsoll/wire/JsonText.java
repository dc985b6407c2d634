package dev.plimsoll.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON written piece by piece, for answers whose fields are always there and in the reference's order. Texts in UTF-8,
 * which may be as large as a content, are copied once, into an array of the very length.
 *
 * <pre>{@code
 * new JsonText().open('{').name("id").text("7").name("content").utf8(bytes).close('}').bytes()
 * }</pre>
 */
public final class JsonText {
    /** At this length what was written so far is put by: a builder that goes on growing is copied again and again. */
    private static final int CHUNK = 64 << 10;

    private final List<Piece> pieces = new ArrayList<>();
    private StringBuilder json = new StringBuilder();
    private boolean first = true;

    /** @param isText to be quoted; else it is JSON already */
    private record Piece(byte[] utf8, boolean isText) {
        long length() {
            return isText ? quotedLength(utf8) : utf8.length;
        }
    }

    /** Begins an object or an array, by its bracket. */
    public JsonText open(char bracket) {
        next();
        json.append(bracket);
        first = true;
        return this;
    }

    public JsonText close(char bracket) {
        json.append(bracket);
        first = false;
        return this;
    }

    /** Begins a field. */
    public JsonText name(String name) {
        next();
        json.append('"').append(name).append("\":");
        first = true;
        return this;
    }

    public JsonText text(@Nullable String text) {
        next();
        json.append(text == null ? "null" : WireJson.quote(text));
        return this;
    }

    public JsonText number(long number) {
        next();
        json.append(number);
        return this;
    }

    public JsonText truth(boolean truth) {
        next();
        json.append(truth);
        return this;
    }

    public JsonText number(double number) {
        next();
        json.append(number);
        return this;
    }

    /** What is JSON already; not copied before the end, as {@link #utf8}. */
    public JsonText json(byte[] utf8) {
        next();
        cut();
        pieces.add(new Piece(utf8, false));
        return this;
    }

    /** An object of texts. */
    public JsonText texts(Map<String, String> texts) {
        open('{');
        texts.forEach((name, text) -> {
            next();
            json.append(WireJson.quote(name)).append(':').append(WireJson.quote(text));
        });
        return close('}');
    }

    /** A text in UTF-8; not copied before the end, and not to be changed until then. */
    public JsonText utf8(byte[] utf8) {
        next();
        cut();
        pieces.add(new Piece(utf8, true));
        return this;
    }

    /** A field whose name came from outside, with a text. */
    public JsonText entry(String name, @Nullable String text) {
        next();
        json.append(WireJson.quote(name)).append(':');
        first = true;
        return text(text);
    }

    /** A field with a text. */
    public JsonText field(String name, @Nullable String text) {
        return name(name).text(text);
    }

    /** A field with a number. */
    public JsonText field(String name, long number) {
        return name(name).number(number);
    }

    /** A field with a number that may have a fraction. */
    public JsonText field(String name, double number) {
        return name(name).number(number);
    }

    /** A field that says yes or no. */
    public JsonText field(String name, boolean truth) {
        return name(name).truth(truth);
    }

    /** All that was written. */
    public byte[] bytes() {
        cut();
        byte[] whole = new byte
                [Math.toIntExact(pieces.stream().mapToLong(Piece::length).sum())];
        int n = 0;
        for (Piece piece : pieces) {
            if (piece.isText()) {
                n = quote(piece.utf8(), whole, n);
            } else {
                System.arraycopy(piece.utf8(), 0, whole, n, piece.utf8().length);
                n += piece.utf8().length;
            }
        }
        return whole;
    }

    private void next() {
        if (json.length() >= CHUNK) {
            cut();
        }
        if (!first) {
            json.append(',');
        }
        first = false;
    }

    private void cut() {
        if (!json.isEmpty()) {
            pieces.add(new Piece(json.toString().getBytes(UTF_8), false));
            json = new StringBuilder();
        }
    }

    /** Bytes that a text takes with its quotes. */
    private static long quotedLength(byte[] utf8) {
        long length = 2;
        for (byte b : utf8) {
            length += escaped(b);
        }
        return length;
    }

    private static int quote(byte[] utf8, byte[] json, int at) {
        int n = at;
        json[n++] = '"';
        for (byte b : utf8) {
            int escaped = escaped(b);
            if (escaped == 1) {
                json[n++] = b;
                continue;
            }
            json[n++] = '\\';
            if (escaped == 2) {
                json[n++] = b;
            } else {
                json[n++] = 'u';
                json[n++] = '0';
                json[n++] = '0';
                json[n++] = (byte) (b < 0x10 ? '0' : '1');
                json[n++] = (byte) Character.forDigit(b & 0xF, 16);
            }
        }
        json[n++] = '"';
        return n;
    }

    /** Bytes that a byte of a text takes in JSON. */
    private static int escaped(byte b) {
        return b == '"' || b == '\\' ? 2 : b >= 0 && b < ' ' ? 6 : 1;
    }
}
