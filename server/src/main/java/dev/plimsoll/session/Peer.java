package dev.plimsoll.session;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.Executor;

/** The far end of a session, as its edge provides it. */
public interface Peer {
    /** {@code <epochMillis>_<ip>_<port>}. */
    String id();

    /** Runs everything that concerns this peer, in order. */
    Executor loop();

    /** The peer takes what is sent. When that becomes true again, the edge calls {@link Session#writable}. Loop only. */
    boolean writable();

    /** Bytes sent and not yet taken by the socket. Any thread. */
    long pendingBytes();

    /** Sends a whole message, which is given away. Loop only. */
    void send(ByteBuf message);

    /** Ends the connection; the reason goes to the log. Any thread. */
    void close(String reason);
}
