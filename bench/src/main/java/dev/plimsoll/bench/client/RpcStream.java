package dev.plimsoll.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** One gRPC call of an {@link Http2Connection}: unary or the bi-directional stream. On its loop only. */
abstract class RpcStream {
    private static final int PREFIX = 5;
    private static final int MAX_MESSAGE = 32 << 20;

    final long startedAt = System.nanoTime();
    int id;
    int sendWindow;
    /** What did not fit into the peer's windows. */
    @Nullable
    ByteBuf unsent;
    /** The half-close follows what is unsent. */
    boolean endsAfterUnsent;

    /** Bytes taken off our window for this stream that the peer has not got back. */
    int withheld;

    private boolean stalled;
    private @Nullable ByteBuf notLookedAt;

    private int prefixRead;
    private int length;
    private byte @Nullable [] message;
    private int have;

    /** A whole message came. */
    abstract void message(byte[] message);

    /** The call is over; {@code error} says why when that is not good. */
    abstract void ended(@Nullable String error);

    boolean isStalled() {
        return stalled;
    }

    /** From now on the bytes that still come are kept, not looked at, and no window is given back. */
    void stall() {
        stalled = true;
    }

    /** Looks at what was kept. The window is the connection's to give back. */
    void wake() {
        stalled = false;
        ByteBuf kept = notLookedAt;
        notLookedAt = null;
        if (kept != null) {
            try {
                data(kept);
            } finally {
                kept.release();
            }
        }
    }

    /** Bytes kept unread: at most the stream's window. */
    int kept() {
        return notLookedAt == null ? 0 : notLookedAt.readableBytes();
    }

    void data(ByteBuf in) {
        if (stalled) {
            if (notLookedAt == null) {
                notLookedAt = Unpooled.buffer(in.readableBytes());
            }
            notLookedAt.writeBytes(in);
            return;
        }
        while (in.isReadable()) {
            while (prefixRead < PREFIX && in.isReadable()) {
                int octet = in.readUnsignedByte();
                if (prefixRead == 0 && octet != 0) {
                    throw new WireException("gRPC message: compressed (expected: identity, as asked for)");
                }
                length = prefixRead == 0 ? 0 : length << 8 | octet;
                prefixRead++;
            }
            if (prefixRead < PREFIX) {
                return;
            }
            if (message == null) {
                if (length < 0 || length > MAX_MESSAGE) {
                    throw new WireException(
                            "gRPC message: " + length + " bytes (expected: at most " + MAX_MESSAGE + ")");
                }
                message = new byte[length];
                have = 0;
            }
            int part = Math.min(in.readableBytes(), length - have);
            in.readBytes(message, have, part);
            have += part;
            if (have == length) {
                byte[] whole = message;
                message = null;
                prefixRead = 0;
                message(whole);
            }
        }
    }

    /** Frees what it holds and tells its end, once. */
    void end(@Nullable String error) {
        if (unsent != null) {
            unsent.release();
            unsent = null;
        }
        if (notLookedAt != null) {
            notLookedAt.release();
            notLookedAt = null;
        }
        ended(error);
    }
}
