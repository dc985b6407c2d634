package dev.plimsoll.http;

import dev.plimsoll.http.Errors.Kind;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.registry.Address;
import dev.plimsoll.registry.ClusterProperties;
import dev.plimsoll.registry.HealthChecker;
import dev.plimsoll.registry.HealthTarget;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.RegistryCommand;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.JsonText;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** How clusters are checked, and the health of instances that nobody checks. Called on the connection's loop. */
final class ClusterRoutes {
    private final Registry registry;
    private final Executor reads;
    private final Errors errors;

    ClusterRoutes(Registry registry, Executor reads, Errors errors) {
        this.registry = registry;
        this.reads = reads;
        this.errors = errors;
    }

    void addTo(ClosableRoutes v1, Router router) {
        v1.add("PUT", "/v1/ns/cluster", call -> put(call, Dialect.V1))
                .add("PUT", "/v1/ns/health", call -> setHealth(call, Dialect.V1))
                .add("PUT", "/v1/ns/health/instance", call -> setHealth(call, Dialect.V1))
                .add("GET", "/v1/ns/health/checkers", call -> checkers(call, Dialect.V1))
                .add("GET", "/v1/ns/health/server", this::server);
        router.put("/v2/ns/health", call -> setHealth(call, Dialect.V2))
                .put("/v2/ns/health/instance", call -> setHealth(call, Dialect.V2))
                .put("/v3/admin/ns/health/instance", call -> setHealth(call, Dialect.V3))
                .get("/v3/admin/ns/health/checkers", call -> checkers(call, Dialect.V3))
                .put("/v3/admin/ns/cluster", call -> put(call, Dialect.V3))
                .put("/v3/console/ns/service/cluster", call -> put(call, Dialect.V3));
    }

    private void put(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        ServiceKey service = form.service();
        String cluster = form.required("clusterName");
        int port = Form.port(form.requiredNumber("checkPort"));
        boolean useInstancePort = form.requiredFlag("useInstancePort4Check");
        form.required("healthChecker");
        String json = form.json("healthChecker");
        Map<String, String> fields;
        try {
            fields = HttpMessages.texts(json);
        } catch (InvalidRequest e) {
            throw new InvalidRequest("healthChecker: '" + Form.echo(json) + "' (expected: {\"type\":\"TCP\"},"
                    + " or another type with its fields)");
        }
        var target = new HealthTarget(HealthChecker.of(fields), port, useInstancePort);
        var command = new RegistryCommand.PutCluster(service, cluster, new ClusterProperties(target, form.metadata()));
        errors.answer(call, registry.submit(command), done -> dialect.ok(), Map.of(NotFound.class, Kind.NOT_DONE));
    }

    private void setHealth(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        ServiceKey service = form.service();
        Address address = form.address();
        boolean healthy = form.requiredFlag(form.has("valid") && !form.has("healthy") ? "valid" : "healthy");
        var command = new RegistryCommand.SetHealth(service, address, healthy);
        errors.answer(
                call, registry.submit(command), done -> dialect.ok(), Map.of(InvalidRequest.class, Kind.NOT_DONE));
    }

    /** Each kind of checker with what it takes, as the reference's own defaults. */
    private void checkers(HttpCall call, Dialect dialect) {
        JsonText json = dialect.begin()
                .open('{')
                .name("TCP")
                .texts(Map.of())
                .name("HTTP")
                .open('{')
                .field("path", "")
                .field("headers", "")
                .field("expectedResponseCode", 200)
                .close('}')
                .name("MYSQL")
                .open('{');
        for (String name : List.of("user", "pwd", "cmd")) {
            json.field(name, null);
        }
        call.answer(dialect.end(json.close('}').name("NONE").texts(Map.of()).close('}')));
    }

    private void server(HttpCall call) {
        errors.search(call, reads, () -> {
            JsonText json = new JsonText()
                    .open('{')
                    .field(
                            "msg",
                            "Hello! I am Nacos-Naming and healthy! total services: "
                                    + registry.services("").count());
            return Dialect.bare(json.close('}').bytes());
        });
    }
}
