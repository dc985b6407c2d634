package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.registry.Withdrawn.Cause;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Trail;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last instances that went, and why. Entered on the registry's loop; read by any thread. */
final class Withdrawals {
    static final int MAX = 1_024;

    private final Loop loop;
    private @Nullable Trail<Withdrawn> trail; // none before the start

    Withdrawals(Loop loop) {
        this.loop = loop;
    }

    /** From now on they are known. For the start. */
    void keepIn(Account account) {
        trail = new Trail<>(account, MAX);
    }

    void enter(ServiceKey service, OwnerId owner, List<Instance> instances, Cause cause) {
        Trail<Withdrawn> kept = trail;
        if (kept == null) {
            return;
        }
        long now = loop.currentTimeMillis();
        for (Instance instance : instances) {
            var gone = new Withdrawn(service, instance.ip(), instance.port(), owner, now, cause);
            kept.enter(gone, gone.heapBytes());
        }
    }

    /** Those of {@code before} that are at no address of {@code after} have gone. */
    void replaced(ServiceKey service, OwnerId owner, List<Instance> before, List<Instance> after) {
        if (trail == null || before.isEmpty()) {
            return;
        }
        var stay = new HashSet<Lease.Key>();
        after.forEach(instance -> stay.add(new Lease.Key(service, instance.ip(), instance.port())));
        List<Instance> gone = before.stream()
                .filter(instance -> !stay.contains(new Lease.Key(service, instance.ip(), instance.port())))
                .toList();
        enter(service, owner, gone, Cause.REPLACED);
    }

    /**
     * Those of a service, the last one first.
     *
     * @param ip "" for all
     * @param port 0 for all
     */
    List<Withdrawn> of(ServiceKey service, String ip, int port) {
        Trail<Withdrawn> kept = trail;
        if (kept == null) {
            return List.of();
        }
        return kept.newestFirst().stream()
                .filter(gone -> gone.service().equals(service)
                        && (ip.isEmpty() || gone.ip().equals(ip))
                        && (port == 0 || gone.port() == port))
                .toList();
    }
}
