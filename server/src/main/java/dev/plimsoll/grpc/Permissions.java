package dev.plimsoll.grpc;

import dev.plimsoll.auth.Access;
import dev.plimsoll.auth.Action;
import dev.plimsoll.auth.Auth;
import dev.plimsoll.auth.Identity;
import dev.plimsoll.auth.Resource;
import dev.plimsoll.auth.Trail;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.session.Rights;
import dev.plimsoll.wire.ConfigMessages.ConfigBatchListenRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigPublishRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigQueryRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigRemoveRequest;
import dev.plimsoll.wire.ConnectionMessages.ConnectionSetupRequest;
import dev.plimsoll.wire.ConnectionMessages.HealthCheckRequest;
import dev.plimsoll.wire.ConnectionMessages.ServerCheckRequest;
import dev.plimsoll.wire.Message.ClientRequest;
import dev.plimsoll.wire.NamingMessages.BatchInstanceRequest;
import dev.plimsoll.wire.NamingMessages.InstanceRequest;
import dev.plimsoll.wire.NamingMessages.PersistentInstanceRequest;
import dev.plimsoll.wire.NamingMessages.ServiceListRequest;
import dev.plimsoll.wire.NamingMessages.ServiceQueryRequest;
import dev.plimsoll.wire.NamingMessages.SubscribeServiceRequest;
import dev.plimsoll.wire.Payload;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What each request asks of its sender, in one table. A request that is not in it is for administrators. Any thread. */
final class Permissions {
    private static final String BEARER = "Bearer ";
    private static final String REGISTER = "register";
    private static final String BATCH_REGISTER = "batchRegister";

    private final Access access;
    private final Trail audit;
    private final InstantSource clock;
    private final Map<Class<? extends ClientRequest>, Function<ClientRequest, Touch>> table = new HashMap<>();
    private final Set<Class<? extends ClientRequest>> open =
            Set.of(ServerCheckRequest.class, ConnectionSetupRequest.class, HealthCheckRequest.class);

    /** What a request does to what. */
    private record Touch(Action action, List<Resource> resources) {
        Touch(Action action, Resource resource) {
            this(action, List.of(resource));
        }
    }

    Permissions(Auth auth, InstantSource clock) {
        this.access = auth.access();
        this.audit = auth.audit();
        this.clock = clock;
        put(
                InstanceRequest.class,
                r -> new Touch(naming(r.type()), service(r.namespace(), r.groupName(), r.serviceName())));
        put(
                BatchInstanceRequest.class,
                r -> new Touch(naming(r.type()), service(r.namespace(), r.groupName(), r.serviceName())));
        put(
                PersistentInstanceRequest.class,
                r -> new Touch(naming(r.type()), service(r.namespace(), r.groupName(), r.serviceName())));
        put(
                ServiceQueryRequest.class,
                r -> new Touch(Action.READ, service(r.namespace(), r.groupName(), r.serviceName())));
        put(ServiceListRequest.class, r -> new Touch(Action.READ, List.of())); // its handler shows what may be read
        put(
                SubscribeServiceRequest.class,
                r -> new Touch(Action.READ, service(r.namespace(), r.groupName(), r.serviceName())));
        put(ConfigQueryRequest.class, r -> new Touch(Action.READ, Resource.config(r.tenant(), r.group(), r.dataId())));
        put(
                ConfigPublishRequest.class,
                r -> new Touch(Action.PUBLISH, Resource.config(r.tenant(), r.group(), r.dataId())));
        put(
                ConfigRemoveRequest.class,
                r -> new Touch(Action.WRITE, Resource.config(r.tenant(), r.group(), r.dataId())));
        put(ConfigBatchListenRequest.class, r -> new Touch(Action.READ, r.listen() ? listened(r) : List.of()));
    }

    /** Whether the table speaks of a request. */
    boolean names(Class<?> request) {
        return open.contains(request) || table.containsKey(request);
    }

    /**
     * Who sent the request, if that one may.
     *
     * @throws RuntimeException when not, and also when that cannot be told: the request is not handled either way
     */
    Identity check(Payload payload, ClientRequest request) {
        Identity caller = access.identify(token(payload));
        if (!access.on()) {
            return caller;
        }
        var touch = table.get(request.getClass());
        if (touch == null) {
            access.checkAdmin(caller);
            return caller;
        }
        Touch touched = touch.apply(request);
        for (Resource resource : touched.resources()) {
            access.check(caller, touched.action(), resource);
        }
        return caller;
    }

    /** What the sender may be told of from now on. */
    Rights rights(Identity caller) {
        return new OfOneUser(access.readingFromNowOn(caller));
    }

    private record OfOneUser(Predicate<Resource> may) implements Rights {
        @Override
        public boolean service(ServiceKey service) {
            return may.test(Resource.service(service.namespace(), service.group(), service.name()));
        }

        @Override
        public boolean config(ConfigKey config) {
            return may.test(Resource.config(config.namespace(), config.group(), config.dataId()));
        }
    }

    /** Who is to be told the error code of the answer, 0 for none; null when no line is to be written. */
    @Nullable
    IntConsumer audit(Payload payload, ClientRequest request, String ip) {
        var touch = table.get(request.getClass());
        if (touch == null || request instanceof ConfigBatchListenRequest) {
            return null;
        }
        Touch touched = touch.apply(request);
        if (touched.action() == Action.READ || !audit.admits(clock.millis())) {
            return null;
        }
        String user = claimed(payload);
        String on = touched.resources().get(0).toString();
        return code -> audit.write("WRITE user=" + Trail.word(user) + " from=" + Trail.word(ip) + " what="
                + request.typeName() + " on=" + Trail.word(on) + " result=" + code);
    }

    /** "" when nobody is proved. */
    private String claimed(Payload payload) {
        try {
            return access.identify(token(payload)).user();
        } catch (Forbidden e) {
            return "";
        }
    }

    private static @Nullable String token(Payload payload) {
        String authorization = payload.header("Authorization");
        if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return authorization.substring(BEARER.length());
        }
        return payload.header("accessToken");
    }

    private static Action naming(String type) {
        return type.startsWith(REGISTER) || type.startsWith(BATCH_REGISTER) ? Action.PUBLISH : Action.WRITE;
    }

    private static Resource service(String namespace, String group, String name) {
        return Resource.service(namespace, ServiceKey.groupOf(group), name);
    }

    private static List<Resource> listened(ConfigBatchListenRequest request) {
        var distinct = new HashSet<Resource>();
        request.configListenContexts()
                .forEach(context -> distinct.add(Resource.config(
                        context.tenant() == null ? "" : context.tenant(), context.group(), context.dataId())));
        return List.copyOf(distinct);
    }

    private <T extends ClientRequest> void put(Class<T> type, Function<T, Touch> touch) {
        table.put(type, request -> touch.apply(type.cast(request)));
    }
}
