package dev.plimsoll.http;

import dev.plimsoll.auth.Access;
import dev.plimsoll.auth.Identity;
import dev.plimsoll.auth.Resource;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.registry.ServiceKey;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** What of services a caller is shown, or told later: what it may read. */
final class Sight {
    private final Access access;

    Sight(Access access) {
        this.access = access;
    }

    /** Of those of all namespaces. */
    Predicate<ServiceKey> of(HttpCall call) {
        if (!access.on()) {
            return key -> true;
        }
        Predicate<Resource> readable = readable(call);
        return key -> readable.test(Resource.service(key.namespace(), key.group(), key.name()));
    }

    /** Whether the caller may read the service at the moment that is asked, however long after the call. */
    BooleanSupplier fromNowOn(HttpCall call, ServiceKey service) {
        if (!access.on()) {
            return () -> true;
        }
        Predicate<Resource> readable = access.readingFromNowOn(new Identity(call.user()));
        Resource resource = Resource.service(service.namespace(), service.group(), service.name());
        return () -> readable.test(resource);
    }

    /** The caller may read whatever is in this group. */
    boolean isAll(HttpCall call, ServiceKey any) {
        return !access.on() || readable(call).test(Resource.service(any.namespace(), any.group(), ""));
    }

    private Predicate<Resource> readable(HttpCall call) {
        return access.readable(new Identity(call.user()));
    }
}
