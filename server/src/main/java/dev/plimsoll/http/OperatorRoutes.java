package dev.plimsoll.http;

import dev.plimsoll.http.Errors.Kind;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.registry.HealthChecker;
import dev.plimsoll.registry.OwnerId;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.ServiceSnapshot;
import dev.plimsoll.registry.Switches;
import dev.plimsoll.session.PushCosts;
import dev.plimsoll.session.Sessions;
import dev.plimsoll.wire.JsonText;
import dev.plimsoll.wire.LedgerMessages.Pushes;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Switches and numbers of the whole registry. Called on the connection's loop. */
final class OperatorRoutes {
    private final Registry registry;
    private final Switches switches;
    private final Sessions sessions;
    private final Executor reads;
    private final Errors errors;

    OperatorRoutes(Registry registry, Sessions sessions, Executor reads, Errors errors) {
        this.registry = registry;
        this.switches = registry.switches();
        this.sessions = sessions;
        this.reads = reads;
        this.errors = errors;
    }

    void addTo(Router router) {
        for (String base : List.of("/v1/ns/operator", "/v1/ns/ops")) {
            add(router, base, Dialect.V1);
            router.get(base + "/push/state", this::pushes)
                    .get(base + "/distro/client", call -> call.answer(oneServerOnly()))
                    .put(base + "/log", OperatorRoutes::refuseLogLevels);
        }
        add(router, "/v2/ns/operator", Dialect.V2);
        add(router, "/v2/ns/ops", Dialect.V2);
        add(router, "/v3/admin/ns/ops", Dialect.V3);
        router.put("/v3/admin/ns/ops/log", OperatorRoutes::refuseLogLevels);
    }

    private void add(Router router, String base, Dialect dialect) {
        router.get(base + "/switches", call -> call.answer(dialect.end(write(dialect.begin()))))
                .put(base + "/switches", call -> set(call, dialect))
                .get(base + "/metrics", call -> metrics(call, dialect));
    }

    /** Which server of a cluster answers for a client: there is one. */
    static HttpAnswer oneServerOnly() {
        return Errors.notSupported("distribution over servers");
    }

    private static void refuseLogLevels(HttpCall call) {
        call.answer(Errors.notSupported("log levels other than the setting log.level"));
    }

    private void set(HttpCall call, Dialect dialect) {
        var form = new NamingForm(call, dialect);
        String entry = form.required("entry");
        String value = form.required("value");
        CompletionStage<Void> set;
        try {
            set = switches.set(entry, value);
        } catch (InvalidRequest e) {
            set = CompletableFuture.failedFuture(e);
        }
        // The later generations have no other word for it than that the server failed.
        Map<Class<? extends Refusal>, Kind> kinds =
                dialect == Dialect.V1 ? Map.of() : Map.of(InvalidRequest.class, Kind.BROKEN);
        errors.answer(call, set, done -> dialect.ok(), kinds);
    }

    private JsonText write(JsonText json) {
        json.open('{').name("masters");
        String masters = switches.value("masters");
        if (masters.isEmpty()) {
            json.text(null);
        } else {
            json.open('[');
            List.of(masters.split(",", -1)).forEach(master -> json.text(master.trim()));
            json.close(']');
        }
        json.name("adWeightMap").texts(Map.of());
        number(json, "defaultPushCacheMillis", "pushCacheMillis");
        json.field("clientBeatInterval", switches.clientBeatInterval());
        number(json, "defaultCacheMillis", "defaultCacheMillis");
        json.field("distroThreshold", Double.parseDouble(switches.value("distroThreshold")));
        flag(json, "healthCheckEnabled", "check");
        flag(json, "autoChangeHealthCheckEnabled", "autoChangeHealthCheckEnabled");
        flag(json, "distroEnabled", "distro");
        flag(json, "enableStandalone", "enableStandalone");
        flag(json, "pushEnabled", "pushEnabled");
        number(json, "checkTimes", "healthCheckTimes");
        pace(json, "httpHealthParams", new HealthChecker.Http("", ""));
        pace(json, "tcpHealthParams", new HealthChecker.Tcp());
        pace(json, "mysqlHealthParams", new HealthChecker.Mysql("", "", ""));
        json.name("incrementalList").open('[').close(']');
        number(json, "serverStatusSynchronizationPeriodMillis", "serverStatusSynchronizationPeriodMillis");
        number(json, "serviceStatusSynchronizationPeriodMillis", "serviceStatusSynchronizationPeriodMillis");
        flag(json, "disableAddIP", "disableAddIP");
        flag(json, "sendBeatOnly", "sendBeatOnly");
        json.field("lightBeatEnabled", switches.lightBeatEnabled())
                .name("limitedUrlMap")
                .texts(Map.of());
        number(json, "distroServerExpiredMillis", "distroServerExpiredMillis");
        String status = switches.value("overriddenServerStatus");
        return json.field("pushVersionOfGo", "0.1.0")
                .field("pushVersionOfJava", "0.1.0")
                .field("pushVersionOfPython", "0.4.3")
                .field("pushVersionOfC", "1.0.12")
                .field("pushVersionOfCsharp", "0.9.0")
                .field("enableAuthentication", false)
                .field("overriddenServerStatus", status.equals("null") ? null : status)
                .field("defaultInstanceEphemeral", switches.ephemeralByDefault())
                .name("healthCheckWhiteList")
                .open('[')
                .close(']')
                .field("name", "00-00---000-NACOS_SWITCH_DOMAIN-000---00-00")
                .field("checksum", null)
                .close('}');
    }

    private void number(JsonText json, String name, String entry) {
        json.field(name, Long.parseLong(switches.value(entry)));
    }

    private void flag(JsonText json, String name, String entry) {
        json.field(name, switches.value(entry).equals("true"));
    }

    private static void pace(JsonText json, String name, HealthChecker checker) {
        HealthChecker.Pace pace = checker.pace();
        json.name(name)
                .open('{')
                .field("max", pace.max())
                .field("min", pace.min())
                .field("factor", pace.factor())
                .close('}');
    }

    private void metrics(HttpCall call, Dialect dialect) {
        if (new NamingForm(call, dialect).flag("onlyStatus", true)) {
            JsonText json = dialect.begin().open('{').field("status", switches.serverStatus());
            call.answer(dialect.end(json.close('}')));
            return;
        }
        errors.search(call, reads, () -> dialect.end(count(dialect)));
    }

    private JsonText count(Dialect dialect) {
        int services = 0;
        int instances = 0;
        var persistent = new HashSet<OwnerId>();
        for (var keys = registry.services("").iterator(); keys.hasNext(); ) {
            ServiceSnapshot service = registry.snapshot(keys.next());
            services++;
            instances += service.instances().size();
            if (!service.ephemeral()) {
                service.instances()
                        .forEach(instance -> persistent.add(OwnerId.persistent(instance.ip(), instance.port())));
            }
        }
        int connections = sessions.all().size();
        long beating = registry.beating().distinct().count();
        long clients = connections + beating + persistent.size();
        JsonText json = dialect.begin()
                .open('{')
                .field("status", switches.serverStatus())
                .field("serviceCount", services)
                .field("instanceCount", instances)
                .field("subscribeCount", registry.watchCount());
        if (dialect == Dialect.V1) {
            json.field("responsibleInstanceCount", instances);
        }
        json.field("clientCount", clients)
                .field("connectionBasedClientCount", connections)
                .field("ephemeralIpPortClientCount", beating)
                .field("persistentIpPortClientCount", persistent.size())
                .field("responsibleClientCount", clients);
        if (dialect != Dialect.V3) {
            var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
            var system = ManagementFactory.getOperatingSystemMXBean();
            double load = Math.max(0, system.getSystemLoadAverage());
            json.field("cpu", load / system.getAvailableProcessors())
                    .field("load", load)
                    .field("mem", (double) heap.getUsed() / heap.getMax());
        }
        return json.close('}');
    }

    private void pushes(HttpCall call) {
        Pushes pushes = sessions.servicePushes();
        PushCosts costs = sessions.servicePushCosts();
        long total = pushes.ok() + pushes.failed();
        JsonText json = new JsonText()
                .open('{')
                .field("succeed", pushes.ok())
                .field("total", total)
                .field("ratio", total == 0 ? 0.0 : (double) pushes.ok() / total)
                .name("detail")
                .open('{')
                .field("avgPushCost", costs.average())
                .field("maxPushCost", costs.longest())
                .close('}')
                .field("reset", false);
        call.answer(Dialect.bare(json.close('}').bytes()));
    }
}
