package dev.plimsoll.net;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The header blocks of gRPC. */
final class GrpcHeaders {
    static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    static final AsciiString ENCODING = AsciiString.cached("grpc-encoding");
    static final AsciiString ACCEPT_ENCODING = AsciiString.cached("grpc-accept-encoding");
    static final AsciiString ACCEPTED_ENCODINGS = AsciiString.cached("identity,gzip");
    static final AsciiString IDENTITY = AsciiString.cached("identity");
    static final AsciiString GZIP = AsciiString.cached("gzip");

    private static final AsciiString GRPC = AsciiString.cached("application/grpc");
    private static final AsciiString STATUS = AsciiString.cached("grpc-status");
    private static final AsciiString MESSAGE = AsciiString.cached("grpc-message");

    /** Begin every answer that has a message. Shared: never changed. */
    static final Http2Headers HEAD =
            ReadOnlyHttp2Headers.serverHeaders(false, AsciiString.cached("200"), CONTENT_TYPE, GRPC);

    /** End every call that succeeded. Shared: never changed. */
    static final Http2Headers OK = ReadOnlyHttp2Headers.trailers(false, STATUS, AsciiString.cached("0"));

    /** Longer ones would not fit a client's header list; what is cut is of no use to a program. */
    private static final int LONGEST_MESSAGE = 1 << 10;

    private GrpcHeaders() {}

    static boolean isGrpc(@Nullable CharSequence contentType) {
        return contentType != null
                && contentType.length() >= GRPC.length()
                && AsciiString.regionMatches(contentType, true, 0, GRPC, 0, GRPC.length());
    }

    static Http2Headers trailers(GrpcStatus status, String message) {
        return new DefaultHttp2Headers(false)
                .set(STATUS, AsciiString.of(Integer.toString(status.code())))
                .set(MESSAGE, encoded(message));
    }

    static Http2Headers trailersOnly(GrpcStatus status, String message) {
        return error("200", status, message);
    }

    static Http2Headers error(String httpStatus, GrpcStatus status, String message) {
        return new DefaultHttp2Headers(false)
                .status(httpStatus)
                .set(CONTENT_TYPE, GRPC)
                .set(STATUS, AsciiString.of(Integer.toString(status.code())))
                .set(MESSAGE, encoded(message));
    }

    /** Percent-encoded UTF-8, as the gRPC protocol wants status messages. */
    static AsciiString encoded(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        var text = new StringBuilder(bytes.length);
        for (int i = 0; i < bytes.length && text.length() < LONGEST_MESSAGE; i++) {
            byte b = bytes[i];
            if (b >= 0x20 && b <= 0x7e && b != '%') {
                text.append((char) b);
            } else {
                text.append('%')
                        .append(Character.toUpperCase(Character.forDigit(b >> 4 & 0xf, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 0xf, 16)));
            }
        }
        return AsciiString.of(text);
    }
}
