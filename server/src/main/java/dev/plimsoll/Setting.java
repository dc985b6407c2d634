package dev.plimsoll;

import java.util.List;
import java.util.Locale;

/**
 * One thing an operator can set.
 *
 * @param name ours: the option {@code --name}, the environment's {@code PLIMSOLL_NAME} and the name in the file
 * @param referenceNames the reference server's names for it, the winning one first
 * @param standard its text when nobody sets it
 * @param says one line for the operator
 */
record Setting<T>(String name, List<String> referenceNames, Kind<T> kind, String standard, String says) {
    Setting {
        referenceNames = List.copyOf(referenceNames);
        if (kind.parser().apply(standard).isEmpty()) {
            throw new IllegalArgumentException(
                    name + ": default '" + standard + "' (expected: " + kind.expected() + ")");
        }
    }

    /**
     * The form in which names are compared. Environment variables have no dots and operators mix camel case with
     * hyphens, so {@code server.servlet.contextPath} and {@code SERVER_SERVLET_CONTEXT_PATH} are one name.
     */
    static String canonical(String name) {
        var plain = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '.' && c != '-' && c != '_' && c != '[' && c != ']') {
                plain.append(c);
            }
        }
        return plain.toString().toLowerCase(Locale.ROOT);
    }
}
