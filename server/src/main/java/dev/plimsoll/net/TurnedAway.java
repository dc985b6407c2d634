package dev.plimsoll.net;

/** Hears of connections that ended before there was a client: refused at accept, or of no sense. */
public interface TurnedAway {
    TurnedAway UNTOLD = (ip, reason) -> {};

    /**
     * There may be thousands a second: it must return at once. Any thread.
     *
     * @param reason in words without numbers that differ each time
     */
    void turnedAway(String ip, String reason);
}
