package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The raw client has to be right before it can say that the server is wrong. */
class PayloadTest {

    @Test
    void bytes_are_those_of_the_protobuf_definition() {
        Payload payload = new Payload("A", Map.of("h", "v"), "ip", "", "{}".getBytes(StandardCharsets.UTF_8));

        // 12=field 2, 0f=15 bytes: 1a 01 'A' (3), 3a 06 (7: 0a 01 'h' 12 01 'v'), 42 02 "ip" (8); 1a=field 3: 12 02
        // "{}".
        assertThat(HexFormat.of().formatHex(payload.encoded()))
                .isEqualTo("120f" + "1a0141" + "3a060a0168120176" + "42026970" + "1a04" + "12027b7d");
    }

    @Test
    void what_is_written_is_read_back() {
        String text = "{\"content\":\"" + "\u6f22\u5b57 \uD83D\uDEA2 ".repeat(5000) + "\"}";
        Payload written = new Payload(
                "T", Map.of("a", "1", "b", "\u00e9"), "10.0.0.1", "url", text.getBytes(StandardCharsets.UTF_8));

        Payload read = Payload.decode(written.encoded());

        assertThat(read.type()).isEqualTo("T");
        assertThat(read.headers()).isEqualTo(written.headers());
        assertThat(read.clientIp()).isEqualTo("10.0.0.1");
        assertThat(read.typeUrl()).isEqualTo("url");
        assertThat(read.text()).isEqualTo(text);
    }
}
