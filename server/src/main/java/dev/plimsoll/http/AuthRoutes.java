package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.plimsoll.auth.Access;
import dev.plimsoll.auth.Auth;
import dev.plimsoll.auth.Permission;
import dev.plimsoll.auth.Users;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.HttpHandler;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.vitals.Traffic;
import dev.plimsoll.wire.AuthMessages;
import dev.plimsoll.wire.AuthMessages.LoginAnswer;
import dev.plimsoll.wire.AuthMessages.LoginRow;
import dev.plimsoll.wire.AuthMessages.PermissionRow;
import dev.plimsoll.wire.AuthMessages.RoleRow;
import dev.plimsoll.wire.AuthMessages.UserRow;
import dev.plimsoll.wire.HttpMessages;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** Logins, users, roles and permissions, as v1 and v3 have them. Called on the connection's loop. */
final class AuthRoutes {
    private static final String DISABLED = "AUTH_DISABLED"; // what 3.x answers while auth is off
    private static final int DISABLED_LIFE = 18_000;
    private static final int CONFLICT = 409;
    private static final int MAX_PAGE = 500;
    private static final int MAX_LOGINS = 500;

    private final Auth auth;
    private final Traffic traffic;
    private final Users users;
    private final Access access;
    private final Errors errors;

    AuthRoutes(Auth auth, Traffic traffic, Errors errors) {
        this.auth = auth;
        this.traffic = traffic;
        this.users = auth.users();
        this.access = auth.access();
        this.errors = errors;
    }

    void addTo(Router router) {
        router.post("/v1/auth/login", this::login)
                .post("/v1/auth/users/login", this::login)
                .post("/v3/auth/user/login", this::login)
                .post(
                        "/v1/auth/users/admin",
                        call -> call.answer(HttpAnswer.json(
                                200, AuthMessages.restResult(CONFLICT, "have admin user cannot use it", ""))))
                .post(
                        "/v3/auth/user/admin",
                        call -> call.answer(HttpAnswer.json(
                                CONFLICT, HttpMessages.envelope(CONFLICT, "have admin user cannot use it.", null))))
                .get("/v3/admin/plimsoll/logins", this::logins);
        addTo(router, new V1(), "/v1/auth/users", "/v1/auth/roles", "/v1/auth/permissions");
        addTo(router, new V3(), "/v3/auth/user", "/v3/auth/role", "/v3/auth/permission");
        router.get("/v1/auth/users", searching(this::users))
                .get("/v1/auth/roles", searching(this::roles))
                .get("/v1/auth/permissions", call -> {
                    if (call.parameter("search") == null) {
                        hasPermission(call, new V1());
                    } else {
                        searching(this::permissions).handle(call);
                    }
                })
                .get("/v3/auth/user/list", call -> enveloped(call, users(call)))
                .get("/v3/auth/role/list", call -> enveloped(call, roles(call)))
                .get("/v3/auth/permission/list", call -> enveloped(call, permissions(call)))
                .get("/v3/auth/permission", call -> hasPermission(call, new V3()));
    }

    private void addTo(Router router, Wrapping form, String user, String role, String permission) {
        router.post(
                        user,
                        call -> changed(
                                call,
                                form,
                                "create user ok!",
                                f -> users.create(f.required("username"), password(f, "password"))))
                .put(user, call -> changePassword(call, form))
                .delete(user, call -> changed(call, form, "delete user ok!", f -> users.delete(f.required("username"))))
                .get(
                        user + "/search",
                        call -> form.names(
                                call,
                                users.names().stream()
                                        .filter(name -> name.contains(new Form(call).required("username")))
                                        .limit(MAX_PAGE)
                                        .toList()))
                .post(
                        role,
                        call -> changed(
                                call,
                                form,
                                "add role ok!",
                                f -> users.giveRole(f.required("role"), f.required("username"))))
                .delete(role, call -> {
                    var f = new Form(call);
                    String name = f.required("role");
                    String of = f.text("username");
                    String said = "delete role of user " + of + " ok!";
                    changed(call, form, said, g -> users.takeRole(name, of));
                })
                .get(
                        role + "/search",
                        call -> form.names(
                                call,
                                users.roles().stream()
                                        .map(Users.RoleOf::role)
                                        .distinct()
                                        .filter(name -> name.contains(new Form(call).required("role")))
                                        .limit(MAX_PAGE)
                                        .toList()))
                .post(
                        permission,
                        call -> changed(
                                call,
                                form,
                                "add permission ok!",
                                f -> users.permit(f.required("role"), f.required("resource"), f.required("action"))))
                .delete(
                        permission,
                        call -> changed(
                                call,
                                form,
                                "delete permission ok!",
                                f -> users.forbid(f.required("role"), f.required("resource"), f.required("action"))));
    }

    /** How a version of the interface wraps its answers. */
    private interface Wrapping {
        HttpAnswer said(String text);

        HttpAnswer truth(boolean truth);

        void names(HttpCall call, List<String> names);
    }

    private static final class V1 implements Wrapping {
        @Override
        public HttpAnswer said(String text) {
            return HttpAnswer.json(200, AuthMessages.restResult(200, "", text));
        }

        @Override
        public HttpAnswer truth(boolean truth) {
            return HttpAnswer.json(200, AuthMessages.restResult(truth));
        }

        @Override
        public void names(HttpCall call, List<String> names) {
            call.answer(HttpAnswer.json(200, AuthMessages.texts(names)));
        }
    }

    private static final class V3 implements Wrapping {
        @Override
        public HttpAnswer said(String text) {
            return HttpAnswer.json(200, HttpMessages.envelope(0, "success", text));
        }

        @Override
        public HttpAnswer truth(boolean truth) {
            return HttpAnswer.json(
                    200, HttpMessages.envelope(String.valueOf(truth).getBytes(US_ASCII)));
        }

        @Override
        public void names(HttpCall call, List<String> names) {
            enveloped(call, AuthMessages.texts(names));
        }
    }

    private interface Change {
        CompletionStage<Void> of(Form form);
    }

    private interface Listing {
        byte[] of(HttpCall call);
    }

    /** Bare in every version, and a refusal is bare text. */
    private void login(HttpCall call) {
        var form = new Form(call);
        String name = form.text("username");
        if (!access.on()) {
            call.answer(HttpAnswer.json(200, new LoginAnswer(DISABLED, DISABLED_LIFE, true, Form.echo(name)).json()));
            return;
        }
        traffic.loginBy(name, call.remoteIp());
        auth.logins().login(name, form.asIs("password"), call.remoteIp()).whenComplete((token, failure) -> {
            if (failure == null) {
                var answer = new LoginAnswer(token.text(), token.lifeSeconds(), token.isAdmin(), token.user());
                call.answer(HttpAnswer.json(200, answer.json()).with("Authorization", "Bearer " + token.text()));
            } else if (Errors.cause(failure) instanceof Forbidden forbidden) {
                call.answer(HttpAnswer.text(403, forbidden.reason()));
            } else {
                errors.failed(call, failure);
            }
        });
    }

    private void changed(HttpCall call, Wrapping form, String said, Change change) {
        requireTrusted(call);
        errors.answer(call, change.of(new Form(call)), done -> form.said(said));
    }

    private void changePassword(HttpCall call, Wrapping form) {
        var f = new Form(call);
        String name = f.required("username");
        if (access.on() && !call.user().equals(name) && !users.isAdmin(call.user())) {
            throw new Forbidden("authorization failed!");
        }
        changed(call, form, "update user ok!", g -> users.setPassword(name, password(g, "newPassword")));
    }

    /** While auth is off, only who is on this machine: others could prepare for the day it is on. */
    private void requireTrusted(HttpCall call) {
        if (!access.on() && !isLoopback(call.remoteIp())) {
            throw new Forbidden("auth is off (expected: on, or a call from the server's own machine, to change users)");
        }
    }

    private static boolean isLoopback(String ip) {
        try {
            return InetAddress.getByName(ip).isLoopbackAddress(); // a literal: nobody is asked for its name
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Blanks belong to it. */
    private static String password(Form form, String name) {
        String password = form.asIs(name);
        if (password.isEmpty()) {
            throw new InvalidRequest("Param '" + name + "' is required.");
        }
        return password;
    }

    private void logins(HttpCall call) {
        errors.answer(
                call,
                auth.logins().rows(MAX_LOGINS),
                rows -> HttpAnswer.json(
                        200,
                        HttpMessages.envelope(new AuthMessages.LoginList(rows.stream()
                                        .map(row -> new LoginRow(
                                                row.user(),
                                                row.address(),
                                                row.right(),
                                                row.wrong(),
                                                row.refused(),
                                                row.lastMillis()))
                                        .toList())
                                .json())));
    }

    private static HttpHandler searching(Listing listing) {
        return call -> {
            String search = new Form(call).text("search");
            if (!search.equals("accurate") && !search.equals("blur")) {
                throw new InvalidRequest("Parameter conditions \"search=accurate\" OR \"search=blur\" not met"
                        + " for actual request parameters: search=" + Form.echo(search));
            }
            call.answer(HttpAnswer.json(200, listing.of(call)));
        };
    }

    private byte[] users(HttpCall call) {
        Predicate<String> wanted = wanted(call, "username");
        return page(
                call, users.names().stream().filter(wanted).map(UserRow::new).toList());
    }

    private byte[] roles(HttpCall call) {
        Predicate<String> role = wanted(call, "role");
        Predicate<String> user = wanted(call, "username");
        return page(
                call,
                users.roles().stream()
                        .filter(each -> role.test(each.role()) && user.test(each.user()))
                        .map(each -> new RoleRow(each.role(), each.user()))
                        .toList());
    }

    private byte[] permissions(HttpCall call) {
        Predicate<String> role = wanted(call, "role");
        return page(
                call,
                users.permissions().stream()
                        .filter(each -> role.test(each.role()))
                        .map(each -> new PermissionRow(each.role(), each.resource(), each.action()))
                        .toList());
    }

    private void hasPermission(HttpCall call, Wrapping form) {
        var f = new Form(call);
        String role = f.required("role");
        String resource = f.required("resource");
        String action = f.required("action");
        call.answer(form.truth(users.permissions().stream()
                .anyMatch(each -> each.role().equals(role)
                        && each.resource().equals(resource)
                        && each.action().equals(action))));
    }

    /** Absent, everything; with {@code search=blur}, a star is any text; else the very value. */
    private static Predicate<String> wanted(HttpCall call, String name) {
        var form = new Form(call);
        String value = form.text(name);
        if (value.isEmpty()) {
            return text -> true;
        }
        return form.text("search").equals("blur") ? text -> Permission.matches(value, text) : value::equals;
    }

    private static byte[] page(HttpCall call, List<?> rows) {
        var form = new Form(call);
        int size = Math.max(1, Math.min(MAX_PAGE, form.requiredNumber("pageSize")));
        return AuthMessages.page(rows, Math.max(1, form.requiredNumber("pageNo")), size);
    }

    private static void enveloped(HttpCall call, byte[] json) {
        call.answer(HttpAnswer.json(200, HttpMessages.envelope(json)));
    }
}
