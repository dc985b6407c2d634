package dev.plimsoll.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;

/** Lines of a stream of any length. A line keeps its first {@code longest} bytes; the rest of it is passed over. */
final class LineReader {
    private static final int CHUNK = 64 * 1024;

    private final InputStream in;
    private final byte[] chunk = new byte[CHUNK];
    private final byte[] line;
    private int at;
    private int end;
    private int length;

    LineReader(InputStream in, int longest) {
        this.in = in;
        this.line = new byte[longest];
    }

    /** Goes to the next line; false at the end. */
    boolean next() throws IOException {
        length = 0;
        boolean any = false;
        while (true) {
            if (at == end) {
                end = in.read(chunk);
                at = 0;
                if (end <= 0) {
                    end = 0;
                    return any;
                }
            }
            any = true;
            int from = at;
            while (at < end && chunk[at] != '\n') {
                at++;
            }
            int kept = Math.min(at - from, line.length - length);
            System.arraycopy(chunk, from, line, length, kept);
            length += kept;
            if (at < end) {
                at++;
                return true;
            }
        }
    }

    /** The first byte, or -1 when the line is empty. */
    int first() {
        return length == 0 ? -1 : line[0];
    }

    String text() {
        int without = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        return new String(line, 0, without, UTF_8);
    }
}
