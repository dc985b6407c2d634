package dev.plimsoll.grpc;

import dev.plimsoll.net.GrpcService.UnaryCall;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.vitals.Traffic;
import dev.plimsoll.wire.ConnectionMessages;
import dev.plimsoll.wire.ErrorCodes;
import dev.plimsoll.wire.Message;
import dev.plimsoll.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one request, successfully or not, under the type its sender waits for: a failure under any other type makes
 * Java clients repeat the call. Any thread.
 */
final class Reply {
    private static final Logger LOG = LoggerFactory.getLogger(Reply.class);

    /** Types of answers about configurations begin so. */
    private static final String OF_CONFIGS = "Config";

    private final UnaryCall call;
    private final ByteBufAllocator allocator;
    private final String type;
    private final @Nullable String requestId;
    private final @Nullable IntConsumer told;
    private final Traffic traffic;

    Reply(UnaryCall call, ByteBufAllocator allocator, String type, @Nullable String requestId, Traffic traffic) {
        this(call, allocator, type, requestId, traffic, null);
    }

    /**
     * @param traffic counts the answers that are errors
     * @param told hears the error code of the answer, 0 when there is none
     */
    Reply(
            UnaryCall call,
            ByteBufAllocator allocator,
            String type,
            @Nullable String requestId,
            Traffic traffic,
            @Nullable IntConsumer told) {
        this.traffic = traffic;
        this.told = told;
        this.call = call;
        this.allocator = allocator;
        this.type = type;
        this.requestId = requestId;
    }

    /** To be echoed in the answer; null when the request had none. */
    @Nullable
    String requestId() {
        return requestId;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    String type() {
        return type;
    }

    void send(Message message) {
        tell(0);
        call.answer(Payload.encode(allocator, message));
    }

    /** Sends a message that is encoded already. */
    void send(ByteBuf message) {
        tell(0);
        call.answer(message);
    }

    private void tell(int errorCode) {
        if (told != null) {
            told.accept(errorCode);
        }
    }

    void fail(int errorCode, String message) {
        tell(errorCode);
        if (errorCode == ErrorCodes.OVER_THRESHOLD) {
            traffic.refused(() -> message);
        } else if (errorCode != ErrorCodes.NOT_FOUND && errorCode != ErrorCodes.CONFIG_NOT_FOUND) {
            traffic.failed(type.startsWith(OF_CONFIGS), errorCode == ErrorCodes.INVALID_PARAMETER);
        }
        byte[] json = ConnectionMessages.failure(errorCode, message, requestId);
        call.answer(Payload.encode(allocator, type, json));
    }

    /** Answers with a refusal's own words and code; anything else is our fault, and only the log says more. */
    void fail(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Refusal refusal) {
            fail(ErrorCodes.of(refusal), refusal.reason());
        } else {
            LOG.error("a request that should be answered by {} failed", type, cause);
            fail(ErrorCodes.SERVER_ERROR, "internal error");
        }
    }

    /** Sends what {@code answer} makes of the result, when there is one. */
    <T> void when(CompletionStage<T> result, Function<? super T, ? extends Message> answer) {
        result.whenComplete((value, failure) -> {
            if (failure != null) {
                fail(failure);
                return;
            }
            try {
                send(answer.apply(value));
            } catch (RuntimeException e) {
                fail(e);
            }
        });
    }
}
