package dev.plimsoll.net;

import java.util.concurrent.Executor;

/**
 * One client's TCP connection. Its loop runs everything that concerns it, in order; the other methods are for any
 * thread.
 */
public interface Connection {
    /** {@code <epochMillis>_<remoteIp>_<remotePort>}: the identity Nacos clients log. */
    String id();

    /** Textual IP address of the peer. */
    String remoteIp();

    int remotePort();

    /** The connection's event loop. */
    Executor loop();

    /** Bytes written and not yet taken by the socket. */
    long pendingBytes();

    /**
     * Takes {@code bytes} of the connections' heap account for what will live as long as the connection; false when there
     * is no room. Connection's loop only.
     */
    boolean tryCharge(long bytes);

    /** Ends the connection at once. The reason goes to the log. */
    void close(String reason);
}
