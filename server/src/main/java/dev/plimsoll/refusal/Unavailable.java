package dev.plimsoll.refusal;

/** The server cannot do this now: starting, stopping, or its disk refuses. */
public final class Unavailable extends Refusal {
    public Unavailable(String message) {
        super(message);
    }
}
