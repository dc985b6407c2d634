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
    private static final int MAX_SUBJECT = 120;

    /** Heap bytes the largest one takes, with its place, of which the subject is a part too. */
    static final long HEAP_BYTES = 2 * MAX_EVIDENCE + 2 * 2 * MAX_SUBJECT + 400;

    public Finding {
        subject = abridged(subject, MAX_SUBJECT);
        evidence = abridged(evidence, MAX_EVIDENCE);
    }

    private static String abridged(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 3) + "...";
    }

    /** The cause and the subject, which name it as long as it lasts. */
    public String what() {
        return subject.isEmpty() ? condition.cause() : condition.cause() + ": " + subject;
    }
}
