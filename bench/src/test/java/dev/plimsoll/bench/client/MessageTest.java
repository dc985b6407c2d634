package dev.plimsoll.bench.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class MessageTest {
    @Test
    void what_is_encoded_is_read_back() {
        String json = "{\"text\":\"" + "x".repeat(300) + "\"}";

        Message message = Message.decode(encoded("HealthCheckRequest", "10.1.2.3", json));

        assertThat(message.type()).isEqualTo("HealthCheckRequest");
        assertThat(message.json()).isEqualTo(json);
    }

    @Test
    void token_goes_as_a_header_and_the_message_is_read_back() {
        String token = "t".repeat(300);
        ByteBuf out =
                Message.encode(UnpooledByteBufAllocator.DEFAULT, "T", "10.1.2.3", token, Message.ascii("{\"a\":1}"));
        byte[] bytes = new byte[out.skipBytes(5).readableBytes()];
        out.readBytes(bytes).release();

        assertThat(Message.decode(bytes).json()).isEqualTo("{\"a\":1}");
        assertThat(new String(bytes, ISO_8859_1)).contains("\u000baccessToken\u0012\u00ac\u0002" + token);
    }

    @Test
    void unknown_fields_are_passed_over() {
        byte[] known = encoded("T", "", "{}");
        byte[] with = new byte[known.length + 4];
        with[0] = 15 << 3 | 2;
        with[1] = 2;
        System.arraycopy(known, 0, with, 4, known.length);

        assertThat(Message.decode(with).type()).isEqualTo("T");
    }

    @Test
    void message_cut_short_is_refused() {
        byte[] whole = encoded("HealthCheckRequest", "", "{\"a\":1}");

        for (int length = 1; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (length == 2 + whole[1]) {
                continue; // the metadata alone is a message without a body
            }
            assertThatThrownBy(() -> Message.decode(cut)).as("%d bytes", length).isInstanceOf(WireException.class);
        }
    }

    @Test
    void success_is_found_wherever_it_stands() {
        String filling = "\"f\":\"" + "y".repeat(5_000) + "\"";

        assertThat(message("{\"success\":true," + filling + "}").success()).isTrue();
        assertThat(message("{" + filling + ",\"success\":true," + filling + "}").success())
                .isTrue();
        assertThat(message("{" + filling + ",\"success\":true}").success()).isTrue();
        assertThat(message("{" + filling + ",\"success\":false}").success()).isFalse();
    }

    @Test
    void request_id_and_texts_are_read() {
        Message message = message("{\"requestId\":\"77\",\"serviceInfo\":{\"name\":\"order\"}}");

        assertThat(message.requestId()).isEqualTo("77");
        assertThat(message.text("name")).isEqualTo("order");
        assertThat(message.text("group")).isEmpty();
    }

    @Test
    void newest_change_is_the_largest_number() {
        Message message = message("[{\"rev\":\"3\"},{\"rev\":\"120\"},{\"rev\":\"7\"}]");

        assertThat(message.largestAfter(BenchInstance.REV)).isEqualTo(120);
        assertThat(message("{}").largestAfter(BenchInstance.REV)).isEqualTo(-1);
    }

    @Test
    void key_is_found_with_and_without_a_good_hint() {
        Message message = message("{\"f\":\"" + "z".repeat(1_000) + "\",\"rev\":\"5\"}");
        byte[] key = Message.ascii("\"rev\":\"5\"");

        int at = message.position(key, -1);

        assertThat(at).isEqualTo(message.json().indexOf("\"rev\""));
        assertThat(message.position(key, at)).isEqualTo(at);
        assertThat(message.position(key, 3)).isEqualTo(at);
        assertThat(message.position(Message.ascii("\"rev\":\"6\""), at)).isEqualTo(-1);
    }

    private static Message message(String json) {
        return Message.decode(encoded("T", "", json));
    }

    /** Without the gRPC prefix. */
    static byte[] encoded(String type, String clientIp, String json) {
        ByteBuf out = Message.encode(UnpooledByteBufAllocator.DEFAULT, type, clientIp, "", Message.ascii(json));
        assertThat(out.readByte()).isZero();
        assertThat(out.readInt()).isEqualTo(out.readableBytes());
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        out.release();
        return bytes;
    }
}
