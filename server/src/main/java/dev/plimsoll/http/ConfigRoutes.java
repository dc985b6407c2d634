package dev.plimsoll.http;

import dev.plimsoll.config.Caller;
import dev.plimsoll.config.ConfigContent;
import dev.plimsoll.config.ConfigEntry;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.GrayRule;
import dev.plimsoll.config.Publish;
import dev.plimsoll.config.Versions;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpAnswer.Header;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.session.ClientInfo;
import dev.plimsoll.wire.HttpMessages;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads, publishes and removes configurations by HTTP. Called on the connection's loop. */
final class ConfigRoutes {
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] NOT_FOUND = "config data not exist\n".getBytes(StandardCharsets.US_ASCII);
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    /** Contents are whatever somebody published: a browser must not take one for a page with scripts of ours. */
    private static final List<Header> ON_EVERY_CONTENT = List.of(
            new Header("Pragma", "no-cache"),
            new Header("Expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
            new Header("Cache-Control", "no-cache,no-store"),
            new Header("X-Content-Type-Options", "nosniff"),
            new Header("Content-Security-Policy", "script-src 'self'"));

    private static final Map<String, String> CONTENT_TYPES = Map.of(
            "json", "application/json;charset=UTF-8",
            "xml", "application/xml;charset=UTF-8",
            "html", "text/html;charset=UTF-8");

    private final Configs configs;
    private final Selections selections;
    private final Errors errors;

    /** @param selections what else v1 has at the path of configurations */
    ConfigRoutes(Configs configs, Selections selections, Errors errors) {
        this.configs = configs;
        this.selections = selections;
        this.errors = errors;
    }

    void addTo(Router router) {
        router.get("/v1/cs/configs", this::get)
                .post("/v1/cs/configs", this::publish)
                .delete("/v1/cs/configs", this::remove)
                .get("/v2/cs/config", this::getEnveloped)
                .post("/v2/cs/config", call -> publish(call, ConfigNames.V2))
                .delete("/v2/cs/config", call -> remove(call, ConfigNames.V2))
                .get("/v3/client/cs/config", this::getForClient)
                .post("/v3/admin/cs/config", call -> publish(call, ConfigNames.V3))
                .delete("/v3/admin/cs/config", call -> remove(call, ConfigNames.V3));
    }

    private void get(HttpCall call) {
        if (selections.handle(call)) {
            return;
        }
        var form = new Form(call);
        ConfigKey key = ConfigNames.V1.key(form);
        String tag = form.asIs("tag").trim();
        configs.content(key, view(call, tag)).whenComplete((content, failure) -> {
            if (failure == null) {
                call.answer(content(content));
            } else if (Errors.cause(failure) instanceof NotFound) {
                call.answer(notFound(tag.isEmpty() ? null : configs.entry(key)));
            } else {
                errors.failed(call, failure);
            }
        });
    }

    /** Which version the caller sees; of those for a tag, only this one if it asks for it. */
    private static Function<Versions, @Nullable ConfigEntry> view(HttpCall call, String tag) {
        // The address is the peer's own, as everywhere: anyone can send an X-Forwarded-For.
        var caller = new Caller(call.remoteIp(), header(call, ClientInfo.TAG).trim());
        return versions -> tag.isEmpty() ? versions.seenBy(caller) : versions.taggedFor(caller, tag);
    }

    private void getEnveloped(HttpCall call) {
        var form = new Form(call);
        ConfigKey key = ConfigNames.V2.key(form);
        errors.answer(
                call,
                configs.content(key, view(call, form.asIs("tag").trim())),
                content -> new HttpAnswer(
                        200, HttpAnswer.JSON, headers(content.entry()), HttpMessages.envelopeOfText(content.utf8())));
    }

    private void getForClient(HttpCall call) {
        ConfigKey key = ConfigNames.V3.key(new Form(call));
        var caller = new Caller(call.remoteIp(), ""); // tags are not for this interface
        configs.content(key, versions -> versions.seenBy(caller)).whenComplete((content, failure) -> {
            if (failure == null) {
                ConfigEntry entry = content.entry();
                call.answer(HttpAnswer.json(
                        200,
                        HttpMessages.configAnswer(
                                content.utf8(),
                                entry.encryptedDataKey(),
                                entry.type(),
                                entry.md5(),
                                entry.modifiedMillis(),
                                entry.gray() instanceof GrayRule.Beta)));
            } else if (Errors.cause(failure) instanceof NotFound) {
                // Not a 404: such a client takes that for a server that does not know the path.
                call.answer(HttpAnswer.json(200, HttpMessages.envelope(20004, "resource not found", null)));
            } else {
                errors.failed(call, failure);
            }
        });
    }

    private static HttpAnswer content(ConfigContent content) {
        ConfigEntry entry = content.entry();
        return new HttpAnswer(
                200, CONTENT_TYPES.getOrDefault(entry.type(), HttpAnswer.TEXT), headers(entry), content.utf8());
    }

    private static List<Header> headers(ConfigEntry entry) {
        var headers = new ArrayList<Header>(ON_EVERY_CONTENT.size() + 6);
        headers.addAll(ON_EVERY_CONTENT);
        headers.add(new Header("Config-Type", entry.type()));
        headers.add(new Header("Content-MD5", entry.md5()));
        headers.add(new Header("Last-Modified", HTTP_DATE.format(Instant.ofEpochMilli(entry.modifiedMillis()))));
        if (!entry.encryptedDataKey().isEmpty()) {
            headers.add(new Header("Encrypted-Data-Key", entry.encryptedDataKey()));
        }
        if (entry.gray() instanceof GrayRule.Beta) {
            headers.add(new Header("isBeta", "true"));
        } else if (entry.gray() instanceof GrayRule.Tag tag) {
            headers.add(new Header(ClientInfo.TAG, tag.tag())); // its characters need no encoding
            headers.add(new Header("tag", tag.tag())); // as 3.x calls it
        }
        return headers;
    }

    /** @param formal what exists in place of the variant that was asked for */
    private static HttpAnswer notFound(@Nullable ConfigEntry formal) {
        if (formal == null) {
            return new HttpAnswer(404, HttpAnswer.JSON, List.of(), NOT_FOUND);
        }
        return new HttpAnswer(404, HttpAnswer.TEXT, List.of(new Header("Config-Type", formal.type())), NOT_FOUND);
    }

    private void publish(HttpCall call) {
        if (!selections.handle(call)) {
            publish(call, ConfigNames.V1);
        }
    }

    private void publish(HttpCall call, ConfigNames names) {
        var form = new Form(call);
        ConfigKey key = names.key(form);
        String content = names.required(form, "content");
        String betaIps = header(call, "betaIps");
        GrayRule rule = GrayRule.of(betaIps.isBlank() ? form.asIs("betaIps") : betaIps, form.asIs("tag"));
        var command = new Publish(
                key,
                content.getBytes(StandardCharsets.UTF_8),
                form.asIs("type"),
                call.parameter("appName"),
                form.asIs("desc"),
                call.parameter(names.tags()),
                form.asIs("use"),
                form.asIs("effect"),
                form.asIs("schema"),
                form.asIs("encryptedDataKey"),
                header(call, "casMd5"),
                names.author(call, form));
        errors.answer(
                call, rule == null ? configs.publish(command) : configs.publish(command, rule), entry -> done(names));
    }

    private static HttpAnswer done(ConfigNames names) {
        return HttpAnswer.json(200, names.enveloped() ? HttpMessages.envelope(TRUE) : TRUE);
    }

    private void remove(HttpCall call) {
        if (!selections.handle(call)) {
            remove(call, ConfigNames.V1);
        }
    }

    private void remove(HttpCall call, ConfigNames names) {
        var form = new Form(call);
        ConfigKey key = names.key(form);
        String tag = form.asIs("tag").trim();
        errors.answer(
                call,
                configs.remove(
                        key,
                        versions -> tag.isEmpty() ? versions.formal() : versions.tagged(tag),
                        names.author(call, form)),
                removed -> done(names));
    }

    /** "" when absent. */
    static String header(HttpCall call, String name) {
        String value = call.header(name);
        return value == null ? "" : value;
    }
}
