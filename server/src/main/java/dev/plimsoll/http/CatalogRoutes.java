package dev.plimsoll.http;

import dev.plimsoll.http.Errors.Kind;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.registry.ServiceProperties;
import dev.plimsoll.registry.ServiceSnapshot;
import dev.plimsoll.wire.JsonText;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/** Services as consoles list them, found by parts of their names. Called on the connection's loop. */
final class CatalogRoutes {
    private static final int PAGE = 100;

    /** A list that shows instances shows no more than these. */
    private static final int MAX_INSTANCES = 10_000;

    private final Registry registry;
    private final Sight sight;
    private final Executor reads;
    private final Errors errors;

    CatalogRoutes(Registry registry, Sight sight, Executor reads, Errors errors) {
        this.registry = registry;
        this.sight = sight;
        this.reads = reads;
        this.errors = errors;
    }

    void addTo(ClosableRoutes v1, Router router) {
        v1.add("GET", "/v1/ns/catalog/services", this::servicesV1).add("GET", "/v1/ns/catalog/service", this::detailV1);
        router.get("/v3/admin/ns/service/list", this::servicesV3).get("/v3/console/ns/service/list", this::servicesV3);
    }

    private void servicesV1(HttpCall call) {
        var form = new NamingForm(call, Dialect.V1);
        Page page = form.requiredPage();
        boolean withInstances = form.text("withInstances").equalsIgnoreCase("true");
        Stream<ServiceSnapshot> found = found(call, form, form.flag("hasIpCount", false));
        errors.search(call, reads, () -> {
            Page.Part<ServiceSnapshot> part = page.of(found);
            JsonText json = new JsonText();
            if (withInstances) {
                requireFew(call, part);
                part.writeItems(json, ServiceJson::writeWithInstancesV1);
            } else {
                json.open('{').field("count", part.total()).name("serviceList");
                part.writeItems(json, ServiceJson::writeLine).close('}');
            }
            return Dialect.bare(json.bytes());
        });
    }

    private void servicesV3(HttpCall call) {
        var form = new NamingForm(call, Dialect.V3);
        Page page = form.page(PAGE);
        boolean withInstances = form.flag("withInstances", false);
        Stream<ServiceSnapshot> found = found(call, form, form.flag("ignoreEmptyService", false));
        errors.search(call, reads, () -> {
            Page.Part<ServiceSnapshot> part = page.of(found);
            if (withInstances) {
                requireFew(call, part);
                return Dialect.V3.end(part.write(
                        Dialect.V3.begin(), (json, service) -> ServiceJson.write(json, service, Dialect.V3, true)));
            }
            return Dialect.V3.end(part.write(Dialect.V3.begin(), ServiceJson::writeLine));
        });
    }

    /** To be walked where that may take its time. Patterns are parts of names, letter by letter. */
    private Stream<ServiceSnapshot> found(HttpCall call, NamingForm form, boolean onlyFilled) {
        // The key's constructor holds the default and the rules of namespaces.
        String namespace = new ServiceKey(form.text("namespaceId"), "", "any").namespace();
        String group = form.text("groupNameParam");
        String name = form.text("serviceNameParam");
        String address = form.text("instance");
        var visible = sight.of(call);
        return registry.services(namespace)
                .filter(key -> key.group().contains(group) && key.name().contains(name) && visible.test(key))
                .map(registry::snapshot)
                .filter(service -> !onlyFilled || !service.instances().isEmpty())
                .filter(service -> address.isEmpty()
                        || service.instances().stream()
                                .anyMatch(instance -> (instance.ip() + ":" + instance.port()).contains(address)));
    }

    private static void requireFew(HttpCall call, Page.Part<ServiceSnapshot> part) {
        int instances = part.items().stream()
                .mapToInt(service -> service.instances().size())
                .sum();
        if (instances > MAX_INSTANCES) {
            throw new InvalidRequest("instances on this page: " + instances + " (expected: at most " + MAX_INSTANCES
                    + "; ask for a smaller page, or without instances)");
        }
        part.items().forEach(service -> ServiceJson.makeRoom(call, service.key(), service.instances()));
    }

    private void detailV1(HttpCall call) {
        var form = new NamingForm(call, Dialect.V1);
        ServiceSnapshot service = registry.snapshot(form.service());
        if (service.revision() == 0) {
            HttpAnswer refusal =
                    errors.refused(call, Kind.ABSENT, "service " + service.key().joined() + " is not found!");
            call.answer(refusal);
            return;
        }
        ServiceProperties set = ServiceJson.properties(service);
        JsonText json = new JsonText()
                .open('{')
                .name("service")
                .open('{')
                .field("name", service.key().name())
                .field("groupName", service.key().group())
                .field("protectThreshold", set.protectThreshold());
        Selectors.write(json);
        json.name("metadata").texts(set.metadata()).close('}').name("clusters").open('[');
        ServiceJson.clusters(service).forEach((name, cluster) -> {
            json.open('{')
                    .field("serviceName", service.key().joined())
                    .field("name", name)
                    .name("healthChecker");
            ServiceJson.write(json, cluster.target().checker());
            json.field("defaultPort", 80)
                    .field("defaultCheckPort", cluster.target().checkPort())
                    .field("useIPPort4Check", cluster.target().useInstancePort())
                    .name("metadata")
                    .texts(cluster.metadata())
                    .close('}');
        });
        call.answer(Dialect.bare(json.close(']').close('}').bytes()));
    }
}
