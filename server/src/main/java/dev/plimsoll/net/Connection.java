package dev.plimsoll.net;

import dev.plimsoll.vitals.Admission;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One client's TCP connection. Its loop runs everything that concerns it, in order; the other methods are for any
 * thread.
 */
public interface Connection extends Admission.Holder {
    /** {@code <epochMillis>_<remoteIp>_<remotePort>}: the identity Nacos clients log. */
    String id();

    /** Textual IP address of the peer. */
    String remoteIp();

    int remotePort();

    /** The connection's event loop. */
    Executor loop();

    /** Bytes written and not yet taken by the socket. */
    long pendingBytes();

    /** Heap bytes of its requests that are not answered yet. */
    long requestBytes();

    /**
     * Takes {@code bytes} of the connections' heap account for what will live as long as the connection; false when there
     * is no room. Connection's loop only.
     */
    boolean tryCharge(long bytes);

    /** Ends the connection at once. The reason goes to the log. */
    void close(String reason);

    /** Ends the connection before it was of any use to its client, and tells {@link TurnedAway}. */
    void turnAway(String reason);

    /** Why it ended, or is about to; null while it is open, and when it was the peer who ended it. Any thread. */
    @Nullable
    String closedFor();
}
