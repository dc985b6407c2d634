package dev.plimsoll.doctor;

import dev.plimsoll.doctor.Pages.Page;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What lives in the registry and nowhere else: instances whose owners fell silent, persistent ones that fail their
 * checks, services that are waited for and have no provider; and, where asked for, providers that refuse connections.
 */
final class Zombies {
    static final int MOST_SERVICES = 1_000;
    static final int MOST_READ = 200; // services whose instances are asked for
    static final int MOST_PROBED = 200;

    private static final int PAGE = 100;
    private static final int MOST_NAMESPACES = 50;
    private static final int SHOWN = 10;
    private static final int PROBE_MILLIS = 1_000;

    private final Pages pages;
    private final Predicate<InetAddress> refused;
    private final Chart chart;
    private final Map<String, List<String>> found = new LinkedHashMap<>();
    private int services;
    private int read;
    private int probed;
    private boolean cut; // a service has more instances than its page shows
    private int spared; // addresses that are not connected to
    private boolean more; // services than were seen
    private boolean unread; // services whose instances were not

    private record Service(String namespace, String group, String name, long instances, long healthy) {
        String words() {
            return namespace + " " + group + "@@" + name;
        }
    }

    /** @param refused what is not connected to, as a server's health checks do not */
    Zombies(Pages pages, Predicate<InetAddress> refused, Chart chart) {
        this.pages = pages;
        this.refused = refused;
        this.chart = chart;
    }

    /** @param probe whether providers are connected to */
    void check(boolean probe) {
        for (String namespace : namespaces()) {
            for (int page = 1; !more; page++) {
                Page answer = pages.get("/v3/admin/ns/service/list?" + Pages.form(Map.of("namespaceId", namespace))
                        + "&pageNo=" + page + "&pageSize=" + PAGE + "&ignoreEmptyService=false");
                Json data = answer.json().at("data");
                if (!data.at("pageItems").isPresent()) {
                    chart.unknown("zombies", "the list of services: " + answer.why());
                    return;
                }
                List<Json> items = data.at("pageItems").items();
                for (Json item : items) {
                    boolean own = item.at("groupName").text().equals(PushProbe.GROUP); // of a moment ago
                    more |= !own && services >= MOST_SERVICES;
                    if (!own && !more) {
                        services++;
                        look(
                                new Service(
                                        namespace,
                                        item.at("groupName").text(),
                                        item.at("name").text(),
                                        item.at("ipCount").whole(0),
                                        item.at("healthyInstanceCount").whole(0)),
                                probe);
                    }
                }
                if (items.size() < PAGE) {
                    break;
                }
            }
        }
        tell(probe);
    }

    private Set<String> namespaces() {
        var namespaces = new LinkedHashSet<>(List.of("public"));
        for (Json item :
                pages.get("/v3/console/core/namespace/list").json().at("data").items()) {
            String id = item.at("namespace").text();
            if (!id.isEmpty() && namespaces.size() < MOST_NAMESPACES) {
                namespaces.add(id);
            }
        }
        return namespaces;
    }

    private void look(Service service, boolean probe) {
        if (service.instances() == 0) {
            long waiting = subscribers(service);
            if (waiting > 0) {
                add(
                        "services that are subscribed to and have no provider",
                        service.words() + ": " + waiting + (waiting == 1 ? " subscriber" : " subscribers"));
            }
            return;
        }
        if (read >= MOST_READ) {
            unread = true;
            return;
        }
        read++;
        instances(service, probe);
    }

    private long subscribers(Service service) {
        return pages.get("/v3/admin/ns/service/subscribers?" + names(service) + "&pageNo=1&pageSize=1")
                .json()
                .at("data", "totalCount")
                .whole(0);
    }

    private static String names(Service service) {
        var names = new LinkedHashMap<String, String>();
        names.put("namespaceId", service.namespace());
        names.put("groupName", service.group());
        names.put("serviceName", service.name());
        return Pages.form(names);
    }

    private void instances(Service service, boolean probe) {
        Json why = pages.get("/v3/admin/plimsoll/instance?" + names(service)).json();
        Json all = why.isPresent()
                ? why.at("data", "instances")
                : pages.get("/v3/admin/ns/instance/list?" + names(service)) // says less
                        .json()
                        .at("data");
        cut |= why.at("data", "count").whole(0) > all.items().size();
        for (Json instance : all.items()) {
            String address =
                    instance.at("ip").text() + ":" + instance.at("port").text();
            boolean ephemeral = instance.at("ephemeral").isTrue();
            boolean healthy = instance.at("healthy").isTrue();
            String owner = instance.at("owner").text();
            if (ephemeral && !healthy) {
                add("instances whose owner fell silent", service.words() + " " + address + lastBeat(instance));
            } else if (!ephemeral && !healthy) {
                String outcome = instance.at("lastCheckOutcome").text();
                add(
                        "persistent instances that fail their checks",
                        service.words() + " " + address + (outcome.isEmpty() ? "" : ": " + outcome));
            } else if (instance.at("keptBy").text().equals("connection")
                    && !instance.at("client").isPresent()) {
                add(
                        "instances of clients that are not connected",
                        service.words() + " " + address + ", owner " + owner);
            }
            boolean shown = !instance.at("shown").text().equals("false"); // to subscribers
            if (probe && healthy && shown && probed < MOST_PROBED) {
                probed++;
                probe(service, instance.at("ip").text(), (int)
                        instance.at("port").whole(0));
            }
        }
    }

    private static String lastBeat(Json instance) {
        long last = instance.at("lastBeat").whole(0);
        return last == 0 ? "" : ", last beat " + LogTime.toTheSecond(last) + " UTC";
    }

    private void probe(Service service, String ip, int port) {
        if (!ip.matches("[0-9a-fA-F.:]+") || port < 1 || port > 65_535) {
            return; // a name would be looked up, and could be anything
        }
        try (var socket = new Socket()) {
            InetAddress address = InetAddress.getByName(ip);
            if (refused.test(address)) {
                spared++;
                return;
            }
            socket.connect(new InetSocketAddress(address, port), PROBE_MILLIS);
        } catch (IOException e) {
            long waiting = subscribers(service);
            add(
                    "healthy instances that take no connection from here",
                    service.words() + " " + ip + ":" + port + ": " + Foreign.text(String.valueOf(e.getMessage()), 60)
                            + ", " + waiting + " subscribers hear of it");
        }
    }

    private void add(String kind, String what) {
        found.computeIfAbsent(kind, any -> new ArrayList<>()).add(Foreign.text(what, 240));
    }

    private void tell(boolean probe) {
        found.forEach((kind, all) -> {
            var evidence = new ArrayList<>(all.subList(0, Math.min(SHOWN, all.size())));
            if (all.size() > SHOWN) {
                evidence.add("and " + (all.size() - SHOWN) + " more");
            }
            chart.warning(
                    "zombies",
                    Character.toUpperCase(kind.charAt(0)) + kind.substring(1) + ": " + all.size(),
                    evidence,
                    List.of(advice(kind)));
        });
        String seen = services + " services, the instances of " + read + " of them"
                + (probe ? ", " + probed + " instances connected to" : "");
        if (found.isEmpty()) {
            chart.fine("zombies", "none in " + seen);
        }
        if (cut) {
            chart.unknown("zombies", "services with very many instances were seen in part");
        }
        if (spared > 0) {
            chart.unknown(
                    "zombies",
                    spared + " instances are at addresses that are not connected to for others, as by health checks"
                            + " (health.refused-addresses)");
        }
        if (more || unread) {
            chart.unknown(
                    "zombies",
                    more
                            ? "there are more than the " + MOST_SERVICES + " services that were seen"
                            : "the instances of more than " + MOST_READ + " services would have to be looked at");
        }
    }

    private static String advice(String kind) {
        if (kind.startsWith("services")) {
            return "Start a provider, or find out who still asks for it";
        }
        if (kind.startsWith("persistent")) {
            return "Mend them, or deregister those that will not come back: nothing else removes a persistent instance";
        }
        return kind.startsWith("healthy")
                ? "Look whether they run, and whether this machine is let through to them as subscribers are"
                : "They go by themselves when their time is over; if they stay, report it";
    }
}
