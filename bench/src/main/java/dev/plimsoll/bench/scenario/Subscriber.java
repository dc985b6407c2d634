package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.BenchInstance;
import dev.plimsoll.bench.client.Events;
import dev.plimsoll.bench.client.Message;
import dev.plimsoll.bench.client.NacosClient;
import dev.plimsoll.bench.measure.Latency;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What one client has seen of changing services. Written on the client's loop, read by the main thread. */
class Subscriber implements Events {
    /** What all subscribers of a kind share. */
    static final class Shared {
        final List<ChangingService> services;
        final Supplier<Latency> latency;
        final Faults lost = new Faults();
        final Faults unhealthy = new Faults();
        final LongAdder pushes = new LongAdder();
        final LongAdder bytes = new LongAdder();
        /** Where the newest change stood in the last push: often it is there again. */
        private volatile int hint = -1;

        Shared(List<ChangingService> services, Supplier<Latency> latency) {
            this.services = services;
            this.latency = latency;
        }
    }

    private final Shared shared;
    private final boolean keeps;
    private final AtomicLong[] seen;
    private final AtomicLong[] pushes;
    private final @Nullable Message[] last;

    /** @param keeps the last push of each service, to be compared in the end */
    Subscriber(Shared shared, boolean keeps) {
        this.shared = shared;
        this.keeps = keeps;
        int services = shared.services.size();
        seen = new AtomicLong[services];
        pushes = new AtomicLong[services];
        last = new @Nullable Message[services];
        for (int i = 0; i < services; i++) {
            seen[i] = new AtomicLong();
            pushes[i] = new AtomicLong();
        }
    }

    @Override
    public void push(NacosClient client, Message message) {
        long now = System.nanoTime();
        if (!message.type().equals("NotifySubscriberRequest")) {
            return;
        }
        String name = message.text("name");
        for (int i = 0; i < seen.length; i++) {
            ChangingService service = shared.services.get(i);
            if (service.name().equals(name)) {
                shared.pushes.increment();
                shared.bytes.add(message.size());
                pushes[i].incrementAndGet();
                if (keeps) {
                    last[i] = message;
                }
                seen(seen[i], service, newest(service, message), now);
                return;
            }
        }
    }

    private long newest(ChangingService service, Message message) {
        long rev = service.rev();
        byte[] key = Message.ascii("\"rev\":\"" + rev + '"');
        int at = message.position(key, shared.hint);
        if (at >= 0) {
            shared.hint = at;
            return rev;
        }
        return message.largestAfter(BenchInstance.REV);
    }

    private void seen(AtomicLong before, ChangingService service, long newest, long now) {
        long first = before.get() + 1;
        if (newest >= first) {
            Latency latency = shared.latency.get();
            for (long change = first; change <= newest; change++) {
                latency.record(now - service.sentAt(change));
            }
            before.set(newest);
        }
    }

    @Override
    public void lost(NacosClient client, String reason) {
        shared.lost.add(reason);
    }

    @Override
    public void healthCheckFailed(NacosClient client, String error) {
        shared.unhealthy.add(error);
    }

    boolean isCurrent() {
        for (int i = 0; i < seen.length; i++) {
            if (seen[i].get() < shared.services.get(i).rev()) {
                return false;
            }
        }
        return true;
    }

    /** Has seen at least these changes, one number for each service. */
    boolean hasSeen(long[] revs) {
        for (int i = 0; i < seen.length; i++) {
            if (seen[i].get() < revs[i]) {
                return false;
            }
        }
        return true;
    }

    /** The last push of each service against what is registered; "" when all are as they should. */
    String difference() {
        for (int i = 0; i < seen.length; i++) {
            Message message = last[i];
            if (message == null && shared.services.get(i).rev() == 0) {
                continue; // nothing changed, nothing due
            }
            String difference =
                    message == null ? "no push at all" : shared.services.get(i).difference(message);
            if (!difference.isEmpty()) {
                return shared.services.get(i).name() + ": " + difference;
            }
        }
        return "";
    }

    long[] pushCounts() {
        long[] counts = new long[pushes.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = pushes[i].get();
        }
        return counts;
    }
}
