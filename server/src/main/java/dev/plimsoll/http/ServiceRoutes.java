package dev.plimsoll.http;

import dev.plimsoll.http.Errors.Kind;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.Conflict;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.RegistryCommand;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.registry.ServiceSnapshot;
import dev.plimsoll.store.NamespaceId;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.JsonText;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** Services are created, changed, deleted and listed by name. Called on the connection's loop. */
final class ServiceRoutes {
    private static final int LIST_PAGE = 20;
    private static final int MAX_LIST_PAGE = 500;

    /** One answer names no more; who has more asks by namespace and expression. */
    private static final int MAX_NAMES = 10_000;

    private final Registry registry;
    private final Sight sight;
    private final Executor reads;
    private final Errors errors;

    ServiceRoutes(Registry registry, Sight sight, Executor reads, Errors errors) {
        this.registry = registry;
        this.sight = sight;
        this.reads = reads;
        this.errors = errors;
    }

    void addTo(ClosableRoutes v1, Router router) {
        v1.add("POST", "/v1/ns/service", call -> create(call, Dialect.V1))
                .add("PUT", "/v1/ns/service", call -> update(call, Dialect.V1))
                .add("DELETE", "/v1/ns/service", call -> delete(call, Dialect.V1))
                .add("GET", "/v1/ns/service", call -> detail(call, Dialect.V1))
                .add("GET", "/v1/ns/service/list", call -> list(call, Dialect.V1))
                .add("GET", "/v1/ns/service/names", this::names)
                .add("GET", "/v1/ns/service/selector/types", ServiceRoutes::selectorTypesV1);
        add(router, "/v2/ns/service", Dialect.V2);
        router.get("/v2/ns/service/list", call -> list(call, Dialect.V2));
        for (String base : List.of("/v3/admin/ns/service", "/v3/console/ns/service")) {
            add(router, base, Dialect.V3);
            router.get(base + "/selector/types", ServiceRoutes::selectorTypesV3);
        }
    }

    private void add(Router router, String path, Dialect dialect) {
        router.post(path, call -> create(call, dialect))
                .put(path, call -> update(call, dialect))
                .delete(path, call -> delete(call, dialect))
                .get(path, call -> detail(call, dialect));
    }

    private void create(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        Selectors.check(form);
        var command = new RegistryCommand.CreateService(
                form.service(),
                dialect != Dialect.V1 && form.flag("ephemeral", false),
                form.decimal("protectThreshold", 0),
                form.metadata());
        errors.answer(
                call, registry.submit(command), done -> dialect.ok(), Map.of(Conflict.class, Kind.SERVICE_EXISTS));
    }

    private void update(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        Selectors.check(form);
        ServiceKey service = form.service();
        if (dialect == Dialect.V1) {
            form.required("protectThreshold");
        }
        var command = new RegistryCommand.UpdateService(service, form.decimal("protectThreshold", 0), form.metadata());
        errors.answer(call, registry.submit(command), done -> dialect.ok(), Map.of(NotFound.class, Kind.NO_SERVICE));
    }

    private void delete(HttpCall call, Dialect dialect) {
        ServiceKey service = new NamingForm(call, dialect).service();
        errors.answer(
                call,
                registry.submit(new RegistryCommand.DeleteService(service)),
                done -> dialect.ok(),
                Map.of(NotFound.class, Kind.NO_SERVICE, InvalidRequest.class, Kind.SERVICE_NOT_DELETED));
    }

    private void detail(HttpCall call, Dialect dialect) {
        ServiceKey key = new NamingForm(call, dialect).service();
        ServiceSnapshot service = registry.snapshot(key);
        if (service.revision() == 0) {
            call.answer(errors.refused(
                    call,
                    Kind.NO_SERVICE,
                    "service not found, namespace: " + key.namespace() + ", serviceName: " + key.joined()));
            return;
        }
        JsonText json = dialect.begin();
        if (dialect == Dialect.V1) {
            ServiceJson.writeV1(json, service);
        } else {
            ServiceJson.write(json, service, dialect, false);
        }
        call.answer(dialect.end(json));
    }

    /** Names without their group, which the caller may read. */
    private void list(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        // The key's constructor holds the defaults and rules of namespace and group.
        var any = new ServiceKey(form.text("namespaceId"), form.text("groupName"), "any");
        int number = dialect == Dialect.V1 ? form.requiredNumber("pageNo") : form.number("pageNo", 1);
        int size = dialect == Dialect.V1
                ? form.requiredNumber("pageSize")
                : Math.min(form.number("pageSize", LIST_PAGE), MAX_LIST_PAGE);
        String names = dialect == Dialect.V1 ? "doms" : "services";
        if (sight.isAll(call, any)) {
            var page = registry.list(any.namespace(), any.group(), number, size);
            call.answer(dialect.end(writeNames(dialect.begin(), page.count(), names, page.names())));
            return;
        }
        var visible = sight.of(call);
        errors.search(call, reads, () -> {
            var page = registry.list(any, number, size, visible);
            return dialect.end(writeNames(dialect.begin(), page.count(), names, page.names()));
        });
    }

    private static JsonText writeNames(JsonText json, int count, String field, List<String> names) {
        json.open('{').field("count", count).name(field).open('[');
        names.forEach(json::text);
        return json.close(']').close('}');
    }

    /** Grouped names by namespace. The odd key is the reference's. */
    private void names(HttpCall call) {
        var form = new NamingForm(call, Dialect.V1);
        String asked = form.text("namespaceId");
        String namespace = asked.isEmpty() ? "" : NamespaceId.of(asked); // of all, when none is given
        String part = form.text("expr");
        var visible = sight.of(call);
        errors.search(call, reads, () -> {
            JsonText json = new JsonText().open('{').name("META-INF/services").open('{');
            String current = null;
            int count = 0;
            var found = registry.services(namespace)
                    .filter(key -> key.joined().contains(part) && visible.test(key))
                    .limit(MAX_NAMES)
                    .iterator();
            while (found.hasNext()) {
                ServiceKey key = found.next();
                if (!key.namespace().equals(current)) {
                    (current == null ? json : json.close(']'))
                            .name(key.namespace())
                            .open('[');
                    current = key.namespace();
                }
                json.text(key.joined());
                count++;
            }
            (current == null ? json : json.close(']')).close('}').field("count", count);
            return Dialect.bare(json.close('}').bytes());
        });
    }

    private static void selectorTypesV1(HttpCall call) {
        call.answer(
                Dialect.bare(writeTypes(HttpMessages.restSuccess()).close('}').bytes()));
    }

    private static void selectorTypesV3(HttpCall call) {
        call.answer(Dialect.V3.end(writeTypes(Dialect.V3.begin())));
    }

    private static JsonText writeTypes(JsonText json) {
        return json.open('[').text("none").close(']');
    }
}
