package dev.plimsoll.http;

import dev.plimsoll.auth.Access;
import dev.plimsoll.auth.Action;
import dev.plimsoll.auth.Auth;
import dev.plimsoll.auth.Identity;
import dev.plimsoll.auth.Logins;
import dev.plimsoll.auth.Resource;
import dev.plimsoll.auth.Scrapers;
import dev.plimsoll.auth.Trail;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Watch;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.HttpGate;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.store.NamespaceId;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What each route asks of its caller, in one table. A route that is not in it is for administrators. What a call touches is
 * read from the parameters its handler reads, in the same way; a call that names it twice, differently, is refused, so that
 * nobody is asked for one thing and does another.
 */
final class Permissions implements HttpGate {
    private static final String BEARER = "Bearer ";

    /** What a caller must be or may do. */
    private interface Need {
        void check(Access access, Identity caller, HttpCall call);
    }

    /** For everybody, known or not. */
    private static final Need OPEN = (access, caller, call) -> {};

    /** For everybody who is known. */
    private static final Need KNOWN = (access, caller, call) -> {};

    /** So is this; its handler shows what the caller may read. */
    private static final Need FILTERED = KNOWN;

    private static final Need ADMIN = (access, caller, call) -> access.checkAdmin(caller);

    /** For them and for scrapers, who bring a token of their own, or name and password in the header of basic authentication. */
    private static final Need METRICS = (access, caller, call) -> access.checkAdmin(caller);

    private final String contextPath;
    private final Access access;
    private final Logins logins;
    private final Scrapers scrapers;
    private final Trail audit;
    private final InstantSource clock;
    private final Map<String, Need> needs = new HashMap<>();

    Permissions(String contextPath, Auth auth, Scrapers scrapers, InstantSource clock) {
        this.contextPath = contextPath;
        this.access = auth.access();
        this.logins = auth.logins();
        this.scrapers = scrapers;
        this.audit = auth.audit();
        this.clock = clock;
        open();
        naming();
        configs();
        operations();
    }

    private void open() {
        for (String path : new String[] {
            "/health/live",
            "/health/ready",
            "/actuator/health",
            "/v1/console/health/liveness",
            "/v1/console/health/readiness",
            "/v2/console/health/liveness",
            "/v2/console/health/readiness",
            "/v3/console/health/liveness",
            "/v3/console/health/readiness",
            "/v3/admin/core/state/liveness",
            "/v3/admin/core/state/readiness",
            "/v3/admin/core/ops/liveness",
            "/v3/admin/core/ops/readiness",
            "/v1/console/server/state",
            "/v3/console/server/state",
            "/v3/admin/core/state",
            "/v1/console/server/announcement",
            "/v1/console/server/guide",
            "/v3/console/server/announcement",
            "/v3/console/server/guide"
        }) {
            put("GET", path, OPEN);
        }
        put("POST", "/v1/auth/login", OPEN);
        put("POST", "/v1/auth/users/login", OPEN);
        put("POST", "/v3/auth/user/login", OPEN);
        put("POST", "/v1/auth/users/admin", OPEN); // says that there is an administrator
        put("POST", "/v3/auth/user/admin", OPEN);
        put("PUT", "/v1/auth/users", KNOWN); // the handler looks whose password it is
        put("PUT", "/v3/auth/user", KNOWN);
    }

    private void naming() {
        for (String base : new String[] {"/v1/ns", "/v2/ns", "/v3/admin/ns", "/v3/console/ns"}) {
            for (String path : new String[] {
                "/instance",
                "/instance/partial",
                "/instance/beat",
                "/instance/metadata/batch",
                "/service",
                "/health",
                "/health/instance"
            }) {
                put("POST", base + path, service(Action.PUBLISH));
                put("PUT", base + path, service(Action.WRITE));
                put("PATCH", base + path, service(Action.WRITE));
                put("DELETE", base + path, service(Action.WRITE));
            }
            put("PUT", base + "/instance/beat", service(Action.PUBLISH));
            // A health checker makes this server send requests of the caller's making.
            put("PUT", base + "/cluster", service(Action.ADMIN));
            put("PUT", base + "/service/cluster", service(Action.ADMIN));
            for (String path : new String[] {
                "/instance",
                "/instance/list",
                "/service",
                "/service/subscribers",
                "/catalog/service",
                "/catalog/instances"
            }) {
                put("GET", base + path, service(Action.READ));
            }
            put("GET", base + "/instance/statuses", Permissions::statuses);
            put("GET", base + "/instance/statuses/*", Permissions::statuses);
            put("GET", base + "/service/list", FILTERED);
            put("GET", base + "/catalog/services", FILTERED);
            for (String path : new String[] {
                "/service/selector/types",
                "/health/checkers",
                "/health/server",
                "/operator/metrics",
                "/ops/metrics",
                "/operator/switches",
                "/ops/switches",
                "/operator/push/state",
                "/ops/push/state",
                "/operator/distro/client",
                "/ops/distro/client",
                "/client/distro"
            }) {
                put("GET", base + path, KNOWN);
            }
            for (String path : new String[] {
                "/client",
                "/client/list",
                "/client/publish/list",
                "/client/subscribe/list",
                "/client/service/publisher/list",
                "/client/service/subscriber/list"
            }) {
                put("GET", base + path, ADMIN);
            }
            for (String path : new String[] {"/operator/switches", "/ops/switches", "/operator/log", "/ops/log"}) {
                put("PUT", base + path, ADMIN);
            }
        }
        // Here the names are parts of names: any service may be found.
        put("GET", "/v1/ns/service/names", FILTERED);
        put("GET", "/v1/ns/service/subscribers", FILTERED);
        put("POST", "/v3/client/ns/instance", service(Action.PUBLISH));
        put("DELETE", "/v3/client/ns/instance", service(Action.WRITE));
        put("GET", "/v3/client/ns/instance/list", service(Action.READ));
    }

    private void configs() {
        put("GET", "/v1/cs/configs", Permissions::readV1);
        put("POST", "/v1/cs/configs", Permissions::writeV1);
        put("DELETE", "/v1/cs/configs", Permissions::removeV1);
        put("POST", "/v1/cs/configs/listener", Permissions::listen);
        put("GET", "/v1/cs/configs/listener", config(Action.READ, Permissions::v1));
        put("GET", "/v1/cs/listener", FILTERED);
        put("GET", "/v1/cs/communication/configWatchers", config(Action.READ, Permissions::v1));
        put("GET", "/v1/cs/communication/watcherConfigs", FILTERED);
        put("GET", "/v3/admin/cs/listener", FILTERED);
        put("GET", "/v1/cs/configs/catalog", config(Action.READ, Permissions::v1));
        put("GET", "/v1/cs/history", config(Action.READ, Permissions::v1));
        put("GET", "/v1/cs/history/previous", config(Action.READ, Permissions::v1));
        put("GET", "/v1/cs/history/configs", FILTERED);
        put("GET", "/v1/cs/health", KNOWN);
        put("GET", "/v1/cs/capacity", ADMIN);
        put("POST", "/v1/cs/capacity", ADMIN);
        put("POST", "/v1/cs/ops/localCache", ADMIN);
        put("PUT", "/v1/cs/ops/log", ADMIN);
        put("GET", "/v1/cs/ops/derby", ADMIN);
        put("POST", "/v1/cs/ops/data/removal", ADMIN);
        put("GET", "/v1/cs/metrics/cluster", ADMIN);
        put("GET", "/v1/cs/metrics/current", ADMIN);
        put("GET", "/v3/admin/cs/capacity", ADMIN);
        put("POST", "/v3/admin/cs/capacity", ADMIN);
        put("POST", "/v3/admin/cs/ops/localCache", ADMIN);
        put("PUT", "/v3/admin/cs/ops/log", ADMIN);
        put("GET", "/v3/admin/cs/ops/derby", ADMIN);
        put("POST", "/v3/admin/cs/ops/derby/import", ADMIN);
        put("GET", "/v3/admin/cs/metrics/cluster", ADMIN);
        put("GET", "/v3/admin/cs/metrics/ip", ADMIN);

        put("GET", "/v2/cs/config", config(Action.READ, Permissions::v2));
        put("POST", "/v2/cs/config", config(Action.PUBLISH, Permissions::v2));
        put("DELETE", "/v2/cs/config", config(Action.WRITE, Permissions::v2));
        put("GET", "/v2/cs/history", config(Action.READ, Permissions::v2));
        put("GET", "/v2/cs/config/searchDetail", FILTERED);
        put("GET", "/v2/cs/history/list", config(Action.READ, Permissions::v2));
        put("GET", "/v2/cs/history/previous", config(Action.READ, Permissions::v2));
        put("GET", "/v2/cs/history/configs", FILTERED);

        put("GET", "/v3/client/cs/config", config(Action.READ, Permissions::v3));
        for (String base : new String[] {"/v3/admin/cs", "/v3/console/cs"}) {
            put("GET", base + "/config", config(Action.READ, Permissions::v3));
            put("POST", base + "/config", config(Action.PUBLISH, Permissions::v3));
            put("DELETE", base + "/config", config(Action.WRITE, Permissions::v3));
            put("GET", base + "/config/list", FILTERED);
            put("GET", base + "/config/searchDetail", FILTERED);
            put("GET", base + "/config/export", FILTERED);
            put("GET", base + "/config/export2", FILTERED);
            put("POST", base + "/config/import", KNOWN); // the handler looks at each name in the body
            put("POST", base + "/config/clone", KNOWN);
            put("DELETE", base + "/config/batch", KNOWN); // the handler looks at each that is named
            put("DELETE", base + "/config/batchDelete", KNOWN);
            put("GET", base + "/config/listener", config(Action.READ, Permissions::v3));
            put("GET", base + "/config/listener/ip", FILTERED);
            put("GET", base + "/config/beta", config(Action.READ, Permissions::v3));
            put("DELETE", base + "/config/beta", config(Action.WRITE, Permissions::v3));
            put("GET", base + "/history", config(Action.READ, Permissions::v3));
            put("GET", base + "/history/list", config(Action.READ, Permissions::v3));
            put("GET", base + "/history/previous", config(Action.READ, Permissions::v3));
            put("GET", base + "/history/configs", FILTERED);
        }
    }

    /** Namespaces, and what any known caller may see. All else is for administrators, some of it said here for clarity. */
    private void operations() {
        put("GET", "/v1/console/namespaces", FILTERED);
        put("GET", "/v2/console/namespace", FILTERED);
        put("GET", "/v2/console/namespace/list", FILTERED);
        for (String base : new String[] {"/v3/admin/core/namespace", "/v3/console/core/namespace"}) {
            put("GET", base, FILTERED);
            put("GET", base + "/list", FILTERED);
            put("GET", base + "/check", FILTERED);
            put("GET", base + "/exist", FILTERED);
            put("POST", base, ADMIN);
            put("PUT", base, namespace("namespaceId"));
            put("DELETE", base, namespace("namespaceId"));
        }
        put("POST", "/v1/console/namespaces", ADMIN);
        put("POST", "/v2/console/namespace", ADMIN);
        put("PUT", "/v1/console/namespaces", namespace("namespace"));
        put("DELETE", "/v1/console/namespaces", namespace("namespaceId"));
        put("PUT", "/v2/console/namespace", namespace("namespaceId"));
        put("DELETE", "/v2/console/namespace", namespace("namespaceId"));
        put("GET", "/v3/admin/plimsoll/memory", ADMIN);
        put("GET", "/v3/admin/plimsoll/clients", ADMIN);
        put("GET", "/v3/admin/plimsoll/closed", ADMIN);
        put("GET", "/v3/admin/plimsoll/instance", ADMIN);
        put("GET", "/v3/admin/plimsoll/vitals", ADMIN);
        put("GET", "/v3/admin/plimsoll/findings", ADMIN);
        put("GET", "/v3/admin/plimsoll/logins", ADMIN);
        put("GET", Metrics.PATH, scrapers.isEverybody() ? OPEN : METRICS);
        put("GET", Metrics.REFERENCE_PATH, scrapers.isEverybody() ? OPEN : METRICS);
        for (String object : new String[] {"user", "role", "permission"}) {
            String v1 = "/v1/auth/" + object + "s";
            String v3 = "/v3/auth/" + object;
            for (String method : new String[] {"GET", "POST", "DELETE"}) {
                put(method, v1, ADMIN);
                put(method, v3, ADMIN);
            }
            put("GET", v1 + "/search", ADMIN);
            put("GET", v3 + "/search", ADMIN);
            put("GET", v3 + "/list", ADMIN);
        }
    }

    /** Whether the table speaks of a route. */
    boolean names(String method, String path) {
        return needs.containsKey(key(method, path));
    }

    @Override
    public Check of(String method, String path) {
        Need need = needs.getOrDefault(key(method, path), ADMIN);
        boolean read = method.equals("GET");
        boolean beat = path.endsWith("/instance/beat"); // not a change, and there are many
        boolean silent = read || beat || path.endsWith("/login") || path.endsWith("/configs/listener");
        boolean aboutUsers = isAboutUsers(path);
        return new Check() {
            @Override
            public @Nullable CompletionStage<?> first(HttpCall call) {
                if (!silent) {
                    audit(call);
                }
                return need == OPEN || aboutUsers ? null : login(need, call);
            }

            @Override
            public void check(HttpCall call) {
                if (need == OPEN || (need == METRICS && scrapers.know(token(call)))) {
                    return;
                }
                Identity caller = aboutUsers ? null : remembered(credentials(need, call));
                if (caller == null) {
                    caller = access.identify(token(call));
                }
                call.identified(caller.user());
                if (access.on()) {
                    need.check(access, caller, call);
                }
            }
        };
    }

    /** There a name and a password are those of a user who is to be made or changed. */
    private boolean isAboutUsers(String path) {
        return path.startsWith(contextPath + "/v1/auth/") || path.startsWith(contextPath + "/v3/auth/");
    }

    /**
     * Of a caller who knows no tokens and sends his name and password with every call, as the npm client does: the login to
     * wait for, null when there is none. It is the login of the others, with all that keeps guessers out.
     */
    private @Nullable CompletionStage<?> login(Need need, HttpCall call) {
        Credentials given = credentials(need, call);
        return given == null || remembered(given) != null || !call.isAllParameters()
                ? null
                : logins.login(given.name(), given.password(), call.remoteIp());
    }

    private @Nullable Identity remembered(@Nullable Credentials given) {
        return given == null ? null : logins.remembered(given.name(), given.password());
    }

    private @Nullable Credentials credentials(Need need, HttpCall call) {
        if (!access.on() || token(call) != null) {
            return null;
        }
        Credentials given = Credentials.inParameters(call);
        return given == null && need == METRICS ? Credentials.inHeader(call) : given;
    }

    private String key(String method, String path) {
        String inContext = path.startsWith(contextPath) ? path.substring(contextPath.length()) : path;
        return method + " " + inContext;
    }

    private void put(String method, String path, Need need) {
        needs.put(method + " " + path, need);
    }

    /** Where tokens may be, the first of: the standard's header, a parameter, a header of the same name. */
    private static @Nullable String token(HttpCall call) {
        String authorization = call.header("Authorization");
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return authorization.substring(BEARER.length());
        }
        String parameter = call.parameter("accessToken");
        return parameter != null ? parameter : call.header("accessToken");
    }

    private void audit(HttpCall call) {
        long now = clock.millis();
        if (!audit.admits(now)) {
            return;
        }
        call.whenAnswered(status -> audit.write("WRITE user=" + Trail.word(call.user()) + " from="
                + Trail.word(call.remoteIp()) + " what=" + Trail.word(call.method()) + ":" + Trail.word(call.path())
                + " on=" + Trail.word(touched(call)) + " result=" + status));
    }

    /** The names of what is touched, never a content or a password. */
    private static String touched(HttpCall call) {
        var text = new StringBuilder();
        for (String name : new String[] {
            "namespaceId",
            "tenant",
            "namespace",
            "customNamespaceId",
            "groupName",
            "group",
            "serviceName",
            "ip",
            "port",
            "dataId",
            "ids",
            "username",
            "role",
            "resource",
            "action",
            "entry"
        }) {
            String value = call.parameter(name);
            if (value != null && !value.isBlank()) {
                text.append(text.length() == 0 ? "" : ",")
                        .append(name)
                        .append(':')
                        .append(Form.echo(value));
            }
        }
        return text.toString();
    }

    private static Need service(Action action) {
        return (access, caller, call) -> access.check(caller, action, service(call));
    }

    private static Need config(Action action, Function<HttpCall, Resource> of) {
        return (access, caller, call) -> access.check(caller, action, of.apply(call));
    }

    /** The namespace itself is changed: that takes all actions on all that is in it. */
    private static Need namespace(String parameter) {
        return (access, caller, call) -> {
            String namespace = one(call, parameter);
            access.check(caller, Action.ADMIN, Resource.service(namespace, "", ""));
            access.check(caller, Action.ADMIN, Resource.config(namespace, "", ""));
        };
    }

    private static Resource service(HttpCall call) {
        String namespace = one(call, "namespaceId");
        String group = one(call, "groupName");
        String name = one(call, "serviceName");
        String[] parts = name.split(ServiceKey.JOIN, -1);
        if (parts.length > 1) {
            if (!group.isEmpty() && !group.equals(parts[0])) {
                throw new InvalidRequest("groupName: '" + Form.echo(group) + "' beside serviceName '" + Form.echo(name)
                        + "' (expected: the same group)");
            }
            // As Form.service, which drops what follows.
            return Resource.service(namespace, ServiceKey.groupOf(parts[0]), parts[1]);
        }
        return Resource.service(namespace, name.isEmpty() ? group : ServiceKey.groupOf(group), name);
    }

    private static void statuses(Access access, Identity caller, HttpCall call) {
        one(call, "key");
        ServiceKey key = InstanceListRoutes.statusesOf(call);
        access.check(caller, Action.READ, Resource.service(key.namespace(), key.group(), key.name()));
    }

    private static Resource v1(HttpCall call) {
        return config(call, "tenant", "namespaceId", "group", "groupName");
    }

    private static Resource v2(HttpCall call) {
        return config(call, "namespaceId", "tenant", "group", "groupName");
    }

    private static Resource v3(HttpCall call) {
        return config(call, "namespaceId", "tenant", "groupName", "group");
    }

    /** @param otherNamespace, otherGroup what another version of the interface calls the same; not to differ */
    private static Resource config(
            HttpCall call, String namespace, String otherNamespace, String group, String otherGroup) {
        String inNamespace = one(call, namespace);
        String inGroup = one(call, group);
        if (call.parameter(otherNamespace) != null
                && !NamespaceId.of(one(call, otherNamespace)).equals(NamespaceId.of(inNamespace))) {
            throw conflict(namespace, otherNamespace);
        }
        if (call.parameter(otherGroup) != null && !one(call, otherGroup).equals(inGroup)) {
            throw conflict(group, otherGroup);
        }
        return Resource.config(inNamespace, inGroup, one(call, "dataId"));
    }

    private static void readV1(Access access, Identity caller, HttpCall call) {
        if (!Selections.selects(call, "search", "accurate")
                && !Selections.selects(call, "search", "blur")
                && !Selections.selects(call, "export", "true")
                && !Selections.selects(call, "exportV2", "true")) {
            access.check(caller, Action.READ, v1(call));
        } // else what is not the caller's to read is left out
    }

    private static void writeV1(Access access, Identity caller, HttpCall call) {
        if (!Selections.selects(call, "import", "true") && !Selections.selects(call, "clone", "true")) {
            access.check(caller, Action.PUBLISH, v1(call));
        } // else the handler looks at each name in the body
    }

    private static void removeV1(Access access, Identity caller, HttpCall call) {
        if (!Selections.selects(call, "delType", "ids")) {
            access.check(caller, Action.WRITE, v1(call));
        } // else the handler looks at each that is named
    }

    /** Each configuration listened to, as the handler reads them. */
    private static void listen(Access access, Identity caller, HttpCall call) {
        for (Watch watch :
                ListeningConfigs.parse(new Form(call).asIs("Listening-Configs")).watches()) {
            ConfigKey key = watch.key();
            access.check(caller, Action.READ, Resource.config(key.namespace(), key.group(), key.dataId()));
        }
    }

    /** The value of a parameter, trimmed; it may come again, but not with another value. */
    private static String one(HttpCall call, String name) {
        String first = "";
        boolean found = false;
        for (String value : call.parameters(name)) {
            if (found && !value.trim().equals(first)) {
                throw conflict(name, name);
            }
            first = value.trim();
            found = true;
        }
        if (found && !first.equals(new Form(call).text(name))) {
            throw new InvalidRequest(name + ": changed by its encoding (expected: UTF-8)");
        }
        return first;
    }

    private static InvalidRequest conflict(String name, String other) {
        return new InvalidRequest(name + ", " + other + ": two values (expected: one)");
    }
}
