package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.plimsoll.auth.Access;
import dev.plimsoll.auth.Identity;
import dev.plimsoll.auth.Resource;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.Namespaces;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.HttpHandler;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.Conflict;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.store.NamespaceId;
import dev.plimsoll.store.NamespaceJournal.StoredNamespace;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.JsonText;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Namespaces, as v1, v2 and v3 have them. v1 says no by a bare {@code false}, and takes a change of what is not there for
 * done; the later ones have codes for it. Called on the connection's loop.
 */
final class NamespaceRoutes {
    /** The reference counts up to it and never refuses by it. */
    private static final int QUOTA = 200;

    private static final int ILLEGAL = 22000;
    private static final int UNKNOWN = 22001;
    private static final int KNOWN = 22002;
    private static final byte[] TRUE = "true".getBytes(US_ASCII);
    private static final byte[] FALSE = "false".getBytes(US_ASCII);

    private final Namespaces namespaces;
    private final Configs configs;
    private final Access access;
    private final Executor reads;
    private final Supplier<String> ids;
    private final Errors errors;

    /** @param ids of namespaces that are created without one; any thread */
    NamespaceRoutes(
            Namespaces namespaces,
            Configs configs,
            Access access,
            Executor reads,
            Supplier<String> ids,
            Errors errors) {
        this.namespaces = namespaces;
        this.configs = configs;
        this.access = access;
        this.reads = reads;
        this.ids = ids;
        this.errors = errors;
    }

    /** How a version of the interface writes of namespaces. */
    private record Spelling(String publicId, @Nullable String publicDescription, int customType) {
        static final Spelling V2 = new Spelling("", null, 2);
        static final Spelling V3 = new Spelling(NamespaceId.PUBLIC, "Default Namespace", 1);
    }

    void addTo(Router router) {
        router.get("/v1/console/namespaces", this::getV1)
                .post("/v1/console/namespaces", this::createV1)
                .put("/v1/console/namespaces", this::updateV1)
                .delete("/v1/console/namespaces", this::deleteV1);
        add(router, "/v2/console/namespace", Spelling.V2, "namespaceId");
        add(router, "/v3/admin/core/namespace", Spelling.V3, "namespaceId");
        add(router, "/v3/console/core/namespace", Spelling.V3, "customNamespaceId");
        router.get("/v3/admin/core/namespace/check", call -> {
                    boolean exists = isKnown(call, new Form(call).text("namespaceId"));
                    call.answer(enveloped(exists ? "1" : "0"));
                })
                .get("/v3/console/core/namespace/exist", call -> {
                    boolean exists = isKnown(call, new Form(call).text("customNamespaceId"));
                    call.answer(enveloped(String.valueOf(exists)));
                });
    }

    private void add(Router router, String path, Spelling spelling, String newId) {
        router.get(path + "/list", list(spelling, HttpMessages::success))
                .get(path, call -> {
                    String id = new Form(call).present("namespaceId").trim();
                    if (!isKnown(call, id)) {
                        call.answer(failure(new NotFound("namespaceId [ " + Form.echo(id) + " ] not exist")));
                        return;
                    }
                    answer(call, counts -> {
                        JsonText json = HttpMessages.success();
                        write(json, spelling, id, counts);
                        return json.close('}');
                    });
                })
                .post(path, call -> {
                    var form = new Form(call);
                    String id = form.text(newId);
                    change(
                            call,
                            () -> namespaces.create(
                                    id.isEmpty() ? ids.get() : id,
                                    name(form, "namespaceName"),
                                    form.text("namespaceDesc")));
                })
                .put(path, call -> {
                    var form = new Form(call);
                    change(
                            call,
                            () -> namespaces.update(
                                    custom(form.present("namespaceId")),
                                    name(form, "namespaceName"),
                                    form.text("namespaceDesc")));
                })
                .delete(path, call -> {
                    var form = new Form(call);
                    change(call, () -> namespaces.delete(custom(form.present("namespaceId"))));
                });
    }

    private interface Change {
        CompletionStage<@Nullable Void> make();
    }

    /** For v2 and v3, which have codes of their own for what may be wrong with a namespace. */
    private void change(HttpCall call, Change change) {
        CompletionStage<@Nullable Void> made;
        try {
            made = change.make();
        } catch (InvalidRequest e) {
            if (e.reason().startsWith(Form.MISSING)) {
                throw e;
            }
            call.answer(failure(e));
            return;
        }
        made.whenComplete((done, failed) -> {
            Throwable cause = failed == null ? null : Errors.cause(failed);
            if (cause == null) {
                call.answer(HttpAnswer.json(200, HttpMessages.envelope(TRUE)));
            } else if (cause instanceof NotFound || cause instanceof Conflict || cause instanceof InvalidRequest) {
                call.answer(failure((RuntimeException) cause));
            } else {
                errors.failed(call, cause);
            }
        });
    }

    private static HttpAnswer failure(RuntimeException refusal) {
        String reason = String.valueOf(refusal.getMessage());
        if (refusal instanceof NotFound) {
            return HttpAnswer.json(404, HttpMessages.envelope(UNKNOWN, "namespace not exist", reason));
        } else if (refusal instanceof Conflict) {
            return HttpAnswer.json(400, HttpMessages.envelope(KNOWN, "namespace already exist", reason));
        }
        return HttpAnswer.json(400, HttpMessages.envelope(ILLEGAL, "illegal namespace", reason));
    }

    private HttpHandler list(Spelling spelling, Supplier<JsonText> envelope) {
        return call -> {
            Predicate<String> seen = seen(call);
            answer(call, counts -> {
                JsonText json = envelope.get().open('[');
                if (seen.test(NamespaceId.PUBLIC)) {
                    writePublic(json, spelling, counts);
                }
                namespaces.all().stream()
                        .filter(namespace -> seen.test(namespace.id()))
                        .forEach(namespace -> write(json, spelling, namespace, counts));
                return json.close(']').close('}');
            });
        };
    }

    private void getV1(HttpCall call) {
        var form = new Form(call);
        if (form.isTrue("checkNamespaceIdExist")) {
            String id = form.text("customNamespaceId");
            call.answer(HttpAnswer.json(200, !id.isEmpty() && isKnown(call, id) ? TRUE : FALSE));
        } else if (form.asIs("show").equals("all")) {
            String id = form.text("namespaceId");
            if (!isKnown(call, id)) {
                throw new NotFound("namespaceId [ " + Form.echo(id) + " ] not exist");
            }
            answer(call, counts -> {
                var json = new JsonText();
                write(json, Spelling.V2, id, counts);
                return json;
            });
        } else {
            list(Spelling.V2, HttpMessages::restSuccess).handle(call);
        }
    }

    private void createV1(HttpCall call) {
        var form = new Form(call);
        String given = form.bound("customNamespaceId").trim();
        String name = bound(form, "namespaceName");
        String id = given.isEmpty() ? ids.get() : given;
        try {
            Namespaces.checkId(id);
        } catch (InvalidRequest e) {
            call.answer(HttpAnswer.json(200, FALSE));
            return;
        }
        changeV1(call, namespaces.create(id, name, form.text("namespaceDesc")));
    }

    private void updateV1(HttpCall call) {
        var form = new Form(call);
        String id = custom(form.bound("namespace"));
        String name = bound(form, "namespaceShowName");
        changeV1(call, namespaces.update(id, name, form.text("namespaceDesc")));
    }

    private void deleteV1(HttpCall call) {
        changeV1(call, namespaces.delete(custom(new Form(call).bound("namespaceId"))));
    }

    private void changeV1(HttpCall call, CompletionStage<@Nullable Void> change) {
        change.whenComplete((done, failed) -> {
            Throwable cause = failed == null ? null : Errors.cause(failed);
            if (cause == null || cause instanceof NotFound) {
                call.answer(HttpAnswer.json(200, TRUE));
            } else if (cause instanceof Conflict) {
                call.answer(HttpAnswer.json(200, FALSE));
            } else {
                errors.failed(call, cause);
            }
        });
    }

    /** There is one with this id, and the caller may know of it. */
    private boolean isKnown(HttpCall call, String id) {
        String one = NamespaceId.of(id);
        return (one.equals(NamespaceId.PUBLIC) || namespaces.find(one) != null)
                && seen(call).test(one);
    }

    private Predicate<String> seen(HttpCall call) {
        return access.namespaces(new Identity(call.user()));
    }

    private interface Writing {
        /** @param counts how many configurations of a namespace the caller may read */
        JsonText with(ToIntFunction<String> counts);
    }

    private void answer(HttpCall call, Writing writing) {
        var caller = new Identity(call.user());
        if (access.isUnlimited(caller)) {
            call.answer(HttpAnswer.json(200, writing.with(configs::count).bytes()));
            return;
        }
        Predicate<Resource> readable = access.readable(caller);
        errors.search(call, reads, () -> {
            var counts = configs.counts(key -> readable.test(SearchRoutes.resource(key)));
            return HttpAnswer.json(
                    200, writing.with(id -> counts.getOrDefault(id, 0)).bytes());
        });
    }

    /** An id of a namespace that can be changed. */
    private static String custom(String id) {
        if (NamespaceId.isPublic(id)) {
            throw new InvalidRequest("namespaceId [" + Form.echo(id) + "] is the public one (expected: another,"
                    + " it cannot be changed)");
        }
        return id.trim();
    }

    private static String name(Form form, String parameter) {
        String name = form.text(parameter);
        if (name.isEmpty()) {
            throw new InvalidRequest(Form.MISSING + parameter + "' type String is not present");
        }
        return name;
    }

    private static String bound(Form form, String parameter) {
        String name = form.bound(parameter).trim();
        if (name.isEmpty()) {
            throw new InvalidRequest("Parameter '" + parameter + "' is blank (expected: a name)");
        }
        return name;
    }

    /** One that is known. It may go while its configurations are counted. */
    private void write(JsonText json, Spelling spelling, String id, ToIntFunction<String> counts) {
        StoredNamespace namespace = namespaces.find(id);
        if (NamespaceId.isPublic(id)) {
            writePublic(json, spelling, counts);
        } else if (namespace != null) {
            write(json, spelling, namespace, counts);
        } else {
            json.text(null);
        }
    }

    private static void writePublic(JsonText json, Spelling spelling, ToIntFunction<String> counts) {
        int count = counts.applyAsInt(NamespaceId.PUBLIC);
        write(json, spelling.publicId, NamespaceId.PUBLIC, spelling.publicDescription, count, 0);
    }

    private static void write(
            JsonText json, Spelling spelling, StoredNamespace namespace, ToIntFunction<String> counts) {
        int count = counts.applyAsInt(namespace.id());
        write(json, namespace.id(), namespace.name(), namespace.description(), count, spelling.customType);
    }

    private static void write(
            JsonText json, String id, String name, @Nullable String description, int count, int type) {
        json.open('{')
                .field("namespace", id)
                .field("namespaceShowName", name)
                .field("namespaceDesc", description)
                .field("quota", QUOTA)
                .field("configCount", count)
                .field("type", type)
                .close('}');
    }

    private static HttpAnswer enveloped(String data) {
        return HttpAnswer.json(200, HttpMessages.envelope(data.getBytes(US_ASCII)));
    }
}
