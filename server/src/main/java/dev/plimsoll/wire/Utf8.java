package dev.plimsoll.wire;

/** Whether bytes from outside are UTF-8. Java's own decoding puts a stand-in for what is not, and nobody notices. */
public final class Utf8 {
    private Utf8() {}

    /** True when the bytes from {@code from} to {@code to} are well-formed. */
    public static boolean isValid(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] < 0) {
                i = lastOf(bytes, i, to);
                if (i < 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The last index of the character of several bytes at {@code i}, which must end before {@code to}; -1 when it is none. */
    static int lastOf(byte[] bytes, int i, int to) {
        int lead = bytes[i] & 0xFF;
        int following = lead < 0xC2 || lead > 0xF4 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        if (following == 0 || i + following >= to) {
            return -1;
        }
        int second = bytes[i + 1] & 0xFF;
        int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return -1;
        }
        for (int k = i + 2; k <= i + following; k++) {
            if ((bytes[k] & 0xC0) != 0x80) {
                return -1;
            }
        }
        return i + following;
    }
}
