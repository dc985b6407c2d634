package dev.plimsoll.net;

import dev.plimsoll.vitals.RequestKind;
import dev.plimsoll.vitals.Traffic;

/** How HTTP requests are counted. */
public interface HttpCounting {
    /** All alike, by their address. */
    HttpCounting PLAIN = new HttpCounting() {
        @Override
        public RequestKind kind(String method, String path) {
            return RequestKind.OTHER;
        }

        @Override
        public void tell(HttpCall call, RequestKind kind, Traffic traffic) {
            traffic.by(kind, call.remoteIp(), "", "");
        }
    };

    /** What a route serves; asked when it is added. */
    RequestKind kind(String method, String path);

    /** Tells who asks, and about what; for one request in many, before its handler is called. */
    void tell(HttpCall call, RequestKind kind, Traffic traffic);
}
