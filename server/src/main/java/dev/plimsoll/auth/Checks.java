package dev.plimsoll.auth;

import dev.plimsoll.refusal.InvalidRequest;
import java.nio.charset.StandardCharsets;

/** What names and passwords must be. */
final class Checks {
    private static final int MAX_NAME = 50;
    private static final int MAX_PASSWORD_BYTES = 72; // bcrypt looks at no more
    private static final int MAX_ECHO = 100;

    private Checks() {}

    /** Of a user or a role. Quotes and backslashes are kept out so that a token's claims need no escapes. */
    static String name(String what, String name) {
        if (!isName(name)) {
            throw new InvalidRequest(what + ": '" + echo(name) + "' (expected: 1 to " + MAX_NAME
                    + " characters, no control characters, quotes, backslashes, or blanks at the ends)");
        }
        return name;
    }

    static boolean isName(String name) {
        return !name.isBlank()
                && name.length() <= MAX_NAME
                && name.equals(name.strip())
                && name.chars().noneMatch(c -> Character.isISOControl(c) || c == '"' || c == '\\' || c > 0xfffd)
                && StandardCharsets.UTF_8.newEncoder().canEncode(name);
    }

    static String newPassword(String password) {
        if (!isPassword(password)) {
            throw new InvalidRequest("password: " + password.length() + " characters (expected: 1 to "
                    + MAX_PASSWORD_BYTES + " bytes in UTF-8, not blank)");
        }
        return password;
    }

    static boolean isPassword(String password) {
        return !password.isBlank()
                && password.length() <= MAX_PASSWORD_BYTES
                && password.getBytes(StandardCharsets.UTF_8).length <= MAX_PASSWORD_BYTES;
    }

    static String echo(String text) {
        return text.length() <= MAX_ECHO ? text : text.substring(0, MAX_ECHO) + "...";
    }
}
