package dev.plimsoll.net;

import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Stream;

/** What unary and bidirectional calls have in common. Connection's loop only. */
abstract class GrpcCall implements Http2Call {
    /** Header blocks and frame headers of one answer, roughly. */
    static final int OVERHEAD = 256;

    final Http2Calls calls;
    final Http2Stream stream;
    final GrpcDeframer deframer;
    private final long bodyNanos;
    private boolean headSent;
    private boolean over; // our half is ended, or the stream is gone

    GrpcCall(Http2Calls calls, Http2Stream stream, boolean gzip) {
        this.calls = calls;
        this.stream = stream;
        var settings = calls.net().settings();
        this.bodyNanos = settings.timeouts().body().toNanos();
        this.deframer = new GrpcDeframer(
                calls.net().inbound(),
                calls.connection().allocator(),
                settings.limits().messageBytes(),
                gzip,
                message -> message.awaitRest(
                        calls.net().arrivals(),
                        () -> calls.connection().loop().execute(this::giveWay),
                        calls.connection().nanoTime()));
    }

    /** Ends the call with an error. */
    abstract void fail(GrpcStatus status, String message);

    private void giveWay() {
        if (deframer.midMessage() && !over) {
            var inbound = calls.net().inbound();
            fail(
                    GrpcStatus.RESOURCE_EXHAUSTED,
                    inbound.name() + ": full, and the rest of a message did not come (limit: " + inbound.limit()
                            + " bytes)");
        }
    }

    boolean over() {
        return over;
    }

    void setOver() {
        over = true;
    }

    /** Ends our half. Does nothing when it is ended already. */
    final void end(GrpcStatus status, String message) {
        if (over) {
            return;
        }
        over = true;
        ChannelPromise promise = calls.gate().pass(OVERHEAD);
        promise.addListener(sent -> calls.stopPeer(stream));
        var headers = status == GrpcStatus.OK && headSent
                ? GrpcHeaders.OK
                : headSent ? GrpcHeaders.trailers(status, message) : GrpcHeaders.trailersOnly(status, message);
        calls.writeHeaders(stream, headers, true, promise);
    }

    final void writeHead() {
        if (!headSent) {
            headSent = true;
            calls.writeHeaders(stream, GrpcHeaders.HEAD, false, calls.newPromise());
        }
    }

    final String outboundLimit(int length) {
        int limit = calls.net().settings().limits().messageBytes();
        return "answer: " + length + " bytes (expected: at most " + limit + " bytes)";
    }

    final boolean late(long now, long since) {
        return now - since > bodyNanos;
    }

    final String lateness() {
        return "message: not complete after " + bodyNanos / 1_000_000 + " ms";
    }
}
