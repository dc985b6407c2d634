package dev.plimsoll.http;

import dev.plimsoll.config.Configs;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.HttpHandler;
import dev.plimsoll.net.Router;
import dev.plimsoll.wire.HttpMessages;
import java.util.List;

/**
 * What consoles and tools ask beside the configurations themselves: answered where there is an answer, else refused in words
 * that say why. Called on the connection's loop.
 */
final class OpsRoutes {
    private static final int DISABLED = 40001;
    private static final List<String> LANGUAGES = List.of("zh-CN", "en-US");

    private static final String CAPACITY =
            "capacity: not limited by group or namespace (expected: see limit.* and the memory line)";
    private static final String LOG_LEVEL = "log level: not changed while running (expected: the setting log.level)";
    private static final String SQL = "SQL: not offered by HTTP";
    private static final String METRICS = "client metrics: not gathered (expected: /v3/admin/plimsoll/clients)";

    private final Configs configs;

    OpsRoutes(Configs configs) {
        this.configs = configs;
    }

    void addTo(Router router) {
        router.get("/v1/cs/health", call -> call.answer(HttpAnswer.text(200, "UP")))
                .post("/v1/cs/ops/localCache", call -> {
                    configs.dropCachedContents();
                    call.answer(HttpAnswer.text(200, "200"));
                })
                .post("/v3/admin/cs/ops/localCache", call -> {
                    configs.dropCachedContents();
                    call.answer(envelope("Local cache updated from store successfully!"));
                })
                .get("/v1/cs/capacity", refusing(CAPACITY))
                .post("/v1/cs/capacity", refusing(CAPACITY))
                .put("/v1/cs/ops/log", refusing(LOG_LEVEL))
                .get("/v1/cs/ops/derby", refusing(SQL))
                .post("/v1/cs/ops/data/removal", refusing(SQL))
                .get("/v1/cs/metrics/cluster", refusing(METRICS))
                .get("/v1/cs/metrics/current", refusing(METRICS))
                .get("/v3/admin/cs/capacity", disabled(CAPACITY))
                .post("/v3/admin/cs/capacity", disabled(CAPACITY))
                .put("/v3/admin/cs/ops/log", disabled(LOG_LEVEL))
                .get("/v3/admin/cs/ops/derby", disabled(SQL))
                .post("/v3/admin/cs/ops/derby/import", disabled(SQL))
                .get("/v3/admin/cs/metrics/cluster", disabled(METRICS))
                .get("/v3/admin/cs/metrics/ip", disabled(METRICS));
        for (String text : new String[] {"announcement", "guide"}) {
            router.get("/v1/console/server/" + text, call -> nothingToTell(call, false))
                    .get("/v3/console/server/" + text, call -> nothingToTell(call, true));
        }
    }

    private static HttpHandler refusing(String why) {
        return call -> call.answer(HttpAnswer.text(501, why));
    }

    private static HttpHandler disabled(String why) {
        return call ->
                call.answer(HttpAnswer.json(501, HttpMessages.envelope(DISABLED, "API function disabled.", why)));
    }

    /** The console asks for a text to show, and shows nothing when it is empty. */
    private static void nothingToTell(HttpCall call, boolean v3) {
        String language = new Form(call).text("language", LANGUAGES.get(0));
        if (!LANGUAGES.contains(language)) {
            String unknown = "Unsupported language: " + Form.echo(language);
            call.answer(HttpAnswer.json(400, HttpMessages.envelope(Errors.Kind.BROKEN.code, unknown, null)));
        } else if (v3) {
            call.answer(envelope(""));
        } else {
            call.answer(HttpAnswer.json(
                    200, HttpMessages.restSuccess().text("").close('}').bytes()));
        }
    }

    private static HttpAnswer envelope(String data) {
        return HttpAnswer.json(200, HttpMessages.envelope(0, "success", data));
    }
}
