package dev.plimsoll;

import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;

/**
 * How the memory line is divided. Of the heap, long-lived entries may hold two thirds; the rest is for requests under way
 * and the collector. Of direct memory, a tenth is left to the allocator's own unevenness.
 *
 * @param maxContentBytes the largest configuration this line has room for, 10 MiB at most
 */
record Accounts(
        Account registry,
        Account watches,
        Account configIndex,
        Account configContents,
        Account listeners,
        Account ledger,
        Account journal,
        Account inbound,
        Account outbound,
        Account frames,
        int maxContentBytes) {
    private static final long MAX_CONTENT = 10 * Bytes.MIB; // what official clients can receive

    static Accounts of(MemoryLine line) {
        var budget = new MemoryBudget(line.heap() * 2 / 3, line.direct());
        Account contents = budget.heap("config contents", 0.24);
        Account journal = budget.heap("journal", 0.20);
        long content = Math.min(MAX_CONTENT, Math.min(contents.limit(), journal.limit()) - 64 * 1024);
        return new Accounts(
                budget.heap("registry", 0.26),
                budget.heap("watches", 0.08),
                budget.heap("config index", 0.12),
                contents,
                budget.heap("listeners", 0.08),
                budget.heap("ledger", 0.01),
                journal,
                budget.direct("inbound", 0.30),
                budget.direct("outbound", 0.35),
                budget.direct("snapshots", 0.25),
                (int) content);
    }
}
