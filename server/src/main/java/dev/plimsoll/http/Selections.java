package dev.plimsoll.http;

import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.HttpHandler;
import dev.plimsoll.refusal.InvalidRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * Requests that share a path, told apart by a parameter that has one very value: {@code GET ?search=blur} is one,
 * {@code ?search=foo} is not. Filled before the server starts, never changed after it.
 *
 * <p>A call that selects two is refused: what a caller must be allowed depends on which one it is.
 */
final class Selections {
    private record Selection(String method, String parameter, String value, HttpHandler handler) {}

    private final List<Selection> all = new ArrayList<>();

    Selections add(String method, String parameter, String value, HttpHandler handler) {
        all.add(new Selection(method, parameter, value, handler));
        return this;
    }

    /**
     * Has {@code call} handled by what it selects; false when it selects nothing.
     *
     * @throws InvalidRequest when it selects more than one
     */
    boolean handle(HttpCall call) {
        String method = call.method().equals("HEAD") ? "GET" : call.method();
        Selection selected = null;
        for (Selection selection : all) {
            if (selection.method.equals(method) && selects(call, selection.parameter, selection.value)) {
                if (selected != null) {
                    throw new InvalidRequest(selected.parameter + "=" + selected.value + ", " + selection.parameter
                            + "=" + selection.value + ": two requests in one (expected: one)");
                }
                selected = selection;
            }
        }
        if (selected == null) {
            return false;
        }
        selected.handler.handle(call);
        return true;
    }

    static boolean selects(HttpCall call, String parameter, String value) {
        return value.equals(call.parameter(parameter));
    }
}
