package dev.plimsoll.auth;

import java.time.Duration;

/**
 * How logins work.
 *
 * @param on whether callers must prove who they are
 * @param tokenLife how long a token is good, at most
 * @param users how many there may be
 * @param permissions how many there may be, and how many roles may be given
 */
public record AuthSettings(boolean on, Duration tokenLife, int users, int permissions) {}
