package dev.plimsoll.doctor;

/** Text that others wrote: log lines, names, versions. It is shortened, and nothing in it can steer a terminal. */
final class Foreign {
    static final int MAX = 200; // characters of one text in a report

    private Foreign() {}

    static String text(String text) {
        return text(text, MAX);
    }

    /** One line of at most {@code max} characters; controls and marks of writing direction are shown as {@code ?}. */
    static String text(String text, int max) {
        int length = Math.min(text.length(), max);
        if (length > 0 && length < text.length() && Character.isHighSurrogate(text.charAt(length - 1))) {
            length--;
        }
        var shown = new StringBuilder(length + 1);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            shown.append(isSafe(c, text, i) ? c : '?');
        }
        return length < text.length() ? shown.append('…').toString() : shown.toString();
    }

    private static boolean isSafe(char c, String text, int i) {
        if (Character.isHighSurrogate(c)) {
            return i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
