package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request message, one answer. */
final class GrpcUnary extends GrpcCall implements GrpcService.UnaryCall, GrpcDeframer.Sink {
    private static final Logger log = LoggerFactory.getLogger(GrpcUnary.class);

    private final AtomicBoolean answered = new AtomicBoolean();
    private final long since;
    private @Nullable InboundBody request; // once it is complete and waits for the peer's half to end, or for the gate
    private int unreturned; // window
    private boolean complete;

    GrpcUnary(Http2Calls calls, Http2Stream stream, boolean gzip) {
        super(calls, stream, gzip);
        this.since = calls.connection().nanoTime();
    }

    @Override
    public int data(ByteBuf data, boolean end) {
        int bytes = data.readableBytes();
        if (over()) {
            return bytes;
        }
        if (end && request == null && isWholeMessage(data) && !calls.gate().congested()) {
            complete = true;
            call(data.skipBytes(GrpcDeframer.PREFIX));
            return bytes;
        }
        try {
            deframer.accept(data, this);
        } catch (GrpcFailure e) {
            fail(e.status(), e.reason());
            return bytes;
        }
        if (!end) {
            return bytes;
        }
        unreturned = bytes;
        end();
        return bytes - unreturned;
    }

    @Override
    public void end() {
        if (over() || complete) {
            return;
        }
        if (deframer.midMessage()) {
            fail(GrpcStatus.INTERNAL, "request message: cut off (expected: as many bytes as its prefix says)");
        } else if (request == null) {
            fail(GrpcStatus.INTERNAL, "request messages: none (expected: one)");
        } else {
            complete = true;
            if (!calls.park(this)) {
                unreturned = 0;
                serve();
            }
        }
        if (over()) {
            unreturned = 0;
        }
    }

    @Override
    public void dispatch() {
        if (!over()) {
            int bytes = unreturned;
            unreturned = 0;
            calls.consumed(stream, bytes);
            serve();
        }
    }

    @Override
    public void closed() {
        setOver();
        answered.set(true);
        release();
    }

    @Override
    public void sweep(long now) {
        if (!complete && !over() && late(now, since)) {
            fail(GrpcStatus.DEADLINE_EXCEEDED, lateness());
        }
    }

    @Override
    public void borrowed(ByteBuf message) throws GrpcFailure {
        checkFirst();
        var copy = new InboundBody(calls.net().inbound(), calls.connection().allocator());
        request = copy;
        if (!copy.append(message, message.readableBytes())) {
            throw new GrpcFailure(
                    GrpcStatus.RESOURCE_EXHAUSTED, calls.net().inbound().name() + ": full");
        }
    }

    @Override
    public void owned(InboundBody message) throws GrpcFailure {
        if (request != null) {
            message.release();
        }
        checkFirst();
        request = message;
    }

    @Override
    public void answer(ByteBuf message) {
        if (!answered.compareAndSet(false, true)) {
            message.release();
        } else if (calls.connection().onLoop()) {
            write(message);
        } else {
            calls.connection().loop().execute(() -> write(message));
        }
    }

    @Override
    public void fail(GrpcStatus status, String message) {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        if (calls.connection().onLoop()) {
            writeFailure(status, message);
        } else {
            calls.connection().loop().execute(() -> writeFailure(status, message));
        }
    }

    private void checkFirst() throws GrpcFailure {
        if (request != null) {
            throw new GrpcFailure(GrpcStatus.INTERNAL, "request messages: more than one (expected: one)");
        }
    }

    /** The usual case: the only message, uncompressed, in one frame. It need not be copied. */
    private boolean isWholeMessage(ByteBuf data) {
        return !deframer.midMessage()
                && data.readableBytes() >= GrpcDeframer.PREFIX
                && data.getByte(data.readerIndex()) == 0
                && data.getUnsignedInt(data.readerIndex() + 1) == data.readableBytes() - GrpcDeframer.PREFIX
                && data.readableBytes() - GrpcDeframer.PREFIX
                        <= calls.net().settings().limits().messageBytes();
    }

    private void serve() {
        InboundBody body = request;
        if (body == null) {
            throw new IllegalStateException("call " + stream.id() + ": served without a request");
        }
        try {
            call(body.buffer());
        } finally {
            release();
        }
    }

    private void call(ByteBuf message) {
        try {
            calls.grpcHandler().unary(message, this);
        } catch (RuntimeException e) {
            log.error("call {} of {} failed", stream.id(), calls.connection(), e);
            fail(GrpcStatus.INTERNAL, "internal error");
        }
    }

    private void write(ByteBuf message) {
        if (over()) {
            message.release();
            return;
        }
        int length = message.readableBytes();
        if (length - GrpcDeframer.PREFIX > calls.net().settings().limits().messageBytes()) {
            message.release();
            writeFailure(GrpcStatus.RESOURCE_EXHAUSTED, outboundLimit(length - GrpcDeframer.PREFIX));
            return;
        }
        ChannelPromise promise = calls.gate().tryPass(length + OVERHEAD);
        if (promise == null) {
            message.release();
            writeFailure(GrpcStatus.RESOURCE_EXHAUSTED, calls.gate().accountName() + ": full");
            return;
        }
        setOver();
        writeHead();
        calls.writeData(stream, message, false, calls.newPromise());
        calls.writeHeaders(stream, GrpcHeaders.OK, true, promise);
    }

    private void writeFailure(GrpcStatus status, String message) {
        end(status, message);
        release();
    }

    private void release() {
        deframer.release();
        if (request != null) {
            request.release();
            request = null;
        }
    }
}
