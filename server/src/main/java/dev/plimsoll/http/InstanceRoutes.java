package dev.plimsoll.http;

import dev.plimsoll.http.Errors.Kind;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.registry.Address;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.Overlay;
import dev.plimsoll.registry.OverlayChange;
import dev.plimsoll.registry.OwnerId;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.RegistryCommand;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.HttpMessages.Beat;
import dev.plimsoll.wire.HttpMessages.BeatAnswer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Instances are registered, changed, kept alive and deregistered. An ephemeral instance belongs to its own address, which
 * keeps it alive by heart beats. Called on the connection's loop.
 */
final class InstanceRoutes {
    private final Registry registry;
    private final Errors errors;

    InstanceRoutes(Registry registry, Errors errors) {
        this.registry = registry;
        this.errors = errors;
    }

    void addTo(ClosableRoutes v1, Router router) {
        v1.add("POST", "/v1/ns/instance", call -> register(call, Dialect.V1))
                .add("DELETE", "/v1/ns/instance", call -> deregister(call, Dialect.V1))
                .add("PUT", "/v1/ns/instance", call -> update(call, Dialect.V1))
                .add("PATCH", "/v1/ns/instance", this::amend)
                .add("PUT", "/v1/ns/instance/metadata/batch", call -> putMetadata(call, Dialect.V1))
                .add("DELETE", "/v1/ns/instance/metadata/batch", call -> removeMetadata(call, Dialect.V1))
                .add("PUT", "/v1/ns/instance/beat", call -> beat(call, Dialect.V1));
        router.post("/v2/ns/instance", call -> register(call, Dialect.V2))
                .delete("/v2/ns/instance", call -> deregister(call, Dialect.V2))
                .put("/v2/ns/instance", call -> update(call, Dialect.V2))
                .add("PATCH", "/v2/ns/instance", this::replaceAll)
                .put("/v2/ns/instance/metadata/batch", call -> putMetadata(call, Dialect.V2))
                .delete("/v2/ns/instance/metadata/batch", call -> removeMetadata(call, Dialect.V2))
                .put("/v2/ns/instance/beat", call -> beat(call, Dialect.V2))
                .post("/v3/client/ns/instance", this::registerOrBeat)
                .delete("/v3/client/ns/instance", call -> deregister(call, Dialect.V3))
                .post("/v3/admin/ns/instance", call -> register(call, Dialect.V3))
                .delete("/v3/admin/ns/instance", call -> deregister(call, Dialect.V3))
                .put("/v3/admin/ns/instance", call -> update(call, Dialect.V3))
                .put("/v3/admin/ns/instance/partial", this::amendV3)
                .put("/v3/admin/ns/instance/metadata/batch", call -> putMetadata(call, Dialect.V3))
                .delete("/v3/admin/ns/instance/metadata/batch", call -> removeMetadata(call, Dialect.V3))
                .put("/v3/console/ns/instance", call -> update(call, Dialect.V3));
    }

    private void register(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        ServiceKey service = form.service();
        Instance instance = form.instance();
        RegistryCommand command = isEphemeral(form)
                ? new RegistryCommand.Register(
                        OwnerId.beating(instance.ip(), instance.port()), service, List.of(instance))
                : new RegistryCommand.RegisterPersistent(service, instance);
        errors.answer(call, registry.submit(command), done -> dialect.ok());
    }

    private void deregister(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        ServiceKey service = form.service();
        String ip = form.ip();
        int port = form.port();
        RegistryCommand command = isEphemeral(form)
                ? new RegistryCommand.Deregister(OwnerId.beating(ip, port), service)
                : new RegistryCommand.DeregisterPersistent(service, ip, port);
        errors.answer(call, registry.submit(command), done -> dialect.ok());
    }

    /** A client without an SDK of its own beats by registering once more, and says so. */
    private void registerOrBeat(HttpCall call) {
        var form = new NamingForm(call, Dialect.V3);
        if (!form.flag("heartBeat", false)) {
            register(call, Dialect.V3);
            return;
        }
        ServiceKey service = form.service();
        errors.answer(
                call,
                registry.beat(service, form.ip(), form.port(), null),
                beaten -> beaten.known()
                        ? Dialect.V3.ok()
                        : HttpAnswer.json(
                                Kind.NO_INSTANCE.status,
                                HttpMessages.envelope(Kind.NO_INSTANCE.code, Kind.NO_INSTANCE.words, null)));
    }

    /** What the client registers is not changed, but laid over. */
    private void update(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        Instance instance = form.instance();
        var overlay = new Overlay(instance.weight(), instance.enabled(), instance.metadata());
        var change = new OverlayChange.Replace(form.service(), form.address(), overlay);
        errors.answer(
                call,
                registry.submit(change, author(call)),
                done -> dialect.ok(),
                Map.of(NotFound.class, Kind.INSTANCE));
    }

    /** v1: what is given is changed. */
    private void amend(HttpCall call) {
        var form = new NamingForm(call, Dialect.V1);
        var change = new OverlayChange.Amend(
                form.service(),
                form.address(),
                form.has("weight") ? form.decimal("weight", 1) : null,
                form.has("enabled") ? form.flag("enabled", true) : null,
                form.has("metadata") ? form.metadata() : null);
        errors.answer(call, registry.submit(change, author(call)), done -> Dialect.plainOk());
    }

    /** v2: all of it is to be given, the service's name is grouped, and the answer has no envelope. */
    private void replaceAll(HttpCall call) {
        var form = new NamingForm(call, Dialect.V2);
        ServiceKey service = form.groupedService();
        Address address = form.address();
        form.required("weight");
        var change = new OverlayChange.Amend(
                service, address, form.decimal("weight", 1), form.requiredFlag("enabled"), form.requiredMetadata());
        errors.answer(call, registry.submit(change, author(call)), done -> Dialect.plainOk());
    }

    /** v3: weight and switch are always written, as the reference's form has defaults for them. */
    private void amendV3(HttpCall call) {
        var form = new NamingForm(call, Dialect.V3);
        var change = new OverlayChange.Amend(
                form.service(),
                form.address(),
                form.decimal("weight", 1),
                form.flag("enabled", true),
                form.has("metadata") ? form.metadata() : null);
        errors.answer(call, registry.submit(change, author(call)), done -> Dialect.V3.ok());
    }

    private void putMetadata(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        ServiceKey service = form.service();
        var change = new OverlayChange.PutMetadata(service, form.addresses(), form.requiredMetadata());
        updated(call, dialect, service, registry.submit(change, author(call)));
    }

    private void removeMetadata(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        ServiceKey service = form.service();
        var change = new OverlayChange.RemoveMetadata(
                service, form.addresses(), form.requiredMetadata().keySet());
        updated(call, dialect, service, registry.submit(change, author(call)));
    }

    private void updated(HttpCall call, Dialect dialect, ServiceKey service, CompletionStage<List<Address>> changed) {
        errors.answer(call, changed, addresses -> {
            String kind = registry.snapshot(service).ephemeral() ? "ephemeral" : "persist";
            var json = dialect.begin().open('{').name("updated").open('[');
            addresses.forEach(at -> json.text(at.ip() + ":" + at.port() + ":unknown:" + at.cluster() + ":" + kind));
            return dialect.end(json.close(']').close('}'));
        });
    }

    private void beat(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        ServiceKey service = form.groupedService();
        String json = form.json("beat");
        Instance full = json.isEmpty() ? null : instance(json);
        String ip = full == null ? form.text("ip") : full.ip();
        int port = full == null ? Form.port(form.number("port", 0)) : full.port();
        errors.answer(
                call,
                registry.beat(service, ip, port, full),
                beaten -> Dialect.bare(new BeatAnswer(
                                beaten.interval(),
                                beaten.known() ? BeatAnswer.KNOWN : BeatAnswer.UNKNOWN,
                                registry.switches().lightBeatEnabled())
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

    /** As the audit log names it. */
    private static Author author(HttpCall call) {
        return new Author(call.user(), call.remoteIp());
    }

    private boolean isEphemeral(NamingForm form) {
        return form.flag("ephemeral", registry.switches().ephemeralByDefault());
    }
}
