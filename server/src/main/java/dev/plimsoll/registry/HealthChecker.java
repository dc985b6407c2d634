package dev.plimsoll.registry;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.ArrayList;
import java.util.List;

/** How the instances of a cluster are looked at. */
public sealed interface HealthChecker {
    /** What the reference sets for every checker: between looks, and how slowly the period follows the measured time. */
    record Pace(int min, int max, double factor) {}

    Pace pace();

    /** A connection can be made. */
    record Tcp() implements HealthChecker {
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
        private static final int MAX_NAME = 128;
        private static final int MAX_COMMAND = 1_024;

        public Mysql {
            Names.requireLength("user", user, MAX_NAME);
            Names.requireLength("pwd", password, MAX_NAME);
            Names.requireLength("cmd", command, MAX_COMMAND);
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
        public Pace pace() {
            return new Pace(5_000, 5_000, 1);
        }
    }
}
