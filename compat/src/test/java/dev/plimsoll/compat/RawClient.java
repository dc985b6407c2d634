package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A client without an SDK: one HTTP/2 connection, the two gRPC methods, JSON as it is on the wire. It answers the server's
 * requests as a client does, unless told otherwise, and keeps every one for the test to look at.
 */
final class RawClient implements AutoCloseable {

    static final MethodDescriptor<Payload, Payload> UNARY = method("Request/request", MethodType.UNARY);
    static final MethodDescriptor<Payload, Payload> STREAM =
            method("BiRequestStream/requestBiStream", MethodType.BIDI_STREAMING);

    private static final int MEBIBYTE = 1024 * 1024;
    private static final long PATIENCE_SECONDS = Waiting.PATIENCE.toSeconds();
    private static final Set<String> UNANSWERED = Set.of("SetupAckRequest");

    private final ManagedChannel channel;
    private final List<Payload> pushes = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Payload> unread = new LinkedBlockingQueue<>();
    private volatile UnaryOperator<Payload> answer = RawClient::acknowledgement;
    private StreamObserver<Payload> toServer;
    private volatile boolean streamEnded;

    private RawClient(int grpcPort) {
        // Bigger than the server's limit, so that it is the server's answer the tests see.
        channel = NettyChannelBuilder.forAddress("127.0.0.1", grpcPort)
                .usePlaintext()
                .maxInboundMessageSize(32 * MEBIBYTE)
                .build();
    }

    /** A connection which has not said who it is. */
    static RawClient unregistered(PlimsollProcess server) {
        return new RawClient(server.grpcPort());
    }

    /** A connection set up as clients from 2.3 on do it: it has an ability table and has waited for the acknowledgement. */
    static RawClient connected(PlimsollProcess server) {
        RawClient client = new RawClient(server.grpcPort());
        client.setUp("""
                {"clientVersion":"Nacos-Java-Client:v2.5.1","tenant":"","abilityTable":{},
                 "labels":{"source":"sdk","module":"naming","AppName":"compat"}}""");
        client.next("SetupAckRequest");
        return client;
    }

    void setUp(String body) {
        toServer = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(STREAM, CallOptions.DEFAULT), new StreamObserver<Payload>() {
                    @Override
                    public void onNext(Payload push) {
                        pushes.add(push);
                        unread.add(push);
                        Payload ack = answer.apply(push);
                        if (ack != null) {
                            toServer.onNext(ack);
                        }
                    }

                    @Override
                    public void onError(Throwable t) {
                        streamEnded = true;
                    }

                    @Override
                    public void onCompleted() {
                        streamEnded = true;
                    }
                });
        toServer.onNext(Payload.of("ConnectionSetupRequest", body));
    }

    /** From now on the server's requests are answered with what this makes of them; null is silence. */
    void answerWith(UnaryOperator<Payload> changed) {
        answer = changed;
    }

    Payload call(String type, String json) {
        return call(Payload.of(type, json));
    }

    Payload call(Payload request) {
        return call(UNARY, request);
    }

    Payload call(MethodDescriptor<Payload, Payload> method, Payload request) {
        return ClientCalls.blockingUnaryCall(channel, method, deadline(), request);
    }

    private static CallOptions deadline() {
        return CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** A call whose answer is for later. */
    Future<Payload> send(String type, String json) {
        return ClientCalls.futureUnaryCall(channel.newCall(UNARY, deadline()), Payload.of(type, json));
    }

    /** A call that has to succeed. */
    Payload ok(String type, String json) {
        Payload reply = call(type, json);
        assertThat(reply.json().path("resultCode").asInt()).as("%s", reply).isEqualTo(200);
        return reply;
    }

    void register(String service, String ip, int port) {
        ok("InstanceRequest", instanceRequest("registerInstance", service, ip, port));
    }

    void deregister(String service, String ip, int port) {
        ok("InstanceRequest", instanceRequest("deregisterInstance", service, ip, port));
    }

    Payload subscribe(String service, String clusters) {
        return ok("SubscribeServiceRequest", """
                {"namespace":"public","serviceName":"%s","groupName":"DEFAULT_GROUP","subscribe":true,"clusters":"%s"}""".formatted(service, clusters));
    }

    Payload query(String service) {
        return ok("ServiceQueryRequest", """
                {"namespace":"public","serviceName":"%s","groupName":"DEFAULT_GROUP","cluster":"","healthyOnly":false}""".formatted(service));
    }

    Payload publish(String dataId, String content) {
        return ok("ConfigPublishRequest", configRequest(dataId, "\"content\":\"" + content + "\""));
    }

    static String configRequest(String dataId, String more) {
        return "{\"dataId\":\"%s\",\"group\":\"DEFAULT_GROUP\",\"tenant\":\"\"%s}"
                .formatted(dataId, more.isEmpty() ? "" : "," + more);
    }

    static String instanceRequest(String type, String service, String ip, int port) {
        return """
                {"namespace":"public","serviceName":"%s","groupName":"DEFAULT_GROUP","type":"%s",
                 "instance":{"ip":"%s","port":%d}}""".formatted(service, type, ip, port);
    }

    /** Waits for the next request of the type that has not been looked at yet; others before it are skipped. */
    Payload next(String type) {
        List<Payload> skipped = new ArrayList<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try {
            while (true) {
                Payload push = unread.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (push == null) {
                    throw new AssertionError("no " + type + " came within " + PATIENCE_SECONDS + " s; came: " + skipped
                            + (streamEnded ? "; the stream has ended" : ""));
                }
                if (push.type().equals(type)) {
                    return push;
                }
                skipped.add(push);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits for a push of a service that shows so many hosts; earlier states are skipped. */
    Payload nextState(String service, int hosts) {
        while (true) {
            Payload push = next("NotifySubscriberRequest");
            if (push.json().at("/serviceInfo/name").asText().equals(service)
                    && push.json().at("/serviceInfo/hosts").size() == hosts) {
                return push;
            }
        }
    }

    /** All requests the server has sent so far. */
    List<Payload> pushes() {
        return List.copyOf(pushes);
    }

    boolean streamEnded() {
        return streamEnded;
    }

    /** Cuts the connection without a word. */
    @Override
    public void close() {
        channel.shutdownNow();
    }

    /** What clients answer: the request's own response type, its id echoed. */
    static Payload acknowledgement(Payload push) {
        if (UNANSWERED.contains(push.type())) {
            return null;
        }
        return acknowledgement(push, push.type().replace("Request", "Response"));
    }

    static Payload acknowledgement(Payload push, String type) {
        return Payload.of(
                type,
                "{\"resultCode\":200,\"errorCode\":0,\"success\":true,\"requestId\":\"%s\"}"
                        .formatted(push.json().path("requestId").asText()));
    }

    static MethodDescriptor<Payload, Payload> method(String name, MethodType type) {
        return MethodDescriptor.<Payload, Payload>newBuilder()
                .setFullMethodName(name)
                .setType(type)
                .setRequestMarshaller(Payload.MARSHALLER)
                .setResponseMarshaller(Payload.MARSHALLER)
                .build();
    }
}
