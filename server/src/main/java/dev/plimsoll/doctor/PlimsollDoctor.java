package dev.plimsoll.doctor;

import dev.plimsoll.doctor.Pages.Page;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;

/**
 * Examines a running Plimsoll: what its own checks found, who fails, who logs in, what lives only in the registry, and
 * whether a client on this machine can work with it. It changes nothing but a service of its own, for a moment.
 */
public final class PlimsollDoctor {
    private static final int GRPC_OFFSET = 1_000;

    private final InstantSource clock;
    private final RandomGenerator random;
    private final BiPredicate<String, InetAddress> refused;

    /**
     * @param random names the probe's service
     * @param refused whether an address is not connected to for a server at some host
     */
    public PlimsollDoctor(InstantSource clock, RandomGenerator random, BiPredicate<String, InetAddress> refused) {
        this.clock = clock;
        this.random = random;
        this.refused = refused;
    }

    /**
     * @param server such as {@code http://127.0.0.1:8848/nacos}
     * @param grpcPort when it is not 1000 above that of HTTP
     * @param authorities of whom one must have signed its certificate, when it has one
     * @param probe whether providers are connected to
     */
    public Report examine(
            String server,
            OptionalInt grpcPort,
            Optional<NacosDoctor.Credentials> credentials,
            Authorities authorities,
            boolean probe) {
        var pages = new Pages(server, authorities);
        var chart = new Chart();
        String version = "";
        var reachability = new Reachability(pages, grpcPort.orElse(pages.port() + GRPC_OFFSET), clock, chart);
        if (pages.getAtRoot("/health/live").status() != 0) {
            credentials.ifPresent(who -> pages.login(who.user(), who.password().get()));
        }
        if (reachability.check(Long.toHexString(random.nextLong()))) {
            Page state = pages.get("/v3/admin/core/state");
            version = state.json().at("data", "version").text();
            var own = new OwnPages(pages, clock, chart);
            own.all();
            new Zombies(pages, address -> refused.test(pages.host(), address), chart).check(probe);
        }
        return chart.report("Plimsoll " + (version.isEmpty() ? "" : version + " ") + "at " + pages.base());
    }
}
