package dev.plimsoll.http;

import dev.plimsoll.auth.Access;
import dev.plimsoll.auth.Action;
import dev.plimsoll.auth.Identity;
import dev.plimsoll.auth.Permission;
import dev.plimsoll.auth.Resource;
import dev.plimsoll.config.Catalog;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Configs;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.HttpHandler;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.store.ConfigFilter;
import dev.plimsoll.store.ConfigHead;
import dev.plimsoll.store.ConfigRow;
import dev.plimsoll.store.NamespaceId;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Configurations by the page, one with all its attributes, and many removed by their ids. A caller finds what it may read,
 * and is told of nothing else, not even by a count. Called on the connection's loop.
 */
final class SearchRoutes {
    private static final int MAX_WORDS = 16;
    private static final int MAX_WORD = 256;
    private static final int MAX_CONTENT_PATTERN = 1_024;

    private final Configs configs;
    private final Catalog catalog;
    private final Access access;
    private final Errors errors;

    SearchRoutes(Configs configs, Catalog catalog, Access access, Errors errors) {
        this.configs = configs;
        this.catalog = catalog;
        this.access = access;
        this.errors = errors;
    }

    void addTo(Router router, Selections v1) {
        v1.add("GET", "search", "accurate", this::searchV1)
                .add("GET", "search", "blur", this::searchV1)
                .add("GET", "show", "all", this::showAll)
                .add("DELETE", "delType", "ids", call -> remove(call, HttpMessages.restSuccess()));
        router.get("/v1/cs/configs/catalog", this::attributes)
                .get("/v2/cs/config/searchDetail", this::searchV1)
                .get("/v3/admin/cs/config", detail(false))
                .get("/v3/console/cs/config", detail(true))
                .delete("/v3/admin/cs/config/batch", call -> remove(call, HttpMessages.success()))
                .delete("/v3/console/cs/config/batchDelete", call -> remove(call, HttpMessages.success()));
        for (String list : new String[] {
            "/v3/admin/cs/config/list", "/v3/console/cs/config/list", "/v3/console/cs/config/searchDetail"
        }) {
            router.get(list, this::listV3);
        }
    }

    private void searchV1(HttpCall call) {
        var form = new Form(call);
        form.bound("dataId");
        form.bound("group");
        boolean blur = !form.asIs("search").equals("accurate");
        var names = new Names(form, "tenant", "group", "config_tags", "types", "config_detail", blur);
        var search = new Catalog.Search(
                names.filter(),
                visible(call, names),
                form.requiredNumber("pageNo"),
                form.requiredNumber("pageSize"),
                true);
        errors.answer(
                call,
                catalog.search(search),
                found -> answer(found, page -> {
                    JsonText json = begin(new JsonText(), page);
                    for (Catalog.Row row : page.rows()) {
                        ConfigHead head = row.row().head();
                        writeV1(json.open('{'), row)
                                .field("md5", null) // as the reference
                                .field("encryptedDataKey", head.encryptedDataKey())
                                .field("tenant", ConfigNames.tenant(head.namespace()))
                                .field("appName", head.appName())
                                .field("type", head.type())
                                .close('}');
                    }
                    return json.close(']').close('}').bytes();
                }));
    }

    private void showAll(HttpCall call) {
        ConfigKey key = keyV1(call);
        errors.answer(call, catalog.detail(key), found -> {
            try (found) {
                if (found.rows().isEmpty()) {
                    return HttpAnswer.empty(200);
                }
                Catalog.Row row = found.rows().get(0);
                ConfigHead head = row.row().head();
                JsonText json = writeV1(new JsonText().open('{'), row)
                        .field("md5", head.md5())
                        .field("encryptedDataKey", head.encryptedDataKey())
                        .field("tenant", ConfigNames.tenant(head.namespace()))
                        .field("appName", head.appName())
                        .field("type", head.type());
                writeAttributes(json, row.row());
                return HttpAnswer.json(200, json.close('}').bytes());
            }
        });
    }

    private static JsonText writeV1(JsonText json, Catalog.Row row) {
        ConfigHead head = row.row().head();
        return json.field("id", String.valueOf(row.row().id()))
                .field("dataId", head.dataId())
                .field("group", head.group())
                .name("content")
                .utf8(row.content());
    }

    private void attributes(HttpCall call) {
        errors.answer(call, catalog.detail(keyV1(call)), found -> {
            try (found) {
                JsonText json = HttpMessages.restSuccess();
                if (found.rows().isEmpty()) {
                    json.text(null);
                } else {
                    ConfigRow row = found.rows().get(0).row();
                    writeAttributes(json.open('{'), row)
                            .field("type", row.head().type());
                    json.close('}');
                }
                return HttpAnswer.json(200, json.close('}').bytes());
            }
        });
    }

    private static JsonText writeAttributes(JsonText json, ConfigRow row) {
        ConfigHead head = row.head();
        return json.field("createTime", head.createdMillis())
                .field("modifyTime", head.modifiedMillis())
                .field("createUser", given(row.author().user()))
                .field("createIp", given(row.author().ip()))
                .field("desc", given(head.description()))
                .field("use", given(head.use()))
                .field("effect", given(head.effect()))
                .field("schema", given(head.schema()))
                .field("configTags", given(head.tags()));
    }

    /** @param console whether a missing one is no failure, as the reference's console has it */
    private HttpHandler detail(boolean console) {
        return call -> {
            var form = new Form(call);
            var key = ConfigKey.of(form.asIs("namespaceId"), form.present("groupName"), form.present("dataId"));
            errors.answer(
                    call,
                    catalog.detail(key),
                    found -> answer(found, page -> {
                        JsonText json = HttpMessages.success();
                        if (page.rows().isEmpty()) {
                            if (!console) {
                                throw new NotFound("Config not exist, please publish Config first.");
                            }
                            json.text(null);
                        } else {
                            Catalog.Row row = page.rows().get(0);
                            ConfigHead head = row.row().head();
                            writeBasic(json.open('{'), row.row())
                                    .name("content")
                                    .utf8(row.content())
                                    .field("desc", given(head.description()))
                                    .field("encryptedDataKey", head.encryptedDataKey())
                                    .field(
                                            "createUser",
                                            given(row.row().author().user()))
                                    .field("createIp", given(row.row().author().ip()))
                                    .field("configTags", given(head.tags()))
                                    .close('}');
                        }
                        return json.close('}').bytes();
                    }));
        };
    }

    private void listV3(HttpCall call) {
        var form = new Form(call);
        boolean blur = !form.asIs("search").equals("accurate");
        var names = new Names(form, "namespaceId", "groupName", "configTags", "type", "configDetail", blur);
        var search = new Catalog.Search(
                names.filter(), visible(call, names), form.number("pageNo", 1), form.number("pageSize", 100), false);
        errors.answer(
                call,
                catalog.search(search),
                found -> answer(found, page -> {
                    JsonText json = begin(HttpMessages.success(), page);
                    for (Catalog.Row row : page.rows()) {
                        writeBasic(json.open('{'), row.row()).close('}');
                    }
                    return json.close(']').close('}').close('}').bytes();
                }));
    }

    private static JsonText writeBasic(JsonText json, ConfigRow row) {
        ConfigHead head = row.head();
        return json.field("id", String.valueOf(row.id()))
                .field("namespaceId", head.namespace())
                .field("groupName", head.group())
                .field("dataId", head.dataId())
                .field("md5", head.md5())
                .field("type", head.type())
                .field("appName", head.appName())
                .field("createTime", head.createdMillis())
                .field("modifyTime", head.modifiedMillis());
    }

    private static JsonText begin(JsonText json, Catalog.Page page) {
        return json.open('{')
                .field("totalCount", page.total())
                .field("pageNumber", page.number())
                .field("pagesAvailable", page.pages())
                .name("pageItems")
                .open('[');
    }

    private interface Writing {
        byte[] of(Catalog.Page page);
    }

    private static HttpAnswer answer(Catalog.Page page, Writing writing) {
        try (page) {
            return HttpAnswer.json(200, writing.of(page));
        }
    }

    /** Removes those there are, or, when one of them is not the caller's to remove, none. */
    private void remove(HttpCall call, JsonText envelope) {
        var form = new Form(call);
        List<Long> ids = ids(form.bound("ids"));
        var identity = new Identity(call.user());
        var author = new Author(call.user(), call.remoteIp());
        CompletionStage<@Nullable Void> removed = catalog.rows(ids).thenCompose(rows -> {
            var keys = new ArrayList<ConfigKey>(rows.size());
            for (ConfigRow row : rows) {
                ConfigHead head = row.head();
                access.check(identity, Action.WRITE, Resource.config(head.namespace(), head.group(), head.dataId()));
                keys.add(new ConfigKey(head.namespace(), head.group(), head.dataId()));
            }
            return CompletableFuture.allOf(keys.stream()
                    .map(key -> configs.remove(key, author).toCompletableFuture())
                    .toArray(CompletableFuture<?>[]::new));
        });
        errors.answer(
                call,
                removed,
                done -> HttpAnswer.json(200, envelope.truth(true).close('}').bytes()));
    }

    /** Numbers with commas between them, each once; blank, none. */
    static List<Long> ids(String text) {
        var ids = new LinkedHashSet<Long>();
        for (String word : text.split(",", Catalog.MAX_IDS + 1)) {
            String id = word.trim();
            if (id.isEmpty()) {
                continue;
            }
            if (ids.size() == Catalog.MAX_IDS) {
                throw new InvalidRequest("ids: more than " + Catalog.MAX_IDS + " (expected: at most that)");
            }
            ids.add(id(id));
        }
        return List.copyOf(ids);
    }

    static long id(String text) {
        if (!text.matches("[0-9]{1,18}")) {
            // The reference's numbers are longer: such an id is none of ours.
            if (text.matches("[0-9]{19}")) {
                return -1;
            }
            throw new InvalidRequest("id: '" + Form.echo(text) + "' (expected: a number)");
        }
        return Long.parseLong(text);
    }

    private Predicate<ConfigKey> visible(HttpCall call, Names names) {
        Predicate<Resource> readable = access.readable(new Identity(call.user()));
        return key -> names.matches(key) && readable.test(resource(key));
    }

    static Resource resource(ConfigKey key) {
        return Resource.config(key.namespace(), key.group(), key.dataId());
    }

    private static ConfigKey keyV1(HttpCall call) {
        var form = new Form(call);
        return ConfigKey.of(form.asIs("tenant"), form.bound("group"), form.bound("dataId"));
    }

    private static @Nullable String given(String text) {
        return text.isEmpty() ? null : text;
    }

    /**
     * What is looked for. In names a star stands for any text, when they are given as patterns; nothing else is special. A
     * content is looked for by its parts, with stars between them, in any order.
     */
    static final class Names {
        private final ConfigFilter filter;
        private final String dataId; // with stars; "" for none
        private final String group;

        Names(
                Form form,
                String namespaceName,
                String groupName,
                String tagsName,
                String typesName,
                String contentName,
                boolean patterns) {
            String wantedId = bounded(form, "dataId", MAX_WORD);
            String wantedGroup = bounded(form, groupName, MAX_WORD);
            this.dataId = patterns && wantedId.contains("*") ? wantedId : "";
            this.group = patterns && wantedGroup.contains("*") ? wantedGroup : "";
            this.filter = new ConfigFilter(
                    NamespaceId.of(bounded(form, namespaceName, MAX_WORD)),
                    dataId.isEmpty() ? wantedId : "",
                    group.isEmpty() ? wantedGroup : "",
                    bounded(form, "appName", MAX_WORD),
                    words(bounded(form, tagsName, MAX_WORDS * MAX_WORD), ","),
                    words(bounded(form, typesName, MAX_WORDS * MAX_WORD), ","),
                    words(bounded(form, contentName, MAX_CONTENT_PATTERN), "\\*"));
        }

        ConfigFilter filter() {
            return filter;
        }

        boolean matches(ConfigKey key) {
            return (dataId.isEmpty() || Permission.matches(dataId, key.dataId()))
                    && (group.isEmpty() || Permission.matches(group, key.group()));
        }

        private static String bounded(Form form, String name, int most) {
            String text = form.asIs(name).trim();
            if (text.length() > most) {
                throw new InvalidRequest(name + ": " + text.length() + " characters (expected: at most " + most + ")");
            }
            return text;
        }

        private static List<String> words(String text, String separator) {
            var words = new ArrayList<String>();
            for (String word : text.split(separator, -1)) {
                if (!word.isBlank()) {
                    words.add(word.trim());
                }
            }
            if (words.size() > MAX_WORDS) {
                throw new InvalidRequest(
                        "search: " + words.size() + " alternatives (expected: at most " + MAX_WORDS + ")");
            }
            return words;
        }
    }
}
