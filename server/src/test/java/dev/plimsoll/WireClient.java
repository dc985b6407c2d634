package dev.plimsoll;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.net.GrpcClient;
import dev.plimsoll.net.GrpcClient.Received;
import dev.plimsoll.wire.Payload;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A client of the Nacos protocol that sends whatever it likes, over a connection of its own. */
final class WireClient implements AutoCloseable {
    private static final MethodDescriptor<byte[], byte[]> UNARY =
            GrpcClient.method(MethodType.UNARY, "Request/request");
    private static final MethodDescriptor<byte[], byte[]> STREAM =
            GrpcClient.method(MethodType.BIDI_STREAMING, "BiRequestStream/requestBiStream");
    private static final String SETUP =
            "{\"clientVersion\":\"Nacos-Java-Client:v2.3.2\",\"labels\":{\"module\":\"naming\"},\"abilityTable\":{}}";

    private final GrpcClient client;
    private final Received received = new Received();
    private final StreamObserver<byte[]> stream;

    WireClient(int grpcPort) {
        client = new GrpcClient(grpcPort);
        stream = ClientCalls.asyncBidiStreamingCall(client.channel.newCall(STREAM, CallOptions.DEFAULT), received);
    }

    /** Becomes a client of the server's, and waits until it is one. */
    WireClient connect() {
        return connect("");
    }

    /** @param ip what it says of its own address; "" for nothing */
    WireClient connect(String ip) {
        stream.onNext(payload("ConnectionSetupRequest", SETUP, Map.of(), ip));
        Awaitility.await().until(() -> !received.messages.isEmpty());
        return this;
    }

    /** The answer, under whichever type it comes. */
    Payload call(String type, String json, Map<String, String> headers) {
        return call(client.channel, type, json, headers);
    }

    /** The same with metadata of gRPC's own beside the headers of the message. */
    Payload call(String type, String json, Map<String, String> headers, Map<String, String> metadata) {
        var beside = new Metadata();
        metadata.forEach((name, value) -> beside.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        Channel channel =
                ClientInterceptors.intercept(client.channel, MetadataUtils.newAttachHeadersInterceptor(beside));
        return call(channel, type, json, headers);
    }

    private static Payload call(Channel channel, String type, String json, Map<String, String> headers) {
        return decoded(ClientCalls.blockingUnaryCall(
                channel,
                UNARY,
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                payload(type, json, headers, "10.66.66.66")));
    }

    /** What it was told on its stream. */
    List<Payload> told() {
        return received.messages.stream().map(WireClient::decoded).toList();
    }

    static String text(Payload payload) {
        return new String(payload.body(), UTF_8);
    }

    private static Payload decoded(byte[] message) {
        return Payload.decode(Unpooled.wrappedBuffer(message));
    }

    private static byte[] payload(String type, String json, Map<String, String> headers, String ip) {
        var metadata = new ByteArrayOutputStream();
        delimited(metadata, 3, type.getBytes(UTF_8));
        headers.forEach((name, value) -> {
            var entry = new ByteArrayOutputStream();
            delimited(entry, 1, name.getBytes(UTF_8));
            delimited(entry, 2, value.getBytes(UTF_8));
            delimited(metadata, 7, entry.toByteArray());
        });
        delimited(metadata, 8, ip.getBytes(UTF_8));
        var any = new ByteArrayOutputStream();
        delimited(any, 2, json.getBytes(UTF_8));
        var payload = new ByteArrayOutputStream();
        delimited(payload, 2, metadata.toByteArray());
        delimited(payload, 3, any.toByteArray());
        return payload.toByteArray();
    }

    private static void delimited(ByteArrayOutputStream out, int field, byte[] bytes) {
        out.write(field << 3 | 2);
        int rest = bytes.length;
        while (rest > 0x7F) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
        out.writeBytes(bytes);
    }

    @Override
    public void close() {
        client.close();
    }
}
