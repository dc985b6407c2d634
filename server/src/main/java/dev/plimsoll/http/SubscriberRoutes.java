package dev.plimsoll.http;

import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.registry.Watcher;
import dev.plimsoll.session.Subscriber;
import dev.plimsoll.wire.JsonText;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;

/** Who is told of which services: by a connection, or by UDP. Called on the connection's loop. */
final class SubscriberRoutes {
    private static final int PAGE_V1 = 1_000;
    private static final int PAGE_V3 = 100;

    /** Of services whose names have the parts asked for, this many are looked at. */
    private static final int MAX_SERVICES = 1_000;

    private final Registry registry;
    private final Sight sight;
    private final Executor reads;
    private final Errors errors;

    SubscriberRoutes(Registry registry, Sight sight, Executor reads, Errors errors) {
        this.registry = registry;
        this.sight = sight;
        this.reads = reads;
        this.errors = errors;
    }

    void addTo(ClosableRoutes v1, Router router) {
        v1.add("GET", "/v1/ns/service/subscribers", this::similar);
        router.get("/v3/admin/ns/service/subscribers", this::exact)
                .get("/v3/console/ns/service/subscribers", this::exact);
    }

    /** One of those who are told of a service. */
    record Told(ServiceKey service, Subscriber subscriber) {}

    /** Those who are told of these services. */
    static Stream<Told> told(Map<ServiceKey, List<Watcher>> watchers) {
        return watchers.entrySet().stream().flatMap(entry -> entry.getValue().stream()
                .filter(Subscriber.class::isInstance)
                .map(watcher -> new Told(entry.getKey(), (Subscriber) watcher)));
    }

    /** Of all services in the namespace whose group and name have what is given in them. */
    private void similar(HttpCall call) {
        var form = new NamingForm(call, Dialect.V1);
        ServiceKey part = form.service();
        Page page = form.page(PAGE_V1);
        var visible = sight.of(call);
        CompletionStage<List<ServiceKey>> keys;
        try {
            keys = CompletableFuture.supplyAsync(
                    () -> registry.watched().stream()
                            .filter(key -> key.namespace().equals(part.namespace())
                                    && key.group().contains(part.group())
                                    && key.name().contains(part.name())
                                    && visible.test(key))
                            .limit(MAX_SERVICES)
                            .sorted()
                            .toList(),
                    reads);
        } catch (RejectedExecutionException e) {
            throw Errors.readsAreBusy();
        }
        errors.answer(call, keys.thenCompose(registry::watchersOf), watchers -> {
            Page.Part<Told> found = page.of(told(watchers));
            JsonText json = new JsonText().open('{').name("subscribers");
            found.writeItems(json, SubscriberRoutes::writeV1);
            return Dialect.bare(json.field("count", found.total()).close('}').bytes());
        });
    }

    private static void writeV1(JsonText json, Told told) {
        Subscriber who = told.subscriber();
        json.open('{')
                .field("addrStr", who.ip() + ":" + who.port())
                .field("agent", who.agent())
                .field("app", who.app())
                .field("ip", who.ip())
                .field("port", who.port())
                .field("namespaceId", told.service().namespace())
                .field("serviceName", told.service().joined())
                .field("cluster", "")
                .close('}');
    }

    private void exact(HttpCall call) {
        var form = new NamingForm(call, Dialect.V3);
        ServiceKey service = form.service();
        Page page = form.page(PAGE_V3);
        errors.answer(
                call,
                registry.watchersOf(List.of(service)),
                watchers ->
                        Dialect.V3.end(page.of(told(watchers)).write(Dialect.V3.begin(), SubscriberRoutes::writeV3)));
    }

    private static void writeV3(JsonText json, Told told) {
        Subscriber who = told.subscriber();
        json.open('{')
                .field("namespaceId", told.service().namespace())
                .field("groupName", told.service().group())
                .field("serviceName", told.service().name())
                .field("ip", who.ip())
                .field("port", who.port())
                .field("agent", who.agent())
                .field("appName", who.app())
                .close('}');
    }
}
