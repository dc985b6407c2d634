package dev.plimsoll.grpc;

import dev.plimsoll.auth.Access;
import dev.plimsoll.auth.Identity;
import dev.plimsoll.auth.Resource;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.RegistryCommand;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.session.ServiceFrames;
import dev.plimsoll.session.Session;
import dev.plimsoll.wire.InstanceInfo;
import dev.plimsoll.wire.Message.ClientRequest;
import dev.plimsoll.wire.NamingMessages.BatchInstanceRequest;
import dev.plimsoll.wire.NamingMessages.BatchInstanceResponse;
import dev.plimsoll.wire.NamingMessages.InstanceRequest;
import dev.plimsoll.wire.NamingMessages.InstanceResponse;
import dev.plimsoll.wire.NamingMessages.PersistentInstanceRequest;
import dev.plimsoll.wire.NamingMessages.QueryServiceResponse;
import dev.plimsoll.wire.NamingMessages.ServiceListRequest;
import dev.plimsoll.wire.NamingMessages.ServiceListResponse;
import dev.plimsoll.wire.NamingMessages.ServiceQueryRequest;
import dev.plimsoll.wire.NamingMessages.SubscribeServiceRequest;
import dev.plimsoll.wire.NamingMessages.SubscribeServiceResponse;
import dev.plimsoll.wire.Payload;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Requests about services and instances. Called on the connection's loop. */
final class NamingHandlers {
    private static final String REGISTER = "registerInstance";
    private static final String DEREGISTER = "deregisterInstance";
    private static final String REGISTER_BATCH = "batchRegisterInstance";
    private static final byte[] NOTHING = {};

    private final Registry registry;
    private final ServiceFrames frames;
    private final Access access;
    private final Executor reads;

    NamingHandlers(Registry registry, ServiceFrames frames, Access access, Executor reads) {
        this.registry = registry;
        this.frames = frames;
        this.access = access;
        this.reads = reads;
    }

    /** Answers the request; false when it is not about services. */
    boolean handle(ClientRequest request, Session session, Identity caller, Reply reply) {
        if (request instanceof InstanceRequest instance) {
            instance(instance, session, reply);
        } else if (request instanceof BatchInstanceRequest batch) {
            batch(batch, session, reply);
        } else if (request instanceof PersistentInstanceRequest persistent) {
            persistent(persistent, reply);
        } else if (request instanceof ServiceQueryRequest query) {
            query(query, reply);
        } else if (request instanceof ServiceListRequest list) {
            list(list, caller, reply);
        } else if (request instanceof SubscribeServiceRequest subscribe) {
            subscribe(subscribe, session, reply);
        } else {
            return false;
        }
        return true;
    }

    /** Names of a group's services that the caller may read; of others it is told neither name nor number. */
    void list(ServiceListRequest request, Identity caller, Reply reply) {
        // The key's constructor holds the defaults and rules of namespace and group.
        var any = new ServiceKey(request.namespace(), request.groupName(), "any");
        Predicate<Resource> readable = access.readable(caller);
        CompletionStage<Registry.Page> page;
        if (readable.test(Resource.service(any.namespace(), any.group(), ""))) {
            page = CompletableFuture.completedStage(
                    registry.list(any.namespace(), any.group(), request.pageNo(), request.pageSize()));
        } else {
            try {
                page = CompletableFuture.supplyAsync(
                        () -> registry.list(
                                any,
                                request.pageNo(),
                                request.pageSize(),
                                key -> readable.test(Resource.service(key.namespace(), key.group(), key.name()))),
                        reads);
            } catch (RejectedExecutionException e) {
                throw new OverBudget("reads: as many waiting as there may be; try again later");
            }
        }
        reply.when(page, found -> new ServiceListResponse(reply.requestId(), found.count(), found.names()));
    }

    private void instance(InstanceRequest request, Session session, Reply reply) {
        var service = new ServiceKey(request.namespace(), request.groupName(), request.serviceName());
        RegistryCommand command =
                switch (request.type()) {
                    case REGISTER ->
                        new RegistryCommand.Register(session.owner(), service, List.of(instance(request.instance())));
                    // Whatever address it names: a connection has one publication per service.
                    case DEREGISTER -> new RegistryCommand.Deregister(session.owner(), service);
                    default -> throw unsupported(request.type());
                };
        reply.when(registry.submit(command), done -> new InstanceResponse(reply.requestId(), request.type()));
    }

    private void batch(BatchInstanceRequest request, Session session, Reply reply) {
        if (!request.type().equals(REGISTER_BATCH)) {
            throw unsupported(request.type());
        }
        var service = new ServiceKey(request.namespace(), request.groupName(), request.serviceName());
        List<Instance> instances =
                request.instances().stream().map(NamingHandlers::instance).toList();
        var command = new RegistryCommand.Register(session.owner(), service, instances);
        reply.when(registry.submit(command), done -> new BatchInstanceResponse(reply.requestId(), request.type()));
    }

    private void persistent(PersistentInstanceRequest request, Reply reply) {
        var service = new ServiceKey(request.namespace(), request.groupName(), request.serviceName());
        Instance instance = instance(request.instance());
        RegistryCommand command =
                switch (request.type()) {
                    case REGISTER -> new RegistryCommand.RegisterPersistent(service, instance);
                    case DEREGISTER ->
                        new RegistryCommand.DeregisterPersistent(service, instance.ip(), instance.port());
                    default -> throw unsupported(request.type());
                };
        reply.when(registry.submit(command), done -> new InstanceResponse(reply.requestId(), request.type()));
    }

    private void query(ServiceQueryRequest request, Reply reply) {
        var service = new ServiceKey(request.namespace(), request.groupName(), request.serviceName());
        if (request.healthyOnly()) {
            byte[] json = frames.healthy(service, request.cluster());
            reply.send(Payload.encode(
                    reply.allocator(), reply.type(), QueryServiceResponse.around(reply.requestId(), json)));
        } else {
            reply.send(
                    shared(service, request.cluster(), reply, QueryServiceResponse.around(reply.requestId(), NOTHING)));
        }
    }

    private void subscribe(SubscribeServiceRequest request, Session session, Reply reply) {
        var service = new ServiceKey(request.namespace(), request.groupName(), request.serviceName());
        var changed = request.subscribe()
                ? registry.watch(session, service, request.clusters())
                : registry.unwatch(session, service);
        if (!request.subscribe()) {
            session.unsubscribed(service);
        }
        changed.whenComplete((snapshot, failure) -> {
            if (failure != null) {
                reply.fail(failure);
                return;
            }
            try {
                reply.send(shared(
                        service,
                        request.clusters(),
                        reply,
                        SubscribeServiceResponse.around(reply.requestId(), NOTHING)));
                if (request.subscribe()) {
                    session.loop().execute(() -> session.subscribed(service, request.clusters()));
                }
            } catch (RuntimeException e) {
                reply.fail(e);
            }
        });
    }

    /** The answer around bytes that all readers of this state share. */
    private ByteBuf shared(ServiceKey service, String clusters, Reply reply, byte[][] around) {
        return frames.answer(service, clusters, reply.type(), around[0], around[around.length - 1]);
    }

    private static Instance instance(@Nullable InstanceInfo info) {
        if (info == null) {
            throw new InvalidRequest("Instance can not be null.");
        }
        return new Instance(
                info.ip(),
                info.port(),
                info.weight(),
                info.healthy(),
                info.enabled(),
                info.clusterName(),
                info.instanceId() == null ? "" : info.instanceId(),
                info.metadata());
    }

    private static InvalidRequest unsupported(String type) {
        return new InvalidRequest("Unsupported request type " + type);
    }
}
