package dev.plimsoll.vitals;

import java.util.function.IntPredicate;

/**
 * Texts from outside as lines of logs, pages and findings may hold them: nothing in them ends the line, or speaks to a terminal. The
 * logs' own pattern replaces the same characters once more.
 */
public final class LogText {
    private static final char IN_PLACE = '_';

    private LogText() {}

    /** A sentence. */
    public static String line(String text) {
        return cleaned(text, LogText::endsLine);
    }

    /** One word, that does not end its field either; {@code -} for none. */
    public static String word(String text) {
        return text.isEmpty() ? "-" : cleaned(text, LogText::endsWord);
    }

    private static boolean endsLine(int c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }

    private static boolean endsWord(int c) {
        return endsLine(c) || c == ' ' || c == '"' || c == '=';
    }

    private static String cleaned(String text, IntPredicate unfit) {
        if (text.chars().noneMatch(unfit)) {
            return text;
        }
        char[] chars = text.toCharArray();
        for (int i = 0; i < chars.length; i++) {
            if (unfit.test(chars[i])) {
                chars[i] = IN_PLACE;
            }
        }
        return new String(chars);
    }
}
