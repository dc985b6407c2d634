package dev.plimsoll;

import java.util.Optional;

/** Sizes as people write them: {@code 256m} is 256 x 1024 x 1024 bytes. */
final class Bytes {
    static final long MIB = 1024 * 1024;

    private Bytes() {}

    /** Empty when the text is no size, or needs more digits than any machine has bytes. */
    static Optional<Long> parse(String text) {
        if (!text.matches("[0-9]{1,9}[kKmMgG]?")) {
            return Optional.empty();
        }
        char unit = Character.toLowerCase(text.charAt(text.length() - 1));
        int shift = unit == 'k' ? 10 : unit == 'm' ? 20 : unit == 'g' ? 30 : 0;
        String digits = shift == 0 ? text : text.substring(0, text.length() - 1);
        return Optional.of(Long.parseLong(digits) << shift);
    }

    /** The shortest exact form; sizes above 1 MiB that have none are given in whole MiB, rounded down. */
    static String text(long bytes) {
        if (bytes != 0 && bytes % (1024 * MIB) == 0) {
            return bytes / (1024 * MIB) + "g";
        }
        if (bytes >= MIB) {
            return bytes / MIB + "m";
        }
        return bytes != 0 && bytes % 1024 == 0 ? bytes / 1024 + "k" : Long.toString(bytes);
    }
}
