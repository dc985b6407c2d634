package dev.plimsoll.wire;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which requests clients may send, and under which name each is answered. */
public final class MessageTypes {
    /**
     * A request and its answer.
     *
     * @param answer null when it is not answered: the set-up of a connection comes on the stream
     */
    private record Known(
            Class<? extends Message.ClientRequest> request,
            @Nullable Class<? extends Message.Response> answer) {}

    // The names do not follow one rule, so the pairs are spelled out.
    private static final Map<String, Known> KNOWN = Stream.of(
                    new Known(
                            ConnectionMessages.ServerCheckRequest.class, ConnectionMessages.ServerCheckResponse.class),
                    new Known(ConnectionMessages.ConnectionSetupRequest.class, null),
                    new Known(
                            ConnectionMessages.HealthCheckRequest.class, ConnectionMessages.HealthCheckResponse.class),
                    new Known(NamingMessages.InstanceRequest.class, NamingMessages.InstanceResponse.class),
                    new Known(NamingMessages.BatchInstanceRequest.class, NamingMessages.BatchInstanceResponse.class),
                    new Known(NamingMessages.PersistentInstanceRequest.class, NamingMessages.InstanceResponse.class),
                    new Known(NamingMessages.ServiceQueryRequest.class, NamingMessages.QueryServiceResponse.class),
                    new Known(NamingMessages.ServiceListRequest.class, NamingMessages.ServiceListResponse.class),
                    new Known(
                            NamingMessages.SubscribeServiceRequest.class,
                            NamingMessages.SubscribeServiceResponse.class),
                    new Known(ConfigMessages.ConfigQueryRequest.class, ConfigMessages.ConfigQueryResponse.class),
                    new Known(ConfigMessages.ConfigPublishRequest.class, ConfigMessages.ConfigPublishResponse.class),
                    new Known(ConfigMessages.ConfigRemoveRequest.class, ConfigMessages.ConfigRemoveResponse.class),
                    new Known(
                            ConfigMessages.ConfigBatchListenRequest.class,
                            ConfigMessages.ConfigChangeBatchListenResponse.class))
            .collect(Collectors.toUnmodifiableMap(known -> known.request().getSimpleName(), known -> known));

    private MessageTypes() {}

    /** The request in the payload; refused when its type is unknown or its body cannot be read. */
    public static Message.ClientRequest decode(Payload payload) {
        Known known = KNOWN.get(payload.type());
        if (known == null) {
            throw new InvalidRequest("message type: '" + payload.type() + "' (expected: a request of a client)");
        }
        return WireJson.decode(known.request(), payload.body());
    }

    /** The type name under which such a request is answered; null when it is unknown or never answered. */
    public static @Nullable String responseType(String requestType) {
        Known known = KNOWN.get(requestType);
        return known == null || known.answer() == null ? null : known.answer().getSimpleName();
    }
}
