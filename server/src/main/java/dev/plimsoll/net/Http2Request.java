package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An HTTP request that came over HTTP/2. Its headers count as inbound bytes, since a thousand may wait at once. */
final class Http2Request extends HttpCall implements Http2Call {
    private static final Logger log = LoggerFactory.getLogger(Http2Request.class);
    private static final int HEAD_BYTES = 256;
    /** What HTTP/2 itself adds to a header's name and value when it speaks of their size. */
    private static final int HEADER_OVERHEAD = 32;

    private final Http2Calls calls;
    private final Http2Stream stream;
    private Http2Headers headers;
    private final InboundBody body;
    private final long since;
    private int headerBytes; // reserved
    private int unreturned; // window
    private boolean complete;
    private boolean over;

    private Http2Request(Http2Calls calls, Http2Stream stream, Http2Headers headers, String method, String target) {
        super(calls.connection(), method, target);
        this.calls = calls;
        this.stream = stream;
        this.headers = headers;
        this.body = new InboundBody(calls.net().inbound(), calls.connection().allocator());
        this.since = calls.connection().nanoTime();
    }

    static Http2Request begin(
            Http2Calls calls, Http2Stream stream, Http2Headers headers, String method, String target) {
        var request = new Http2Request(calls, stream, headers, method, target);
        int bytes = 0;
        boolean isText = true;
        for (Map.Entry<CharSequence, CharSequence> header : headers) {
            bytes += header.getKey().length() + header.getValue().length() + HEADER_OVERHEAD;
            isText &= isText(header.getValue());
        }
        if (!isText) {
            request.answer(HttpAnswer.text(400, "request header: a control character in a value"));
        } else if (calls.net().inbound().tryReserve(bytes)) {
            request.headerBytes = bytes;
            if (headers.getLong("content-length", 0)
                    > calls.net().settings().limits().bodyBytes()) {
                request.answer(request.bodyTooLarge());
            } else if (AsciiString.contentEqualsIgnoreCase("100-continue", headers.get("expect"))) {
                calls.writeHeaders(stream, new DefaultHttp2Headers(false).status("100"), false, calls.newPromise());
            }
        } else {
            request.answer(request.accountFull());
        }
        return request;
    }

    /** As HTTP/1.1 has it: what one version refuses is not to come in by the other. */
    private static boolean isText(CharSequence value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    @Override
    public @Nullable String header(String name) {
        CharSequence value = headers.get(name.toLowerCase(Locale.ROOT));
        return value == null ? null : value.toString();
    }

    @Override
    public int data(ByteBuf data, boolean end) {
        int bytes = data.readableBytes();
        if (over) {
            return bytes;
        }
        if ((long) body.length() + bytes > calls.net().settings().limits().bodyBytes()) {
            answer(bodyTooLarge());
            return bytes;
        }
        if (!body.append(data, end ? bytes : InboundBody.UNKNOWN)) {
            answer(accountFull());
            return bytes;
        }
        if (!end) {
            body.awaitRest(
                    calls.net().arrivals(),
                    () -> calls.connection().loop().execute(this::giveWay),
                    calls.connection().nanoTime());
            return bytes;
        }
        unreturned = bytes;
        end();
        return bytes - unreturned;
    }

    private void giveWay() {
        if (!complete && !over) {
            answer(accountFull());
        }
    }

    @Override
    public void end() {
        if (over || complete) {
            return;
        }
        complete = true;
        body.complete();
        if (!calls.park(this)) {
            unreturned = 0;
            serve();
        }
    }

    @Override
    public void dispatch() {
        if (!over) {
            int bytes = unreturned;
            unreturned = 0;
            calls.consumed(stream, bytes);
            serve();
        }
    }

    @Override
    public void closed() {
        over = true;
        release();
        peerGone();
    }

    @Override
    public void sweep(long now) {
        var limit = calls.net().settings().timeouts().body();
        if (!complete && !over && now - since > limit.toNanos()) {
            answer(HttpAnswer.text(408, "request body: not complete after " + limit.toSeconds() + " s"));
        }
    }

    @Override
    int headBytes() {
        return 0; // charged as inbound bytes
    }

    @Override
    void forgetHead() {
        headers = EmptyHttp2Headers.INSTANCE;
        releaseHead();
    }

    @Override
    void write(HttpAnswer answer) {
        if (over) {
            return;
        }
        over = true;
        release();
        Http2Headers head;
        HttpAnswer sent = answer;
        ChannelPromise promise = calls.gate().tryPass(HEAD_BYTES + bytesSent(answer));
        if (promise == null) {
            sent = HttpAnswer.text(503, calls.gate().accountName() + ": full").with("Retry-After", "1");
            promise = calls.gate().pass(HEAD_BYTES + bytesSent(sent));
        }
        try {
            head = head(sent);
        } catch (IllegalArgumentException e) {
            log.error("{} {}: an answer with an illegal header", method(), path(), e);
            sent = HttpAnswer.empty(500);
            head = head(sent);
        }
        promise.addListener(written -> calls.stopPeer(stream));
        if (bytesSent(sent) == 0) {
            calls.writeHeaders(stream, head, true, promise);
        } else {
            calls.writeHeaders(stream, head, false, calls.newPromise());
            calls.writeData(stream, Unpooled.wrappedBuffer(sent.body()), true, promise);
        }
    }

    private Http2Headers head(HttpAnswer answer) {
        var head = new DefaultHttp2Headers(true).status(Integer.toString(answer.status()));
        head.set("date", calls.net().date().text());
        if (answer.contentType() != null) {
            head.set("content-type", answer.contentType());
        }
        if (answer.status() != 204 && answer.status() != 304) {
            head.set("content-length", Integer.toString(answer.body().length));
        }
        for (HttpAnswer.Header header : answer.headers()) {
            head.add(header.name().toLowerCase(Locale.ROOT), header.value());
        }
        return head;
    }

    private int bytesSent(HttpAnswer answer) {
        return isHead() ? 0 : answer.body().length;
    }

    private void serve() {
        calls.net()
                .router()
                .route(
                        this,
                        body.buffer(),
                        calls.net().admission(),
                        calls.net().settings().limits().parameters());
        body.release();
    }

    private void release() {
        body.release();
        releaseHead();
    }

    private void releaseHead() {
        calls.net().inbound().release(headerBytes);
        headerBytes = 0;
    }

    private HttpAnswer bodyTooLarge() {
        return HttpAnswer.text(
                413,
                "request body: too large (expected: at most "
                        + calls.net().settings().limits().bodyBytes() + " bytes)");
    }

    private HttpAnswer accountFull() {
        var inbound = calls.net().inbound();
        return HttpAnswer.text(503, inbound.name() + ": full (limit: " + inbound.limit() + " bytes)")
                .with("Retry-After", "1");
    }
}
