package dev.plimsoll.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The one way out of a connection. Answers and pushes are counted here, and in the shared outbound account, from the
 * moment they are handed to Netty until the socket has taken them or they were given up: no matter whether HTTP/2 flow
 * control, the socket or a slow peer holds them back. Connection's loop only, save {@link #pendingBytes} and
 * {@link #wake}.
 *
 * <p>A connection is congested from the time its pending bytes exceed the high mark until they fall to the low one;
 * meanwhile none of its requests is served. While the shared account is tight the marks are an eighth of that, so that
 * those who do not read cannot use up what those who do read need. Control frames (acknowledgements, resets, window
 * updates) are Netty's own; it bounds their number.
 *
 * <p>Pushes are counted apart. Their bytes are shared by all receivers and charged once, by whoever encoded them; and a
 * client that does not take its pushes may still ask, and show that it lives.
 */
final class Gate implements Outbound.Waiter {
    private static final int TIGHT = 8;

    private final Channel channel;
    private final Outbound outbound;
    private final int high;
    private final int low;
    private final Runnable relieved;
    private final AtomicLong pending = new AtomicLong(); // answers
    private final AtomicLong pushing = new AtomicLong();
    private boolean congested;
    private volatile boolean awaiting;

    /** @param relieved run on the loop when the gate may have opened again */
    Gate(Channel channel, Outbound outbound, NetSettings.Limits limits, Runnable relieved) {
        this.channel = channel;
        this.outbound = outbound;
        this.high = limits.pendingHigh();
        this.low = limits.pendingLow();
        this.relieved = relieved;
    }

    /** Answers and pushes. */
    long pendingBytes() {
        return pending.get() + pushing.get();
    }

    /** No more requests should be served for this peer. */
    boolean congested() {
        if (!congested && pending.get() > (outbound.tight() ? high / TIGHT : high)) {
            congested = true;
            awaitAccount();
        }
        return congested;
    }

    /** The promise to write {@code bytes} with; null, and nothing counted, when the shared account has no room. */
    @Nullable
    ChannelPromise tryPass(int bytes) {
        return outbound.tryReserve(bytes) ? passage(bytes, bytes) : null;
    }

    /**
     * As {@link #tryPass} but never null: for what must be said even when the account is full, such as that it is full.
     * Those bytes count against the connection only.
     */
    ChannelPromise pass(int bytes) {
        return passage(bytes, outbound.tryReserve(bytes) ? bytes : 0);
    }

    /** The promise to write a message of a stream with. */
    ChannelPromise push(int bytes, GrpcBidi stream) {
        pushing.addAndGet(bytes);
        stream.queued(bytes);
        return channel.newPromise().addListener(written -> {
            pushing.addAndGet(-bytes);
            stream.queued(-bytes);
        });
    }

    String accountName() {
        return outbound.name();
    }

    @Override
    public void wake() {
        awaiting = false;
        if (!channel.eventLoop().isShuttingDown()) {
            channel.eventLoop().execute(this::reconsider);
        }
    }

    private ChannelPromise passage(int bytes, int reserved) {
        pending.addAndGet(bytes);
        return channel.newPromise().addListener(new Passage(bytes, reserved));
    }

    private void reconsider() {
        if (congested && pending.get() <= (outbound.tight() ? low / TIGHT : low)) {
            congested = false;
        }
        if (!congested) {
            relieved.run();
        } else {
            awaitAccount();
        }
    }

    private void awaitAccount() {
        if (outbound.tight() && !awaiting && channel.isOpen()) {
            awaiting = true;
            outbound.await(this);
        }
    }

    /** The channel is closed. */
    void close() {
        outbound.forget(this);
    }

    /** One answer between here and the socket. */
    private final class Passage implements ChannelFutureListener {
        private final int bytes;
        private final int reserved;

        Passage(int bytes, int reserved) {
            this.bytes = bytes;
            this.reserved = reserved;
        }

        @Override
        public void operationComplete(ChannelFuture written) {
            pending.addAndGet(-bytes);
            if (congested) {
                reconsider();
            }
            if (reserved > 0) {
                outbound.release(reserved);
            }
        }
    }
}
