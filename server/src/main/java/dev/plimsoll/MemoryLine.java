package dev.plimsoll;

import dev.plimsoll.refusal.InvalidRequest;

/**
 * The memory line, the resident size of the whole process in bytes, and its split. The launcher makes the split,
 * because the JVM must be told before it runs; this record says what it was and whether it can hold.
 *
 * @param heap the most the heap may grow to
 * @param direct the most all buffers outside the heap may hold
 * @param planned the heap the accounts are divided from: they charge what objects take on JDK 17, and where those are
 *     smaller, so is the heap
 */
public record MemoryLine(long total, long heap, long direct, long planned) {
    /**
     * The smallest that is kept to on every JDK when all that clients can grow is full, heap and buffers (bench flood): a smaller
     * one would leave them less than the JVM itself takes by far.
     */
    static final long MINIMUM = 192 * Bytes.MIB;

    /** Larger ones have another collector than Serial: see the launcher, {@code choose_flags}. */
    static final long LARGEST_SERIAL_HEAP = 1024 * Bytes.MIB;

    static final long MAXIMUM = 8192 * 1024 * Bytes.MIB;

    MemoryLine(long total, long heap, long direct) {
        this(total, heap, direct, heap);
    }

    /** The split this process runs with, for a line of {@code wanted} bytes. */
    static MemoryLine ofProcess(long wanted) {
        Long split = Long.getLong("plimsoll.memory");
        Long heap = Long.getLong("plimsoll.heap");
        Long direct = Long.getLong("io.netty.maxDirectMemory");
        long reality = Runtime.getRuntime().maxMemory();
        if (split == null || heap == null || direct == null) {
            // No launcher, as in an IDE: the heap is what the JVM has, and the line follows from it.
            return new MemoryLine(reality + reality * 3 / 8 + 128 * Bytes.MIB, reality, reality * 3 / 8);
        }
        if (split != wanted) {
            throw new InvalidRequest("memory: " + Bytes.text(wanted) + ", but the launcher split " + Bytes.text(split)
                    + " (expected: a plain size, which the launcher can read too)");
        }
        if (reality > heap) {
            throw new InvalidRequest("memory: the JVM's heap may grow to " + Bytes.text(reality)
                    + " (expected: at most " + Bytes.text(heap)
                    + ", as split by the launcher; is there an -Xmx in _JAVA_OPTIONS or PLIMSOLL_JAVA_OPTS?)");
        }
        return new MemoryLine(split, heap, direct, Long.getLong("plimsoll.planned-heap", heap));
    }

    /** What is left for the JVM itself: classes, code, stacks, the collector, native libraries. */
    public long rest() {
        return total - heap - direct;
    }

    /** Refuses a line this machine, or the cgroup the process runs in, does not have. */
    void check(Machine machine) {
        machine.memory().filter(bound -> total > bound.bytes()).ifPresent(bound -> {
            throw new InvalidRequest("memory: " + Bytes.text(total) + " (expected: at most " + Bytes.text(bound.bytes())
                    + ", " + bound.whose() + ")");
        });
        if (rest() <= 0) {
            throw new InvalidRequest("memory: " + this + " (expected: something left beside heap and direct)");
        }
    }

    @Override
    public String toString() {
        return "memory " + Bytes.text(total) + " = heap " + Bytes.text(heap) + " + direct " + Bytes.text(direct)
                + " + rest " + Bytes.text(rest());
    }
}
