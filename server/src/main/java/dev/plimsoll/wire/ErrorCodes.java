package dev.plimsoll.wire;

import dev.plimsoll.refusal.Conflict;
import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.refusal.Unavailable;

/** The error codes of the protocol. Handlers may choose another than {@link #of} where the protocol has a special one. */
public final class ErrorCodes {
    public static final int OK = 200;

    /** Starting; clients connect to the next server. */
    public static final int SERVER_STARTING = 300;

    /** The same number inside a ConfigQueryResponse: the client reports "no content". */
    public static final int CONFIG_NOT_FOUND = 300;

    /** Makes the client reconnect, so it is for a call on an unregistered connection and nothing else. */
    public static final int UNREGISTERED = 301;

    public static final int NO_HANDLER = 302;
    public static final int INVALID_PARAMETER = 400;
    public static final int FORBIDDEN = 403;
    public static final int NOT_FOUND = 404;
    public static final int CONFLICT = 409;
    public static final int SERVER_ERROR = 500;

    /** A body that cannot be decoded. */
    public static final int BAD_GATEWAY = 502;

    public static final int OVER_THRESHOLD = 503;

    /** The client's connection is gone while its instance was being registered. */
    public static final int CLIENT_DISCONNECTED = -401;

    private ErrorCodes() {}

    public static int of(Refusal refusal) {
        if (refusal instanceof InvalidRequest) {
            return INVALID_PARAMETER;
        } else if (refusal instanceof NotFound) {
            return NOT_FOUND;
        } else if (refusal instanceof Conflict) {
            return CONFLICT;
        } else if (refusal instanceof Forbidden) {
            return FORBIDDEN;
        } else if (refusal instanceof OverBudget) {
            return OVER_THRESHOLD;
        } else if (refusal instanceof Unavailable) {
            return SERVER_ERROR;
        }
        throw new IllegalArgumentException("no code for " + refusal.getClass());
    }
}
