package dev.plimsoll.net;

import dev.plimsoll.loop.FairQueue;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes connections from the kernel at once, closes those for which there is no place before anything is spent on them, and
 * lets the others in a few at a time: the next when every event loop has been round since the last. When thousands come at
 * once, those who are there already would else wait behind all of them in every turn of their loop. Addresses take turns, so
 * that of a flood from some nobody else notices much; the kernel's own queue, which knows no turns, stays short. Of one
 * listener, on its loop.
 */
final class Doorkeeper extends ChannelInboundHandlerAdapter {
    static final int AT_A_TIME = 2;

    /** Hears of those for whom there was no place. */
    interface Refusals {
        void refused(InetAddress address, Connections.Refused reason);
    }

    /** A connection that has its place and is not served yet. */
    private record Waiting(InetAddress address, Channel channel) {}

    private final Connections connections;
    private final List<Executor> loops = new ArrayList<>();
    private final Refusals refusals;
    private final FairQueue<InetAddress, Waiting> waiting = new FairQueue<>(); // bounded by the places
    private boolean goingRound;

    Doorkeeper(Connections connections, Iterable<? extends Executor> loops, Refusals refusals) {
        this.connections = connections;
        this.refusals = refusals;
        loops.forEach(this.loops::add);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof Channel child)) {
            ctx.fireChannelRead(message);
            return;
        }
        var remote = (InetSocketAddress) child.remoteAddress();
        if (remote == null) {
            child.unsafe().closeForcibly();
            return;
        }
        InetAddress address = remote.getAddress();
        Connections.Refused reason = connections.tryEnter(address);
        if (reason != null && reason.forAll() && makeRoom(address, reason)) {
            reason = connections.tryEnter(address);
        }
        if (reason == null) {
            waiting.add(address, new Waiting(address, child));
        } else {
            child.unsafe().closeForcibly();
            refusals.refused(address, reason);
        }
    }

    private boolean makeRoom(InetAddress comer, Connections.Refused reason) {
        Waiting displaced = waiting.displace(comer);
        if (displaced == null) {
            return false;
        }
        turnAway(displaced);
        refusals.refused(displaced.address(), reason);
        return true;
    }

    private void turnAway(Waiting one) {
        one.channel().unsafe().closeForcibly();
        connections.leave(one.address());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        letIn(ctx);
    }

    private void letIn(ChannelHandlerContext ctx) {
        if (goingRound || waiting.isEmpty()) {
            return;
        }
        for (int i = 0; i < AT_A_TIME; i++) {
            Waiting next = waiting.poll();
            if (next == null) {
                break;
            }
            next.channel().closeFuture().addListener(closed -> connections.leave(next.address()));
            ctx.fireChannelRead(next.channel());
        }
        goingRound = true;
        var still = new AtomicInteger(loops.size());
        for (Executor loop : loops) {
            loop.execute(() -> {
                if (still.decrementAndGet() == 0) {
                    ctx.executor().execute(() -> {
                        goingRound = false;
                        letIn(ctx);
                    });
                }
            });
        }
    }

    /** The listener is closed. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
            turnAway(next);
        }
    }
}
