package dev.plimsoll.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Test
    void what_is_valid_is_what_the_strict_decoder_of_java_takes() {
        var random = new Random(11);
        int valid = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(4)];
            for (int k = 0; k < bytes.length; k++) {
                bytes[k] = (byte) (random.nextInt(3) == 0 ? random.nextInt(128) : 0x80 + random.nextInt(128));
            }
            boolean expected = decodes(bytes);
            valid += expected ? 1 : 0;
            assertThat(Utf8.isValid(bytes, 0, bytes.length)).isEqualTo(expected);
        }
        assertThat(valid).isBetween(1_000, 199_000);
    }

    @Test
    void every_character_there_is_is_valid() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                byte[] bytes = Character.toString(c).getBytes(StandardCharsets.UTF_8);
                assertThat(Utf8.isValid(bytes, 0, bytes.length)).isTrue();
            }
        }
    }

    @Test
    void a_character_must_end_within_the_part_that_is_looked_at() {
        byte[] bytes = "a\u00e9b".getBytes(StandardCharsets.UTF_8);
        assertThat(Utf8.isValid(bytes, 0, 3)).isTrue();
        assertThat(Utf8.isValid(bytes, 0, 2)).isFalse();
        assertThat(Utf8.isValid(bytes, 2, 4)).isFalse();
    }

    private static boolean decodes(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)); // reports, unless told otherwise
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
