package dev.plimsoll.wire;

import dev.plimsoll.refusal.InvalidRequest;
import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;

/**
 * Heap bytes that a message costs, told from its bytes before any of them is decoded, for reserving them.
 *
 * @param peak while it is decoded: a copy of the message, its texts as the parser reads them, as they are without escapes,
 *     and once more under way to where they are kept; and the objects
 * @param kept after that, until it is answered
 */
public record DecodingCost(long peak, long kept) {
    private static final long FIXED_BYTES = 512;
    /**
     * For each sign that begins or ends something in JSON. Metadata of short keys and values is the dearest there is: an
     * entry costs five signs and 200 bytes of map nodes, strings and their copies.
     */
    private static final long SIGN_BYTES = 56;

    /**
     * Reads {@code message}, which is left as it was.
     *
     * @throws InvalidRequest when it is no payload
     */
    public static DecodingCost of(ByteBuf message) {
        var scan = new Scan();
        Payload.bodyIn(message).forEachByte(scan);
        long bytes = message.readableBytes();
        long texts = scan.wide ? 2 * (bytes - scan.following) : bytes;
        long objects = FIXED_BYTES + SIGN_BYTES * scan.signs;
        return new DecodingCost(bytes + 3 * texts + objects, Math.max(bytes, texts) + objects);
    }

    private static final class Scan implements ByteProcessor {
        private boolean inText;
        private boolean escaped;
        private boolean wide; // some character needs two bytes in a Java string, and so do then all of it
        private long following; // bytes of UTF-8 that continue a character
        private long signs;

        @Override
        public boolean process(byte b) {
            if (b < 0) {
                if ((b & 0xC0) == 0x80) {
                    following++;
                } else if ((b & 0xFF) > 0xC3) {
                    wide = true;
                }
            } else if (escaped) {
                escaped = false;
                wide |= b == 'u';
            } else if (b == '"') {
                inText = !inText;
                signs++;
            } else if (inText) {
                escaped = b == '\\';
            } else if (b == ',' || b == '{' || b == '[') {
                signs++;
            }
            return true;
        }
    }
}
