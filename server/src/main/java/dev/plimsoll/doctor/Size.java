package dev.plimsoll.doctor;

import java.util.Locale;
import java.util.OptionalLong;

/** Sizes in bytes, as the JVM's options and people write them. */
final class Size {
    static final long KIB = 1024;
    static final long MIB = 1024 * KIB;
    static final long GIB = 1024 * MIB;

    private Size() {}

    /** What {@code 512m}, {@code 2G} or {@code 1048576} means to the JVM. */
    static OptionalLong parse(String text) {
        if (!text.matches("[0-9]{1,15}[kKmMgGtT]?")) {
            return OptionalLong.empty();
        }
        int shift =
                switch (Character.toLowerCase(text.charAt(text.length() - 1))) {
                    case 'k' -> 10;
                    case 'm' -> 20;
                    case 'g' -> 30;
                    case 't' -> 40;
                    default -> 0;
                };
        long number = Long.parseLong(shift == 0 ? text : text.substring(0, text.length() - 1));
        return number > Long.MAX_VALUE >> shift ? OptionalLong.empty() : OptionalLong.of(number << shift);
    }

    /** Short: {@code 512m}, {@code 1.3g}. */
    static String text(long bytes) {
        if (bytes < 0) {
            return "-" + text(-bytes);
        }
        if (bytes < KIB) {
            return bytes + " bytes";
        }
        if (bytes < MIB) {
            return bytes / KIB + "k";
        }
        if (bytes < GIB || (bytes % MIB == 0 && bytes < 4 * GIB && bytes % GIB != 0)) {
            return bytes / MIB + "m";
        }
        return bytes % GIB == 0 ? bytes / GIB + "g" : String.format(Locale.ROOT, "%.1fg", (double) bytes / GIB);
    }
}
