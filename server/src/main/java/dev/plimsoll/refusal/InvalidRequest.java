package dev.plimsoll.refusal;

/** The request itself is wrong: repeating it unchanged cannot succeed. */
public final class InvalidRequest extends Refusal {
    public InvalidRequest(String message) {
        super(message);
    }
}
