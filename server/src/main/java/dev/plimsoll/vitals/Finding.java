package dev.plimsoll.vitals;

import org.jspecify.annotations.Nullable;

/**
 * Something about the server that its operator should know.
 *
 * @param subject tells findings of one condition apart, such as the account; "" when there is but one
 * @param evidence the numbers, as last seen
 * @param sinceMillis when it was first seen
 * @param untilMillis when it was over; null while it lasts
 */
public record Finding(
        Condition condition,
        String subject,
        Severity severity,
        String evidence,
        long sinceMillis,
        @Nullable Long untilMillis) {
    private static final int MAX_EVIDENCE = 500;

    /** Heap bytes the largest one takes, with its place. */
    static final long HEAP_BYTES = 2 * MAX_EVIDENCE + 400;

    public Finding {
        evidence = evidence.length() <= MAX_EVIDENCE ? evidence : evidence.substring(0, MAX_EVIDENCE - 3) + "...";
    }

    /** The cause and the subject, which name it as long as it lasts. */
    public String what() {
        return subject.isEmpty() ? condition.cause() : condition.cause() + ": " + subject;
    }
}
