package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of one call into messages: a flag (1 = compressed), four bytes of length, the message. A message that
 * lies whole in the bytes given is passed on where it lies; one that arrives in pieces is put together first.
 */
final class GrpcDeframer {
    static final int PREFIX = 5;

    private final Account account;
    private final ByteBufAllocator allocator;
    private final int limit;
    private final boolean gzip;
    private final Waiting waiting;
    private final byte[] prefix = new byte[PREFIX];
    private int prefixLength;
    private int missing; // of the message whose prefix is complete
    private @Nullable InboundBody partial;

    GrpcDeframer(Account account, ByteBufAllocator allocator, int limit, boolean gzip, Waiting waiting) {
        this.account = account;
        this.allocator = allocator;
        this.limit = limit;
        this.gzip = gzip;
        this.waiting = waiting;
    }

    /** Takes all readable bytes of {@code data}. */
    void accept(ByteBuf data, Sink sink) throws GrpcFailure {
        while (data.isReadable()) {
            if (prefixLength < PREFIX) {
                int n = Math.min(PREFIX - prefixLength, data.readableBytes());
                data.readBytes(prefix, prefixLength, n);
                prefixLength += n;
                if (prefixLength < PREFIX) {
                    return;
                }
                missing = checkedLength();
                if (missing > 0 && !data.isReadable()) {
                    return;
                }
            }
            if (partial == null && data.readableBytes() >= missing) {
                ByteBuf message = data.readSlice(missing);
                prefixLength = 0;
                if (prefix[0] == 1) {
                    sink.owned(inflate(message));
                } else {
                    sink.borrowed(message);
                }
            } else {
                gather(data, sink);
            }
        }
    }

    /** Bytes of a message have come, but not all. */
    boolean midMessage() {
        return prefixLength > 0;
    }

    /** Frees what was put together so far. May be called again. */
    void release() {
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }

    private void gather(ByteBuf data, Sink sink) throws GrpcFailure {
        if (partial == null) {
            partial = new InboundBody(account, allocator);
        }
        InboundBody body = partial;
        ByteBuf piece = data.readSlice(Math.min(missing, data.readableBytes()));
        int expected = missing;
        missing -= piece.readableBytes();
        if (!body.append(piece, expected)) {
            throw accountFull();
        }
        if (missing > 0) {
            waiting.forRestOf(body);
            return;
        }
        body.complete();
        prefixLength = 0;
        partial = null;
        if (prefix[0] == 1) {
            try {
                sink.owned(inflate(body.buffer()));
            } finally {
                body.release();
            }
        } else {
            sink.owned(body);
        }
    }

    private int checkedLength() throws GrpcFailure {
        if (prefix[0] != 0 && !(prefix[0] == 1 && gzip)) {
            throw new GrpcFailure(
                    GrpcStatus.INTERNAL,
                    "message flag: " + (prefix[0] & 0xff) + " (expected: 0, or 1 with grpc-encoding gzip)");
        }
        long length = 0;
        for (int i = 1; i < PREFIX; i++) {
            length = (length << 8) + (prefix[i] & 0xff);
        }
        if (length > limit) {
            throw tooLarge(length + " bytes");
        }
        return (int) length;
    }

    private InboundBody inflate(ByteBuf compressed) throws GrpcFailure {
        var body = new InboundBody(account, allocator);
        ByteBuf block = allocator.heapBuffer(8 << 10, 8 << 10);
        try (InputStream in = new GZIPInputStream(new ByteBufInputStream(compressed))) {
            int n;
            while ((n = in.read(block.array(), block.arrayOffset(), block.capacity())) >= 0) {
                if (body.length() + n > limit) {
                    throw tooLarge("more than that when decompressed");
                }
                block.setIndex(0, n);
                if (!body.append(block, InboundBody.UNKNOWN)) {
                    throw accountFull();
                }
            }
        } catch (IOException e) {
            body.release();
            throw new GrpcFailure(GrpcStatus.INTERNAL, "message: not valid gzip (" + e.getMessage() + ")");
        } catch (GrpcFailure e) {
            body.release();
            throw e;
        } finally {
            block.release();
        }
        return body;
    }

    private GrpcFailure tooLarge(String size) {
        return new GrpcFailure(
                GrpcStatus.RESOURCE_EXHAUSTED, "message: " + size + " (expected: at most " + limit + " bytes)");
    }

    private GrpcFailure accountFull() {
        return new GrpcFailure(
                GrpcStatus.RESOURCE_EXHAUSTED, account.name() + ": full (limit: " + account.limit() + " bytes)");
    }

    /** Hears that more of a message is to come. */
    interface Waiting {
        void forRestOf(InboundBody message);
    }

    /** Takes the messages, in order. */
    interface Sink {
        /** Valid until the method returns. */
        void borrowed(ByteBuf message) throws GrpcFailure;

        /** Given away: whoever takes it releases it. */
        void owned(InboundBody message) throws GrpcFailure;
    }
}
