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
    private final Errors errors;

    ConfigRoutes(Configs configs, Errors errors) {
        this.configs = configs;
        this.errors = errors;
    }

    void addTo(Router router) {
        router.get("/v1/cs/configs", this::get)
                .post("/v1/cs/configs", this::publish)
                .delete("/v1/cs/configs", this::remove);
    }

    private void get(HttpCall call) {
        if (isOtherRequest(
                call, "show=all", "search=accurate", "search=blur", "beta=true", "export=true", "exportV2=true")) {
            return;
        }
        var form = new Form(call);
        ConfigKey key = key(form);
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

    private static HttpAnswer content(ConfigContent content) {
        ConfigEntry entry = content.entry();
        var headers = new ArrayList<Header>(ON_EVERY_CONTENT.size() + 4);
        headers.addAll(ON_EVERY_CONTENT);
        headers.add(new Header("Config-Type", entry.type()));
        headers.add(new Header("Content-MD5", entry.md5()));
        headers.add(new Header("Last-Modified", HTTP_DATE.format(Instant.ofEpochMilli(entry.modifiedMillis()))));
        if (!entry.encryptedDataKey().isEmpty()) {
            headers.add(new Header("Encrypted-Data-Key", entry.encryptedDataKey()));
        }
        return new HttpAnswer(200, CONTENT_TYPES.getOrDefault(entry.type(), HttpAnswer.TEXT), headers, content.utf8());
    }

    /** @param formal what exists in place of the variant that was asked for */
    private static HttpAnswer notFound(@Nullable ConfigEntry formal) {
        if (formal == null) {
            return new HttpAnswer(404, HttpAnswer.JSON, List.of(), NOT_FOUND);
        }
        return new HttpAnswer(404, HttpAnswer.TEXT, List.of(new Header("Config-Type", formal.type())), NOT_FOUND);
    }

    private void publish(HttpCall call) {
        if (isOtherRequest(call, "import=true", "clone=true")) {
            return;
        }
        var form = new Form(call);
        ConfigKey key = key(form);
        String content = form.bound("content");
        if (!header(call, "betaIps").isBlank() || !form.asIs("tag").isBlank()) {
            throw new InvalidRequest("betaIps, tag: variants of a config are not supported (expected: neither)");
        }
        var command = new Publish(
                key,
                content.getBytes(StandardCharsets.UTF_8),
                form.asIs("type"),
                form.asIs("appName"),
                form.asIs("desc"),
                form.asIs("config_tags"),
                form.asIs("use"),
                form.asIs("effect"),
                form.asIs("schema"),
                encryptedDataKey(form),
                header(call, "casMd5"),
                author(call, form));
        errors.answer(call, configs.publish(command), entry -> HttpAnswer.json(200, TRUE));
    }

    private void remove(HttpCall call) {
        if (isOtherRequest(call, "beta=true", "delType=ids")) {
            return;
        }
        var form = new Form(call);
        ConfigKey key = key(form);
        if (!form.asIs("tag").isBlank()) {
            // Only that variant would go, and there is none.
            call.answer(HttpAnswer.json(200, TRUE));
            return;
        }
        errors.answer(call, configs.remove(key, author(call, form)), removed -> HttpAnswer.json(200, TRUE));
    }

    private static ConfigKey key(Form form) {
        String dataId = form.bound("dataId");
        return ConfigKey.of(namespace(form), form.bound("group"), dataId);
    }

    /** The public namespace has several names: none, {@code public}, and what clients make of a null. */
    private static String namespace(Form form) {
        String tenant = form.asIs("tenant").trim();
        return tenant.equalsIgnoreCase("public") || tenant.equalsIgnoreCase("null") ? "" : tenant;
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

    /**
     * Who is entered in the history. The name is what the caller has proved, or else what it says of itself. The address is the peer's own: anyone
     * can send an X-Forwarded-For, and until proxies to be trusted can be named none is.
     */
    private static Author author(HttpCall call, Form form) {
        return new Author(call.user().isEmpty() ? form.asIs("src_user").trim() : call.user(), call.remoteIp());
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
