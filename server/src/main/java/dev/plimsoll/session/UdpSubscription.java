package dev.plimsoll.session;

import dev.plimsoll.loop.TimerWheel;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.wire.UdpMessages;
import java.util.function.Predicate;

/** One service that one client is told of by UDP. Changed on the loop of {@link UdpPush}, save for its renewal. */
final class UdpSubscription extends TimerWheel.Entry {
    final UdpSubscriber subscriber;
    final Topic.ServiceView view;

    /** Any thread. */
    volatile long renewedNanos;

    /** What who asked last may read at the moment that is asked. Any thread. */
    volatile Predicate<ServiceKey> mayRead;

    /** The number of the datagram whose answer is awaited; {@link UdpMessages#NONE} for none. */
    long awaited = UdpMessages.NONE;

    /** Since when the client has had something to answer, however often it was sent something newer. */
    long awaitedSinceNanos;

    long sentNanos;
    long revision;
    int bytes;
    boolean retried;

    UdpSubscription(UdpSubscriber subscriber, Topic.ServiceView view, Predicate<ServiceKey> mayRead, long nowNanos) {
        this.subscriber = subscriber;
        this.view = view;
        this.mayRead = mayRead;
        this.renewedNanos = nowNanos;
    }
}
