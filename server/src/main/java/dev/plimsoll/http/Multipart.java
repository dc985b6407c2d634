package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.wire.Utf8;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a body of type {@code multipart/form-data}: texts by name, and files, which stay where they are in the body.
 * The body has been bounded and counted before; here its parts are.
 */
final class Multipart {
    static final int MAX_PARTS = 16;
    static final int MAX_PART_HEAD = 4 << 10;
    static final int MAX_TEXT = 1_024;

    private static final Pattern TYPE = Pattern.compile("(?i)\\s*multipart/form-data\\s*;.*");
    private static final Pattern BOUNDARY =
            Pattern.compile("(?i);\\s*boundary=(?:\"([^\"]{1,70})\"|([^\\s;\"]{1,70}))\\s*(?:;|$)");
    private static final Pattern DISPOSITION = Pattern.compile("(?im)^content-disposition:\\s*form-data\\s*(;.*)$");
    private static final Pattern NAME = Pattern.compile("(?i);\\s*name=(?:\"([^\"]*)\"|([^\\s;\"]+))");
    private static final Pattern FILE = Pattern.compile("(?i);\\s*filename\\*?=");

    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, Slice> files = new HashMap<>();

    /** From {@code from} to {@code to} of an array that is not copied. */
    record Slice(byte[] bytes, int from, int to) {
        int length() {
            return to - from;
        }
    }

    /** Whether a body says that it is one. */
    static boolean is(@Nullable String contentType) {
        return contentType != null && TYPE.matcher(contentType).matches();
    }

    /** @throws InvalidRequest when it is broken, or has too many parts, or too long ones */
    Multipart(String contentType, byte[] body) {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            throw broken("no boundary of 1 to 70 characters");
        }
        String quoted = boundary.group(1);
        byte[] delimiter = ("--" + (quoted == null ? boundary.group(2) : quoted)).getBytes(ISO_8859_1);
        byte[] next = line(delimiter);
        int at = 0;
        if (!startsWith(body, 0, delimiter)) {
            int first = find(body, 0, next);
            if (first < 0) {
                throw broken("no part");
            }
            at = first + 2;
        }
        for (int parts = 0; ; parts++) {
            at += delimiter.length;
            if (startsWith(body, at, new byte[] {'-', '-'})) {
                return;
            }
            if (parts == MAX_PARTS) {
                throw broken("more than " + MAX_PARTS + " parts");
            }
            while (at < body.length && (body[at] == ' ' || body[at] == '\t')) {
                at++;
            }
            if (!startsWith(body, at, new byte[] {'\r', '\n'})) {
                throw broken("no line end after a boundary");
            }
            int head = at + 2;
            int end = headEnd(body, at);
            int close = find(body, end - 2, next);
            if (close < 0) {
                throw broken("ends early");
            }
            add(new String(body, head, Math.max(0, end - 4 - head), UTF_8), body, end, Math.max(end, close));
            at = close + 2;
        }
    }

    /** "" when absent. */
    String text(String name) {
        return texts.getOrDefault(name, "");
    }

    @Nullable
    Slice file(String name) {
        return files.get(name);
    }

    private void add(String head, byte[] body, int from, int to) {
        Matcher disposition = DISPOSITION.matcher(head);
        Matcher name = NAME.matcher(disposition.find() ? disposition.group(1) : "");
        if (!name.find()) {
            throw broken("a part without a name");
        }
        String named = name.group(1) == null ? name.group(2) : name.group(1);
        boolean isFile = FILE.matcher(disposition.group(1)).find();
        if (texts.containsKey(named) || files.containsKey(named)) {
            throw broken("two parts '" + Form.echo(named) + "'");
        }
        if (isFile) {
            files.put(named, new Slice(body, from, to));
            return;
        }
        if (to - from > MAX_TEXT) {
            throw broken("part '" + Form.echo(named) + "' longer than " + MAX_TEXT);
        }
        if (!Utf8.isValid(body, from, to)) {
            throw broken("part '" + Form.echo(named) + "' is not UTF-8");
        }
        texts.put(named, new String(body, from, to - from, UTF_8));
    }

    /** Where the content begins of the part whose boundary line ends at {@code at}. */
    private static int headEnd(byte[] body, int at) {
        int most = Math.min(body.length, at + MAX_PART_HEAD);
        for (int i = at; i + 4 <= most; i++) {
            if (body[i] == '\r' && body[i + 1] == '\n' && body[i + 2] == '\r' && body[i + 3] == '\n') {
                return i + 4;
            }
        }
        throw broken("a part's head is not complete after " + MAX_PART_HEAD + " bytes");
    }

    private static byte[] line(byte[] delimiter) {
        byte[] line = new byte[delimiter.length + 2];
        line[0] = '\r';
        line[1] = '\n';
        System.arraycopy(delimiter, 0, line, 2, delimiter.length);
        return line;
    }

    private static boolean startsWith(byte[] body, int at, byte[] prefix) {
        if (at + prefix.length > body.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (body[at + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    private static int find(byte[] body, int from, byte[] wanted) {
        for (int i = Math.max(0, from); i + wanted.length <= body.length; i++) {
            if (body[i] == '\r' && startsWith(body, i, wanted)) {
                return i;
            }
        }
        return -1;
    }

    private static InvalidRequest broken(String why) {
        return new InvalidRequest(
                "multipart body: " + why + " (expected: at most " + MAX_PARTS + " parts, each with a name of its own)");
    }
}
