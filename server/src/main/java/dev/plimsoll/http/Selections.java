package dev.plimsoll.http;

import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.HttpHandler;
import java.util.ArrayList;
import java.util.List;

/**
 * Requests that share a path, told apart by a parameter that has one very value: {@code GET ?search=blur} is one,
 * {@code ?search=foo} is not. Filled before the server starts, never changed after it.
 */
final class Selections {
    private record Selection(String method, String parameter, String value, HttpHandler handler) {}

    private final List<Selection> all = new ArrayList<>();

    /** Of two that a call names, the one added first is meant. */
    Selections add(String method, String parameter, String value, HttpHandler handler) {
        all.add(new Selection(method, parameter, value, handler));
        return this;
    }

    /** Has {@code call} handled by what it selects; false when it selects nothing. */
    boolean handle(HttpCall call) {
        String method = call.method().equals("HEAD") ? "GET" : call.method();
        for (Selection selection : all) {
            if (selection.method.equals(method) && selection.value.equals(call.parameter(selection.parameter))) {
                selection.handler.handle(call);
                return true;
            }
        }
        return false;
    }
}
