package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A body or message that arrives in pieces. It takes from the inbound account what has arrived, not what was announced:
 * five bytes that announce 10 MiB must not cost 10 MiB. The pieces are copied together into chunks of growing size, so
 * that neither a peer's one-byte frames nor the large read buffers they lie in are kept alive, and there are few of them
 * however small the pieces are: each is an object.
 */
final class InboundBody {
    /** The peer has not said how much is to come. */
    static final int UNKNOWN = Integer.MAX_VALUE;

    private static final int SMALLEST_CHUNK = 1 << 10;
    private static final int LARGEST_CHUNK = 256 << 10;

    private final Account account;
    private final ByteBufAllocator allocator;
    private final List<ByteBuf> chunks = new ArrayList<>(1);
    private long reserved;
    private int length;
    private @Nullable ByteBuf joined;
    private Arrivals.@Nullable Arrival arrival; // while not all of it has come

    InboundBody(Account account, ByteBufAllocator allocator) {
        this.account = account;
        this.allocator = allocator;
    }

    /**
     * Copies all readable bytes of {@code source}; false when the account has no room for them.
     *
     * @param expected bytes still to come, these included, or {@link #UNKNOWN}
     */
    boolean append(ByteBuf source, int expected) {
        while (source.isReadable()) {
            ByteBuf chunk = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
            if (chunk == null || !chunk.isWritable()) {
                chunk = grow(expected);
                if (chunk == null) {
                    return false;
                }
            }
            int n = Math.min(source.readableBytes(), chunk.writableBytes());
            source.readBytes(chunk, n);
            length += n;
            expected -= n;
        }
        return true;
    }

    /** Charges what else waits until this is released; false when the account has no room for it. */
    boolean charge(int bytes) {
        if (!account.tryReserve(bytes)) {
            return false;
        }
        reserved += bytes;
        return true;
    }

    /**
     * All that came is appended, and more is to come.
     *
     * @param giveWay as in {@link Arrivals#begin}
     */
    void awaitRest(Arrivals arrivals, Runnable giveWay, long nanoTime) {
        if (arrival == null) {
            arrival = arrivals.begin(giveWay, nanoTime);
        }
        arrival.gotOn(length, reserved, nanoTime);
    }

    /** All of it has come. */
    void complete() {
        if (arrival != null) {
            arrival.end();
            arrival = null;
        }
    }

    int length() {
        return length;
    }

    /** All of it, owned by this body. */
    ByteBuf buffer() {
        if (chunks.size() == 1) {
            return chunks.get(0);
        }
        if (joined == null) {
            joined = allocator.compositeDirectBuffer(Math.max(2, chunks.size())).addComponents(true, chunks);
            chunks.clear();
        }
        return joined;
    }

    /** Frees it. May be called again. */
    void release() {
        complete();
        if (joined != null) {
            joined.release();
            joined = null;
        }
        chunks.forEach(ByteBuf::release);
        chunks.clear();
        account.release(reserved);
        reserved = 0;
        length = 0;
    }

    private @Nullable ByteBuf grow(int expected) {
        int size = Math.min(expected, Math.max(SMALLEST_CHUNK, Math.min(length, LARGEST_CHUNK)));
        if (!charge(size)) {
            return null;
        }
        ByteBuf chunk = allocator.directBuffer(size, size);
        chunks.add(chunk);
        return chunk;
    }
}
