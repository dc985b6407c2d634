package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a port answers to gRPC calls. Every method of these interfaces is called on the connection's loop and must not
 * block. Inbound messages come without their length prefix and decompressed, and are borrowed: valid until the method
 * returns. Outbound messages are whole gRPC messages, five-byte prefix included, so that one encoded push can be shared
 * by all its receivers; they are given away.
 */
public interface GrpcService {
    /** The shape of the method at {@code path}, such as {@code /Request/request}; null when there is none. */
    @Nullable
    Shape shape(String path);

    /** A connection's first gRPC call is about to be made. */
    Handler connected(Connection connection);

    enum Shape {
        UNARY,
        BIDI
    }

    /** The calls of one connection. */
    interface Handler {
        void unary(ByteBuf request, UnaryCall call);

        StreamHandler stream(Stream stream);

        /** The transport has ended. Called once; nothing is called after it. */
        void closed();
    }

    /** Takes the answer of one unary call. Any thread; the first answer counts. */
    interface UnaryCall {
        void answer(ByteBuf message);

        /** Answers with trailers only. */
        void fail(GrpcStatus status, String message);
    }

    /** The server's half of a bidirectional call. Connection's loop only. */
    interface Stream {
        Connection connection();

        /** The peer takes what is written: neither its window nor the connection holds back too many bytes. */
        boolean writable();

        /** Writes a whole message, framed; it waits in the transport when the peer does not take it. */
        void send(ByteBuf message);

        /** Ends the server's half with status OK. */
        void complete();
    }

    /** The client's half of a bidirectional call. */
    interface StreamHandler {
        void message(ByteBuf message);

        /** {@link Stream#writable} became true. */
        void writable();

        /**
         * The client ended its half, or the call was cancelled or broken. Called once.
         *
         * @param why for operators
         */
        void ended(String why);
    }
}
