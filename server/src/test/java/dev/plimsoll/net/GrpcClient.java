package dev.plimsoll.net;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** grpc-java's own client, sending bytes. */
public final class GrpcClient implements AutoCloseable {
    static final MethodDescriptor<byte[], byte[]> UNARY = method(MethodDescriptor.MethodType.UNARY, "echo/unary");
    static final MethodDescriptor<byte[], byte[]> STREAM =
            method(MethodDescriptor.MethodType.BIDI_STREAMING, "echo/stream");

    public final ManagedChannel channel;

    public GrpcClient(int port) {
        this(port, builder -> builder);
    }

    GrpcClient(int port, UnaryOperator<NettyChannelBuilder> options) {
        channel = options.apply(NettyChannelBuilder.forAddress("127.0.0.1", port)
                        .usePlaintext()
                        .maxInboundMessageSize(64 << 20))
                .build();
    }

    byte[] unary(byte[] message) {
        return unary(message, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
    }

    byte[] unary(byte[] message, CallOptions options) {
        return ClientCalls.blockingUnaryCall(channel, UNARY, options, message);
    }

    String unary(String message) {
        return new String(unary(message.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    StreamObserver<byte[]> stream(Received received) {
        return ClientCalls.asyncBidiStreamingCall(channel.newCall(STREAM, CallOptions.DEFAULT), received);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public static MethodDescriptor<byte[], byte[]> method(MethodDescriptor.MethodType type, String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName(name)
                .setRequestMarshaller(Bytes.INSTANCE)
                .setResponseMarshaller(Bytes.INSTANCE)
                .build();
    }

    /** What came back on a stream. */
    public static final class Received implements StreamObserver<byte[]> {
        public final Queue<byte[]> messages = new ConcurrentLinkedQueue<>();
        volatile @Nullable Throwable error;
        volatile boolean completed;

        @Override
        public void onNext(byte[] message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable t) {
            error = t;
        }

        @Override
        public void onCompleted() {
            completed = true;
        }
    }

    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
