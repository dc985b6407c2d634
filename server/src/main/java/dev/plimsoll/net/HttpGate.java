package dev.plimsoll.net;

import dev.plimsoll.refusal.Forbidden;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Who may call which route. The HTTP edge decides; nothing reaches a handler past it. */
public interface HttpGate {
    /** Lets everybody in: for routers of tests. */
    HttpGate OPEN = (method, path) -> call -> {};

    /** What must hold before a call is handled by this route. Asked once, when the route is added. */
    Check of(String method, String path);

    /** Refuses by {@link Forbidden}; by anything else too, in which case the call is not handled either. */
    interface Check {
        /**
         * What has to be awaited before {@link #check} can tell, null when nothing has: most calls are checked at once. What it
         * fails with refuses the call. Asked once, before that.
         */
        default @Nullable CompletionStage<?> first(HttpCall call) {
            return null;
        }

        void check(HttpCall call);
    }
}
