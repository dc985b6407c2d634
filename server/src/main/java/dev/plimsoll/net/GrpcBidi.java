package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bidirectional call: messages both ways, each half ended on its own. */
final class GrpcBidi extends GrpcCall implements GrpcService.Stream, GrpcDeframer.Sink {
    private static final Logger log = LoggerFactory.getLogger(GrpcBidi.class);

    /** With more than this untaken, the newest state is better sent later than queued now. */
    private static final int WINDOW = 64 << 10;

    private GrpcService.@Nullable StreamHandler handler;
    private long queued;
    private long midMessageSince;
    private boolean blocked; // somebody waits to hear of writability
    private boolean clientEnded;

    GrpcBidi(Http2Calls calls, Http2Stream stream, boolean gzip) {
        super(calls, stream, gzip);
    }

    /** Has the service take the call. */
    void begin() {
        // So that a client learns at once that its call was accepted.
        writeHead();
        try {
            handler = calls.grpcHandler().stream(this);
        } catch (RuntimeException e) {
            broken(e);
        }
    }

    @Override
    public Connection connection() {
        return calls.connection();
    }

    @Override
    public boolean writable() {
        if (over()) {
            return false;
        }
        boolean writable = queued < WINDOW;
        if (!writable && !blocked) {
            blocked = true;
            calls.blocked(this);
        }
        return writable;
    }

    @Override
    public void send(ByteBuf message) {
        if (over()) {
            message.release();
            return;
        }
        int length = message.readableBytes();
        if (length - GrpcDeframer.PREFIX > calls.net().settings().limits().messageBytes()) {
            message.release();
            fail(GrpcStatus.RESOURCE_EXHAUSTED, outboundLimit(length - GrpcDeframer.PREFIX));
            return;
        }
        calls.writeData(stream, message, false, calls.gate().push(length, this));
        if (queued >= WINDOW && !blocked) {
            blocked = true;
            calls.blocked(this);
        }
    }

    @Override
    public void complete() {
        end(GrpcStatus.OK, "");
    }

    @Override
    public int data(ByteBuf data, boolean end) {
        int bytes = data.readableBytes();
        if (over() || clientEnded) {
            return bytes;
        }
        boolean wasMidMessage = deframer.midMessage();
        try {
            deframer.accept(data, this);
        } catch (GrpcFailure e) {
            fail(e.status(), e.reason());
            return bytes;
        }
        if (deframer.midMessage() && !wasMidMessage) {
            midMessageSince = calls.connection().nanoTime();
        }
        if (end) {
            end();
        }
        return bytes;
    }

    @Override
    public void end() {
        if (deframer.midMessage() && !over()) {
            fail(GrpcStatus.INTERNAL, "message: cut off (expected: as many bytes as its prefix says)");
        } else {
            clientEnded("the client ended its stream");
        }
    }

    @Override
    public void dispatch() {
        throw new IllegalStateException("call " + stream.id() + ": a bidirectional call does not wait for the gate");
    }

    @Override
    public void closed() {
        setOver();
        deframer.release();
        clientEnded(calls.connection().isOver() ? "the client closed the connection" : "the client reset its stream");
    }

    @Override
    public void sweep(long now) {
        if (deframer.midMessage() && !over() && late(now, midMessageSince)) {
            fail(GrpcStatus.DEADLINE_EXCEEDED, lateness());
        }
    }

    @Override
    public void borrowed(ByteBuf message) {
        if (handler == null || over()) {
            return;
        }
        try {
            handler.message(message);
        } catch (RuntimeException e) {
            broken(e);
        }
    }

    @Override
    public void owned(InboundBody message) {
        try {
            borrowed(message.buffer());
        } finally {
            message.release();
        }
    }

    /** Neither half goes on. */
    @Override
    void fail(GrpcStatus status, String message) {
        end(status, message);
        deframer.release();
        clientEnded(message);
    }

    /** Bytes given to the transport, or taken from it when negative. */
    void queued(int bytes) {
        queued += bytes;
        if (bytes < 0 && blocked) {
            calls.wakeSoon();
        }
    }

    boolean unblocked() {
        return !over() && queued < WINDOW;
    }

    void fireWritable() {
        blocked = false;
        if (handler == null) {
            return;
        }
        try {
            handler.writable();
        } catch (RuntimeException e) {
            broken(e);
        }
    }

    private void clientEnded(String why) {
        if (clientEnded || handler == null) {
            clientEnded = true;
            return;
        }
        clientEnded = true;
        try {
            handler.ended(why);
        } catch (RuntimeException e) {
            broken(e);
        }
    }

    private void broken(RuntimeException e) {
        log.error("stream {} of {} failed", stream.id(), calls.connection(), e);
        fail(GrpcStatus.INTERNAL, "internal error");
    }
}
