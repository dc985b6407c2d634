package dev.plimsoll.refusal;

/** The sender may not do this. */
public final class Forbidden extends Refusal {
    public Forbidden(String message) {
        super(message);
    }
}
