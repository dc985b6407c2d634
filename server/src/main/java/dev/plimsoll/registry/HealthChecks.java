package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.loop.TimerWheel;
import dev.plimsoll.registry.Probes.Outcome;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Looks by itself whether persistent instances live. Changed on {@code loop} only, the registry's.
 *
 * <p>Each instance is looked at again after a period that follows the time its answers take, beginning at a random moment,
 * so that looks are spread. So many are under way at most; the others wait for their turn, each once. Several outcomes in a
 * row change an instance's health, a refusal does at once. What a check holds is charged with its instance.
 */
public final class HealthChecks implements PersistentInstances {
    /** On a service, a value of false turns its checks off. */
    private static final String ENABLED_KEY = "enableHealthCheck";

    private static final int FIRST_LOOK_WITHIN = 2_000; // milliseconds, as the reference, and as much again at random
    private static final int IDLE = 5_000; // until an instance that is not looked at now may be

    private final Loop loop;
    private final Registry registry;
    private final Switches switches;
    private final Probes probes;
    private final RandomGenerator random;
    private final int maxActive;
    private final TimerWheel<Check> wheel;
    private final Map<Address, Check> checks = new HashMap<>();
    private final Set<Check> waiting = new LinkedHashSet<>();
    private int active;

    /** @param maxActive looks under way at one time */
    public HealthChecks(Loop loop, Registry registry, Probes probes, RandomGenerator random, int maxActive) {
        this.loop = loop;
        this.registry = registry;
        this.switches = registry.switches();
        this.probes = probes;
        this.random = random;
        this.maxActive = maxActive;
        this.wheel = new TimerWheel<>(loop, Check.class, this::examine, () -> {});
    }

    private record Address(ServiceKey service, String ip, int port) {}

    private static final class Check extends TimerWheel.Entry {
        final Address address;
        Instance instance;
        double period; // milliseconds
        int ok;
        int failed;

        @Nullable
        Look last;

        Check(Address address, Instance instance, double period) {
            this.address = address;
            this.instance = instance;
            this.period = period;
        }
    }

    @Override
    public void published(ServiceKey service, Instance instance) {
        loop.execute(
                () -> { // not at once: at the start this is another thread
                    var address = new Address(service, instance.ip(), instance.port());
                    Check known = checks.get(address);
                    if (known != null) {
                        known.instance = instance;
                        known.ok = 0;
                        known.failed = 0;
                        return;
                    }
                    var check = new Check(
                            address,
                            instance,
                            FIRST_LOOK_WITHIN
                                    + random.nextInt(HealthTarget.DEFAULT
                                            .checker()
                                            .pace()
                                            .max()));
                    checks.put(address, check);
                    wheel.put(check, random.nextInt(FIRST_LOOK_WITHIN + random.nextInt(FIRST_LOOK_WITHIN)));
                });
    }

    @Override
    public void withdrawn(ServiceKey service, String ip, int port) {
        loop.execute(() -> {
            Check gone = checks.remove(new Address(service, ip, port));
            if (gone != null) {
                wheel.remove(gone);
                waiting.remove(gone);
            }
        });
    }

    @Override
    public @Nullable Look lookAt(ServiceKey service, String ip, int port) {
        Check check = checks.get(new Address(service, ip, port));
        return check == null ? null : check.last;
    }

    /** The service says that nobody looks at its instances. */
    static boolean turnedOff(@Nullable ServiceProperties set) {
        return set != null && "false".equalsIgnoreCase(set.metadata().get(ENABLED_KEY));
    }

    static HealthTarget target(@Nullable ServiceProperties set, Instance instance) {
        return set == null
                ? HealthTarget.DEFAULT
                : set.cluster(instance.cluster()).target();
    }

    /** For tests. Loop only. */
    int active() {
        return active;
    }

    /** For tests: nothing is left of any instance. Loop only. */
    boolean holdsNothing() {
        return checks.isEmpty() && waiting.isEmpty() && wheel.isEmpty() && active == 0;
    }

    private long examine(Check check, long nowNanos) {
        ServiceSnapshot service = registry.snapshot(check.address.service());
        ServiceProperties set = service.properties();
        HealthTarget target = target(set, check.instance);
        if (turnedOff(set) || !switches.checks() || target.checker() instanceof HealthChecker.None) {
            return IDLE;
        }
        if (active >= maxActive) {
            waiting.add(check);
        } else {
            look(check, target);
        }
        return 0;
    }

    private void look(Check check, HealthTarget target) {
        active++;
        long began = loop.nanoTime();
        HealthChecker.Pace pace = target.checker().pace();
        probes.probe(
                target.checker(),
                check.address.ip(),
                target.portOf(check.instance),
                outcome -> loop.execute(() -> seen(check, pace, outcome, began)));
    }

    private void seen(Check check, HealthChecker.Pace pace, Outcome outcome, long began) {
        active--;
        if (checks.get(check.address) == check) {
            check.last = new Look(outcome, loop.currentTimeMillis());
            judge(check, outcome);
            long took = (loop.nanoTime() - began) / 1_000_000;
            check.period = period(check.period, pace, outcome, took);
            wheel.put(check, (long) check.period);
        }
        while (active < maxActive && !waiting.isEmpty()) {
            Check next = waiting.iterator().next();
            waiting.remove(next);
            long again = examine(next, loop.nanoTime());
            if (again > 0) {
                wheel.put(next, again);
            }
        }
    }

    private void judge(Check check, Outcome outcome) {
        Address at = check.address;
        if (outcome == Outcome.NOT_TRIED) {
            return;
        }
        check.ok = outcome == Outcome.OK ? Math.min(check.ok + 1, switches.checkTimes()) : 0;
        check.failed = outcome == Outcome.OK ? 0 : Math.min(check.failed + 1, switches.checkTimes());
        if (check.ok >= switches.checkTimes()) {
            registry.found(at.service(), at.ip(), at.port(), true);
        } else if (outcome == Outcome.DOWN || check.failed >= switches.checkTimes()) {
            registry.found(at.service(), at.ip(), at.port(), false);
        }
    }

    /** As the reference: a slow answer makes looks rarer, a missing one doubles the time between them. */
    private static double period(double before, HealthChecker.Pace pace, Outcome outcome, long tookMillis) {
        double measured =
                switch (outcome) {
                    case OK -> (double) tookMillis;
                    case FAILED -> 2 * before;
                    case DOWN, NOT_TRIED -> pace.max();
                };
        double next = pace.factor() * before + (1 - pace.factor()) * measured;
        return Math.max(pace.min(), Math.min(pace.max(), next));
    }
}
