package dev.plimsoll.net;

import dev.plimsoll.refusal.Refusal;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes by exact path and method. Filled before the server starts, never changed after it. A route for GET serves HEAD
 * too.
 */
public final class Router {
    private static final Logger log = LoggerFactory.getLogger(Router.class);

    private final Map<String, Map<String, HttpHandler>> routes;
    private final HttpErrors errors;
    private final String prefix;

    public Router(HttpErrors errors) {
        this(new HashMap<>(), errors, "");
    }

    private Router(Map<String, Map<String, HttpHandler>> routes, HttpErrors errors, String prefix) {
        this.routes = routes;
        this.errors = errors;
        this.prefix = prefix;
    }

    /** The same routes, for adding some whose paths all begin with {@code prefix}. */
    public Router under(String prefix) {
        return new Router(routes, errors, this.prefix + prefix);
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
        if (methods.putIfAbsent(method, handler) != null) {
            throw new IllegalArgumentException("route: " + method + " " + whole + " (expected: only once)");
        }
        return this;
    }

    /** Answers {@code call}, or has a handler see to it. */
    void route(HttpCall call, ByteBuf body, int parameterLimit) {
        try {
            call.parse(body, parameterLimit);
            var methods = routes.get(call.path());
            if (methods == null) {
                call.answer(errors.unknownPath(call));
                return;
            }
            HttpHandler handler = find(methods, call.method());
            if (handler == null) {
                String allowed = String.join(", ", methods.keySet()) + (methods.containsKey("GET") ? ", HEAD" : "");
                call.answer(errors.wrongMethod(call, allowed).with("Allow", allowed));
                return;
            }
            handler.handle(call);
        } catch (Refusal refusal) {
            call.answer(errors.refused(call, refusal));
        } catch (RuntimeException e) {
            log.error("{} {} from {} failed", call.method(), call.path(), call.remoteIp(), e);
            call.answer(errors.broken(call));
        } finally {
            call.forgetBody();
        }
    }

    private static @Nullable HttpHandler find(Map<String, HttpHandler> methods, String method) {
        HttpHandler handler = methods.get(method);
        return handler == null && method.equals("HEAD") ? methods.get("GET") : handler;
    }
}
