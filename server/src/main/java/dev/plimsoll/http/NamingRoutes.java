package dev.plimsoll.http;

import dev.plimsoll.auth.Access;
import dev.plimsoll.net.Router;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.session.Sessions;
import dev.plimsoll.session.UdpPush;
import java.util.concurrent.Executor;

/** The naming interface in all its generations. A handler serves them all; what differs is in {@link Dialect}. */
final class NamingRoutes {
    private NamingRoutes() {}

    /** @param reads runs what walks many services */
    static void addTo(
            Router router,
            Registry registry,
            Sessions sessions,
            UdpPush udp,
            Access access,
            Executor reads,
            Errors errors) {
        var v1 = new ClosableRoutes(router, registry.switches());
        var sight = new Sight(access);
        new InstanceRoutes(registry, errors).addTo(v1, router);
        new InstanceListRoutes(registry, udp, sight, errors).addTo(v1, router);
        new ServiceRoutes(registry, sight, reads, errors).addTo(v1, router);
        new CatalogRoutes(registry, sight, reads, errors).addTo(v1, router);
        new ClusterRoutes(registry, reads, errors).addTo(v1, router);
        new SubscriberRoutes(registry, sight, reads, errors).addTo(v1, router);
        new ClientRoutes(registry, sessions, udp, reads, errors).addTo(router);
        new OperatorRoutes(registry, sessions, reads, errors).addTo(router);
    }
}
