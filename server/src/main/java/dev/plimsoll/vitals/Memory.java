package dev.plimsoll.vitals;

/**
 * All that is known of the memory line.
 *
 * @param line the whole process, of which
 * @param heap the heap may be at most this
 * @param direct and the buffers outside it this
 */
public record Memory(
        long line,
        long heap,
        long direct,
        MemoryBudget budget,
        Admission admission,
        DirectWatch directWatch,
        Findings findings) {}
