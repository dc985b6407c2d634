package dev.plimsoll.vitals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The memory line, divided into accounts. Heap accounts share the heap's usable part, direct accounts the direct
 * memory: the limits of a kind never add up to more than there is.
 */
public final class MemoryBudget {
    private final long heapBytes;
    private final long directBytes;
    private final List<Account> heap = new CopyOnWriteArrayList<>();
    private final List<Account> direct = new CopyOnWriteArrayList<>();

    /**
     * @param heapBytes what long-lived entries may hold of the heap, below its maximum
     * @param directBytes what buffers may hold of direct memory, below its maximum
     */
    public MemoryBudget(long heapBytes, long directBytes) {
        this.heapBytes = heapBytes;
        this.directBytes = directBytes;
    }

    /** Opens an account for {@code share} of the heap (0 to 1). */
    public Account heap(String name, double share) {
        return open(heap, heapBytes, name, share);
    }

    /** Opens an account for {@code share} of the direct memory (0 to 1). */
    public Account direct(String name, double share) {
        return open(direct, directBytes, name, share);
    }

    /** All accounts, in the order they were opened, heap first. */
    public List<Account> accounts() {
        var all = new ArrayList<>(heap);
        all.addAll(direct);
        return all;
    }

    private static synchronized Account open(List<Account> accounts, long total, String name, double share) {
        long limit = (long) (total * share);
        long granted = accounts.stream().mapToLong(Account::limit).sum();
        if (granted + limit > total) {
            throw new IllegalArgumentException("account " + name + ": " + limit + " bytes beside the " + granted
                    + " already granted (expected: at most " + total + " together)");
        }
        var account = new Account(name, limit);
        accounts.add(account);
        return account;
    }
}
