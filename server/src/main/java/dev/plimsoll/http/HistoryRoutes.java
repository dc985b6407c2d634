package dev.plimsoll.http;

import dev.plimsoll.auth.Access;
import dev.plimsoll.auth.Identity;
import dev.plimsoll.config.Archive;
import dev.plimsoll.config.Catalog;
import dev.plimsoll.config.Catalog.Search;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.Room;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.store.ConfigFilter;
import dev.plimsoll.store.ConfigHead;
import dev.plimsoll.store.ConfigRow;
import dev.plimsoll.store.HistoryEntry;
import dev.plimsoll.store.NamespaceId;
import dev.plimsoll.store.PastConfig;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Past states of configurations. What is asked for by a number is given only to one who names the configuration it is of,
 * and may read that. Called on the connection's loop.
 */
final class HistoryRoutes {
    private static final int PAGE = 100;

    /** Of a row in a list without its names: fields, an id, a checksum, times. */
    private static final int LISTED_BYTES = 280;

    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx").withZone(ZoneOffset.UTC);

    private final Configs configs;
    private final Catalog catalog;
    private final Access access;
    private final Errors errors;

    HistoryRoutes(Configs configs, Catalog catalog, Access access, Errors errors) {
        this.configs = configs;
        this.catalog = catalog;
        this.access = access;
        this.errors = errors;
    }

    void addTo(Router router) {
        router.get("/v1/cs/history", this::v1)
                .get("/v1/cs/history/previous", call -> previous(call, ConfigNames.V1))
                .get("/v1/cs/history/configs", call -> configs(call, ConfigNames.V1))
                .get("/v2/cs/history", call -> one(call, ConfigNames.V2))
                .get("/v2/cs/history/list", call -> list(call, ConfigNames.V2))
                .get("/v2/cs/history/previous", call -> previous(call, ConfigNames.V2))
                .get("/v2/cs/history/configs", call -> configs(call, ConfigNames.V2));
        for (String base : new String[] {"/v3/admin/cs/history", "/v3/console/cs/history"}) {
            router.get(base, call -> one(call, ConfigNames.V3))
                    .get(base + "/list", call -> list(call, ConfigNames.V3))
                    .get(base + "/previous", call -> previous(call, ConfigNames.V3))
                    .get(base + "/configs", call -> configs(call, ConfigNames.V3));
        }
    }

    private void v1(HttpCall call) {
        if (call.parameter("nid") == null) {
            list(call, ConfigNames.V1);
        } else {
            one(call, ConfigNames.V1);
        }
    }

    private void list(HttpCall call, ConfigNames names) {
        var form = new Form(call);
        ConfigKey key = names.key(form);
        int number = form.number("pageNo", 1);
        int size = Math.min(form.number("pageSize", PAGE), Archive.MAX_PAGE); // cut, as by the reference
        if (number < 1 || size < 1) {
            throw new InvalidRequest("pageNo, pageSize: " + number + ", " + size + " (expected: from 1 on)");
        }
        int offset = (int) Math.min((number - 1L) * size, Integer.MAX_VALUE);
        errors.answer(call, configs.archive().history(key, offset, size), page -> {
            JsonText json = begin(names)
                    .open('{')
                    .field("totalCount", page.total())
                    .field("pageNumber", number)
                    .field("pagesAvailable", (page.total() + size - 1) / size)
                    .name("pageItems")
                    .open('[');
            page.changes().forEach(change -> write(json, names, change, null));
            return end(json.close(']').close('}'), names);
        });
    }

    private void one(HttpCall call, ConfigNames names) {
        var form = new Form(call);
        long id = SearchRoutes.id(names.required(form, "nid"));
        answer(
                call,
                names,
                configs.archive().past(names.key(form), id),
                "certain config history for nid = " + id + " not exist");
    }

    private void previous(HttpCall call, ConfigNames names) {
        var form = new Form(call);
        long id = SearchRoutes.id(names.required(form, "id"));
        answer(
                call,
                names,
                configs.archive().lastReplaced(names.key(form), id),
                "previous config history for id = " + id + " not exist");
    }

    /** When there is none v1 answers nothing, v2 without data, and v3 that it is not found. */
    private void answer(
            HttpCall call, ConfigNames names, CompletionStage<Optional<PastConfig>> found, String notFound) {
        errors.answer(call, found, past -> {
            if (past.isPresent()) {
                JsonText json = begin(names);
                write(json, names, past.get().entry(), past.get());
                return end(json, names);
            }
            if (names.equals(ConfigNames.V3)) {
                throw new NotFound(notFound);
            }
            return names.enveloped() ? end(begin(names).text(null), names) : HttpAnswer.empty(200);
        });
    }

    /**
     * Those configurations of a namespace that the caller may read: all of them, as clients expect, or a page when one is
     * asked for, as nobody can of the reference.
     */
    private void configs(HttpCall call, ConfigNames names) {
        var form = new Form(call);
        String namespace = NamespaceId.of(names.required(form, names.namespace()));
        var filter = ConfigFilter.of(namespace);
        var readable = access.readable(new Identity(call.user()));
        Predicate<ConfigKey> visible = key -> readable.test(SearchRoutes.resource(key));
        JsonText json = begin(names).open('[');
        if (call.parameter("pageNo") != null || call.parameter("pageSize") != null) {
            var search = new Search(filter, visible, form.number("pageNo", 1), form.number("pageSize", PAGE), false);
            errors.answer(call, catalog.search(search), page -> {
                try (page) {
                    page.rows().forEach(row -> write(json, names, row.row()));
                    return end(json.close(']'), names);
                }
            });
            return;
        }
        CompletionStage<Room> written = catalog.rows(filter, visible, (row, room) -> {
            room.take(listedBytes(row.head()));
            write(json, names, row);
        });
        errors.answer(call, written, room -> {
            try (room) {
                return end(json.close(']'), names);
            }
        });
    }

    /** What a row takes of an answer at most, which is there twice when it is put together. */
    private static long listedBytes(ConfigHead head) {
        int names = head.namespace().length()
                + head.group().length()
                + head.dataId().length();
        int escaped = 6 * head.appName().length();
        return 2L * (LISTED_BYTES + names + escaped);
    }

    /** As the reference, which knows nothing but names here in v1 and v2. */
    private static void write(JsonText json, ConfigNames names, ConfigRow row) {
        ConfigHead head = row.head();
        if (names.equals(ConfigNames.V3)) {
            json.open('{')
                    .field("id", Long.toString(row.id()))
                    .field("namespaceId", head.namespace())
                    .field("groupName", head.group())
                    .field("dataId", head.dataId())
                    .field("md5", head.md5())
                    .field("type", head.type())
                    .field("appName", head.appName())
                    .field("createTime", head.createdMillis())
                    .field("modifyTime", head.modifiedMillis())
                    .close('}');
        } else {
            json.open('{')
                    .field("id", Long.toString(row.id()))
                    .field("dataId", head.dataId())
                    .field("group", head.group())
                    .field("content", null)
                    .field("md5", null)
                    .field("encryptedDataKey", null)
                    .field("tenant", ConfigNames.tenant(head.namespace()))
                    .field("appName", head.appName())
                    .field("type", head.type())
                    .field("lastModified", head.modifiedMillis())
                    .close('}');
        }
    }

    private static JsonText begin(ConfigNames names) {
        return names.enveloped() ? HttpMessages.success() : new JsonText();
    }

    private static HttpAnswer end(JsonText json, ConfigNames names) {
        return HttpAnswer.json(200, (names.enveloped() ? json.close('}') : json).bytes());
    }

    /** @param state null in a list */
    private static void write(JsonText json, ConfigNames names, HistoryEntry change, @Nullable PastConfig state) {
        if (names.equals(ConfigNames.V3)) {
            writeV3(json, change, state);
        } else {
            writeV1(json, change, state);
        }
    }

    private static void writeV1(JsonText json, HistoryEntry change, @Nullable PastConfig state) {
        String at = ISO.format(Instant.ofEpochMilli(change.atMillis()));
        json.open('{')
                .field("id", Long.toString(change.id()))
                .field("lastId", -1)
                .field("dataId", change.dataId())
                .field("group", change.group())
                .field("tenant", ConfigNames.tenant(change.namespace()))
                .field("appName", change.appName())
                .field("md5", change.md5())
                .name("content");
        content(json, state)
                .field("srcIp", change.ip())
                .field("srcUser", change.user())
                .field("opType", String.valueOf(change.operation()))
                .field("createdTime", at)
                .field("lastModifiedTime", at)
                .field("encryptedDataKey", state == null ? null : state.head().encryptedDataKey())
                .field("publishType", publishType(change)) // here clients do not look at it, nor at the next
                .field("grayName", change.grayName())
                .close('}');
    }

    private static void writeV3(JsonText json, HistoryEntry change, @Nullable PastConfig state) {
        json.open('{')
                .field("id", Long.toString(change.id()))
                .field("namespaceId", change.namespace())
                .field("groupName", change.group())
                .field("dataId", change.dataId())
                .field("md5", change.md5())
                .field("type", change.type())
                .field("appName", change.appName())
                .field("createTime", change.atMillis())
                .field("modifyTime", change.atMillis())
                .field("srcIp", change.ip())
                .field("srcUser", change.user())
                .field("opType", String.valueOf(change.operation()))
                .field("publishType", publishType(change))
                .field("grayName", change.grayName());
        if (state != null) {
            json.name("content")
                    .utf8(state.content())
                    .field("encryptedDataKey", state.head().encryptedDataKey())
                    .field("extInfo", extInfo(state));
        }
        json.close('}');
    }

    private static JsonText content(JsonText json, @Nullable PastConfig state) {
        return state == null ? json.text(null) : json.utf8(state.content());
    }

    private static String publishType(HistoryEntry change) {
        return change.grayName().isEmpty() ? "formal" : "gray";
    }

    /** What else belonged to the state: JSON in a text, with the names of the reference's columns. */
    private static String extInfo(PastConfig state) {
        ConfigHead head = state.head();
        byte[] json = new JsonText()
                .open('{')
                .field("type", head.type())
                .field("config_tags", head.tags())
                .field("src_user", state.entry().user())
                .field("c_desc", head.description())
                .field("c_use", head.use())
                .field("effect", head.effect())
                .field("c_schema", head.schema())
                .close('}')
                .bytes();
        return new String(json, StandardCharsets.UTF_8);
    }
}
