package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Answers every message with itself, save those that begin with a word it knows. */
final class Echo implements GrpcService {
    final AtomicInteger connected = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();
    final AtomicInteger calls = new AtomicInteger();
    final Queue<String> ends = new ConcurrentLinkedQueue<>();
    final Queue<Stream> streams = new ConcurrentLinkedQueue<>();
    final Queue<UnaryCall> unanswered = new ConcurrentLinkedQueue<>();
    final Map<Stream, Integer> woken = new ConcurrentHashMap<>();
    volatile @Nullable ByteBufAllocator allocator;

    @Override
    public @Nullable Shape shape(String path) {
        return switch (path) {
            case "/echo/unary" -> Shape.UNARY;
            case "/echo/stream" -> Shape.BIDI;
            default -> null;
        };
    }

    @Override
    public Handler connected(Connection connection) {
        connected.incrementAndGet();
        return new Handler() {
            @Override
            public void unary(ByteBuf request, UnaryCall call) {
                calls.incrementAndGet();
                String word = request.toString(
                        request.readerIndex(), Math.min(request.readableBytes(), 40), StandardCharsets.UTF_8);
                if (word.startsWith("fail")) {
                    call.fail(GrpcStatus.INVALID_ARGUMENT, "100% ungültig\n");
                } else if (word.startsWith("throw")) {
                    throw new IllegalStateException("asked to");
                } else if (word.startsWith("wait")) {
                    unanswered.add(call);
                } else if (word.startsWith("size ")) {
                    call.answer(
                            framed(new byte[Integer.parseInt(word.substring(5).strip())]));
                } else {
                    call.answer(framed(request));
                }
            }

            @Override
            public StreamHandler stream(Stream stream) {
                streams.add(stream);
                return new StreamHandler() {
                    @Override
                    public void message(ByteBuf message) {
                        stream.send(framed(message));
                    }

                    @Override
                    public void writable() {
                        woken.merge(stream, 1, Integer::sum);
                    }

                    @Override
                    public void ended(String why) {
                        ends.add(why);
                        ended.incrementAndGet();
                        stream.complete();
                    }
                };
            }

            @Override
            public void closed() {
                closed.incrementAndGet();
            }
        };
    }

    ByteBuf framed(byte[] message) {
        return allocator()
                .directBuffer(5 + message.length)
                .writeByte(0)
                .writeInt(message.length)
                .writeBytes(message);
    }

    private ByteBuf framed(ByteBuf message) {
        return allocator()
                .directBuffer(5 + message.readableBytes())
                .writeByte(0)
                .writeInt(message.readableBytes())
                .writeBytes(message);
    }

    private ByteBufAllocator allocator() {
        ByteBufAllocator own = allocator;
        if (own == null) {
            throw new IllegalStateException("no allocator yet");
        }
        return own;
    }

    /** Those that {@code Echo} keeps unanswered. */
    List<UnaryCall> waiting() {
        return List.copyOf(unanswered);
    }
}
