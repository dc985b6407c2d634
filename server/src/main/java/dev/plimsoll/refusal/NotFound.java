package dev.plimsoll.refusal;

/** What the request names does not exist. */
public final class NotFound extends Refusal {
    public NotFound(String message) {
        super(message);
    }
}
