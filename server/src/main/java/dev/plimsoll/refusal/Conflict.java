package dev.plimsoll.refusal;

/** The state does not allow it: a compare-and-set that lost, a service of the other kind. */
public final class Conflict extends Refusal {
    public Conflict(String message) {
        super(message);
    }
}
