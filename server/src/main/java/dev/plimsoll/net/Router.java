package dev.plimsoll.net;

import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.vitals.Admission;
import dev.plimsoll.vitals.Answers;
import dev.plimsoll.vitals.RequestKind;
import dev.plimsoll.vitals.Traffic;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes by exact path and method; a path that ends in {@code /*} is for all that lies one step below. Filled before the server starts, never changed after it. A route for GET serves HEAD
 * too. What is got is a query, and refused before anything else when memory is tight; unless the route was added by way of
 * {@link #always}.
 */
public final class Router {
    private static final Logger log = LoggerFactory.getLogger(Router.class);

    private static final String ANY = "*";

    private final Map<String, Map<String, Route>> routes;
    private final HttpErrors errors;
    private final HttpGate gate;
    private final HttpCounting counting;
    private final Traffic traffic;
    private final String prefix;
    private final boolean always;

    private record Route(
            HttpHandler handler, HttpGate.Check check, RequestKind kind, Answers.Route answers, boolean query) {}

    /**
     * @param gate asked for each route that is added, and by its answer before each call
     * @param traffic counts all calls, as {@code counting} says
     */
    public Router(HttpErrors errors, HttpGate gate, HttpCounting counting, Traffic traffic) {
        this(new HashMap<>(), errors, gate, counting, traffic, "", false);
    }

    private Router(
            Map<String, Map<String, Route>> routes,
            HttpErrors errors,
            HttpGate gate,
            HttpCounting counting,
            Traffic traffic,
            String prefix,
            boolean always) {
        this.routes = routes;
        this.errors = errors;
        this.gate = gate;
        this.counting = counting;
        this.traffic = traffic;
        this.prefix = prefix;
        this.always = always;
    }

    /** The same routes, for adding some whose paths all begin with {@code prefix}. */
    public Router under(String prefix) {
        return new Router(routes, errors, gate, counting, traffic, this.prefix + prefix, always);
    }

    /** The same routes, for adding some that are served however tight memory is: health, and what explains it. */
    public Router always() {
        return new Router(routes, errors, gate, counting, traffic, prefix, true);
    }

    public Router get(String path, HttpHandler handler) {
        return add("GET", path, handler);
    }

    public Router post(String path, HttpHandler handler) {
        return add("POST", path, handler);
    }

    public Router put(String path, HttpHandler handler) {
        return add("PUT", path, handler);
    }

    public Router delete(String path, HttpHandler handler) {
        return add("DELETE", path, handler);
    }

    /**
     * Has {@code handler} serve a path.
     *
     * @throws IllegalArgumentException when the path does not begin with a slash, or has the method already
     */
    public Router add(String method, String path, HttpHandler handler) {
        String whole = prefix + path;
        if (!whole.startsWith("/")) {
            throw new IllegalArgumentException("route: '" + whole + "' (expected: to begin with /)");
        }
        // Sorted, so that Allow reads the same every time.
        var methods = routes.computeIfAbsent(whole, p -> new TreeMap<>());
        var route = new Route(
                handler,
                gate.of(method, whole),
                counting.kind(method, whole),
                traffic.answers().route(method, whole),
                method.equals("GET") && !always);
        if (methods.putIfAbsent(method, route) != null) {
            throw new IllegalArgumentException("route: " + method + " " + whole + " (expected: only once)");
        }
        return this;
    }

    /** All routes, as {@code GET /path}. */
    public List<String> all() {
        var all = new ArrayList<String>();
        routes.forEach((path, methods) -> methods.keySet().forEach(method -> all.add(method + " " + path)));
        return all;
    }

    /** Answers {@code call}, or has a handler see to it. */
    void route(HttpCall call, ByteBuf body, Admission admission, int parameterLimit) {
        long begun = traffic.begin();
        call.countIn(traffic, RequestKind.OTHER, traffic.answers().unmatched(), begun);
        answering(call, () -> {
            call.parsePath();
            var methods = find(call.path());
            if (methods == null) {
                call.answer(errors.unknownPath(call));
                return;
            }
            Route route = find(methods, call.method());
            if (route == null) {
                String allowed = String.join(", ", methods.keySet()) + (methods.containsKey("GET") ? ", HEAD" : "");
                call.answer(errors.wrongMethod(call, allowed).with("Allow", allowed));
                return;
            }
            call.countIn(traffic, route.kind(), route.answers(), begun);
            if (route.query()) {
                admission.query();
            }
            Admission.Place place = admission.enter(call.decodingBytes(body), call.connection());
            call.enter(place);
            call.parseParameters(body, parameterLimit);
            if (Traffic.tells(begun)) {
                counting.tell(call, route.kind(), traffic);
            }
            CompletionStage<?> first = route.check().first(call);
            if (first == null) {
                handle(route, call, null);
            } else {
                first.whenComplete(
                        (done, failure) -> call.goOn(() -> answering(call, () -> handle(route, call, failure))));
            }
            place.shrinkTo(call.keptBytes(body));
        });
    }

    /** @param failure why the call is refused before it is looked at, if it is */
    private void handle(Route route, HttpCall call, @Nullable Throwable failure) {
        try {
            if (failure instanceof Refusal refusal) {
                throw refusal;
            }
            if (failure != null) {
                throw new IllegalStateException("who calls could not be found out", failure);
            }
            route.check().check(call);
        } catch (Forbidden refusal) {
            call.answer(errors.denied(call, refusal));
            return;
        }
        route.handler().handle(call);
    }

    /** Does a part of a call's work; what it throws is the call's answer. */
    private void answering(HttpCall call, Runnable work) {
        try {
            work.run();
        } catch (Refusal refusal) {
            call.answer(errors.refused(call, refusal));
        } catch (RuntimeException e) {
            log.error("{} {} from {} failed", call.method(), call.path(), call.remoteIp(), e);
            call.answer(errors.broken(call));
        } finally {
            call.forgetBody();
        }
    }

    /** The routes of this very path, or those for all that lies one step below its parent. */
    private @Nullable Map<String, Route> find(String path) {
        var methods = routes.get(path);
        return methods != null ? methods : routes.get(path.substring(0, path.lastIndexOf('/') + 1) + ANY);
    }

    private static @Nullable Route find(Map<String, Route> methods, String method) {
        Route route = methods.get(method);
        return route == null && method.equals("HEAD") ? methods.get("GET") : route;
    }
}
