package dev.plimsoll.http;

import dev.plimsoll.auth.Access;
import dev.plimsoll.auth.Action;
import dev.plimsoll.auth.Identity;
import dev.plimsoll.config.Catalog;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.Intake;
import dev.plimsoll.config.Intake.Outcome;
import dev.plimsoll.config.Intake.Policy;
import dev.plimsoll.config.Namespaces;
import dev.plimsoll.config.Publish;
import dev.plimsoll.config.Room;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpAnswer.Header;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.store.ConfigHead;
import dev.plimsoll.store.ConfigRow;
import dev.plimsoll.store.NamespaceId;
import dev.plimsoll.store.StoredConfig;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.JsonText;
import dev.plimsoll.wire.TransferMessages;
import dev.plimsoll.wire.TransferMessages.CloneItem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Configurations exported to an archive, imported from one, and cloned into another namespace. A caller exports what it may
 * read, and imports nothing at all when there is something in it that it may not publish. Called on the connection's loop.
 */
final class TransferRoutes {
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);
    private static final int MAX_JSON = 1 << 20;
    private static final int NO_SUCH_NAMESPACE = 22001; // v3's code for it

    private final Configs configs;
    private final Namespaces namespaces;
    private final Catalog catalog;
    private final Intake intake;
    private final Access access;
    private final InstantSource clock;
    private final Errors errors;

    TransferRoutes(
            Configs configs,
            Namespaces namespaces,
            Catalog catalog,
            Access access,
            InstantSource clock,
            Errors errors) {
        this.configs = configs;
        this.namespaces = namespaces;
        this.catalog = catalog;
        this.intake = new Intake(configs, catalog);
        this.access = access;
        this.clock = clock;
        this.errors = errors;
    }

    void addTo(Router router, Selections v1) {
        v1.add("GET", "export", "true", call -> export(call, "tenant", "group", false))
                .add("GET", "exportV2", "true", call -> export(call, "tenant", "group", true))
                .add("POST", "import", "true", call -> importFrom(call, "namespace", false))
                .add("POST", "clone", "true", call -> clone(call, "tenant", false));
        router.get("/v3/admin/cs/config/export", call -> export(call, "namespaceId", "groupName", true))
                .get("/v3/console/cs/config/export2", call -> export(call, "namespaceId", "groupName", true))
                .post("/v3/admin/cs/config/import", call -> importFrom(call, "namespaceId", true))
                .post("/v3/console/cs/config/import", call -> importFrom(call, "namespaceId", true))
                .post("/v3/admin/cs/config/clone", call -> clone(call, "namespaceId", true))
                .post("/v3/console/cs/config/clone", call -> clone(call, "targetNamespaceId", true));
    }

    private void export(HttpCall call, String namespace, String group, boolean newForm) {
        var form = new Form(call);
        var names = new SearchRoutes.Names(form, namespace, group, "", "", "", true);
        Predicate<ConfigKey> readable = readable(call);
        List<Long> ids = SearchRoutes.ids(form.asIs("ids"));
        var export = new ZipExport(newForm);
        CompletionStage<Room> fed = ids.isEmpty()
                ? catalog.each(
                        names.filter(), key -> names.matches(key) && readable.test(key), ZipImport.MAX_ENTRIES, export)
                : catalog.each(ids, readable, export);
        String name = "nacos_config_export_" + NAME.format(clock.instant()) + ".zip";
        CompletionStage<HttpAnswer> answer = fed.thenApply(room -> {
            try (room) {
                return new HttpAnswer(
                        200,
                        "application/octet-stream;charset=UTF-8",
                        List.of(new Header("Content-Disposition", "attachment;filename=" + name)),
                        export.finish(room));
            }
        });
        errors.answer(call, answer.whenComplete((done, failure) -> export.close()), done -> done);
    }

    private void importFrom(HttpCall call, String namespaceName, boolean v3) {
        byte[] body = bytes(call.body());
        String contentType = call.header("Content-Type");
        Author author = author(call);
        var caller = new Identity(call.user());
        var form = new Form(call);
        String namespace = form.asIs(namespaceName).trim();
        String policy = form.asIs("policy").trim();
        var source = catalog.turn(() -> {
            if (contentType == null || !Multipart.is(contentType)) {
                throw new UnreadableArchive(UnreadableArchive.EMPTY, "The imported file data is empty");
            }
            var parts = new Multipart(contentType, body);
            Multipart.Slice file = parts.file("file");
            if (file == null) {
                throw new UnreadableArchive(UnreadableArchive.EMPTY, "The imported file data is empty");
            }
            String target = existing(caller, namespace.isEmpty() ? parts.text(namespaceName) : namespace);
            Policy asked = policy(policy.isEmpty() ? parts.text("policy") : policy);
            var archive = new ZipImport(file, target, v3, configs.maxContentBytes(), author, catalog.room());
            try {
                check(caller, Action.PUBLISH, archive.keys());
            } catch (RuntimeException e) {
                archive.close();
                throw e;
            }
            return Map.entry(archive, asked);
        });
        source.thenCompose(ready -> intake.run(ready.getKey(), ready.getValue())
                        .thenApply(outcome -> outcome(outcome, ready.getKey().unrecognized(), "import success", v3)))
                .whenComplete((answer, failure) -> answer(call, answer, failure, v3));
    }

    private void clone(HttpCall call, String namespaceName, boolean v3) {
        ByteBuf json = call.body();
        if (json.readableBytes() > MAX_JSON) {
            throw new InvalidRequest("body: " + json.readableBytes() + " bytes (expected: at most " + MAX_JSON + ")");
        }
        List<CloneItem> wanted = items(bytes(json));
        var form = new Form(call);
        Author author = author(call);
        Policy policy = policy(form.asIs("policy").trim());
        String namespace = v3 ? form.present(namespaceName) : form.bound(namespaceName);
        var caller = new Identity(call.user());
        String target;
        try {
            target = existing(caller, namespace);
            if (wanted.isEmpty()) {
                throw new UnreadableArchive(UnreadableArchive.NOTHING_CHOSEN, "No configuration selected");
            }
        } catch (UnreadableArchive e) {
            answer(call, null, e, v3);
            return;
        }
        var byId = new HashMap<Long, CloneItem>();
        wanted.forEach(item -> byId.putIfAbsent(SearchRoutes.id(item.id()), item));
        catalog.rows(List.copyOf(byId.keySet()))
                .thenCompose(rows -> {
                    if (rows.isEmpty()) {
                        throw new UnreadableArchive(UnreadableArchive.EMPTY, "The imported file data is empty");
                    }
                    var copies = new Copies(target, rows, byId, author);
                    check(caller, Action.READ, copies.from);
                    check(caller, Action.PUBLISH, copies.to);
                    return intake.run(copies, policy);
                })
                .thenApply(outcome -> outcome(outcome, List.of(), "Clone Completed Successfully", v3))
                .whenComplete((answer, failure) -> answer(call, answer, failure, v3));
    }

    /** Their number is known before they are objects; no name has a brace in it. */
    private static List<CloneItem> items(byte[] json) {
        int items = 0;
        for (byte b : json) {
            items += b == '{' ? 1 : 0;
        }
        if (items > Catalog.MAX_IDS) {
            throw new InvalidRequest("body: " + items + " items (expected: at most " + Catalog.MAX_IDS + ")");
        }
        return TransferMessages.cloneItems(json);
    }

    /** Configurations of this server under other names. */
    private final class Copies implements Intake.Source {
        private final List<ConfigKey> from = new ArrayList<>();
        private final List<ConfigKey> to = new ArrayList<>();
        private final Author author;

        Copies(String namespace, List<ConfigRow> rows, Map<Long, CloneItem> wanted, Author author) {
            this.author = author;
            for (ConfigRow row : rows) {
                ConfigHead head = row.head();
                CloneItem item = wanted.get(row.id());
                String group = item == null ? "" : item.newGroup();
                String dataId = item == null ? "" : item.newDataId();
                from.add(new ConfigKey(head.namespace(), head.group(), head.dataId()));
                to.add(new ConfigKey(
                        namespace, group.isBlank() ? head.group() : group, dataId.isBlank() ? head.dataId() : dataId));
            }
        }

        @Override
        public List<ConfigKey> keys() {
            return to;
        }

        @Override
        public @Nullable Publish read(int number, Room room) {
            StoredConfig source = catalog.read(from.get(number), room);
            if (source == null) {
                return null;
            }
            ConfigHead head = source.head();
            return new Publish(
                    to.get(number),
                    source.content(),
                    head.type(),
                    head.appName(),
                    head.description(),
                    null, // tags are not copied, as in the reference
                    "",
                    "",
                    "",
                    head.encryptedDataKey(),
                    null,
                    author);
        }

        @Override
        public void close() {}
    }

    private void answer(HttpCall call, @Nullable HttpAnswer answer, @Nullable Throwable failure, boolean v3) {
        Throwable cause = failure == null ? null : Errors.cause(failure);
        if (answer != null) {
            call.answer(answer);
        } else if (cause instanceof UnreadableArchive unreadable) {
            boolean namespace = unreadable.code() == UnreadableArchive.NO_NAMESPACE;
            JsonText json = new JsonText()
                    .open('{')
                    .field("code", v3 && namespace ? NO_SUCH_NAMESPACE : unreadable.code())
                    .field("message", unreadable.getMessage())
                    .name("data")
                    .open('{')
                    .field("succCount", 0)
                    .close('}')
                    .close('}');
            call.answer(HttpAnswer.json(200, json.bytes()));
        } else if (cause != null) {
            errors.failed(call, cause);
        }
    }

    private static HttpAnswer outcome(Outcome outcome, List<String> unrecognized, String message, boolean v3) {
        JsonText json = v3
                ? HttpMessages.success()
                : new JsonText()
                        .open('{')
                        .field("code", 200)
                        .field("message", message)
                        .name("data");
        json.open('{').field("succCount", outcome.succeeded()).field("skipCount", outcome.skips());
        write(json, "skipData", outcome.skipped());
        write(json, "failData", outcome.failed());
        if (!unrecognized.isEmpty()) {
            json.field("unrecognizedCount", unrecognized.size())
                    .name("unrecognizedData")
                    .open('[');
            unrecognized.forEach(name -> json.open('{').field("itemName", name).close('}'));
            json.close(']');
        }
        return HttpAnswer.json(200, json.close('}').close('}').bytes());
    }

    private static void write(JsonText json, String name, List<ConfigKey> keys) {
        if (!keys.isEmpty()) {
            json.name(name).open('[');
            keys.forEach(key -> json.open('{')
                    .field("dataId", key.dataId())
                    .field("group", key.group())
                    .close('}'));
            json.close(']');
        }
    }

    /** The id of a namespace that is there. Whether it is, is told to nobody who may not publish anything in it. */
    private String existing(Identity caller, String namespace) {
        String id = NamespaceId.of(namespace);
        access.checkIn(caller, Action.PUBLISH, id);
        if (!id.equals(NamespaceId.PUBLIC) && namespaces.find(id) == null) {
            throw new UnreadableArchive(UnreadableArchive.NO_NAMESPACE, "namespace does not exist: " + Form.echo(id));
        }
        return id;
    }

    private static Policy policy(String text) {
        if (text.isEmpty()) {
            return Policy.ABORT;
        }
        for (Policy policy : Policy.values()) {
            if (policy.name().equals(text)) {
                return policy;
            }
        }
        throw new InvalidRequest("policy: '" + Form.echo(text) + "' (expected: ABORT, SKIP or OVERWRITE)");
    }

    /** Who is entered in the histories: what the caller has proved, or else what it says of itself. */
    private static Author author(HttpCall call) {
        var form = new Form(call);
        String said = form.asIs("src_user").isBlank() ? form.asIs("srcUser") : form.asIs("src_user");
        return new Author(call.user().isEmpty() ? said.trim() : call.user(), call.remoteIp());
    }

    private Predicate<ConfigKey> readable(HttpCall call) {
        var readable = access.readable(new Identity(call.user()));
        return key -> readable.test(SearchRoutes.resource(key));
    }

    private void check(Identity caller, Action action, List<ConfigKey> keys) {
        keys.forEach(key -> access.check(caller, action, SearchRoutes.resource(key)));
    }

    private static byte[] bytes(ByteBuf body) {
        return ByteBufUtil.getBytes(body);
    }
}
