package dev.plimsoll.refusal;

/**
 * A request declined for a reason its sender can act on. The message holds the value and what was expected. It is
 * thrown often and read by people, so it carries no stack trace.
 */
public abstract sealed class Refusal extends RuntimeException
        permits InvalidRequest, NotFound, Conflict, Forbidden, OverBudget, Unavailable {
    Refusal(String message) {
        super(message, null, false, false);
    }

    /** The message, never null. */
    public final String reason() {
        return String.valueOf(getMessage());
    }
}
