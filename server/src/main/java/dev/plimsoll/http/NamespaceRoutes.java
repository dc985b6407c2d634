package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

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
import java.util.function.Supplier;
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
    private final Supplier<String> ids;
    private final Errors errors;

    /** @param ids of namespaces that are created without one; any thread */
    NamespaceRoutes(Namespaces namespaces, Configs configs, Supplier<String> ids, Errors errors) {
        this.namespaces = namespaces;
        this.configs = configs;
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
                    boolean exists = isKnown(new Form(call).text("namespaceId"));
                    call.answer(enveloped(exists ? "1" : "0"));
                })
                .get("/v3/console/core/namespace/exist", call -> {
                    boolean exists = isKnown(new Form(call).text("customNamespaceId"));
                    call.answer(enveloped(String.valueOf(exists)));
                });
    }

    private void add(Router router, String path, Spelling spelling, String newId) {
        router.get(path + "/list", list(spelling, HttpMessages::success))
                .get(path, call -> {
                    String id = new Form(call).present("namespaceId").trim();
                    JsonText json = HttpMessages.success();
                    if (NamespaceId.isPublic(id)) {
                        writePublic(json, spelling);
                    } else {
                        StoredNamespace namespace = namespaces.find(id);
                        if (namespace == null) {
                            call.answer(failure(new NotFound("namespaceId [ " + Form.echo(id) + " ] not exist")));
                            return;
                        }
                        write(json, spelling, namespace);
                    }
                    call.answer(HttpAnswer.json(200, json.close('}').bytes()));
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
            JsonText json = envelope.get().open('[');
            writePublic(json, spelling);
            namespaces.all().forEach(namespace -> write(json, spelling, namespace));
            call.answer(HttpAnswer.json(200, json.close(']').close('}').bytes()));
        };
    }

    private void getV1(HttpCall call) {
        var form = new Form(call);
        if (form.isTrue("checkNamespaceIdExist")) {
            String id = form.text("customNamespaceId");
            call.answer(HttpAnswer.json(200, !id.isEmpty() && isKnown(id) ? TRUE : FALSE));
        } else if (form.asIs("show").equals("all")) {
            String id = form.text("namespaceId");
            var json = new JsonText();
            if (NamespaceId.isPublic(id)) {
                writePublic(json, Spelling.V2);
            } else {
                StoredNamespace namespace = namespaces.find(id);
                if (namespace == null) {
                    throw new NotFound("namespaceId [ " + Form.echo(id) + " ] not exist");
                }
                write(json, Spelling.V2, namespace);
            }
            call.answer(HttpAnswer.json(200, json.bytes()));
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

    private boolean isKnown(String id) {
        return NamespaceId.isPublic(id) || namespaces.find(id) != null;
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

    private void writePublic(JsonText json, Spelling spelling) {
        write(json, spelling.publicId, NamespaceId.PUBLIC, spelling.publicDescription, NamespaceId.PUBLIC, 0);
    }

    private void write(JsonText json, Spelling spelling, StoredNamespace namespace) {
        write(json, namespace.id(), namespace.name(), namespace.description(), namespace.id(), spelling.customType);
    }

    private void write(JsonText json, String id, String name, @Nullable String description, String counted, int type) {
        json.open('{')
                .field("namespace", id)
                .field("namespaceShowName", name)
                .field("namespaceDesc", description)
                .field("quota", QUOTA)
                .field("configCount", configs.count(counted))
                .field("type", type)
                .close('}');
    }

    private static HttpAnswer enveloped(String data) {
        return HttpAnswer.json(200, HttpMessages.envelope(data.getBytes(US_ASCII)));
    }
}
