package dev.plimsoll.net;

/** A call that ends with a status other than OK because of what its peer sent. */
final class GrpcFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final GrpcStatus status;

    GrpcFailure(GrpcStatus status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    GrpcStatus status() {
        return status;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
