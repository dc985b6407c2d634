package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.ClientLoops;
import dev.plimsoll.bench.client.HalfBody;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Clients that keep a connection, and from a moment on begin publications and do not go on with them: each begins another
 * when its connection ends.
 */
final class HalfBodies {
    private static final int ANNOUNCED = 200_000;
    private static final int SENT = 120_000;
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Run run;
    private final ClientLoops own = new ClientLoops(1);
    private final List<HalfBody> connected;
    private final AtomicLong begun = new AtomicLong();
    private volatile boolean begins;

    HalfBodies(Run run, int count) {
        this.run = run;
        this.connected = IntStream.range(0, count)
                .mapToObj(i -> run.await(HalfBody.connect(own, run.target().http(), this::again)))
                .toList();
    }

    void begin() {
        begins = true;
        connected.forEach(this::begin);
    }

    private void begin(HalfBody connection) {
        begun.incrementAndGet();
        connection.begin(ANNOUNCED, SENT);
    }

    private void again() {
        if (begins) {
            own.after(AGAIN_NANOS, () -> HalfBody.connect(own, run.target().http(), this::again)
                    .whenComplete((connection, error) -> {
                        if (connection != null) {
                            begin(connection);
                        }
                    }));
        }
    }

    void stop() {
        begins = false;
        run.report().count("half bodies begun", begun.get());
        own.close();
    }
}
