package dev.plimsoll.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class Http2ConnectionTest {
    private static final byte[] HEADERS = Frames.requestHeaders("localhost", "/Request/request");
    private static final int OK = -1;

    private final List<String> closed = new ArrayList<>();
    private Http2Connection http2;
    private EmbeddedChannel channel;

    /** A frame that the client sent. */
    private record Sent(int type, int flags, int stream, byte[] payload) {
        int number() {
            return Unpooled.wrappedBuffer(payload).readInt();
        }
    }

    /** Collects what a call hears. */
    private static final class Heard extends RpcStream {
        final List<String> messages = new ArrayList<>();
        final List<String> ends = new ArrayList<>();

        @Override
        void message(byte[] message) {
            messages.add(new String(message, StandardCharsets.US_ASCII));
        }

        @Override
        void ended(@Nullable String error) {
            ends.add(error == null ? "ok" : error);
        }
    }

    @BeforeEach
    void connect() {
        connect(Windows.DEFAULT);
    }

    private void connect(Windows windows) {
        http2 = new Http2Connection(windows, new DefaultHttp2HeadersDecoder(), new Http2Connection.Owner() {
            @Override
            public void ready() {}

            @Override
            public void closed(String reason) {
                closed.add(reason);
            }
        });
        channel = new EmbeddedChannel(http2);
        ((ByteBuf) channel.readOutbound()).release(); // the preface; FramesTest reads it
    }

    @AfterEach
    void end() {
        channel.finishAndReleaseAll();
    }

    @Test
    void answer_is_whole_however_its_bytes_are_cut() {
        Heard call = call("question");
        byte[] frames = bytes(
                frame(Frames.HEADERS, Frames.END_HEADERS, 1, new byte[] {(byte) 0x88}),
                frame(Frames.DATA, 0, 1, slice(grpc("the answer"), 0, 3)),
                frame(Frames.DATA, 0, 1, slice(grpc("the answer"), 3, 15)),
                trailers(1, OK));
        for (byte octet : frames) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {octet}));
        }

        assertThat(call.messages).containsExactly("the answer");
        assertThat(call.ends).containsExactly("ok");
        assertThat(http2.open()).isZero();
    }

    @Test
    void several_messages_of_a_stream_come_in_order() {
        Heard stream = open();

        receive(frame(Frames.DATA, 0, 1, bytes(grpc("one"), grpc(""), grpc("three"))));

        assertThat(stream.messages).containsExactly("one", "", "three");
        assertThat(stream.ends).isEmpty();
    }

    @Test
    void padding_is_not_part_of_the_message() {
        Heard stream = open();

        receive(frame(Frames.DATA, Frames.PADDED, 1, bytes(new byte[] {3}, grpc("one"), new byte[3])));

        assertThat(stream.messages).containsExactly("one");
    }

    @Test
    void status_other_than_ok_is_the_error() {
        Heard call = call("question");

        receive(trailers(1, 8));

        assertThat(call.ends).singleElement().asString().startsWith("gRPC status 8");
    }

    @Test
    void status_may_come_in_a_continuation() {
        Heard call = call("question");
        byte[] block = status(8);

        receive(frame(Frames.HEADERS, Frames.END_STREAM, 1, slice(block, 0, 5)));
        receive(frame(Frames.CONTINUATION, Frames.END_HEADERS, 1, slice(block, 5, block.length)));

        assertThat(call.ends).singleElement().asString().startsWith("gRPC status 8");
    }

    @Test
    void stalled_stream_gives_no_window_back_while_others_and_the_connection_do() {
        Heard pushes = open();
        Heard call = call("question");
        http2.stall(pushes);
        sent();

        int some = Windows.DEFAULT.stream() / 8;
        for (int i = 0; i < 7; i++) {
            receive(frame(Frames.DATA, 0, 1, new byte[some]));
        }
        receive(frame(Frames.DATA, 0, 3, grpc("answered")));

        assertThat(call.messages).containsExactly("answered");
        assertThat(pushes.messages).isEmpty();
        assertThat(pushes.kept()).isEqualTo(7 * some);
        assertThat(sent()).noneMatch(frame -> frame.type() == Frames.WINDOW_UPDATE && frame.stream() == 1);
    }

    @Test
    void waking_looks_at_what_was_kept_and_gives_all_windows_back() {
        Heard pushes = open();
        http2.stall(pushes);
        byte[] push = grpc("x".repeat(5_000));
        receive(frame(Frames.DATA, 0, 1, push));
        sent();

        http2.wake(pushes);

        assertThat(pushes.messages).containsExactly("x".repeat(5_000));
        assertThat(sent())
                .filteredOn(frame -> frame.type() == Frames.WINDOW_UPDATE)
                .extracting(Sent::stream, Sent::number)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(0, push.length),
                        org.assertj.core.groups.Tuple.tuple(1, push.length));
    }

    @Test
    void reading_stream_gets_its_window_back_at_half() {
        open();
        sent();

        receive(frame(Frames.DATA, 0, 1, grpc("x".repeat(16_000))));
        receive(frame(Frames.DATA, 0, 1, grpc("x".repeat(16_000))));
        assertThat(sent()).noneMatch(frame -> frame.type() == Frames.WINDOW_UPDATE);
        receive(frame(Frames.DATA, 0, 1, grpc("x".repeat(16_000))));

        assertThat(sent())
                .filteredOn(frame -> frame.type() == Frames.WINDOW_UPDATE && frame.stream() == 1)
                .singleElement()
                .extracting(Sent::number)
                .isEqualTo(3 * 16_005);
    }

    @Test
    void withheld_connection_window_is_not_given_back() {
        connect(Windows.NARROW);
        Heard call = call("question");
        http2.withholdWindow(true);
        sent();

        for (int i = 0; i < 4; i++) {
            receive(frame(Frames.DATA, 0, 1, grpc("x".repeat(16_000))));
        }

        assertThat(call.messages).hasSize(4);
        assertThat(sent()).noneMatch(frame -> frame.type() == Frames.WINDOW_UPDATE && frame.stream() == 0);
    }

    @Test
    void calls_beyond_the_servers_limit_wait_for_one_to_end() {
        receive(settings(Frames.SETTING_MAX_CONCURRENT_STREAMS, 1));
        call("first");
        call("second");

        assertThat(http2.queued()).isEqualTo(1);
        receive(trailers(1, OK));

        assertThat(http2.queued()).isZero();
        assertThat(sent()).extracting(Sent::stream).contains(3);
    }

    @Test
    void request_larger_than_the_servers_window_waits_for_more() {
        receive(settings(Frames.SETTING_INITIAL_WINDOW_SIZE, 10));
        sent();
        call("0123456789abcdef");
        assertThat(dataBytes(sent())).isEqualTo(10);

        receive(windowUpdate(1, 6));
        List<Sent> more = sent();
        assertThat(dataBytes(more)).isEqualTo(6);
        assertThat(more).noneMatch(frame -> (frame.flags() & Frames.END_STREAM) != 0);

        receive(windowUpdate(1, 100));
        List<Sent> rest = sent();
        assertThat(dataBytes(rest)).isEqualTo(5);
        assertThat(rest).anyMatch(frame -> (frame.flags() & Frames.END_STREAM) != 0);
    }

    @Test
    void large_request_goes_in_frames_every_server_takes() {
        call("x".repeat(40_000));

        List<Sent> frames = sent();

        assertThat(dataBytes(frames)).isEqualTo(40_005);
        assertThat(frames).allMatch(frame -> frame.payload().length <= Frames.MAX_PAYLOAD);
    }

    @Test
    void ping_and_settings_are_answered() {
        receive(settings(Frames.SETTING_INITIAL_WINDOW_SIZE, 70_000));
        receive(frame(Frames.PING, 0, 0, "12345678".getBytes(StandardCharsets.US_ASCII)));

        assertThat(sent())
                .extracting(Sent::type, Sent::flags)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Frames.SETTINGS, Frames.ACK),
                        org.assertj.core.groups.Tuple.tuple(Frames.PING, Frames.ACK));
    }

    @Test
    void end_of_the_connection_ends_every_call_once() {
        receive(settings(Frames.SETTING_MAX_CONCURRENT_STREAMS, 1));
        Heard begun = call("begun");
        Heard waiting = call("waiting");

        channel.close();

        assertThat(begun.ends).hasSize(1).doesNotContain("ok");
        assertThat(waiting.ends).hasSize(1).doesNotContain("ok");
        assertThat(closed).hasSize(1);
    }

    @Test
    void reset_ends_its_call_only() {
        Heard first = call("first");
        Heard second = call("second");

        receive(frame(Frames.RST_STREAM, 0, 1, new byte[] {0, 0, 0, 7}));

        assertThat(first.ends).containsExactly("RST_STREAM 7");
        assertThat(second.ends).isEmpty();
        assertThat(closed).isEmpty();
    }

    @Test
    void oversized_frame_ends_the_connection() {
        receive(new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 1});

        assertThat(closed).singleElement().asString().startsWith("frame: 65536 bytes");
    }

    @Test
    void late_calls_are_given_up_but_not_the_push_stream() {
        Heard pushes = open();
        Heard call = call("question");

        http2.expire(System.nanoTime() + 1, pushes);

        assertThat(call.ends).containsExactly("no answer in time");
        assertThat(pushes.ends).isEmpty();
        assertThat(sent()).anyMatch(frame -> frame.type() == Frames.RST_STREAM && frame.stream() == 3);
    }

    // --- what the test says to the client, and what the client said

    private Heard call(String question) {
        Heard call = new Heard();
        http2.start(call, HEADERS, Unpooled.wrappedBuffer(grpc(question)), true);
        return call;
    }

    private Heard open() {
        Heard stream = new Heard();
        http2.start(stream, HEADERS, null, false);
        return stream;
    }

    private void receive(byte[] bytes) {
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    }

    private List<Sent> sent() {
        List<Sent> frames = new ArrayList<>();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        while (all.isReadable()) {
            int length = all.readUnsignedMedium();
            int type = all.readByte();
            int flags = all.readByte();
            int stream = all.readInt();
            byte[] payload = new byte[length];
            all.readBytes(payload);
            frames.add(new Sent(type, flags, stream, payload));
        }
        return frames;
    }

    private static int dataBytes(List<Sent> frames) {
        return frames.stream()
                .filter(frame -> frame.type() == Frames.DATA)
                .mapToInt(frame -> frame.payload().length)
                .sum();
    }

    private static byte[] grpc(String text) {
        ByteBuf out = Unpooled.buffer().writeByte(0).writeInt(text.length());
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
        return array(out);
    }

    private static byte[] status(int code) {
        ByteBuf out = Unpooled.buffer().writeByte(0).writeByte(11);
        out.writeCharSequence("grpc-status", StandardCharsets.US_ASCII);
        String text = Integer.toString(Math.max(0, code));
        out.writeByte(text.length()).writeCharSequence(text, StandardCharsets.US_ASCII);
        return array(out);
    }

    private static byte[] trailers(int stream, int code) {
        return frame(Frames.HEADERS, Frames.END_HEADERS | Frames.END_STREAM, stream, status(code));
    }

    private static byte[] settings(int name, int value) {
        return frame(
                Frames.SETTINGS, 0, 0, array(Unpooled.buffer().writeShort(name).writeInt(value)));
    }

    private static byte[] windowUpdate(int stream, int bytes) {
        return frame(Frames.WINDOW_UPDATE, 0, stream, array(Unpooled.buffer().writeInt(bytes)));
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        ByteBuf out = Unpooled.buffer();
        Frames.header(out, payload.length, type, flags, stream);
        return array(out.writeBytes(payload));
    }

    private static byte[] array(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }

    private static byte[] slice(byte[] bytes, int from, int to) {
        return java.util.Arrays.copyOfRange(bytes, from, to);
    }

    private static byte[] bytes(byte[]... parts) {
        ByteBuf out = Unpooled.buffer();
        IntStream.range(0, parts.length).forEach(i -> out.writeBytes(parts[i]));
        return array(out);
    }
}
