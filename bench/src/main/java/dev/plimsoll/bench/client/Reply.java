package dev.plimsoll.bench.client;

import org.jspecify.annotations.Nullable;

/**
 * How a call went.
 *
 * @param message the answer, when one came
 * @param error what was wrong; absent when the server says success
 * @param nanos from the call to its answer
 */
public record Reply(@Nullable Message message, @Nullable String error, long nanos) {
    public boolean ok() {
        return error == null;
    }

    /** The answer of a call that went well. */
    public Message body() {
        if (message == null) {
            throw new IllegalStateException("no answer: " + error);
        }
        return message;
    }
}
