package dev.plimsoll.wire;

import static dev.plimsoll.wire.WireJson.orEmpty;
import static dev.plimsoll.wire.WireJson.present;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages about services and instances. Texts a client left out are "". */
public final class NamingMessages {
    private static final byte[] CLOSE = {'}'};

    private NamingMessages() {}

    /** An ephemeral instance. {@code type} is {@code registerInstance} or {@code deregisterInstance}. */
    @Json
    public record InstanceRequest(
            @Nullable String requestId,
            String namespace,
            String serviceName,
            String groupName,
            String type,
            @Nullable InstanceInfo instance)
            implements Message.ClientRequest {
        public InstanceRequest {
            namespace = orEmpty(namespace);
            serviceName = orEmpty(serviceName);
            groupName = orEmpty(groupName);
            type = orEmpty(type);
        }
    }

    /**
     * The instance is registered, or gone.
     *
     * @param type the request's
     */
    @Json
    public record InstanceResponse(@Nullable String requestId, String type) implements Message.Response {}

    /** The whole new publication of the connection for the service, possibly empty. */
    @Json
    public record BatchInstanceRequest(
            @Nullable String requestId,
            String namespace,
            String serviceName,
            String groupName,
            String type,
            List<InstanceInfo> instances)
            implements Message.ClientRequest {
        public BatchInstanceRequest {
            namespace = orEmpty(namespace);
            serviceName = orEmpty(serviceName);
            groupName = orEmpty(groupName);
            type = orEmpty(type);
            instances = present(instances);
        }
    }

    /**
     * The publication is replaced.
     *
     * @param type the request's
     */
    @Json
    public record BatchInstanceResponse(@Nullable String requestId, String type) implements Message.Response {}

    /** An instance that outlives its connection; answered by {@link InstanceResponse}. */
    @Json
    public record PersistentInstanceRequest(
            @Nullable String requestId,
            String namespace,
            String serviceName,
            String groupName,
            String type,
            @Nullable InstanceInfo instance)
            implements Message.ClientRequest {
        public PersistentInstanceRequest {
            namespace = orEmpty(namespace);
            serviceName = orEmpty(serviceName);
            groupName = orEmpty(groupName);
            type = orEmpty(type);
        }
    }

    /**
     * Asks once for the state of a service.
     *
     * @param cluster comma-separated; "" is all
     */
    @Json
    public record ServiceQueryRequest(
            @Nullable String requestId,
            String namespace,
            String serviceName,
            String groupName,
            String cluster,
            boolean healthyOnly)
            implements Message.ClientRequest {
        public ServiceQueryRequest {
            namespace = orEmpty(namespace);
            serviceName = orEmpty(serviceName);
            groupName = orEmpty(groupName);
            cluster = orEmpty(cluster);
        }
    }

    @Json
    public record QueryServiceResponse(@Nullable String requestId, ServiceInfo serviceInfo)
            implements Message.Response {
        /** The body around a service that is encoded already. */
        public static byte[][] around(@Nullable String requestId, byte[] serviceInfo) {
            return NamingMessages.around(SUCCESS + Message.requestIdField(requestId), serviceInfo);
        }
    }

    @Json
    public record ServiceListRequest(
            @Nullable String requestId, String namespace, String groupName, int pageNo, int pageSize)
            implements Message.ClientRequest {
        public ServiceListRequest {
            namespace = orEmpty(namespace);
            groupName = orEmpty(groupName);
        }
    }

    /**
     * One page of the services of a group.
     *
     * @param count of all services, not only those of this page.
     * @param serviceNames without group
     */
    @Json
    public record ServiceListResponse(@Nullable String requestId, int count, List<String> serviceNames)
            implements Message.Response {}

    /**
     * Asks for pushes about a service, or for no more of them.
     *
     * @param subscribe false: unsubscribe.
     * @param clusters comma-separated; "" is all
     */
    @Json
    public record SubscribeServiceRequest(
            @Nullable String requestId,
            String namespace,
            String serviceName,
            String groupName,
            boolean subscribe,
            String clusters)
            implements Message.ClientRequest {
        public SubscribeServiceRequest {
            namespace = orEmpty(namespace);
            serviceName = orEmpty(serviceName);
            groupName = orEmpty(groupName);
            clusters = orEmpty(clusters);
        }
    }

    @Json
    public record SubscribeServiceResponse(@Nullable String requestId, ServiceInfo serviceInfo)
            implements Message.Response {
        @Json.Property("message")
        public String message() {
            return "success";
        }

        /** The body around a service that is encoded already. */
        public static byte[][] around(@Nullable String requestId, byte[] serviceInfo) {
            return NamingMessages.around(
                    SUCCESS + ",\"message\":\"success\"" + Message.requestIdField(requestId), serviceInfo);
        }
    }

    /** The push: the full new state of one service, as its subscriber filters it. */
    @Json
    public record NotifySubscriberRequest(String requestId, ServiceInfo serviceInfo) implements Message.ServerRequest {
        @Override
        public String module() {
            return "naming";
        }

        /** The body around a service that is encoded already and shared by all its receivers. */
        public static byte[][] around(String requestId, byte[] serviceInfo) {
            return NamingMessages.around(
                    "{\"headers\":{},\"module\":\"naming\"" + Message.requestIdField(requestId), serviceInfo);
        }
    }

    private static byte[][] around(String head, byte[] serviceInfo) {
        return new byte[][] {(head + ",\"serviceInfo\":").getBytes(UTF_8), serviceInfo, CLOSE};
    }
}
