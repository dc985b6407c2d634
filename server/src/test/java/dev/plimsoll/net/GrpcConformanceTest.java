package dev.plimsoll.net;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** grpc-java's client against the server. */
@ExtendWith(LeakCheck.class)
class GrpcConformanceTest {
    private static final int LIMIT = 10 << 20;

    private final TestServer server = new TestServer();
    private final GrpcClient client = new GrpcClient(server.grpcPort());

    @AfterEach
    void everything_is_given_back() {
        client.close();
        await().until(() -> server.server.connectionCount() == 0);
        await().until(() -> server.echo.closed.get() == server.echo.connected.get());
        server.close();
        assertThat(server.inbound.held()).isZero();
        assertThat(server.outbound.held()).isZero();
    }

    @Test
    void unary_call_is_answered() {
        assertThat(client.unary("ahoi")).isEqualTo("ahoi");
        assertThat(client.unary("")).isEmpty();
    }

    @Test
    void both_ports_serve_grpc() {
        try (var other = new GrpcClient(server.port())) {
            assertThat(other.unary("ahoi")).isEqualTo("ahoi");
        }
    }

    @Test
    void failure_carries_its_status_and_message() {
        assertThatThrownBy(() -> client.unary("fail")).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(e.getStatus().getDescription()).isEqualTo("100% ungültig\n");
        });
    }

    @Test
    void a_service_that_throws_fails_the_call_without_saying_more() {
        assertThatThrownBy(() -> client.unary("throw")).hasMessage("INTERNAL: internal error");
        assertThat(client.unary("ahoi")).isEqualTo("ahoi");
    }

    @Test
    void unknown_method_is_unimplemented() {
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        client.channel,
                        GrpcClient.method(MethodType.UNARY, "echo/nothing"),
                        CallOptions.DEFAULT,
                        new byte[0]))
                .hasMessage("UNIMPLEMENTED: no such method: /echo/nothing");
    }

    @Test
    void message_of_the_limit_passes_both_ways() {
        byte[] message = new byte[LIMIT];
        new Random(1).nextBytes(message);
        assertThat(Arrays.equals(client.unary(message), message)).isTrue();
    }

    @Test
    void request_over_the_limit_is_refused_by_name() {
        assertThatThrownBy(() -> client.unary(new byte[LIMIT + 1]))
                .hasMessage("RESOURCE_EXHAUSTED: message: 10485761 bytes (expected: at most 10485760 bytes)");
        assertThat(server.echo.calls).hasValue(0);
        assertThat(client.unary("ahoi")).isEqualTo("ahoi");
    }

    @Test
    void answer_over_the_limit_is_refused_by_name() {
        assertThatThrownBy(() -> client.unary("size 10485761"))
                .hasMessage("RESOURCE_EXHAUSTED: answer: 10485761 bytes (expected: at most 10485760 bytes)");
    }

    @Test
    void gzip_request_is_understood() {
        byte[] message = "ahoi ".repeat(10_000).getBytes(StandardCharsets.UTF_8);
        assertThat(client.unary(message, CallOptions.DEFAULT.withCompression("gzip")))
                .isEqualTo(message);
    }

    @Test
    void gzip_bomb_is_refused() {
        assertThatThrownBy(() -> client.unary(new byte[LIMIT + 1], CallOptions.DEFAULT.withCompression("gzip")))
                .hasMessageStartingWith("RESOURCE_EXHAUSTED: message: more than that when decompressed");
        // What the client was still sending, half a frame perhaps, is read over.
        await().until(() -> server.inbound.held() == 0);
    }

    @Test
    void stream_echoes_in_order_and_completes_after_half_close() {
        var received = new GrpcClient.Received();
        var stream = client.stream(received);
        for (int i = 0; i < 1_000; i++) {
            stream.onNext(Integer.toString(i).getBytes(StandardCharsets.UTF_8));
        }
        stream.onCompleted();
        await().until(() -> received.completed);
        var numbers = received.messages.stream()
                .map(m -> Integer.parseInt(new String(m, StandardCharsets.UTF_8)))
                .toList();
        assertThat(numbers).hasSize(1_000).isSorted();
        assertThat(server.echo.ended).hasValue(1);
    }

    @Test
    void cancelled_stream_ends_once() {
        var received = new GrpcClient.Received();
        var stream = (ClientCallStreamObserver<byte[]>) client.stream(received);
        stream.onNext(new byte[] {1});
        await().until(() -> received.messages.size() == 1);
        stream.cancel("enough", null);
        await().until(() -> server.echo.ended.get() == 1);
        assertThat(client.unary("ahoi")).isEqualTo("ahoi");
        assertThat(server.echo.ended).hasValue(1);
    }

    @Test
    void lost_connection_ends_streams_then_closes_the_handler() {
        var received = new GrpcClient.Received();
        client.stream(received).onNext(new byte[] {1});
        await().until(() -> received.messages.size() == 1);
        server.echo.streams.element().connection().close("test");
        await().until(() -> server.echo.closed.get() == 1);
        assertThat(server.echo.ended).hasValue(1);
        await().until(() -> received.error != null);
    }

    @Test
    void answer_after_the_deadline_is_harmless() {
        assertThatThrownBy(() -> client.unary(
                        "wait".getBytes(StandardCharsets.UTF_8),
                        CallOptions.DEFAULT.withDeadlineAfter(200, MILLISECONDS)))
                .hasMessageStartingWith("DEADLINE_EXCEEDED");
        await().until(() -> server.echo.unanswered.size() == 1);
        server.echo.waiting().get(0).answer(server.echo.framed(new byte[100]));
        assertThat(client.unary("ahoi")).isEqualTo("ahoi");
    }

    @Test
    void answer_from_another_thread_arrives_and_only_the_first_counts() throws Exception {
        var answer = ClientCalls.futureUnaryCall(
                client.channel.newCall(GrpcClient.UNARY, CallOptions.DEFAULT), "wait".getBytes(StandardCharsets.UTF_8));
        await().until(() -> server.echo.unanswered.size() == 1);
        var call = server.echo.waiting().get(0);
        call.answer(server.echo.framed(new byte[] {1}));
        call.answer(server.echo.framed(new byte[] {2}));
        call.fail(GrpcStatus.INTERNAL, "too late");
        assertThat(answer.get(10, SECONDS)).containsExactly(1);
    }

    @Test
    void five_hundred_parallel_calls_are_answered() throws Exception {
        List<ListenableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            byte[] message = ("message " + i).getBytes(StandardCharsets.UTF_8);
            answers.add(ClientCalls.futureUnaryCall(
                    client.channel.newCall(GrpcClient.UNARY, CallOptions.DEFAULT), message));
        }
        for (int i = 0; i < 500; i++) {
            assertThat(new String(answers.get(i).get(20, SECONDS), StandardCharsets.UTF_8))
                    .isEqualTo("message " + i);
        }
    }

    @Test
    void keepalive_pings_without_calls_are_allowed() {
        // grpc-java sends no pings more often than every ten seconds, so the frames themselves are in BadFramesTest.
        try (var pinging = new GrpcClient(
                server.grpcPort(), b -> b.keepAliveTime(10, SECONDS).keepAliveWithoutCalls(true))) {
            assertThat(pinging.unary("ahoi")).isEqualTo("ahoi");
        }
    }
}
