package dev.plimsoll.doctor;

import dev.plimsoll.doctor.Pages.Page;
import dev.plimsoll.doctor.Tallies.Count;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a reference server says of itself by HTTP, in whichever of its generations of interfaces it has: v3, v2 or v1.
 * Nothing is changed; every request but the login is a GET.
 *
 * @param version empty when it does not tell
 * @param auth whether it asks callers who they are; "" when it does not tell
 * @param counts of services, instances, subscribers and clients, in the reference's names
 * @param versions of the SDKs connected by gRPC
 * @param addresses of the clients connected by gRPC
 * @param members of the cluster: address, state and version
 * @param meters of its actuator, by name and labels; empty when it shows none
 * @param notes what could not be asked, and why
 */
record NacosApi(
        Optional<NacosVersion> version,
        String mode,
        String auth,
        Map<String, Long> counts,
        Tallies<Count> versions,
        Tallies<Count> addresses,
        List<String> members,
        Map<String, Double> meters,
        Map<String, String> notes) {
    static final int MOST_NAMES = 512;

    private static final int MOST_METERS = 400;
    private static final List<String> COUNTS = List.of(
            "serviceCount",
            "instanceCount",
            "subscribeCount",
            "clientCount",
            "connectionBasedClientCount",
            "ephemeralIpPortClientCount");
    private static final Pattern METER =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]{0,100})(\\{[^}]{0,200}\\})? ([0-9.eE+-]{1,30})(?: [0-9]+)?");
    private static final Pattern WANTED = Pattern.compile(
            "nacos_monitor|jvm_memory_(used|max)_bytes|jvm_buffer_memory_used_bytes|"
                    + "process_files_(open|max)_files|jvm_threads_live_threads|nacos_naming_subscriber|system_cpu_usage");

    static NacosApi ask(Pages pages) {
        var notes = new LinkedHashMap<String, String>();
        Json state = first(pages, notes, "state", "/v3/admin/core/state", "/v1/console/server/state");
        Json map = state.at("data").isPresent() ? state.at("data") : state;
        String mode = map.at("startup_mode").text();
        if (mode.isEmpty()) {
            mode = map.at("standalone_mode").text();
        }
        Json metrics = first(
                pages,
                notes,
                "metrics",
                "/v3/admin/ns/ops/metrics?onlyStatus=false",
                "/v2/ns/operator/metrics?onlyStatus=false",
                "/v1/ns/operator/metrics?onlyStatus=false");
        var counts = new LinkedHashMap<String, Long>();
        Json counted = metrics.at("data").isPresent() ? metrics.at("data") : metrics;
        for (String name : COUNTS) {
            long count = counted.at(name).whole(-1);
            if (count >= 0) {
                counts.put(name, count);
            }
        }
        var versions = new Tallies<>(MOST_NAMES, Count::new);
        var addresses = new Tallies<>(MOST_NAMES, Count::new);
        Json connections =
                first(pages, notes, "connections", "/v3/admin/core/loader/current", "/v2/core/loader/current");
        Json list = connections.at("code").isPresent() ? connections.at("data") : connections;
        for (Json connection : list.fields().values()) {
            Json meta = connection.at("metaInfo");
            if (meta.isPresent()) {
                versions.of(orUnknown(meta.at("version").text())).count++;
                addresses.of(orUnknown(meta.at("clientIp").text())).count++;
            }
        }
        return new NacosApi(
                NacosVersion.parse(map.at("version").text()),
                mode,
                map.at("auth_enabled").text(),
                counts,
                versions,
                addresses,
                members(first(
                        pages,
                        notes,
                        "cluster",
                        "/v3/admin/core/cluster/node/list",
                        "/v2/core/cluster/node/list",
                        "/v1/core/cluster/nodes")),
                meters(pages, notes),
                notes);
    }

    private static String orUnknown(String text) {
        return text.isEmpty() ? "unknown" : text;
    }

    /** The first of these pages that is there. */
    private static Json first(Pages pages, Map<String, String> notes, String what, String... paths) {
        String why = "";
        for (String path : paths) {
            Page page = pages.get(path);
            Json json = page.json();
            if (json.isPresent()) {
                notes.remove(what);
                return json;
            }
            // A server without v3 says 404 to it; what an older page says of rights is what matters.
            why = why.isEmpty() || page.status() != 404 ? page.why() : why;
            if (page.status() == 0) {
                break;
            }
        }
        notes.put(what, why);
        return Json.missing();
    }

    private static List<String> members(Json nodes) {
        var members = new ArrayList<String>();
        for (Json node : nodes.at("data").items()) {
            if (members.size() == 100) {
                break;
            }
            members.add(node.at("address").text() + " " + node.at("state").text() + " "
                    + node.at("extendInfo", "version").text());
        }
        return members;
    }

    private static Map<String, Double> meters(Pages pages, Map<String, String> notes) {
        Page page = pages.get("/actuator/prometheus");
        if (!page.ok()) {
            page = pages.getAtRoot("/actuator/prometheus");
        }
        if (!page.ok()) {
            notes.put(
                    "actuator",
                    page.status() == 404
                            ? "not shown (management.endpoints.web.exposure.include=prometheus shows it)"
                            : page.why());
            return Map.of();
        }
        var meters = new LinkedHashMap<String, Double>();
        new String(page.body(), StandardCharsets.UTF_8).lines().forEach(line -> {
            var meter = METER.matcher(line);
            if (meters.size() < MOST_METERS
                    && meter.matches()
                    && WANTED.matcher(meter.group(1)).matches()
                    && meter.group(3).matches("[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")) {
                String labels = meter.group(2) == null ? "" : meter.group(2);
                meters.put(meter.group(1) + labels, Double.parseDouble(meter.group(3)));
            }
        });
        return meters;
    }

    /** {@code nacos_monitor} of this name. */
    Optional<Double> monitor(String name) {
        return meters.entrySet().stream()
                .filter(meter -> meter.getKey().startsWith("nacos_monitor{")
                        && meter.getKey().contains("name=\"" + name + "\""))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    double sum(String name, String label) {
        return meters.entrySet().stream()
                .filter(meter ->
                        meter.getKey().startsWith(name + "{") && meter.getKey().contains(label))
                .mapToDouble(Map.Entry::getValue)
                .filter(value -> value > 0)
                .sum();
    }

    Optional<Double> meter(String name) {
        return Optional.ofNullable(meters.get(name));
    }
}
