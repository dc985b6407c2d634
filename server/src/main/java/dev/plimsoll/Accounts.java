package dev.plimsoll;

import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import java.util.stream.LongStream;

/**
 * How the memory line is divided. Of the heap, the server's own objects take some megabytes however small the line is. Of
 * what is left, some hundredths are for garbage that is not collected yet: few with Serial, whose young generation is a
 * fifth of the heap. Of the rest, long-lived entries may hold two thirds. Domains that grow with clients have a share of
 * their own each and a common one, so that a heap serves many instances or many connections as they come. Of direct
 * memory, a fifth is left to the allocator's own unevenness: of 37 MB it had taken in a flood, 28 were in use.
 *
 * @param maxContentBytes the largest configuration this line has room for, 10 MiB at most
 * @param maxRequestBytes heap the largest request may take while it is decoded
 */
record Accounts(
        MemoryBudget budget,
        Account registry,
        Account auth,
        Account watches,
        Account configIndex,
        Account configContents,
        Account listeners,
        Account ledger,
        Account vitals,
        Account connections,
        Account journal,
        Account requests,
        Account inbound,
        Account unfinished,
        Account outbound,
        Account frames,
        int maxContentBytes,
        long maxRequestBytes) {
    private static final long MAX_CONTENT = 10 * Bytes.MIB; // what official clients can receive

    /** Netty, SQLite's Java side, logging, our own maps and queues: what is live on the heap of a server without clients. */
    private static final long OWN_OBJECTS = 8 * Bytes.MIB;

    /** Plain text costs four times its size while it is decoded. */
    private static final long DECODING = 4;

    private static final long REQUEST_HEAD = 64 * 1024;

    static Accounts of(MemoryLine line) {
        long hundredths = line.planned() <= MemoryLine.LARGEST_SERIAL_HEAP ? 92 : 88;
        long entries = Math.max(0, line.planned() - OWN_OBJECTS) * hundredths / 100;
        var budget = new MemoryBudget(entries, line.direct());
        budget.commonHeap(0.475);
        Account contents = budget.heap("config contents", 0.143);
        Account journal = budget.heap("journal", 0.110);
        Account requests = budget.growingHeap("requests", 0.060);
        Account inbound = budget.direct("inbound", 0.23);
        Account unfinished = budget.direct("unfinished", 0.04);
        Account outbound = budget.direct("outbound", 0.31);
        // In pieces it waits in inbound, and whole it leaves by outbound. The cache wants an eighth beside the largest
        // content.
        long content = LongStream.of(
                        MAX_CONTENT,
                        contents.limit() * 3 / 4,
                        journal.limit() - REQUEST_HEAD,
                        inbound.limit() - REQUEST_HEAD,
                        outbound.limit() * 3 / 4 - REQUEST_HEAD)
                .min()
                .orElseThrow();
        return new Accounts(
                budget,
                budget.growingHeap("registry", 0.045),
                budget.growingHeap("auth", 0.010),
                budget.growingHeap("watches", 0.025),
                budget.growingHeap("config index", 0.032),
                contents,
                budget.growingHeap("listeners", 0.025),
                budget.heap("ledger", 0.010),
                budget.growingHeap("vitals", 0.005),
                budget.growingHeap("connections", 0.060),
                journal,
                requests,
                inbound,
                unfinished,
                outbound,
                budget.direct("snapshots", 0.20),
                (int) content,
                DECODING * content + REQUEST_HEAD);
    }
}
