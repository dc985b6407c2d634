package dev.plimsoll.http;

import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.OwnerId;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.RegistryCommand;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.session.ServiceFrames;
import dev.plimsoll.session.UdpPush;
import dev.plimsoll.wire.HttpMessages.Beat;
import dev.plimsoll.wire.HttpMessages.BeatAnswer;
import dev.plimsoll.wire.HttpMessages.InstanceDetail;
import dev.plimsoll.wire.HttpMessages.ServiceNames;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Services and instances by HTTP. An ephemeral instance belongs to its own address, which keeps it alive by heart beats.
 * Called on the connection's loop.
 */
final class NamingRoutes {
    /** The reference names no character set here. */
    private static final String JSON = "application/json";

    private static final byte[] OK = "ok".getBytes(StandardCharsets.US_ASCII);

    private final Registry registry;
    private final UdpPush udp;
    private final Errors errors;

    NamingRoutes(Registry registry, UdpPush udp, Errors errors) {
        this.registry = registry;
        this.udp = udp;
        this.errors = errors;
    }

    void addTo(Router router) {
        router.post("/v1/ns/instance", this::register)
                .delete("/v1/ns/instance", this::deregister)
                .get("/v1/ns/instance", this::detail)
                .get("/v1/ns/instance/list", this::list)
                .put("/v1/ns/instance/beat", this::beat)
                .get("/v1/ns/service/list", this::services);
    }

    private void register(HttpCall call) {
        var form = new Form(call);
        ServiceKey service = form.service();
        var instance = new Instance(
                form.required("ip"),
                form.port(),
                form.decimal("weight", 1),
                form.yes("healthy", true),
                form.yes("enabled", form.yes("enable", true)),
                cluster(form),
                "",
                form.metadata("metadata"));
        RegistryCommand command = form.yes("ephemeral", true)
                ? new RegistryCommand.Register(
                        OwnerId.beating(instance.ip(), instance.port()), service, List.of(instance))
                : new RegistryCommand.RegisterPersistent(service, instance);
        errors.answer(call, registry.submit(command), done -> ok());
    }

    private void deregister(HttpCall call) {
        var form = new Form(call);
        ServiceKey service = form.service();
        String ip = form.required("ip");
        int port = form.port();
        RegistryCommand command = form.yes("ephemeral", true)
                ? new RegistryCommand.Deregister(OwnerId.beating(ip, port), service)
                : new RegistryCommand.DeregisterPersistent(service, ip, port);
        errors.answer(call, registry.submit(command), done -> ok());
    }

    private void detail(HttpCall call) {
        var form = new Form(call);
        ServiceKey service = form.service();
        String ip = form.required("ip");
        int port = form.port();
        String cluster = cluster(form);
        List<Instance> instances = registry.snapshot(service).instances();
        if (instances.isEmpty()) {
            throw new NotFound("no ips found for cluster " + Form.echo(cluster) + " in service " + service.joined());
        }
        for (Instance instance : instances) {
            if (isAt(instance, ip, port) && instance.cluster().equals(cluster)) {
                call.answer(json(detail(service, instance).json()));
                return;
            }
        }
        throw new NotFound("no matched ip found!");
    }

    private static InstanceDetail detail(ServiceKey service, Instance instance) {
        return new InstanceDetail(
                service.joined(),
                instance.ip(),
                instance.port(),
                instance.cluster(),
                instance.weight(),
                instance.healthy(),
                ServiceFrames.instanceId(instance, service.joined()),
                instance.metadata());
    }

    private void list(HttpCall call) {
        var form = new Form(call);
        ServiceKey service = form.service();
        String clusters = form.text("clusters");
        boolean healthyOnly = form.isTrue("healthyOnly");
        int udpPort = form.number("udpPort", 0);
        String agent = UdpClients.agent(call);
        InetSocketAddress told = udpPort > 0 && UdpClients.canBeTold(agent)
                ? UdpClients.address(call, form.text("clientIP"), udpPort)
                : null;
        if (told == null) {
            call.answer(instances(service, clusters, healthyOnly));
            return;
        }
        // The state is read after the subscription holds, so that no change falls between; back on the connection's
        // loop.
        var subscribed = udp.subscribe(told, service, clusters, agent, form.text("app"))
                .thenApplyAsync(done -> service, call.connection().loop());
        errors.answer(call, subscribed, done -> instances(service, clusters, healthyOnly));
    }

    private HttpAnswer instances(ServiceKey service, String clusters, boolean healthyOnly) {
        return json(ServiceFrames.serviceInfo(registry.snapshot(service), service.joined(), clusters, healthyOnly));
    }

    private void beat(HttpCall call) {
        var form = new Form(call);
        ServiceKey service = form.service();
        String json = form.json("beat");
        Instance full = json.isEmpty() ? null : instance(json);
        String ip = full == null ? form.text("ip") : full.ip();
        int port = full == null ? Form.port(form.number("port", 0)) : full.port();
        errors.answer(
                call,
                registry.beat(service, ip, port, full),
                beaten -> json(
                        new BeatAnswer(beaten.interval(), beaten.known() ? BeatAnswer.KNOWN : BeatAnswer.UNKNOWN, true)
                                .json()));
    }

    private static Instance instance(String json) {
        Beat beat;
        try {
            beat = Beat.parse(json);
        } catch (InvalidRequest e) {
            throw new InvalidRequest("beat: '" + Form.echo(json) + "' (expected: a JSON object with ip and port)");
        }
        if (!beat.ephemeral()) {
            throw new InvalidRequest("beat of " + Form.echo(beat.ip()) + ":" + beat.port()
                    + ": not ephemeral (expected: ephemeral, since only such an instance lives by its beats)");
        }
        return new Instance(beat.ip(), beat.port(), beat.weight(), true, true, beat.cluster(), "", beat.metadata());
    }

    private void services(HttpCall call) {
        var form = new Form(call);
        var page = registry.list(
                form.text("namespaceId"),
                form.text("groupName"),
                form.requiredNumber("pageNo"),
                form.requiredNumber("pageSize"));
        call.answer(json(new ServiceNames(page.count(), page.names()).json()));
    }

    private static boolean isAt(Instance instance, String ip, int port) {
        return instance.port() == port && instance.ip().equals(ip);
    }

    private static String cluster(Form form) {
        return form.text("clusterName", form.text("cluster", Instance.DEFAULT_CLUSTER));
    }

    private static HttpAnswer ok() {
        return new HttpAnswer(200, HttpAnswer.TEXT, List.of(), OK);
    }

    private static HttpAnswer json(byte[] body) {
        return new HttpAnswer(200, JSON, List.of(), body);
    }
}
