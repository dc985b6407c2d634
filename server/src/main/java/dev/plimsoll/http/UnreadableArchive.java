package dev.plimsoll.http;

/** Why nothing of an archive was imported, or nothing cloned, by the reference's number for it. */
final class UnreadableArchive extends RuntimeException {
    static final int NO_NAMESPACE = 100001;
    static final int METADATA = 100002;
    static final int UNPARSABLE = 100004;
    static final int EMPTY = 100005;
    static final int NOTHING_CHOSEN = 100006;

    private static final long serialVersionUID = 1;

    private final int code;

    UnreadableArchive(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    int code() {
        return code;
    }
}
