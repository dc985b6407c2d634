package dev.plimsoll.auth;

/**
 * Who calls, as a token proves it.
 *
 * @param user "" when nobody needs to prove anything, because auth is off
 */
public record Identity(String user) {
    static final Identity ANYBODY = new Identity("");
}
