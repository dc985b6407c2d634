package dev.plimsoll.http;

import dev.plimsoll.auth.Access;
import dev.plimsoll.auth.Identity;
import dev.plimsoll.auth.Resource;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.registry.ServiceKey;
import java.util.function.Predicate;

/** What of services a caller is shown, or told later: what it may read. */
final class Sight {
    private final Access access;

    Sight(Access access) {
        this.access = access;
    }

    /** Of those of all namespaces. */
    Predicate<ServiceKey> of(HttpCall call) {
        return access.on() ? services(readable(call)) : key -> true;
    }

    /** The same at the moment that is asked, however long after the call. */
    Predicate<ServiceKey> fromNowOn(HttpCall call) {
        return access.on() ? services(access.readingFromNowOn(new Identity(call.user()))) : key -> true;
    }

    /** The caller may read whatever is in this group. */
    boolean isAll(HttpCall call, ServiceKey any) {
        return !access.on() || readable(call).test(Resource.service(any.namespace(), any.group(), ""));
    }

    private static Predicate<ServiceKey> services(Predicate<Resource> readable) {
        return key -> readable.test(Resource.service(key.namespace(), key.group(), key.name()));
    }

    private Predicate<Resource> readable(HttpCall call) {
        return access.readable(new Identity(call.user()));
    }
}
