package dev.plimsoll.http;

import dev.plimsoll.config.ConfigEntry;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.GrayRule;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.store.ConfigHead;
import dev.plimsoll.store.StoredGray;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.JsonText;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/**
 * Shows and stops the beta version of a configuration. Publishing one, and versions for tags, are the business of
 * {@link ConfigRoutes}. Called on the connection's loop.
 */
final class GrayRoutes {
    private final Configs configs;
    private final Errors errors;

    GrayRoutes(Configs configs, Errors errors) {
        this.configs = configs;
        this.errors = errors;
    }

    void addTo(Router router, Selections selections) {
        selections.add("GET", "beta", "true", this::showV1).add("DELETE", "beta", "true", this::stopV1);
        router.get("/v3/admin/cs/config/beta", this::showV3)
                .delete("/v3/admin/cs/config/beta", call -> stopV3(call, 30000, "remove beta data error"))
                .get("/v3/console/cs/config/beta", this::showConsole)
                .delete("/v3/console/cs/config/beta", call -> stopV3(call, 500, "Internal Server Error"));
    }

    private void showV1(HttpCall call) {
        errors.answer(
                call,
                beta(ConfigNames.V1.key(new Form(call))),
                found -> shown(head(200, "query beta ok"), found, GrayRoutes::writeV1));
    }

    private void showV3(HttpCall call) {
        errors.answer(call, beta(ConfigNames.V3.key(new Form(call))), found -> {
            if (found.isEmpty()) {
                throw new NotFound("Config is not in beta.");
            }
            return shown(HttpMessages.success(), found, GrayRoutes::writeV3);
        });
    }

    private void showConsole(HttpCall call) {
        errors.answer(
                call,
                beta(ConfigNames.V3.key(new Form(call))),
                found -> shown(HttpMessages.success(), found, GrayRoutes::writeV3));
    }

    private static HttpAnswer shown(
            JsonText json, Optional<StoredGray> found, BiConsumer<JsonText, StoredGray> writer) {
        found.ifPresentOrElse(beta -> writer.accept(json, beta), () -> json.text(null));
        return HttpAnswer.json(200, json.close('}').bytes());
    }

    private void stopV1(HttpCall call) {
        errors.answer(
                call,
                stop(call, ConfigNames.V1),
                stopped -> HttpAnswer.json(
                        200, head(200, "stop beta ok").truth(true).close('}').bytes()));
    }

    /** That there is none is a failure here, though not to HTTP. */
    private void stopV3(HttpCall call, int code, String failure) {
        errors.answer(
                call,
                stop(call, ConfigNames.V3),
                stopped -> HttpAnswer.json(
                        200,
                        (stopped ? HttpMessages.success() : head(code, failure))
                                .truth(stopped)
                                .close('}')
                                .bytes()));
    }

    /** An envelope up to its data; to be closed by a brace. */
    private static JsonText head(int code, String message) {
        return new JsonText()
                .open('{')
                .field("code", code)
                .field("message", message)
                .name("data");
    }

    private CompletionStage<Optional<StoredGray>> beta(ConfigKey key) {
        ConfigEntry beta = configs.versions(key).gray(GrayRule.Beta.NAME);
        return beta == null
                ? CompletableFuture.completedStage(Optional.empty())
                : configs.archive().gray(beta);
    }

    private CompletionStage<Boolean> stop(HttpCall call, ConfigNames names) {
        var form = new Form(call);
        return configs.remove(names.key(form), versions -> versions.gray(GrayRule.Beta.NAME), names.author(call, form));
    }

    private static void writeV1(JsonText json, StoredGray beta) {
        ConfigHead head = beta.head().config();
        json.open('{')
                .field("id", Long.toString(beta.head().id()))
                .field("dataId", head.dataId())
                .field("group", head.group())
                .name("content")
                .utf8(beta.content())
                .field("md5", head.md5())
                .field("encryptedDataKey", head.encryptedDataKey())
                .field("tenant", ConfigNames.tenant(head.namespace()))
                .field("appName", head.appName())
                .field("type", head.type())
                .field("betaIps", beta.head().rule().expression())
                .field("lastModified", head.modifiedMillis())
                .close('}');
    }

    private static void writeV3(JsonText json, StoredGray beta) {
        ConfigHead head = beta.head().config();
        json.open('{')
                .field("id", Long.toString(beta.head().id()))
                .field("namespaceId", head.namespace())
                .field("groupName", head.group())
                .field("dataId", head.dataId())
                .field("md5", head.md5())
                .field("type", head.type())
                .field("appName", head.appName())
                .field("createTime", head.createdMillis())
                .field("modifyTime", head.modifiedMillis())
                .name("content")
                .utf8(beta.content())
                .field("desc", null)
                .field("encryptedDataKey", head.encryptedDataKey())
                .field("createUser", beta.author().user())
                .field("createIp", beta.author().ip())
                .field("configTags", null)
                .field("grayName", beta.head().name())
                .field("grayRule", beta.head().rule().toJson())
                .close('}');
    }
}
