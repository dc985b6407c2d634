package dev.plimsoll.session;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** A peer whose socket the test holds in its hands. */
final class FakePeer implements Peer {
    private final Executor loop;
    private final String id;
    final List<ByteBuf> sent = new ArrayList<>();
    boolean writable = true;
    long pendingBytes;
    String closedFor = "";

    FakePeer(Executor loop) {
        this(loop, "1700000000000_10.0.0.1_50000");
    }

    FakePeer(Executor loop, String id) {
        this.loop = loop;
        this.id = id;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Executor loop() {
        return loop;
    }

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public long pendingBytes() {
        return pendingBytes;
    }

    @Override
    public void send(ByteBuf message) {
        sent.add(message);
    }

    @Override
    public void close(String reason) {
        closedFor = reason;
    }
}
