package dev.plimsoll.http;

import dev.plimsoll.config.ConfigContent;
import dev.plimsoll.config.ConfigEntry;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.Publish;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpAnswer.Header;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.wire.HttpMessages;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

    /** What the parameters are called in an interface. */
    private record Names(boolean enveloped, String namespace, String group, String tags, String user) {
        static final Names V1 = new Names(false, "tenant", "group", "config_tags", "src_user");
        static final Names V2 = new Names(true, "namespaceId", "group", "configTags", "srcUser");
        static final Names V3 = new Names(true, "namespaceId", "groupName", "configTags", "srcUser");

        ConfigKey key(Form form) {
            String dataId = required(form, "dataId");
            String namespace = Form.configNamespace(form.asIs(this.namespace));
            return ConfigKey.of(namespace, required(form, group), dataId);
        }

        String required(Form form, String name) {
            return enveloped ? form.present(name) : form.bound(name);
        }

        /** Who is entered in the history. The name is what the caller has proved, or else what it says of itself. */
        Author author(HttpCall call, Form form) {
            // The address is the peer's own: anyone can send an X-Forwarded-For, and no proxy is named that may be
            // trusted.
            return new Author(call.user().isEmpty() ? form.asIs(user).trim() : call.user(), call.remoteIp());
        }
    }

    void addTo(Router router) {
        router.get("/v1/cs/configs", this::get)
                .post("/v1/cs/configs", this::publish)
                .delete("/v1/cs/configs", this::remove)
                .get("/v2/cs/config", this::getEnveloped)
                .post("/v2/cs/config", call -> publish(call, Names.V2))
                .delete("/v2/cs/config", call -> remove(call, Names.V2))
                .get("/v3/client/cs/config", this::getForClient)
                .post("/v3/admin/cs/config", call -> publish(call, Names.V3))
                .delete("/v3/admin/cs/config", call -> remove(call, Names.V3));
    }

    private void get(HttpCall call) {
        if (selections.handle(call)) {
            return;
        }
        if (isOtherRequest(call, "beta=true", "export=true", "exportV2=true")) {
            return;
        }
        var form = new Form(call);
        ConfigKey key = Names.V1.key(form);
        if (!form.asIs("tag").isBlank()) {
            // A tag asks for that variant and nothing else, and there are no variants.
            call.answer(notFound(configs.entry(key)));
            return;
        }
        configs.content(key).whenComplete((content, failure) -> {
            if (failure == null) {
                call.answer(content(content));
            } else if (Errors.cause(failure) instanceof NotFound) {
                call.answer(notFound(null));
            } else {
                errors.failed(call, failure);
            }
        });
    }

    private void getEnveloped(HttpCall call) {
        var form = new Form(call);
        ConfigKey key = Names.V2.key(form);
        if (!form.asIs("tag").isBlank()) {
            throw new NotFound("config data not exist");
        }
        errors.answer(
                call,
                configs.content(key),
                content -> new HttpAnswer(
                        200, HttpAnswer.JSON, headers(content.entry()), HttpMessages.envelopeOfText(content.utf8())));
    }

    private void getForClient(HttpCall call) {
        ConfigKey key = Names.V3.key(new Form(call));
        configs.content(key).whenComplete((content, failure) -> {
            if (failure == null) {
                ConfigEntry entry = content.entry();
                call.answer(HttpAnswer.json(
                        200,
                        HttpMessages.configAnswer(
                                content.utf8(),
                                entry.encryptedDataKey(),
                                entry.type(),
                                entry.md5(),
                                entry.modifiedMillis())));
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
        var headers = new ArrayList<Header>(ON_EVERY_CONTENT.size() + 4);
        headers.addAll(ON_EVERY_CONTENT);
        headers.add(new Header("Config-Type", entry.type()));
        headers.add(new Header("Content-MD5", entry.md5()));
        headers.add(new Header("Last-Modified", HTTP_DATE.format(Instant.ofEpochMilli(entry.modifiedMillis()))));
        if (!entry.encryptedDataKey().isEmpty()) {
            headers.add(new Header("Encrypted-Data-Key", entry.encryptedDataKey()));
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
        if (!selections.handle(call) && !isOtherRequest(call, "import=true", "clone=true")) {
            publish(call, Names.V1);
        }
    }

    private void publish(HttpCall call, Names names) {
        var form = new Form(call);
        ConfigKey key = names.key(form);
        String content = names.required(form, "content");
        if (!header(call, "betaIps").isBlank() || !form.asIs("tag").isBlank()) {
            throw new InvalidRequest("betaIps, tag: variants of a config are not supported (expected: neither)");
        }
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
                encryptedDataKey(form),
                header(call, "casMd5"),
                names.author(call, form));
        errors.answer(call, configs.publish(command), entry -> done(names));
    }

    private static HttpAnswer done(Names names) {
        return HttpAnswer.json(200, names.enveloped() ? HttpMessages.envelope(TRUE) : TRUE);
    }

    private void remove(HttpCall call) {
        if (!selections.handle(call) && !isOtherRequest(call, "beta=true")) {
            remove(call, Names.V1);
        }
    }

    private void remove(HttpCall call, Names names) {
        var form = new Form(call);
        ConfigKey key = names.key(form);
        if (!form.asIs("tag").isBlank()) {
            // Only that variant would go, and there is none.
            call.answer(done(names));
            return;
        }
        errors.answer(call, configs.remove(key, names.author(call, form)), removed -> done(names));
    }

    /** It comes back as a header, so it must be fit to be one. */
    private static String encryptedDataKey(Form form) {
        String key = form.asIs("encryptedDataKey");
        if (!key.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new InvalidRequest(
                    "encryptedDataKey: " + key.length() + " characters, not all printable (expected: printable ASCII)");
        }
        return key;
    }

    /** Says so, when a parameter makes this another request, one that is not served. */
    private static boolean isOtherRequest(HttpCall call, String... selectors) {
        for (String selector : selectors) {
            int equals = selector.indexOf('=');
            if (selector.substring(equals + 1).equals(call.parameter(selector.substring(0, equals)))) {
                call.answer(Errors.notSupported(call.method() + " " + call.path() + "?" + selector));
                return true;
            }
        }
        return false;
    }

    private static String header(HttpCall call, String name) {
        String value = call.header(name);
        return value == null ? "" : value;
    }
}
