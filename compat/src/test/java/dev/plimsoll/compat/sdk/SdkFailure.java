package dev.plimsoll.compat.sdk;

/** A client's own exception, carried out of its class path. */
public final class SdkFailure extends RuntimeException {

    private final int code;

    public SdkFailure(int code, String message) {
        super(message);
        this.code = code;
    }

    public int code() {
        return code;
    }
}
