package dev.plimsoll.vitals;

/**
 * A client that cannot be told what it asked to be told.
 *
 * @param who its address, application and version
 * @param why what keeps it, in words
 * @param millis for how long
 * @param failures so far
 * @param bytesWaiting sent to it and not taken
 */
public record Trouble(String who, String why, long millis, long failures, long bytesWaiting) {}
