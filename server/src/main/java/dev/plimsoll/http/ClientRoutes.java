package dev.plimsoll.http;

import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.OwnerId;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.Registry.Published;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.registry.ServiceSnapshot;
import dev.plimsoll.registry.Watcher;
import dev.plimsoll.session.Session;
import dev.plimsoll.session.Sessions;
import dev.plimsoll.session.Subscriber;
import dev.plimsoll.session.UdpPush;
import dev.plimsoll.wire.JsonText;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Clients, as operators see them: connections, addresses that beat, addresses of persistent instances, and those who are
 * told by UDP; what each publishes and subscribes to. For administrators. Called on the connection's loop.
 */
final class ClientRoutes {
    /** One answer names no more clients; who has more asks by pages. */
    private static final int MAX_CLIENTS = 10_000;

    private final Registry registry;
    private final Sessions sessions;
    private final UdpPush udp;
    private final Executor reads;
    private final Errors errors;

    ClientRoutes(Registry registry, Sessions sessions, UdpPush udp, Executor reads, Errors errors) {
        this.registry = registry;
        this.sessions = sessions;
        this.udp = udp;
        this.reads = reads;
        this.errors = errors;
    }

    void addTo(Router router) {
        add(router, "/v2/ns/client", Dialect.V2);
        add(router, "/v3/admin/ns/client", Dialect.V3);
        router.get("/v3/admin/ns/client/distro", call -> call.answer(OperatorRoutes.oneServerOnly()));
    }

    private void add(Router router, String path, Dialect dialect) {
        router.get(path + "/list", call -> list(call, dialect))
                .get(path, call -> client(call, dialect))
                .get(path + "/publish/list", call -> published(call, dialect))
                .get(path + "/subscribe/list", call -> subscribed(call, dialect))
                .get(path + "/service/publisher/list", call -> publishers(call, dialect))
                .get(path + "/service/subscriber/list", call -> subscribers(call, dialect));
    }

    private void list(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        var page = new Page(
                Math.max(1, form.number("pageNo", 1)),
                Math.max(0, Math.min(form.number("pageSize", MAX_CLIENTS), MAX_CLIENTS)));
        errors.search(call, reads, () -> {
            JsonText json = dialect.begin().open('[');
            page.of(ids()).items().forEach(json::text);
            return dialect.end(json.close(']'));
        });
    }

    private Stream<String> ids() {
        Stream<String> connections = sessions.all().stream().map(Session::id);
        Stream<String> addresses = Stream.concat(
                        registry.beating(), persistent(at -> true).map(Published::owner))
                .map(OwnerId::id)
                .distinct();
        return Stream.of(connections, addresses, udp.subscribers().stream().map(Subscriber::id))
                .flatMap(Function.identity());
    }

    /** Persistent instances at some addresses. There may be many: for a thread that may take its time. */
    private Stream<Published> persistent(Predicate<OwnerId> wanted) {
        return registry.services("")
                .map(registry::snapshot)
                .filter(service -> !service.ephemeral())
                .flatMap(service -> service.instances().stream()
                        .map(instance -> new Published(
                                OwnerId.persistent(instance.ip(), instance.port()), service.key(), instance)))
                .filter(published -> wanted.test(published.owner()));
    }

    private CompletionStage<List<Published>> publishedBy(OwnerId owner) {
        if (!owner.isChecked()) {
            return registry.publishedBy(owner);
        }
        try {
            return CompletableFuture.supplyAsync(() -> persistent(owner::equals).toList(), reads);
        } catch (RejectedExecutionException e) {
            throw Errors.readsAreBusy();
        }
    }

    /** Who is told of changes, among those who have such an id. */
    private @Nullable Subscriber subscriber(String id) {
        Session session = sessions.find(id);
        if (session != null) {
            return session;
        }
        return udp.subscribers().stream()
                .filter(subscriber -> subscriber.id().equals(id))
                .findAny()
                .orElse(null);
    }

    private void client(HttpCall call, Dialect dialect) {
        String id = new NamingForm(call, dialect).required("clientId");
        Subscriber subscriber = subscriber(id);
        if (subscriber instanceof Session session) {
            call.answer(dialect.end(writeConnection(dialect.begin(), session, dialect)));
            return;
        }
        errors.answer(call, publishedBy(new OwnerId(id)), published -> {
            if (subscriber == null) {
                requireKnown(id, published);
            }
            long updated = published.stream()
                    .map(one -> registry.snapshot(one.service()))
                    .mapToLong(ServiceSnapshot::lastRefTime)
                    .max()
                    .orElse(0);
            return dialect.end(writeAddress(dialect.begin(), id, updated, dialect));
        });
    }

    /** A connection's id holds when it was opened, and from which port. */
    private static JsonText writeConnection(JsonText json, Session session, Dialect dialect) {
        String[] parts = session.id().split("_", -1);
        json.open('{')
                .field("clientId", session.id())
                .field("ephemeral", true)
                .field("lastUpdatedTime", number(parts[0]))
                .field("clientType", "connection")
                .field("connectType", "GRPC")
                .field("appName", session.app())
                .field("version", session.agent())
                .field("clientIp", session.ip());
        return writePort(json, parts[parts.length - 1], dialect).close('}');
    }

    private static JsonText writeAddress(JsonText json, String id, long updated, Dialect dialect) {
        int port = id.lastIndexOf(':');
        int kind = id.lastIndexOf('#');
        json.open('{')
                .field("clientId", id)
                .field("ephemeral", !new OwnerId(id).isChecked())
                .field("lastUpdatedTime", updated)
                .field("clientType", "ipPort")
                .field("clientIp", id.substring(0, Math.max(0, port)));
        return writePort(json, port < 0 || kind < port ? "" : id.substring(port + 1, kind), dialect)
                .close('}');
    }

    /** A text in v2 and a number in v3. */
    private static JsonText writePort(JsonText json, String port, Dialect dialect) {
        return dialect == Dialect.V2 ? json.field("clientPort", port) : json.field("clientPort", number(port));
    }

    private static long number(String digits) {
        boolean isNumber =
                !digits.isEmpty() && digits.length() <= 18 && digits.chars().allMatch(Character::isDigit);
        return isNumber ? Long.parseLong(digits) : 0;
    }

    private void published(HttpCall call, Dialect dialect) {
        String id = new NamingForm(call, dialect).required("clientId");
        boolean known = subscriber(id) != null;
        errors.answer(call, publishedBy(new OwnerId(id)), published -> {
            if (!known) {
                requireKnown(id, published);
            }
            return array(dialect, published, (json, one) -> {
                Instance instance = one.instance();
                if (dialect == Dialect.V2) {
                    writeService(json, one.service(), dialect)
                            .name("registeredInstance")
                            .open('{')
                            .field("ip", instance.ip())
                            .field("port", instance.port())
                            .field("cluster", instance.cluster());
                } else {
                    writeService(json, one.service(), dialect)
                            .name("publisherInfo")
                            .open('{')
                            .field("clientId", null)
                            .field("ip", instance.ip())
                            .field("port", instance.port())
                            .field("clusterName", instance.cluster());
                }
                json.close('}');
                if (dialect == Dialect.V3) {
                    json.field("subscriberInfo", null);
                }
                json.close('}');
            });
        });
    }

    private void subscribed(HttpCall call, Dialect dialect) {
        String id = new NamingForm(call, dialect).required("clientId");
        Subscriber subscriber = subscriber(id);
        CompletionStage<Set<ServiceKey>> watched = subscriber instanceof Watcher watcher
                ? registry.watchedBy(watcher)
                : publishedBy(new OwnerId(id)).thenApply(published -> {
                    requireKnown(id, published);
                    return Set.of();
                });
        errors.answer(
                call,
                watched,
                keys -> array(dialect, keys.stream().sorted().toList(), (json, key) -> {
                    writeService(json, key, dialect);
                    if (dialect == Dialect.V3) {
                        json.field("publisherInfo", null);
                    }
                    json.name("subscriberInfo").open('{');
                    if (subscriber != null) {
                        writeSubscriber(json, id, subscriber, dialect);
                    }
                    json.close('}').close('}');
                }));
    }

    private static void writeSubscriber(JsonText json, String id, Subscriber subscriber, Dialect dialect) {
        String address = subscriber.ip() + ":" + subscriber.port();
        if (dialect == Dialect.V2) {
            json.field("app", subscriber.app())
                    .field("agent", subscriber.agent())
                    .field("addr", address);
        } else {
            json.field("clientId", id)
                    .field("appName", subscriber.app())
                    .field("agent", subscriber.agent())
                    .field("address", address);
        }
    }

    /** Of a service; those at an address, when one is given. */
    private void publishers(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        String ip = form.text("ip");
        int port = form.number("port", 0);
        errors.answer(
                call,
                registry.publishedOf(form.service()),
                published -> array(
                        dialect,
                        published.stream()
                                .filter(one -> isAt(
                                        ip,
                                        port,
                                        one.instance().ip(),
                                        one.instance().port()))
                                .toList(),
                        (json, one) -> json.open('{')
                                .field("clientId", one.owner().id())
                                .field("ip", one.instance().ip())
                                .field("port", one.instance().port())
                                .field(
                                        dialect == Dialect.V2 ? "cluster" : "clusterName",
                                        one.instance().cluster())
                                .close('}')));
    }

    private void subscribers(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        String ip = form.text("ip");
        int port = form.number("port", 0);
        errors.answer(
                call,
                registry.watchersOf(List.of(form.service())),
                watchers -> array(
                        dialect,
                        SubscriberRoutes.told(watchers)
                                .map(SubscriberRoutes.Told::subscriber)
                                .filter(one -> isAt(ip, port, one.ip(), one.port()))
                                .toList(),
                        (json, one) -> {
                            json.open('{');
                            if (dialect == Dialect.V2) {
                                json.field("clientId", one.id())
                                        .field("ip", one.ip())
                                        .field("port", one.port());
                            } else {
                                writeSubscriber(json, one.id(), one, dialect);
                            }
                            json.close('}');
                        }));
    }

    private static boolean isAt(String ip, int port, String itsIp, int itsPort) {
        return (ip.isEmpty() || ip.equals(itsIp)) && (port == 0 || port == itsPort);
    }

    private static JsonText writeService(JsonText json, ServiceKey key, Dialect dialect) {
        return json.open('{')
                .field(dialect == Dialect.V2 ? "namespace" : "namespaceId", key.namespace())
                .field(dialect == Dialect.V2 ? "group" : "groupName", key.group())
                .field("serviceName", key.name());
    }

    private static <T> HttpAnswer array(Dialect dialect, List<T> items, BiConsumer<JsonText, T> write) {
        JsonText json = dialect.begin().open('[');
        items.forEach(item -> write.accept(json, item));
        return dialect.end(json.close(']'));
    }

    private static void requireKnown(String id, List<Published> published) {
        if (published.isEmpty()) {
            throw new NotFound("clientId [ " + Form.echo(id) + " ] not exist");
        }
    }
}
