package dev.plimsoll.grpc;

import dev.plimsoll.vitals.RequestKind;
import dev.plimsoll.vitals.Traffic;
import dev.plimsoll.wire.ConfigMessages.ConfigBatchListenRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigPublishRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigQueryRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigRemoveRequest;
import dev.plimsoll.wire.ConnectionMessages.HealthCheckRequest;
import dev.plimsoll.wire.Message.ClientRequest;
import dev.plimsoll.wire.NamingMessages.BatchInstanceRequest;
import dev.plimsoll.wire.NamingMessages.InstanceRequest;
import dev.plimsoll.wire.NamingMessages.PersistentInstanceRequest;
import dev.plimsoll.wire.NamingMessages.ServiceListRequest;
import dev.plimsoll.wire.NamingMessages.ServiceQueryRequest;
import dev.plimsoll.wire.NamingMessages.SubscribeServiceRequest;

/** As what messages are counted, and what they are about. */
final class Counting {
    private static final String DEREGISTER = "deregister";

    private Counting() {}

    static RequestKind kind(ClientRequest request) {
        if (request instanceof ServiceQueryRequest || request instanceof ServiceListRequest) {
            return RequestKind.QUERY;
        } else if (request instanceof InstanceRequest instance) {
            return naming(instance.type());
        } else if (request instanceof BatchInstanceRequest batch) {
            return naming(batch.type());
        } else if (request instanceof PersistentInstanceRequest instance) {
            return naming(instance.type());
        } else if (request instanceof SubscribeServiceRequest) {
            return RequestKind.SUBSCRIBE;
        } else if (request instanceof ConfigQueryRequest) {
            return RequestKind.CONFIG_READ;
        } else if (request instanceof ConfigPublishRequest || request instanceof ConfigRemoveRequest) {
            return RequestKind.CONFIG_PUBLISH;
        } else if (request instanceof ConfigBatchListenRequest) {
            return RequestKind.CONFIG_LISTEN;
        } else if (request instanceof HealthCheckRequest) {
            return RequestKind.HEALTH;
        }
        return RequestKind.OTHER;
    }

    /** Tells who asks, and about what. */
    static void tell(ClientRequest request, RequestKind kind, String ip, Traffic traffic) {
        if (request instanceof ServiceQueryRequest query) {
            traffic.by(kind, ip, query.namespace(), query.serviceName());
        } else if (request instanceof InstanceRequest instance) {
            traffic.by(kind, ip, instance.namespace(), instance.serviceName());
        } else if (request instanceof BatchInstanceRequest batch) {
            traffic.by(kind, ip, batch.namespace(), batch.serviceName());
        } else if (request instanceof PersistentInstanceRequest instance) {
            traffic.by(kind, ip, instance.namespace(), instance.serviceName());
        } else if (request instanceof SubscribeServiceRequest subscription) {
            traffic.by(kind, ip, subscription.namespace(), subscription.serviceName());
        } else if (request instanceof ConfigQueryRequest query) {
            traffic.by(kind, ip, query.tenant(), query.dataId());
        } else if (request instanceof ConfigPublishRequest publish) {
            traffic.by(kind, ip, publish.tenant(), publish.dataId());
        } else if (request instanceof ConfigRemoveRequest removal) {
            traffic.by(kind, ip, removal.tenant(), removal.dataId());
        } else {
            traffic.by(kind, ip, "", "");
        }
    }

    private static RequestKind naming(String type) {
        return type.startsWith(DEREGISTER) ? RequestKind.DEREGISTER : RequestKind.REGISTER;
    }
}
