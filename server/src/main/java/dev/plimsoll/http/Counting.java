package dev.plimsoll.http;

import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.HttpCounting;
import dev.plimsoll.vitals.RequestKind;
import dev.plimsoll.vitals.Traffic;
import org.jspecify.annotations.Nullable;

/** As what HTTP requests are counted, and what they are about, by their paths and the parameters of all versions. */
final class Counting implements HttpCounting {
    @Override
    public RequestKind kind(String method, String path) {
        boolean get = method.equals("GET");
        boolean delete = method.equals("DELETE");
        if (path.endsWith("/login")) {
            return RequestKind.LOGIN;
        } else if (path.contains("/health") || path.endsWith("/liveness") || path.endsWith("/readiness")) {
            return RequestKind.HEALTH;
        } else if (path.endsWith("/instance/beat")) {
            return RequestKind.BEAT;
        } else if (path.contains("/cs/")) {
            if (path.endsWith("/listener") && !get) {
                return RequestKind.CONFIG_LISTEN;
            }
            return get ? RequestKind.CONFIG_READ : RequestKind.CONFIG_PUBLISH;
        } else if (path.contains("/ns/")) {
            boolean instance = path.contains("/instance");
            return get
                    ? RequestKind.QUERY
                    : !instance ? RequestKind.OTHER : delete ? RequestKind.DEREGISTER : RequestKind.REGISTER;
        }
        return RequestKind.OTHER;
    }

    @Override
    public void tell(HttpCall call, RequestKind kind, Traffic traffic) {
        String service = call.parameter("serviceName");
        String name = service == null ? text(call.parameter("dataId")) : service;
        String namespace = call.parameter("namespaceId");
        traffic.by(kind, call.remoteIp(), namespace == null ? text(call.parameter("tenant")) : namespace, name);
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
