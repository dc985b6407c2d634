package dev.plimsoll.net;

import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.Refusal;

/** Words for what went wrong: the HTTP edge decides on statuses and bodies. Any thread. */
public interface HttpErrors {
    HttpAnswer refused(HttpCall call, Refusal refusal);

    HttpAnswer unknownPath(HttpCall call);

    /**
     * The path is known, but not with this method.
     *
     * @param allowed the methods it has, as the Allow header lists them; that header is added
     */
    HttpAnswer wrongMethod(HttpCall call, String allowed);

    /** The caller is not who may do this. */
    default HttpAnswer denied(HttpCall call, Forbidden refusal) {
        return refused(call, refusal);
    }

    /** A handler broke; what happened is in the log. */
    HttpAnswer broken(HttpCall call);
}
