package dev.plimsoll.wire;

import static dev.plimsoll.wire.WireJson.orEmpty;
import static dev.plimsoll.wire.WireJson.present;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The messages that open, keep and move a connection, and the two shapes any exchange may end in. */
public final class ConnectionMessages {
    private ConnectionMessages() {}

    @Json
    public record ServerCheckRequest(@Nullable String requestId) implements Message.ClientRequest {}

    @Json
    public record ServerCheckResponse(
            @Nullable String requestId, String connectionId, boolean supportAbilityNegotiation)
            implements Message.Response {}

    /**
     * The first message on the stream: who is connecting.
     *
     * @param abilityTable present, even when empty, exactly when the client waits for a SetupAckRequest
     */
    @Json
    public record ConnectionSetupRequest(
            @Nullable String requestId,
            String clientVersion,
            String tenant,
            Map<String, String> labels,
            @Nullable Map<String, Boolean> abilityTable)
            implements Message.ClientRequest {
        public ConnectionSetupRequest {
            clientVersion = orEmpty(clientVersion);
            tenant = orEmpty(tenant);
            labels = present(labels);
            abilityTable = abilityTable == null ? null : present(abilityTable);
        }
    }

    /** Never acknowledged, so without a request id. */
    @Json
    public record SetupAckRequest(Map<String, Boolean> abilityTable) implements Message.ServerRequest {
        public SetupAckRequest {
            abilityTable = present(abilityTable);
        }

        @Override
        public String module() {
            return "internal";
        }
    }

    @Json
    public record HealthCheckRequest(@Nullable String requestId) implements Message.ClientRequest {}

    @Json
    public record HealthCheckResponse(@Nullable String requestId) implements Message.Response {}

    @Json
    public record ClientDetectionRequest(String requestId) implements Message.ServerRequest {
        @Override
        public String module() {
            return "internal";
        }
    }

    /**
     * Asks the client to move to another server.
     *
     * @param serverIp absent: the client picks any other server.
     * @param serverPort the HTTP port
     */
    @Json
    public record ConnectResetRequest(
            String requestId,
            @Nullable String serverIp,
            @Nullable String serverPort,
            String connectionId) implements Message.ServerRequest {
        @Override
        public String module() {
            return "internal";
        }
    }

    /** A failure. The same fields serve under the name of any other answer, see {@link #failure}. */
    @Json
    public record ErrorResponse(
            int resultCode,
            int errorCode,
            @Nullable String message,
            @Nullable String requestId) implements Message.Response {
        public ErrorResponse(int errorCode, @Nullable String message, @Nullable String requestId) {
            this(ErrorCodes.SERVER_ERROR, errorCode, message, requestId);
        }

        public ErrorResponse {
            // Python reads 0 as success.
            errorCode = errorCode == 0 ? ErrorCodes.SERVER_ERROR : errorCode;
        }

        @Json.Property("success")
        public boolean success() {
            return false;
        }

        @Override
        public byte[] head() {
            return new byte[0];
        }
    }

    /** The body of a failing answer of whatever type; send it under the type the request's sender waits for. */
    public static byte[] failure(int errorCode, String message, @Nullable String requestId) {
        return WireJson.encode(new ErrorResponse(errorCode, message, requestId));
    }

    /** What a client answers to a request from the server, whatever type it comes under. */
    @Json
    public record Ack(
            int resultCode,
            int errorCode,
            Boolean success,
            @Nullable String message,
            @Nullable String requestId) {
        public Ack {
            success = success == null ? resultCode == ErrorCodes.OK : success;
        }

        public static Ack decode(Payload payload) {
            return WireJson.decode(Ack.class, payload.body());
        }
    }
}
