package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Takes the body of one request out of its chunks. What is said beside the bytes, extensions and trailers, is read over; but
 * it has to be well-formed, or others might see another end.
 */
final class Http1Chunks {
    /** A size and its extensions. */
    private static final int MAX_SIZE_LINE = 256;

    private static final int MAX_DIGITS = 8;

    private final int maxTrailerBytes;
    private Due due = Due.SIZE;
    private int left; // bytes of the chunk that are still to come
    private int trailerBytes;

    private enum Due {
        SIZE,
        BYTES,
        END_OF_BYTES,
        TRAILER,
        NOTHING
    }

    Http1Chunks(int maxTrailerBytes) {
        this.maxTrailerBytes = maxTrailerBytes;
    }

    /**
     * Bytes of the body that {@code in} is at now, once what stands between them has been read; 0 when the rest must come
     * first, or nothing more will.
     */
    int next(ByteBuf in) throws BrokenRequest {
        while (due != Due.NOTHING) {
            if (due == Due.BYTES) {
                if (left > 0) {
                    return Math.min(left, in.readableBytes());
                }
                due = Due.END_OF_BYTES;
            }
            if (!line(in)) {
                return 0;
            }
        }
        return 0;
    }

    /** So many of them were read. */
    void took(int bytes) {
        left -= bytes;
    }

    boolean done() {
        return due == Due.NOTHING;
    }

    private boolean line(ByteBuf in) throws BrokenRequest {
        int begin = in.readerIndex();
        int end = in.indexOf(begin, in.writerIndex(), (byte) '\n');
        int length = (end < 0 ? in.writerIndex() : end + 1) - begin;
        if (due == Due.END_OF_BYTES && in.readableBytes() > 1 && length != 2) {
            throw new BrokenRequest(400, "request body: more bytes in a chunk than announced");
        }
        if (length > (due == Due.TRAILER ? maxTrailerBytes - trailerBytes : MAX_SIZE_LINE)) {
            throw new BrokenRequest(400, "request body: a chunk's line that does not end");
        }
        if (end < 0) {
            return false;
        }
        if (length < 2 || in.getByte(end - 1) != '\r') {
            throw new BrokenRequest(400, "request body: a chunk's line that does not end with CR LF");
        }
        switch (due) {
            case SIZE -> {
                left = size(in, begin, end - 1);
                due = left == 0 ? Due.TRAILER : Due.BYTES;
            }
            case END_OF_BYTES -> due = Due.SIZE;
            default -> {
                trailerBytes += length;
                if (length == 2) {
                    due = Due.NOTHING;
                } else {
                    Http1Head.requireField(ByteBufUtil.getBytes(in, begin, length - 2));
                }
            }
        }
        in.readerIndex(end + 1);
        return true;
    }

    private static int size(ByteBuf in, int begin, int end) throws BrokenRequest {
        long size = 0;
        int i = begin;
        for (; i < end && i - begin <= MAX_DIGITS; i++) {
            int digit = Character.digit(in.getByte(i), 16);
            if (digit < 0) {
                break;
            }
            size = size * 16 + digit;
        }
        if (i == begin || i - begin > MAX_DIGITS || size > Integer.MAX_VALUE || !isExtension(in, i, end)) {
            throw new BrokenRequest(400, "request body: a chunk without a size (expected: hexadecimal digits)");
        }
        return (int) size;
    }

    /** Nothing, or what stands behind a semicolon; blanks may stand before that. */
    private static boolean isExtension(ByteBuf in, int begin, int end) {
        int i = begin;
        while (i < end && Http1Head.isBlank(in.getByte(i))) {
            i++;
        }
        if (i < end && in.getByte(i) != ';') {
            return false;
        }
        while (i < end && !Http1Head.isControl(in.getByte(i))) {
            i++;
        }
        return i == end;
    }
}
