package dev.plimsoll.bench.scenario;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Counts what went wrong and remembers the first. Any thread. */
final class Faults {
    private final AtomicLong count = new AtomicLong();
    private final AtomicReference<String> first = new AtomicReference<>("none");

    void add(String what) {
        if (count.getAndIncrement() == 0) {
            first.set(what);
        }
    }

    long count() {
        return count.get();
    }

    @Override
    public String toString() {
        return count.get() == 0 ? "none" : count.get() + ", the first: " + first.get();
    }
}
