package dev.plimsoll.bench.client;

/** The server sent what the protocol does not allow. */
public final class WireException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public WireException(String message) {
        super(message);
    }
}
