package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;

/** What is made of one HTTP/2 stream that the peer opened. Connection's loop only. */
interface Http2Call {
    /**
     * Takes part of the body.
     *
     * @param end there is no more
     * @return bytes the peer may send more of; those left out are returned when the call is dispatched
     */
    int data(ByteBuf data, boolean end);

    /** The peer's half ended without more data. */
    void end();

    /** It waited for the gate, and need not any longer. */
    void dispatch();

    /** The stream is no more, in whatever way. Called once; frees all that is held. */
    void closed();

    /** Gives up when the peer has kept the call waiting too long. */
    void sweep(long nanoTime);
}
