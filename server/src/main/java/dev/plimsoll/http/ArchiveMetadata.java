package dev.plimsoll.http;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.store.ConfigHead;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an archive of configurations says of them beside their contents, in the reference's two forms: the old one has lines
 * {@code group.dataId.app=name}, in which the last dot of the dataId is a tilde; the new one is the YAML below, of which
 * this reads what the reference writes. No tags, no anchors, no types: texts only. It is read line by line: a text of
 * a few megabytes may have as many lines, and each would be an object.
 *
 * <pre>
 * metadata:
 * - appName: app1
 *   dataId: app.yaml
 *   desc: what it is for
 *   group: DEFAULT_GROUP
 *   type: yaml
 * </pre>
 */
final class ArchiveMetadata {
    static final String OLD_NAME = ".meta.yml";
    static final String NAME = ".metadata.yml";

    private static final int MAX_TEXT = 1_024;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_](?:[A-Za-z0-9_./:-]*[A-Za-z0-9_./-])?");
    private static final Set<String> NOT_TEXTS = Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null");

    /** What is kept of an item; others may say more. */
    private static final Set<String> KEYS = Set.of("group", "dataId", "appName", "desc", "type");

    /** @param appName null when nothing is said of it */
    record Item(String group, String dataId, @Nullable String appName, String desc, String type) {}

    private ArchiveMetadata() {}

    /** One item of the list {@code metadata}, as the reference writes it: keys in order, nothing said of an absent desc. */
    static String item(ConfigHead head) {
        String desc = head.description().isEmpty() ? "" : "  desc: " + scalar(head.description()) + "\n";
        return "- appName: " + scalar(head.appName()) + "\n  dataId: " + scalar(head.dataId()) + "\n" + desc
                + "  group: " + scalar(head.group()) + "\n  type: " + scalar(head.type()) + "\n";
    }

    /** One line of the old form; "" for a configuration without an application's name, or with one that is none there. */
    static String oldLine(ConfigHead head) {
        String appName = head.appName();
        boolean readable = appName.chars().noneMatch(c -> c == '=' || Character.isISOControl(c));
        return appName.isBlank() || !readable ? "" : oldKey(head.group(), head.dataId()) + "=" + appName + "\r\n";
    }

    static String oldKey(String group, String dataId) {
        int dot = dataId.lastIndexOf('.');
        return group + "." + (dot < 0 ? dataId : dataId.substring(0, dot) + "~" + dataId.substring(dot + 1)) + ".app";
    }

    /**
     * The old form's names of applications, by {@link #oldKey}.
     *
     * @throws InvalidRequest when a line is none, or there are too many
     */
    static Map<String, String> parseOld(String text, int maxNames) {
        var names = new HashMap<String, String>();
        for (Iterator<String> lines = text.lines().iterator(); lines.hasNext(); ) {
            String line = lines.next();
            if (line.isBlank()) {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 0 || equals < line.lastIndexOf('=')) {
                throw new InvalidRequest(OLD_NAME + ": '" + Form.echo(line) + "' (expected: key=value)");
            }
            if (names.size() == maxNames) {
                throw new InvalidRequest(OLD_NAME + ": cannot be read (expected: at most " + maxNames + " lines)");
            }
            names.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return names;
    }

    /**
     * The new form's items, by {@code group/dataId}.
     *
     * @throws InvalidRequest when it is anything else, or an item lacks its group, dataId or type
     */
    static Map<String, Item> parse(String yaml, int maxItems) {
        return new Reader(yaml).items(maxItems);
    }

    private static String scalar(String text) {
        if (PLAIN.matcher(text).matches() && !NOT_TEXTS.contains(text.toLowerCase(Locale.ROOT))) {
            return text;
        }
        if (text.chars().noneMatch(Character::isISOControl)) {
            return "'" + text.replace("'", "''") + "'";
        }
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (Character.isISOControl(c)) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** Goes through the lines once. */
    private static final class Reader {
        private final Iterator<String> lines;
        private @Nullable String ahead; // the next line; null at the end

        Reader(String yaml) {
            this.lines = yaml.lines().iterator();
            take();
        }

        private @Nullable String take() {
            String line = ahead;
            ahead = lines.hasNext() ? lines.next() : null;
            return line;
        }

        Map<String, Item> items(int maxItems) {
            var items = new HashMap<String, Item>();
            String first = next();
            if (first != null && first.startsWith("---")) {
                first = next();
            }
            if (first == null || !first.startsWith("metadata:")) {
                throw wrong("'metadata:' at its begin");
            }
            String rest = first.substring("metadata:".length()).trim();
            if (rest.equals("[]")) {
                return items;
            } else if (!rest.isEmpty() && !rest.startsWith("#")) {
                throw wrong("a list");
            }
            Map<String, String> fields = null;
            for (String line = next(); line != null; line = next()) {
                int indent = indent(line);
                String text = line.substring(indent);
                if (text.equals("-") || text.startsWith("- ")) {
                    add(items, fields, maxItems);
                    fields = new HashMap<>();
                    indent += indent(text.substring(1)) + 1;
                    text = text.substring(1).trim();
                }
                if (fields == null || indent == 0) {
                    throw wrong("items, each with '- ' before it");
                }
                if (!text.isEmpty()) {
                    field(fields, text, indent);
                }
            }
            add(items, fields, maxItems);
            return items;
        }

        private static void add(Map<String, Item> items, @Nullable Map<String, String> fields, int maxItems) {
            if (fields == null) {
                return;
            }
            String group = fields.getOrDefault("group", "");
            String dataId = fields.getOrDefault("dataId", "");
            if (group.isBlank() || dataId.isBlank() || !fields.containsKey("type")) {
                throw wrong("group, dataId and type of every item");
            }
            if (items.size() == maxItems) {
                throw wrong("at most " + maxItems + " items");
            }
            items.put(
                    group + "/" + dataId,
                    new Item(
                            group,
                            dataId,
                            fields.get("appName"),
                            fields.getOrDefault("desc", ""),
                            fields.getOrDefault("type", "")));
        }

        private void field(Map<String, String> fields, String text, int indent) {
            int colon = text.indexOf(": ");
            int end = colon >= 0 ? colon : text.endsWith(":") ? text.length() - 1 : -1;
            if (end < 1) {
                throw wrong("lines 'key: value'");
            }
            String value = value(text.substring(end + 1).trim(), indent);
            if (value == null) {
                return;
            }
            requireShort(value);
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
                throw wrong("whole characters");
            }
            String key = text.substring(0, end).trim();
            if (KEYS.contains(key)) {
                fields.put(key, value);
            }
        }

        /** The value that begins with {@code text} and may go on in deeper lines; null for YAML's null. */
        private @Nullable String value(String text, int indent) {
            if (text.startsWith("'") || text.startsWith("\"")) {
                return quoted(text);
            }
            if (!text.isEmpty() && "!&*|>{[%@`".indexOf(text.charAt(0)) >= 0) {
                throw wrong("plain or quoted texts");
            }
            var plain = new StringBuilder(uncommented(text));
            for (String line = ahead; line != null && !line.isBlank() && indent(line) > indent; line = ahead) {
                take();
                plain.append(plain.length() == 0 ? "" : " ").append(uncommented(line.trim()));
                requireShort(plain);
            }
            String value = plain.toString();
            return value.isEmpty() || value.equals("~") || value.equals("null") ? null : value;
        }

        private String quoted(String text) {
            char quote = text.charAt(0);
            var value = new StringBuilder();
            String line = text;
            int i = 1;
            while (true) {
                boolean joined = false; // by a backslash before the line's end
                while (i < line.length()) {
                    char c = line.charAt(i);
                    if (quote == '\'' && line.startsWith("''", i)) {
                        value.append(c);
                        i += 2;
                    } else if (c == quote) {
                        return value.toString();
                    } else if (quote == '"' && c == '\\' && i + 1 == line.length()) {
                        joined = true;
                        i++;
                    } else if (quote == '"' && c == '\\') {
                        i = escape(line, i + 1, value);
                    } else {
                        value.append(c);
                        i++;
                    }
                    requireShort(value);
                }
                line = nextOfQuoted(value, joined);
                i = 0;
            }
        }

        /** A line's end is a blank, and each empty line after it a line's end. */
        private String nextOfQuoted(StringBuilder value, boolean joined) {
            int empty = 0;
            while (ahead != null && ahead.isBlank()) {
                empty++;
                take();
            }
            String line = take();
            if (line == null) {
                throw wrong("every quote to be closed");
            }
            if (empty > 0) {
                value.append("\n".repeat(Math.min(empty, MAX_TEXT)));
            } else if (!joined) {
                value.append(' ');
            }
            return line.trim();
        }

        /** Adds the character that the escape at {@code i}, after its backslash, stands for; where it ends. */
        private static int escape(String line, int i, StringBuilder value) {
            char c = line.charAt(i);
            int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
            if (digits > 0) {
                try {
                    value.appendCodePoint(Integer.parseInt(line, i + 1, i + 1 + digits, 16));
                } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
                    throw wrong("whole escapes");
                }
                return i + 1 + digits;
            }
            int known = "0abtnvfre \"/\\N_".indexOf(c);
            if (known < 0) {
                throw wrong("known escapes");
            }
            value.append("\0\u0007\b\t\n\u000b\f\r\u001b \"/\\\u0085\u00a0".charAt(known));
            return i + 1;
        }

        /** The next line that says something; null at the end. */
        private @Nullable String next() {
            String line = take();
            while (line != null && (line.isBlank() || line.trim().startsWith("#") || line.startsWith("..."))) {
                line = take();
            }
            return line;
        }

        private static int indent(String line) {
            int indent = 0;
            while (indent < line.length() && line.charAt(indent) == ' ') {
                indent++;
            }
            return indent;
        }

        private static String uncommented(String text) {
            int comment = text.startsWith("#") ? 0 : text.indexOf(" #");
            return comment < 0 ? text : text.substring(0, comment).trim();
        }

        private static void requireShort(CharSequence value) {
            if (value.length() > MAX_TEXT) {
                throw wrong("values of at most " + MAX_TEXT + " characters");
            }
        }

        private static InvalidRequest wrong(String expected) {
            return new InvalidRequest(NAME + ": cannot be read (expected: " + expected + ")");
        }
    }
}
