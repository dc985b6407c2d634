package dev.plimsoll.bench.scenario;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A peer over TLS 1.3 that asks for new keys as fast as it can, reads nothing, and comes again when it is closed. */
final class KeyAsker extends Thread {
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int SMALL_WINDOW = 4 << 10;

    private final InetSocketAddress server;
    private final AtomicLong closed = new AtomicLong();
    private volatile boolean over;

    KeyAsker(InetSocketAddress server) {
        super("keys");
        this.server = server;
        setDaemon(true);
    }

    @Override
    public void run() {
        while (!over) {
            try (var socket = (SSLSocket) trustingAnybody().getSocketFactory().createSocket()) {
                socket.setReceiveBufferSize(SMALL_WINDOW);
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.connect(server, PATIENCE_MILLIS);
                socket.startHandshake();
                while (!over) {
                    socket.startHandshake(); // once hands are shaken: a request for new keys
                }
            } catch (IOException e) {
                closed.incrementAndGet();
            }
        }
    }

    private static SSLContext trustingAnybody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no TLS", e);
        }
    }

    /** How often it was closed. */
    long end() throws InterruptedException {
        over = true;
        join(2L * PATIENCE_MILLIS);
        return closed.get();
    }
}
