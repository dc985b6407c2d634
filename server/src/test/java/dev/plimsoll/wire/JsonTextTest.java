package dev.plimsoll.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    private static String written(JsonText json) {
        return new String(json.bytes(), UTF_8);
    }

    @Test
    void all_kinds_of_values_stand_in_their_order() {
        JsonText json = new JsonText()
                .open('{')
                .field("text", "a\"\\\né")
                .field("none", null)
                .field("number", 7)
                .field("fraction", 0.5)
                .field("truth", true)
                .name("texts")
                .texts(Map.of("k\"", "v"))
                .name("list")
                .open('[')
                .json("{\"is\":1}".getBytes(UTF_8))
                .utf8("é\"".getBytes(UTF_8))
                .json("[]".getBytes(UTF_8))
                .text("end")
                .close(']');
        assertThat(written(json.close('}')))
                .isEqualTo("{\"text\":\"a\\\"\\\\\\né\",\"none\":null,\"number\":7,\"fraction\":0.5,\"truth\":true,"
                        + "\"texts\":{\"k\\\"\":\"v\"},\"list\":[{\"is\":1},\"é\\\"\",[],\"end\"]}");
    }

    @Test
    void a_long_one_is_whole_wherever_it_was_put_by() {
        for (int length : new int[] {1, 7, 1_000, 70_000}) {
            String text = "é".repeat(length);
            JsonText json = new JsonText().open('[');
            var expected = new StringBuilder("[");
            for (int i = 0; i < 200_000 / length; i++) {
                json.text(text);
                expected.append(i == 0 ? "\"" : ",\"").append(text).append('"');
            }
            assertThat(written(json.close(']')).equals(expected.append(']').toString()))
                    .as("texts of length " + length)
                    .isTrue();
        }
    }
}
