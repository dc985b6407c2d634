package dev.plimsoll.registry;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How the instances of a cluster are looked at. */
public sealed interface HealthChecker {
    /** What the reference sets for every checker: between looks, and how slowly the period follows the measured time. */
    record Pace(int min, int max, double factor) {}

    Pace pace();

    /** Its {@code type} and what else there is to say, as clients and the journal have it. */
    Map<String, String> fields();

    /**
     * The checker these {@link #fields} describe. As in the reference one of an unknown type is none, and what is left out
     * is empty.
     */
    static HealthChecker of(Map<String, String> fields) {
        String type = fields.getOrDefault("type", "").trim().toUpperCase(Locale.ROOT);
        return switch (type) {
            case Tcp.TYPE -> new Tcp();
            case Http.TYPE -> {
                String expected = fields.getOrDefault("expectedResponseCode", Http.EXPECTED);
                if (!expected.equals(Http.EXPECTED)) {
                    throw new InvalidRequest("expectedResponseCode: '" + Names.abridged(expected) + "' (expected: "
                            + Http.EXPECTED + ", the one that is looked for)");
                }
                yield new Http(fields.getOrDefault("path", ""), fields.getOrDefault("headers", ""));
            }
            case Mysql.TYPE ->
                new Mysql(
                        fields.getOrDefault("user", ""),
                        fields.getOrDefault("pwd", ""),
                        fields.getOrDefault("cmd", ""));
            default -> new None();
        };
    }

    /** A connection can be made. */
    record Tcp() implements HealthChecker {
        static final String TYPE = "TCP";

        @Override
        public Map<String, String> fields() {
            return Map.of("type", TYPE);
        }

        @Override
        public Pace pace() {
            return new Pace(1_000, 5_000, 0.75);
        }
    }

    /**
     * A GET is answered with status 200.
     *
     * @param headers {@code name:value} pairs, with a vertical bar between them
     */
    record Http(String path, String headers) implements HealthChecker {
        static final String TYPE = "HTTP";
        static final String EXPECTED = "200";
        private static final int MAX_PATH = 1_024;
        private static final int MAX_HEADERS = 2_048;

        public Http {
            path = path.startsWith("/") ? path : "/" + path;
            Names.requireLength("path", path, MAX_PATH);
            Names.requireLength("headers", headers, MAX_HEADERS);
            if (!path.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw Names.illegal("path");
            }
            pairs(headers);
        }

        @Override
        public Map<String, String> fields() {
            return Map.of("type", TYPE, "path", path, "headers", headers, "expectedResponseCode", EXPECTED);
        }

        /** {@code name: value}, fit to be lines of a request. */
        public List<String> lines() {
            return pairs(headers);
        }

        private static List<String> pairs(String headers) {
            var lines = new ArrayList<String>();
            for (String pair : headers.split("\\|", -1)) {
                if (pair.isBlank()) {
                    continue;
                }
                int colon = pair.indexOf(':');
                String name = colon < 0 ? "" : pair.substring(0, colon).trim();
                String value = pair.substring(colon + 1).trim();
                boolean fit = !name.isEmpty()
                        && name.chars().allMatch(c -> Names.letterOrDigit(c) || c == '-' || c == '_')
                        && value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
                if (!fit) {
                    throw new InvalidRequest("headers: '" + pair + "' (expected: name:value|name:value)");
                }
                lines.add(name + ": " + value);
            }
            return lines;
        }

        @Override
        public Pace pace() {
            return new Pace(500, 5_000, 0.85);
        }
    }

    /** A MySQL server greets, lets the user in and runs the command. */
    record Mysql(String user, String password, String command) implements HealthChecker {
        static final String TYPE = "MYSQL";
        private static final int MAX_NAME = 128;
        private static final int MAX_COMMAND = 1_024;

        public Mysql {
            Names.requireLength("user", user, MAX_NAME);
            Names.requireLength("pwd", password, MAX_NAME);
            Names.requireLength("cmd", command, MAX_COMMAND);
        }

        @Override
        public Map<String, String> fields() {
            return Map.of("type", TYPE, "user", user, "pwd", password, "cmd", command);
        }

        @Override
        public Pace pace() {
            return new Pace(2_000, 3_000, 0.65);
        }

        @Override
        public String toString() {
            return "Mysql[user=" + user + ", command=" + command + "]"; // the password is nobody's business
        }
    }

    /** Nobody looks: an instance has the health it is given. */
    record None() implements HealthChecker {
        @Override
        public Map<String, String> fields() {
            return Map.of("type", "NONE");
        }

        @Override
        public Pace pace() {
            return new Pace(5_000, 5_000, 1);
        }
    }
}
