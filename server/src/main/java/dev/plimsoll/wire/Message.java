package dev.plimsoll.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/**
 * A message of the protocol. What every message of its kind says alike ({@code resultCode} of an answer, {@code module}
 * of a request from the server) is no part of the records; it is their {@link #head()}.
 */
public sealed interface Message permits Message.ClientRequest, Message.ServerRequest, Message.Response {
    /** The name the protocol knows this message by. */
    default String typeName() {
        return getClass().getSimpleName();
    }

    /** The JSON before the record's own fields: an object without its closing brace. Empty when there is none. */
    byte[] head();

    /** The whole body in JSON parts, to be written one after the other. */
    default byte[][] encode() {
        byte[] head = head();
        byte[] fields = WireJson.encode(this);
        if (head.length > 0) {
            fields[0] = (byte) (fields.length == 2 ? ' ' : ','); // "{head" and "{fields}" become "{head,fields}"
        }
        return new byte[][] {head, fields};
    }

    /** A message a client sends for an answer, or to set up its connection. */
    sealed interface ClientRequest extends Message
            permits ConnectionMessages.ServerCheckRequest,
                    ConnectionMessages.ConnectionSetupRequest,
                    ConnectionMessages.HealthCheckRequest,
                    NamingMessages.InstanceRequest,
                    NamingMessages.BatchInstanceRequest,
                    NamingMessages.PersistentInstanceRequest,
                    NamingMessages.ServiceQueryRequest,
                    NamingMessages.ServiceListRequest,
                    NamingMessages.SubscribeServiceRequest,
                    ConfigMessages.ConfigQueryRequest,
                    ConfigMessages.ConfigPublishRequest,
                    ConfigMessages.ConfigRemoveRequest,
                    ConfigMessages.ConfigBatchListenRequest {
        /** To be echoed in the answer when present; Java clients send none. */
        @Nullable
        String requestId();

        @Override
        default byte[] head() {
            return new byte[0];
        }
    }

    /** A message the server sends on the stream; all but SetupAckRequest are acknowledged by requestId. */
    sealed interface ServerRequest extends Message
            permits ConnectionMessages.SetupAckRequest,
                    ConnectionMessages.ClientDetectionRequest,
                    ConnectionMessages.ConnectResetRequest,
                    NamingMessages.NotifySubscriberRequest,
                    ConfigMessages.ConfigChangeNotifyRequest {
        /** The part of the client that handles it: internal, naming or config. */
        String module();

        @Override
        default byte[] head() {
            return ("{\"headers\":{},\"module\":\"" + module() + "\"").getBytes(UTF_8);
        }
    }

    /**
     * The answer to a request. All but {@link ConnectionMessages.ErrorResponse} speak of success, and carry the three
     * fields by which Java ({@code resultCode}), Go ({@code success}) and Python ({@code errorCode}) clients know it; a
     * failure has no fields of its own and is written by {@link ConnectionMessages.ErrorResponse} under any type name.
     */
    sealed interface Response extends Message
            permits ConnectionMessages.ServerCheckResponse,
                    ConnectionMessages.HealthCheckResponse,
                    ConnectionMessages.ErrorResponse,
                    NamingMessages.InstanceResponse,
                    NamingMessages.BatchInstanceResponse,
                    NamingMessages.QueryServiceResponse,
                    NamingMessages.ServiceListResponse,
                    NamingMessages.SubscribeServiceResponse,
                    ConfigMessages.ConfigQueryResponse,
                    ConfigMessages.ConfigPublishResponse,
                    ConfigMessages.ConfigRemoveResponse,
                    ConfigMessages.ConfigChangeBatchListenResponse {
        String SUCCESS = "{\"resultCode\":200,\"errorCode\":0,\"success\":true";

        /** The request's own, when it had one. */
        @Nullable
        String requestId();

        @Override
        default byte[] head() {
            return SUCCESS.getBytes(UTF_8);
        }
    }

    /** {@code ,"requestId":"..."} or nothing, for JSON that is put together around shared bytes. */
    static String requestIdField(@Nullable String requestId) {
        return requestId == null ? "" : ",\"requestId\":" + WireJson.quote(requestId);
    }
}
