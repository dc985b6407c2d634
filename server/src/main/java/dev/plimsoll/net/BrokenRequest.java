package dev.plimsoll.net;

/** A request that cannot be read on, and the answer that says so. */
final class BrokenRequest extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    BrokenRequest(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    HttpAnswer answer() {
        HttpAnswer answer = HttpAnswer.text(status, String.valueOf(getMessage()));
        return status == 503 ? answer.with("Retry-After", "1") : answer;
    }
}
