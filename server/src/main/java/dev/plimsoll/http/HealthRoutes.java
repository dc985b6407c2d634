package dev.plimsoll.http;

import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpHandler;
import dev.plimsoll.net.Router;
import dev.plimsoll.wire.HttpMessages;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Whether the server lives and serves, in our own form and all of the reference's. Open to all. */
final class HealthRoutes {
    private static final HttpAnswer TEXT_OK = HttpAnswer.text(200, "OK");
    private static final HttpAnswer ENVELOPE_OK = HttpAnswer.json(200, HttpMessages.envelope(0, "success", "ok"));

    private static final String NOT_READY = "config and naming not in readiness";

    private final BooleanSupplier ready;
    private final byte[] state;

    /** @param version what clients and consoles are told */
    HealthRoutes(BooleanSupplier ready, String version, boolean auth) {
        this.ready = ready;
        this.state = HttpMessages.object(state(version, auth));
    }

    /** @param inContext the same router, under the context path */
    void addTo(Router anywhere, Router inContext) {
        Router router = anywhere.always();
        Router context = inContext.always();
        router.get("/health/live", call -> call.answer(TEXT_OK))
                .get("/health/ready", ready(TEXT_OK, HttpAnswer.text(503, NOT_READY)));
        context.get("/v1/console/health/liveness", call -> call.answer(TEXT_OK))
                .get("/v1/console/health/readiness", ready(TEXT_OK, HttpAnswer.text(500, NOT_READY)))
                .get("/v1/console/server/state", call -> call.answer(HttpAnswer.json(200, state)))
                .get("/v3/console/server/state", call -> call.answer(HttpAnswer.json(200, state)))
                .get("/v3/admin/core/state", call -> call.answer(HttpAnswer.json(200, HttpMessages.envelope(state))));
        addEnvelopes(context, "/v2/console/health", 500);
        addEnvelopes(context, "/v3/console/health", 500);
        // Here the reference says "not ready" with status 200.
        addEnvelopes(context, "/v3/admin/core/state", 200);
        // The maintainer SDK asks here, though the reference has no such path.
        addEnvelopes(context, "/v3/admin/core/ops", 200);
    }

    private void addEnvelopes(Router context, String path, int notReady) {
        var no = HttpAnswer.json(notReady, HttpMessages.envelope(Errors.Kind.BROKEN.code, NOT_READY, null));
        context.get(path + "/liveness", call -> call.answer(ENVELOPE_OK))
                .get(path + "/readiness", ready(ENVELOPE_OK, no));
    }

    private HttpHandler ready(HttpAnswer yes, HttpAnswer no) {
        return call -> call.answer(ready.getAsBoolean() ? yes : no);
    }

    /** Only what consoles need: this is open to all. */
    private static Map<String, @Nullable String> state(String version, boolean auth) {
        var state = new LinkedHashMap<String, @Nullable String>();
        state.put("version", version);
        state.put("standalone_mode", "standalone"); // its name until 2.2
        state.put("startup_mode", "standalone");
        state.put("function_mode", null);
        state.put("auth_enabled", String.valueOf(auth));
        state.put("auth_system_type", "nacos");
        state.put("auth_admin_request", "false");
        state.put("login_page_enabled", String.valueOf(auth));
        state.put("console_ui_enabled", "false");
        return state;
    }
}
