package dev.plimsoll.session;

import dev.plimsoll.registry.Watcher;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** A 1.x client that wants to be told by UDP. Changed on the loop of {@link UdpPush}, where a method does not say otherwise. */
final class UdpSubscriber implements Watcher, Subscriber, Peer {
    final InetSocketAddress address;

    /** Written on the loop; read by any thread that has one to renew. */
    final Map<Topic.ServiceView, UdpSubscription> subscriptions = new ConcurrentHashMap<>(4);

    /** By the number of the datagram whose answer is awaited. */
    final Map<Long, UdpSubscription> awaited = new HashMap<>(4);

    final Delivery delivery;
    private final UdpPush push;
    private final ClientInfo client;

    UdpSubscriber(InetSocketAddress address, UdpPush push, ClientInfo client, Ledger ledger) {
        this.address = address;
        this.push = push;
        this.client = client;
        this.delivery = ledger.openUdp(this, client);
    }

    ClientInfo client() {
        return client;
    }

    void mark(Topic topic) {
        if (topic instanceof Topic.ServiceView view) {
            push.mark(this, view);
        }
    }

    /** On the registry's loop. */
    @Override
    public void watches(int services) {
        delivery.subscribed(services);
    }

    @Override
    public String id() {
        return ip() + ":" + address.getPort() + "#udp";
    }

    @Override
    public String ip() {
        return address.getAddress().getHostAddress();
    }

    @Override
    public int port() {
        return address.getPort();
    }

    @Override
    public String agent() {
        return client.version();
    }

    @Override
    public String app() {
        return client.app();
    }

    @Override
    public Executor loop() {
        return push.loop();
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public long pendingBytes() {
        return 0; // the socket's account holds them
    }

    @Override
    public void send(ByteBuf message) {
        message.release();
        throw new UnsupportedOperationException("datagrams go to all receivers of a state at once");
    }

    @Override
    public void close(String reason) {} // there is no connection
}
