package dev.plimsoll.vitals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Whether an account of the memory line is full, and whether anybody is refused for it. */
final class AccountsCheck implements Check {
    static final Condition FULL = new Condition(
            "accounts",
            "an account of the memory line is nearly full",
            "what would need more is refused when it is: see who holds it (the page /memory), or give a larger --memory");
    static final Condition REFUSES = new Condition(
            "accounts",
            "requests are refused for want of room",
            "see what the last one was refused with: a limit is a setting; of an account see who holds it (the page /memory),"
                    + " or give a larger --memory");

    private static final double NEARLY = 0.9;
    private static final double NO_MORE = 0.8;
    private static final int SHORT = 2; // looks that a burst may last
    private static final int LONG = 5; // looks with refusals, until it is critical

    private final List<Account> accounts;
    private final LongSupplier refusals;
    private final Supplier<String> last;
    private final Map<Account, Seen> seen = new HashMap<>();
    private long refused;
    private int refusing; // looks in a row

    /** Of one account: refusals so far, and looks in a row at which it was nearly full. */
    private static final class Seen {
        private long refused;
        private int full;
    }

    /**
     * @param caches names of accounts that are full when all is well, since what they hold makes way
     * @param refusals requests and connections refused for want of room, so far
     * @param last what one of the last of them was refused with; "" when that is not known
     */
    AccountsCheck(MemoryBudget budget, Set<String> caches, LongSupplier refusals, Supplier<String> last) {
        this.last = last;
        this.accounts = budget.accounts().stream()
                .filter(account -> !caches.contains(account.name()))
                .toList();
        this.refusals = refusals;
        accounts.forEach(account -> seen.put(account, new Seen()));
    }

    @Override
    public String name() {
        return FULL.check();
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Measured look(Findings findings) {
        String fullest = "";
        double most = -1;
        var tight = new ArrayList<String>();
        for (Account account : accounts) {
            double share = (double) account.held() / Math.max(1, account.limit());
            Seen before = seen.computeIfAbsent(account, a -> new Seen());
            long more = account.refused() - before.refused;
            before.refused = account.refused();
            before.full = share > NEARLY ? before.full + 1 : 0;
            String evidence =
                    "holds " + GrowthCheck.amount(account.held()) + " of " + GrowthCheck.amount(account.limit());
            if (before.full > SHORT) {
                findings.found(FULL, account.name(), Severity.WARNING, evidence);
            } else if (share < NO_MORE) {
                findings.over(FULL, account.name(), evidence);
            }
            if (more > 0) {
                tight.add(account.name() + " (" + evidence + ")");
            }
            if (share > most) {
                most = share;
                fullest = account.name();
            }
        }
        long all = refusals.getAsLong();
        refusing = all > refused ? refusing + 1 : 0;
        String evidence = (all - refused) + " refused in the last minute"
                + (tight.isEmpty() ? "" : "; not all fitted in: " + String.join(", ", tight));
        refused = all;
        if (refusing > 0) {
            String words = last.get();
            findings.found(
                    REFUSES,
                    refusing > LONG ? Severity.CRITICAL : Severity.WARNING,
                    evidence + (words.isEmpty() ? "" : "; lately: " + words));
        } else {
            findings.over(REFUSES, evidence);
        }
        return Measured.of("fullest: " + fullest + ", " + Math.round(most * 100) + " %; " + evidence);
    }
}
