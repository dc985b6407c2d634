package dev.plimsoll.http;

import dev.plimsoll.http.Errors.Kind;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.registry.Address;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.registry.ServiceSnapshot;
import dev.plimsoll.session.ServiceFrames;
import dev.plimsoll.session.UdpPush;
import dev.plimsoll.wire.HttpMessages.InstanceDetail;
import dev.plimsoll.wire.InstanceInfo;
import dev.plimsoll.wire.JsonText;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Instances are asked for: as a client sees them, or all of them, as operators do. Called on the connection's loop. */
final class InstanceListRoutes {
    /** Between namespace and service in the key of {@code statuses}. */
    private static final String NAMESPACE_JOIN = "##";

    private final Registry registry;
    private final UdpPush udp;
    private final Sight sight;
    private final Errors errors;

    InstanceListRoutes(Registry registry, UdpPush udp, Sight sight, Errors errors) {
        this.registry = registry;
        this.udp = udp;
        this.sight = sight;
        this.errors = errors;
    }

    void addTo(ClosableRoutes v1, Router router) {
        v1.add("GET", "/v1/ns/instance", call -> detail(call, Dialect.V1))
                .add("GET", "/v1/ns/instance/list", this::list)
                .add("GET", "/v1/ns/instance/statuses", this::statuses)
                .add("GET", "/v1/ns/instance/statuses/*", this::statuses)
                .add("GET", "/v1/ns/catalog/instances", this::catalog);
        router.get("/v2/ns/instance", call -> detail(call, Dialect.V2))
                .get("/v2/ns/instance/list", this::listV2)
                .get("/v2/ns/instance/statuses/*", this::statuses)
                .get("/v2/ns/catalog/instances", this::catalogV2)
                .get("/v3/client/ns/instance/list", this::listV3)
                .get("/v3/admin/ns/instance", call -> detail(call, Dialect.V3))
                .get("/v3/admin/ns/instance/list", this::all)
                .get("/v3/console/ns/instance/list", this::pageOfAll);
    }

    private void list(HttpCall call) {
        var form = new NamingForm(call, Dialect.V1);
        boolean healthyOnly = form.text("healthyOnly").equalsIgnoreCase("true");
        subscribing(call, Dialect.V1, form, form.text("clusters"), healthyOnly, form.text("clientIP"), "udpPort");
    }

    private void listV2(HttpCall call) {
        var form = new NamingForm(call, Dialect.V2);
        boolean healthyOnly = form.flag("healthyOnly", false);
        subscribing(call, Dialect.V2, form, form.text("clusterName"), healthyOnly, form.text("ip"), "port");
    }

    /** A caller that can be told by UDP is, from this answer on. */
    private void subscribing(
            HttpCall call,
            Dialect dialect,
            NamingForm form,
            String clusters,
            boolean healthyOnly,
            String clientIp,
            String portName) {
        ServiceKey service = form.service();
        int udpPort = form.number(portName, 0);
        String agent = UdpClients.agent(call);
        InetSocketAddress told =
                udpPort > 0 && UdpClients.canBeTold(agent) ? UdpClients.address(call, clientIp, udpPort) : null;
        if (told == null) {
            call.answer(info(call, dialect, service, clusters, healthyOnly));
            return;
        }
        // The state is read after the subscription holds, so that no change falls between; back on the connection's
        // loop.
        var subscribed = udp.subscribe(told, service, clusters, agent, form.text("app"), sight.fromNowOn(call))
                .thenApplyAsync(done -> service, call.connection().loop());
        errors.answer(call, subscribed, done -> info(call, dialect, service, clusters, healthyOnly));
    }

    private HttpAnswer info(HttpCall call, Dialect dialect, ServiceKey service, String clusters, boolean healthyOnly) {
        ServiceSnapshot snapshot = registry.snapshot(service);
        ServiceJson.makeRoom(call, service, snapshot.instances());
        return dialect.json(ServiceFrames.serviceInfo(snapshot, service.joined(), clusters, healthyOnly));
    }

    /** Of one cluster, {@code DEFAULT} when none is named; of a service nobody knows, none. */
    private void listV3(HttpCall call) {
        var form = new NamingForm(call, Dialect.V3);
        boolean healthyOnly = form.flag("healthyOnly", false);
        ServiceSnapshot service = registry.snapshot(form.service());
        List<Instance> instances = service.select(form.cluster(), healthyOnly).instances();
        call.answer(array(call, service, instances));
    }

    /** As operators see them: those that are off too, of a cluster that has some. */
    private void all(HttpCall call) {
        var form = new NamingForm(call, Dialect.V3);
        ServiceSnapshot service = registry.snapshot(form.service());
        boolean healthyOnly = form.flag("healthyOnly", false);
        HttpAnswer refusal = missing(call, service, form.cluster());
        call.answer(
                refusal != null
                        ? refusal
                        : array(
                                call,
                                service,
                                of(service, form.cluster())
                                        .filter(instance -> instance.healthy() || !healthyOnly)
                                        .toList()));
    }

    private void pageOfAll(HttpCall call) {
        var form = new NamingForm(call, Dialect.V3);
        ServiceSnapshot service = registry.snapshot(form.service());
        var page = form.page(100);
        HttpAnswer refusal = missing(call, service, form.cluster());
        if (refusal != null) {
            call.answer(refusal);
            return;
        }
        var part = page.of(of(service, form.cluster()));
        ServiceJson.makeRoom(call, service.key(), part.items());
        call.answer(Dialect.V3.end(part.write(Dialect.V3.begin(), (json, instance) -> write(json, service, instance))));
    }

    private void catalog(HttpCall call) {
        var form = new NamingForm(call, Dialect.V1);
        ServiceSnapshot service = registry.snapshot(form.service());
        String cluster = form.required("clusterName");
        var page = form.requiredPage();
        HttpAnswer refusal = missing(call, service, cluster);
        if (refusal != null) {
            call.answer(refusal);
            return;
        }
        var part = page.of(of(service, cluster));
        ServiceJson.makeRoom(call, service.key(), part.items());
        JsonText json = Dialect.V1.begin().open('{').name("list");
        part.writeItems(json, (to, instance) -> write(to, service, instance));
        call.answer(Dialect.V1.end(json.field("count", part.total()).close('}')));
    }

    /** Of all clusters. The page is cut first and filtered then, as the reference does. */
    private void catalogV2(HttpCall call) {
        var form = new NamingForm(call, Dialect.V2);
        ServiceSnapshot service = registry.snapshot(form.anyService());
        Predicate<Instance> wanted =
                asked(form, "healthyOnly", Instance::healthy).and(asked(form, "enabledOnly", Instance::enabled));
        var part = form.requiredPage().of(service.instances().stream());
        ServiceJson.makeRoom(call, service.key(), part.items());
        JsonText json = Dialect.V2.begin().open('{');
        if (!part.items().isEmpty()) {
            json.name("instances").open('[');
            part.items().stream().filter(wanted).forEach(instance -> write(json, service, instance));
            json.close(']');
        }
        call.answer(Dialect.V2.end(json.field("count", part.total()).close('}')));
    }

    /** All, when it is not asked for; else those of which it is as asked. */
    private static Predicate<Instance> asked(NamingForm form, String name, Predicate<Instance> is) {
        if (!form.has(name)) {
            return instance -> true;
        }
        boolean wanted = form.flag(name, true);
        return instance -> is.test(instance) == wanted;
    }

    private void detail(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        ServiceSnapshot service = registry.snapshot(form.service());
        Address at = form.address();
        if (service.instances().isEmpty()) {
            throw new NotFound("no ips found for cluster " + at.cluster() + " in service "
                    + service.key().joined());
        }
        Instance instance = service.instances().stream()
                .filter(one -> one.port() == at.port()
                        && one.ip().equals(at.ip())
                        && one.cluster().equals(at.cluster()))
                .findFirst()
                .orElseThrow(() -> new NotFound("no matched ip found!"));
        call.answer(
                switch (dialect) {
                    case V1 -> dialect.json(detail(service, instance).json());
                    case V2 -> dialect.json(detail(service, instance).jsonV2());
                    case V3 -> dialect.json(info(service, instance).json());
                });
    }

    private static InstanceDetail detail(ServiceSnapshot service, Instance instance) {
        String joined = service.key().joined();
        return new InstanceDetail(
                joined,
                instance.ip(),
                instance.port(),
                instance.cluster(),
                instance.weight(),
                instance.healthy(),
                ServiceFrames.instanceId(instance, joined),
                instance.metadata());
    }

    private void statuses(HttpCall call) {
        ServiceKey key = statusesOf(call);
        JsonText json = new JsonText().open('{').name("ips").open('[');
        registry.snapshot(key)
                .instances()
                .forEach(instance -> json.text(instance.ip() + ":" + instance.port() + "_" + instance.healthy()));
        call.answer(Dialect.bare(json.close(']').close('}').bytes()));
    }

    /** The service whose instances' statuses are asked for, by a parameter or the end of the path. */
    static ServiceKey statusesOf(HttpCall call) {
        String inPath = call.path().substring(call.path().lastIndexOf('/') + 1);
        String key = inPath.equals("statuses") ? new NamingForm(call, Dialect.V1).required("key") : inPath;
        int join = key.indexOf(NAMESPACE_JOIN);
        String namespace = join < 0 ? "" : key.substring(0, join);
        String grouped = join < 0 ? key : key.substring(join + NAMESPACE_JOIN.length());
        int inName = grouped.indexOf(ServiceKey.JOIN);
        if (inName <= 0) {
            throw new InvalidRequest("key: '" + Form.echo(key) + "' (expected: namespace##group@@service)");
        }
        return new ServiceKey(
                namespace, grouped.substring(0, inName), grouped.substring(inName + ServiceKey.JOIN.length()));
    }

    private @Nullable HttpAnswer missing(HttpCall call, ServiceSnapshot service, String cluster) {
        if (service.revision() == 0) {
            return errors.refused(call, Kind.ABSENT, "service " + service.key().joined() + " is not found!");
        }
        if (of(service, cluster).findAny().isEmpty()) {
            return errors.refused(call, Kind.ABSENT, "cluster " + Form.echo(cluster) + " is not found!");
        }
        return null;
    }

    private static Stream<Instance> of(ServiceSnapshot service, String cluster) {
        return service.instances().stream()
                .filter(instance -> instance.cluster().equals(cluster));
    }

    private static HttpAnswer array(HttpCall call, ServiceSnapshot service, List<Instance> instances) {
        ServiceJson.makeRoom(call, service.key(), instances);
        JsonText json = Dialect.V3.begin().open('[');
        instances.forEach(instance -> write(json, service, instance));
        return Dialect.V3.end(json.close(']'));
    }

    private static void write(JsonText json, ServiceSnapshot service, Instance instance) {
        json.json(info(service, instance).json());
    }

    private static InstanceInfo info(ServiceSnapshot service, Instance instance) {
        return ServiceFrames.info(instance, service.key().joined(), service.ephemeral());
    }
}
