package dev.plimsoll.vitals;

/**
 * Something about the server that its operator should know.
 *
 * @param what the same words as long as it lasts
 * @param evidence the numbers, as last seen
 * @param sinceMillis when it was first seen
 */
public record Finding(String what, String evidence, long sinceMillis) {}
