package dev.plimsoll.vitals;

/**
 * A service that is nearly too large to be shown to a client, or to which an instance was refused because it would be.
 *
 * @param service its namespace and its name
 * @param bytes what its instances take when they are shown
 * @param most what they may take
 * @param refused registrations that were refused, since there was room for the last time
 * @param quietMillis since the last of them
 */
public record Crowd(String service, long bytes, long most, long refused, long quietMillis) {}
