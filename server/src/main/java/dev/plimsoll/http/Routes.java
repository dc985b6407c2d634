package dev.plimsoll.http;

import dev.plimsoll.auth.Auth;
import dev.plimsoll.auth.Scrapers;
import dev.plimsoll.config.Catalog;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.Namespaces;
import dev.plimsoll.net.Connection;
import dev.plimsoll.net.Router;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.session.LongPolls;
import dev.plimsoll.session.Sessions;
import dev.plimsoll.session.UdpPush;
import dev.plimsoll.vitals.Memory;
import dev.plimsoll.vitals.Vitals;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** All that is served by HTTP. */
public final class Routes {
    private Routes() {}

    /**
     * @param contextPath what the reference's paths begin with: {@code /nacos}, or nothing
     * @param connections those that are open
     * @param reads runs what would hold a connection's loop up
     * @param ready whether clients are served; asked by any thread, must not block
     * @param version what clients and consoles are told
     */
    public static Router all(
            String contextPath,
            Registry registry,
            Configs configs,
            Namespaces namespaces,
            Catalog catalog,
            LongPolls polls,
            Sessions sessions,
            UdpPush udp,
            Supplier<Stream<Connection>> connections,
            Memory memory,
            Vitals vitals,
            Auth auth,
            Scrapers scrapers,
            Executor reads,
            BooleanSupplier ready,
            String version,
            InstantSource clock) {
        var errors = new Errors(contextPath, clock);
        var router = new Router(
                errors, new Permissions(contextPath, auth, scrapers, clock), new Counting(), vitals.traffic());
        Router context = router.under(contextPath);
        var selections = new Selections();
        new ConfigRoutes(configs, selections, errors).addTo(context);
        new GrayRoutes(configs, errors).addTo(context, selections);
        new HistoryRoutes(configs, catalog, auth.access(), errors).addTo(context);
        new SearchRoutes(configs, catalog, auth.access(), errors).addTo(context, selections);
        new TransferRoutes(configs, namespaces, catalog, auth.access(), clock, errors).addTo(context, selections);
        new WatcherRoutes(configs, auth.access(), errors).addTo(context);
        new OpsRoutes(configs).addTo(context);
        new NamespaceRoutes(
                        namespaces,
                        configs,
                        auth.access(),
                        reads,
                        () -> UUID.randomUUID().toString(),
                        errors)
                .addTo(context);
        new ListenerRoutes(configs, polls, errors).addTo(context);
        NamingRoutes.addTo(context, registry, sessions, udp, auth.access(), reads, errors);
        new AuthRoutes(auth, vitals.traffic(), errors).addTo(context);
        new LedgerRoutes(sessions, errors).addTo(context.always());
        new StandingRoutes(registry, sessions, clock, reads, errors).addTo(context.always());
        var holders = new TopHolders(registry, configs, sessions, connections, System::nanoTime);
        new MemoryRoutes(memory, vitals, holders, reads, errors).addTo(context);
        new VitalsRoutes(vitals, errors, version).addTo(context.always());
        new Metrics(memory, vitals, errors, version).addTo(router, context);
        new HealthRoutes(ready, version, auth.access().on()).addTo(router, context);
        return router;
    }
}
