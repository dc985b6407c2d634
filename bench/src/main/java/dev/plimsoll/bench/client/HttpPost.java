package dev.plimsoll.bench.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One form posted over a connection of its own, from an address of one's choice: a client that comes, asks and
 * goes. The server closes, as it is asked to, and the answer is what came until then.
 */
public final class HttpPost extends ChannelInboundHandlerAdapter {
    private static final long TIMEOUT_SECONDS = 15;
    private static final int MAX_ANSWER = 16 << 10;
    private static final int STATUS_AT = "HTTP/1.1 ".length();
    private static final int STATUS_END = STATUS_AT + 3;

    private final byte[] request;
    private final Consumer<Answered> done;
    private final StringBuilder answer = new StringBuilder();
    private long sentAt;
    private boolean told;

    /**
     * @param status 0 when there was no answer
     * @param text headers and body
     * @param error why there was no answer, or ""
     * @param nanos from the connection being there to the end of the answer
     */
    public record Answered(int status, String text, String error, long nanos) {}

    private HttpPost(byte[] request, Consumer<Answered> done) {
        this.request = request;
        this.done = done;
    }

    /**
     * @param from the local address; null for the system's choice
     * @param done hears of it once, on one of the loops
     */
    public static void send(
            ClientLoops loops,
            @Nullable InetAddress from,
            InetSocketAddress to,
            String path,
            String form,
            Consumer<Answered> done) {
        byte[] body = form.getBytes(StandardCharsets.US_ASCII);
        String head = "POST " + path + " HTTP/1.1\r\nHost: " + to.getHostString() + ":" + to.getPort()
                + "\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nContent-Length: "
                + body.length + "\r\n\r\n";
        var post = new HttpPost((head + form).getBytes(StandardCharsets.US_ASCII), done);
        Bootstrap bootstrap = loops.bootstrap(loops.next()).handler(post);
        (from == null ? bootstrap.connect(to) : bootstrap.connect(to, new InetSocketAddress(from, 0)))
                .addListener((ChannelFutureListener) connecting -> {
                    if (!connecting.isSuccess()) {
                        post.tell("connect: " + connecting.cause());
                    }
                });
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        sentAt = System.nanoTime();
        ctx.writeAndFlush(Unpooled.wrappedBuffer(request));
        ctx.executor()
                .schedule(
                        () -> {
                            if (!told) {
                                tell("no answer within " + TIMEOUT_SECONDS + " s");
                                ctx.close();
                            }
                        },
                        TIMEOUT_SECONDS,
                        TimeUnit.SECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        answer.append(bytes.toString(StandardCharsets.ISO_8859_1));
        bytes.release();
        if (answer.length() > MAX_ANSWER) {
            tell("an answer of more than " + MAX_ANSWER + " bytes");
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        tell("closed without an answer");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        tell(cause.toString());
        ctx.close();
    }

    private void tell(String otherwise) {
        if (told) {
            return;
        }
        told = true;
        int status = status();
        done.accept(new Answered(status, answer.toString(), status == 0 ? otherwise : "", System.nanoTime() - sentAt));
    }

    private int status() {
        if (answer.length() < STATUS_END || answer.indexOf("\r\n\r\n") < 0) {
            return 0;
        }
        int status = 0;
        for (char c : answer.substring(STATUS_AT, STATUS_END).toCharArray()) {
            if (c < '0' || c > '9') {
                return 0;
            }
            status = status * 10 + c - '0';
        }
        return status;
    }
}
