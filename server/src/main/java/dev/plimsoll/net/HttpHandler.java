package dev.plimsoll.net;

/** Serves one route. Called on the connection's loop; must not block. */
@FunctionalInterface
public interface HttpHandler {
    /** Answers now or later. What it throws is answered for it. */
    void handle(HttpCall call);
}
