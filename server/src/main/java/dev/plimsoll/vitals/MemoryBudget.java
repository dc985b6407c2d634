package dev.plimsoll.vitals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The memory line, divided into accounts. Heap accounts share the heap's usable part, direct accounts the direct
 * memory: the shares of a kind never add up to more than there is. For the start, then read by any thread.
 */
public final class MemoryBudget {
    private final long heapBytes;
    private final long directBytes;
    private final List<Account> heap = new CopyOnWriteArrayList<>();
    private final List<Account> direct = new CopyOnWriteArrayList<>();
    private @Nullable Account common;

    /**
     * @param heapBytes what entries may hold of the heap, below its maximum
     * @param directBytes what buffers may hold of direct memory, below its maximum
     */
    public MemoryBudget(long heapBytes, long directBytes) {
        this.heapBytes = heapBytes;
        this.directBytes = directBytes;
    }

    /** Opens an account for {@code share} of the heap (0 to 1). */
    public Account heap(String name, double share) {
        return open(heap, heapBytes, name, share, null);
    }

    /**
     * Opens an account for {@code share} of the heap that may draw on the common one.
     *
     * @throws IllegalStateException when there is no common one yet
     */
    public Account growingHeap(String name, double share) {
        if (common == null) {
            throw new IllegalStateException("account " + name + ": no common account (expected: to be opened first)");
        }
        return open(heap, heapBytes, name, share, common);
    }

    /** Opens the account that growing ones draw on; it is not to be reserved from directly. */
    public void commonHeap(double share) {
        common = open(heap, heapBytes, "common", share, null);
    }

    /** Opens an account for {@code share} of the direct memory (0 to 1). */
    public Account direct(String name, double share) {
        return open(direct, directBytes, name, share, null);
    }

    public List<Account> heapAccounts() {
        return List.copyOf(heap);
    }

    public List<Account> directAccounts() {
        return List.copyOf(direct);
    }

    /** All accounts, in the order they were opened, heap first. */
    public List<Account> accounts() {
        var all = new ArrayList<>(heap);
        all.addAll(direct);
        return all;
    }

    /** What the direct accounts hold together. */
    public long directHeld() {
        return direct.stream().mapToLong(Account::held).sum();
    }

    public long directBytes() {
        return directBytes;
    }

    private static Account open(
            List<Account> accounts, long total, String name, double share, @Nullable Account common) {
        long bytes = (long) (total * share);
        long granted = accounts.stream().mapToLong(Account::share).sum();
        if (granted + bytes > total) {
            throw new IllegalArgumentException("account " + name + ": " + bytes + " bytes beside the " + granted
                    + " already granted (expected: at most " + total + " together)");
        }
        var account = new Account(name, bytes, common);
        accounts.add(account);
        return account;
    }
}
