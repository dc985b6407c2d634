package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.registry.Standing.Beats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Tells how the instances of a service stand. On the registry's loop, where all that is known of them is. */
public final class Standings {
    /** More are counted only. */
    public static final int MAX_LISTED = 1_000;

    private final Loop loop;
    private final Services services;
    private final Publications publications;
    private final DurableChanges durables;
    private final Switches switches;

    Standings(Loop loop, Services services, Publications publications, DurableChanges durables, Switches switches) {
        this.loop = loop;
        this.services = services;
        this.publications = publications;
        this.durables = durables;
        this.switches = switches;
    }

    /** @param count those left out too */
    public record Found(int count, List<Standing> standings) {}

    /** As {@link Registry#standing}. */
    Found of(ServiceKey key, String ip, int port, String cluster) {
        var all = new ArrayList<Standing>();
        var count = new AtomicInteger();
        Service service = services.find(key);
        if (service != null) {
            service.eachPublication((owner, instances) -> {
                for (Instance instance : instances) {
                    if ((ip.isEmpty() || ip.equals(instance.ip()))
                            && (port == 0 || port == instance.port())
                            && (cluster.isEmpty() || cluster.equals(instance.cluster()))) {
                        if (count.incrementAndGet() <= MAX_LISTED) {
                            all.add(standing(service, owner, instance));
                        }
                    }
                }
            });
        }
        return new Found(count.get(), all);
    }

    private Standing standing(Service service, OwnerId owner, Instance registered) {
        Instance shown = service.shown(registered);
        Lease lease = publications.lease(owner, service.key);
        Service.Laid laid = service.overlays().get(Address.of(registered));
        return new Standing(
                owner,
                shown,
                publications.since(owner, service.key),
                lease == null ? null : new Beats(lease.silentMillis(loop.nanoTime()), service.outlivesSilence(shown)),
                owner.isChecked() ? checker(service, shown) : null,
                owner.isChecked() ? durables.lookAt(service.key, shown) : null,
                laid == null || laid.overlay.equals(Overlay.NOTHING)
                        ? null
                        : new Standing.Laid(laid.overlay, laid.laying));
    }

    private @Nullable HealthChecker checker(Service service, Instance instance) {
        ServiceProperties set = service.properties;
        HealthChecker checker = HealthChecks.target(set, instance).checker();
        boolean off = !switches.checks() || HealthChecks.turnedOff(set) || checker instanceof HealthChecker.None;
        return off ? null : checker;
    }
}
