package dev.plimsoll.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.api.Test;

final class FramesTest {
    @Test
    void request_headers_are_those_of_a_grpc_call() throws Exception {
        byte[] block = Frames.requestHeaders("127.0.0.1:9848", "/Request/request");

        Http2Headers headers = new DefaultHttp2HeadersDecoder().decodeHeaders(1, Unpooled.wrappedBuffer(block));

        assertThat(headers.method()).hasToString("POST");
        assertThat(headers.scheme()).hasToString("http");
        assertThat(headers.path()).hasToString("/Request/request");
        assertThat(headers.authority()).hasToString("127.0.0.1:9848");
        assertThat(headers.get("content-type")).hasToString("application/grpc");
        assertThat(headers.get("te")).hasToString("trailers");
    }

    @Test
    void preface_grants_the_windows_and_allows_no_header_table() {
        ByteBuf preface = Frames.preface(70_000, 100_000);

        assertThat(preface.readCharSequence(24, java.nio.charset.StandardCharsets.US_ASCII))
                .hasToString("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        preface.skipBytes(Frames.HEADER);
        assertThat(preface.readUnsignedShort()).isEqualTo(Frames.SETTING_HEADER_TABLE_SIZE);
        assertThat(preface.readInt()).isZero();
        preface.skipBytes(6);
        assertThat(preface.readUnsignedShort()).isEqualTo(Frames.SETTING_INITIAL_WINDOW_SIZE);
        assertThat(preface.readInt()).isEqualTo(70_000);
        preface.skipBytes(Frames.HEADER);
        assertThat(preface.readInt()).isEqualTo(100_000 - Frames.DEFAULT_WINDOW);
        assertThat(preface.isReadable()).isFalse();
    }
}
