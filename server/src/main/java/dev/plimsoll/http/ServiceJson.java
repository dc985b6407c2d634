package dev.plimsoll.http;

import dev.plimsoll.net.HttpCall;
import dev.plimsoll.registry.ClusterProperties;
import dev.plimsoll.registry.HealthChecker;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.registry.ServiceProperties;
import dev.plimsoll.registry.ServiceSnapshot;
import dev.plimsoll.session.ServiceFrames;
import dev.plimsoll.wire.JsonText;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Services as operators are shown them: with their clusters, how these are checked, and what was set for all of it. */
final class ServiceJson {
    private static final ServiceProperties NOTHING_SET = new ServiceProperties(0, Map.of());

    private ServiceJson() {}

    static ServiceProperties properties(ServiceSnapshot service) {
        ServiceProperties set = service.properties();
        return set == null ? NOTHING_SET : set;
    }

    /** Those that have instances, or for which something was set. */
    static SortedMap<String, ClusterProperties> clusters(ServiceSnapshot service) {
        ServiceProperties set = properties(service);
        var clusters = new TreeMap<String, ClusterProperties>(set.clusters());
        service.instances()
                .forEach(instance -> clusters.putIfAbsent(instance.cluster(), set.cluster(instance.cluster())));
        return clusters;
    }

    /** The detail of v1. */
    static void writeV1(JsonText json, ServiceSnapshot service) {
        ServiceProperties set = properties(service);
        json.open('{')
                .field("namespaceId", service.key().namespace())
                .field("groupName", service.key().group())
                .field("name", service.key().name())
                .field("protectThreshold", set.protectThreshold())
                .name("metadata")
                .texts(set.metadata());
        Selectors.write(json);
        json.name("clusters").open('[');
        clusters(service).forEach((name, cluster) -> {
            json.open('{').field("name", name).name("healthChecker");
            write(json, cluster.target().checker());
            json.name("metadata").texts(cluster.metadata()).close('}');
        });
        json.close(']').close('}');
    }

    /** The detail of v2 and v3; with its instances in a list of v3, which leaves out the namespace. */
    static void write(JsonText json, ServiceSnapshot service, Dialect dialect, boolean withInstances) {
        ServiceProperties set = properties(service);
        json.open('{')
                .field(
                        dialect == Dialect.V2 ? "namespace" : "namespaceId",
                        withInstances ? null : service.key().namespace())
                .field("serviceName", service.key().name())
                .field("groupName", service.key().group())
                .name("clusterMap")
                .open('{');
        clusters(service).forEach((name, cluster) -> {
            json.name(name).open('{').field("clusterName", name).name("healthChecker");
            write(json, cluster.target().checker());
            if (dialect == Dialect.V3) {
                json.field("healthyCheckPort", cluster.target().checkPort())
                        .field("useInstancePortForCheck", cluster.target().useInstancePort());
            }
            json.name("metadata").texts(cluster.metadata()).name("hosts");
            if (withInstances) {
                writeInstances(json, service, instance -> instance.cluster().equals(name));
            } else {
                json.text(null);
            }
            json.close('}');
        });
        json.close('}').name("metadata").texts(set.metadata()).field("protectThreshold", set.protectThreshold());
        Selectors.write(json);
        json.field("ephemeral", service.ephemeral()).close('}');
    }

    /** Room for the JSON of instances: its text while it is written, and its bytes. */
    static void makeRoom(HttpCall call, ServiceKey service, Collection<Instance> instances) {
        call.makeRoom(2 * ServiceFrames.jsonBytes(service, instances));
    }

    private static void writeInstances(JsonText json, ServiceSnapshot service, Predicate<Instance> which) {
        json.open('[');
        service.instances().stream()
                .filter(which)
                .forEach(instance ->
                        json.json(ServiceFrames.info(instance, service.key().joined(), service.ephemeral())
                                .json()));
        json.close(']');
    }

    /** A checker. Its password is for nobody. */
    static void write(JsonText json, HealthChecker checker) {
        Map<String, String> fields = checker.fields();
        json.open('{').field("type", fields.get("type"));
        for (String name : new String[] {"path", "headers", "expectedResponseCode", "user", "cmd"}) {
            String value = fields.get(name);
            if (value != null && name.equals("expectedResponseCode")) {
                json.field(name, Long.parseLong(value));
            } else if (value != null) {
                json.field(name, value);
            }
        }
        json.close('}');
    }

    /** A service of v1's list with instances, in which most of what a detail tells is left open. */
    static void writeWithInstancesV1(JsonText json, ServiceSnapshot service) {
        ServiceProperties set = properties(service);
        json.open('{')
                .field("namespace", null)
                .field("serviceName", service.key().name())
                .field("groupName", service.key().group())
                .name("clusterMap")
                .open('{');
        for (String cluster : clusters(service).keySet()) {
            json.name(cluster)
                    .open('{')
                    .field("clusterName", null)
                    .field("healthChecker", null)
                    .field("metadata", null)
                    .name("hosts")
                    .open('[');
            for (Instance instance : service.instances()) {
                if (instance.cluster().equals(cluster)) {
                    json.open('{')
                            .field("valid", instance.healthy())
                            .name("metadata")
                            .texts(instance.metadata())
                            .field("port", instance.port())
                            .field("ip", instance.ip())
                            .field("weight", instance.weight())
                            .field("enabled", instance.enabled())
                            .close('}');
                }
            }
            json.close(']').close('}');
        }
        json.close('}')
                .name("metadata")
                .texts(set.metadata())
                .field("protectThreshold", set.protectThreshold())
                .field("selector", null)
                .field("ephemeral", null)
                .close('}');
    }

    /** A line of a list of services: how many clusters, instances and healthy instances it has. */
    static void writeLine(JsonText json, ServiceSnapshot service) {
        int all = service.instances().size();
        int healthy =
                (int) service.instances().stream().filter(Instance::healthy).count();
        boolean triggered =
                all > 0 && (double) healthy / all <= properties(service).protectThreshold();
        json.open('{')
                .field("name", service.key().name())
                .field("groupName", service.key().group())
                .field("clusterCount", clusters(service).size())
                .field("ipCount", all)
                .field("healthyInstanceCount", healthy)
                .field("triggerFlag", String.valueOf(triggered))
                .close('}');
    }
}
