package dev.plimsoll.registry;

/** An instance that is there no more. */
public record Withdrawn(ServiceKey service, String ip, int port, OwnerId owner, long atMillis, Cause cause) {
    private static final long HEAP_BYTES = 64; // without names and addresses

    /** What made it go. */
    public enum Cause {
        /** Somebody took it away by its name. */
        DEREGISTERED,
        /** Its owner registered others in its place. */
        REPLACED,
        /** The connection it was registered by ended. */
        CONNECTION_ENDED,
        /** No beat came for as long as it may. */
        FELL_SILENT
    }

    /** Heap bytes it holds, rounded up: its names may be nobody else's by now. */
    long heapBytes() {
        return HEAP_BYTES + HeapBytes.of(service) + HeapBytes.of(ip) + HeapBytes.of(owner.id());
    }
}
