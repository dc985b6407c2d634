package dev.plimsoll.http;

import dev.plimsoll.auth.Access;
import dev.plimsoll.auth.Identity;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Configs;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.store.NamespaceId;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.JsonText;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Who listens to a configuration, and what is listened to from an address, by sessions and long polls alike; with each the
 * md5 of what the listener held when it last listened. Called on the connection's loop.
 */
final class WatcherRoutes {
    /** The reference asks all its nodes and says whether they answered. */
    private static final int COLLECTED = 200;

    private static final String V1_FIELD = "lisentersGroupkeyStatus"; // its spelling

    private final Configs configs;
    private final Access access;
    private final Errors errors;

    WatcherRoutes(Configs configs, Access access, Errors errors) {
        this.configs = configs;
        this.access = access;
        this.errors = errors;
    }

    void addTo(Router router) {
        router.get("/v1/cs/configs/listener", call -> ofConfigV1(call, true))
                .get("/v1/cs/communication/configWatchers", call -> ofConfigV1(call, false))
                .get("/v1/cs/listener", call -> ofAddressV1(call, true))
                .get("/v1/cs/communication/watcherConfigs", call -> ofAddressV1(call, false))
                .get("/v3/admin/cs/config/listener", this::ofConfigV3)
                .get("/v3/console/cs/config/listener", this::ofConfigV3)
                .get("/v3/admin/cs/listener", this::ofAddressV3)
                .get("/v3/console/cs/config/listener/ip", this::ofAddressV3);
    }

    private void ofConfigV1(HttpCall call, boolean collected) {
        var form = new Form(call);
        var key = ConfigKey.of(form.asIs("tenant"), form.bound("group"), form.bound("dataId"));
        answer(call, configs.listeners(key), listeners -> v1(listeners, collected));
    }

    private void ofConfigV3(HttpCall call) {
        var form = new Form(call);
        var key = ConfigKey.of(form.asIs("namespaceId"), form.present("groupName"), form.present("dataId"));
        answer(call, configs.listeners(key), listeners -> v3("config", listeners));
    }

    /** @param asked by a console, which asks for all or is told of the public namespace and of one more */
    private void ofAddressV1(HttpCall call, boolean asked) {
        var form = new Form(call);
        String ip = form.bound("ip").trim();
        Predicate<ConfigKey> wanted = asked ? wanted(form, "tenant") : key -> true;
        answer(call, configs.listenedTo(ip, wanted.and(readable(call))), found -> {
            var byKey = new TreeMap<String, String>();
            found.forEach((key, md5) -> byKey.put(key.groupKey(), md5));
            return v1(byKey, asked);
        });
    }

    private void ofAddressV3(HttpCall call) {
        var form = new Form(call);
        String ip = form.present("ip").trim();
        Predicate<ConfigKey> wanted = wanted(form, "namespaceId");
        answer(call, configs.listenedTo(ip, wanted.and(readable(call))), found -> {
            var byKey = new TreeMap<String, String>();
            found.forEach((key, md5) -> {
                boolean isPublic = key.namespace().equals(NamespaceId.PUBLIC);
                byKey.put(key.groupKey() + (isPublic ? "+" + NamespaceId.PUBLIC : ""), md5); // 3.x always names it
            });
            return v3("ip", byKey);
        });
    }

    private static Predicate<ConfigKey> wanted(Form form, String namespaceName) {
        String namespace = NamespaceId.of(form.asIs(namespaceName));
        boolean all = form.isTrue("all");
        return key -> all
                || key.namespace().equals(NamespaceId.PUBLIC)
                || key.namespace().equals(namespace);
    }

    private Predicate<ConfigKey> readable(HttpCall call) {
        var readable = access.readable(new Identity(call.user()));
        return key -> readable.test(SearchRoutes.resource(key));
    }

    /** A long answer is written on the connection's loop, not on that of all configurations. */
    private <T> void answer(HttpCall call, CompletionStage<T> found, Function<T, HttpAnswer> writing) {
        errors.answer(call, found.thenApplyAsync(writing, call.connection().loop()), answer -> answer);
    }

    private static HttpAnswer v1(Map<String, String> status, boolean collected) {
        JsonText json = new JsonText().open('{');
        if (collected) {
            json.field("collectStatus", COLLECTED);
        }
        write(json.name(V1_FIELD), status);
        return HttpAnswer.json(200, json.close('}').bytes());
    }

    private static HttpAnswer v3(String queryType, Map<String, String> status) {
        JsonText json = HttpMessages.success().open('{').field("queryType", queryType);
        write(json.name("listenersStatus"), status);
        return HttpAnswer.json(200, json.close('}').close('}').bytes());
    }

    private static void write(JsonText json, Map<String, String> status) {
        json.open('{');
        status.forEach(json::entry);
        json.close('}');
    }
}
