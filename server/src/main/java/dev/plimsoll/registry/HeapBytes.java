package dev.plimsoll.registry;

import java.util.Map;

/**
 * What values hold on the heap, rounded up. The constants are those of a 64-bit JVM with compressed references; a test
 * compares the sums with measured sizes.
 */
final class HeapBytes {
    private HeapBytes() {}

    /** A string of its own: a byte a character when all are Latin-1, else two, as the JVM keeps them. */
    static long of(String text) {
        return 48 + (isLatin1(text) ? text.length() : 2L * text.length());
    }

    private static boolean isLatin1(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xFF) {
                return false;
            }
        }
        return true;
    }

    /** An immutable map and its strings. */
    static long of(Map<String, String> map) {
        if (map.isEmpty()) {
            return 0;
        }
        long sum = 48;
        for (var entry : map.entrySet()) {
            sum += 16 + of(entry.getKey()) + of(entry.getValue());
        }
        return sum;
    }

    static long of(ServiceKey key) {
        return 24 + of(key.namespace()) + of(key.group()) + of(key.name());
    }
}
