package dev.plimsoll.http;

import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpHandler;
import dev.plimsoll.net.Router;
import dev.plimsoll.registry.Switches;

/**
 * The routes of v1 that an operator can close, by the switch {@code overriddenServerStatus}; the switch itself is not among
 * them, or nobody could open them again.
 */
final class ClosableRoutes {
    private final Router router;
    private final Switches switches;

    ClosableRoutes(Router router, Switches switches) {
        this.router = router;
        this.switches = switches;
    }

    ClosableRoutes add(String method, String path, HttpHandler handler) {
        router.add(method, path, call -> {
            String status = switches.serverStatus();
            if (passes(status, method)) {
                handler.handle(call);
            } else {
                call.answer(HttpAnswer.text(503, "server is " + status + "now, please try again later!"));
            }
        });
        return this;
    }

    private static boolean passes(String status, String method) {
        return switch (status) {
            case "UP" -> true;
            case "WRITE_ONLY" -> !method.equals("GET");
            case "READ_ONLY" -> method.equals("GET");
            default -> false;
        };
    }
}
