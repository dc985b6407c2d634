package dev.plimsoll.vitals;

/**
 * Something that may be wrong, in fixed words.
 *
 * @param check who looks for it: one word
 * @param cause what is wrong
 * @param advice what to do about it
 */
public record Condition(String check, String cause, String advice) {
    /** Callers need not log in, though others than this machine's can reach the server. */
    public static final Condition AUTH_OFF = new Condition(
            "auth", "auth is off", "set auth=on, or auto: as it is, whoever reaches the port may change everything");
}
