package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartTest {
    private static final String TYPE = "multipart/form-data; boundary=xyz";

    private static Multipart parse(String type, String body) {
        return new Multipart(type, body.getBytes(UTF_8));
    }

    private static String part(String head, String content) {
        return "--xyz\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + content + "\r\n";
    }

    private static String content(Multipart parts, String name) {
        Multipart.Slice slice = Objects.requireNonNull(parts.file(name));
        return new String(slice.bytes(), slice.from(), slice.length(), ISO_8859_1);
    }

    @Test
    void texts_and_files_are_found_by_name() {
        var parts = parse(
                TYPE,
                "preamble\r\n" + part("name=\"policy\"", "SKIP")
                        + part("name=\"file\"; filename=\"a.zip\"\r\nContent-Type: application/zip", "PK\r\n--xy\r\n")
                        + part("name=empty", "") + part("name=\"user\"", "\u6d4b") + "--xyz--\r\nepilogue");
        assertThat(parts.text("policy")).isEqualTo("SKIP");
        assertThat(parts.text("user")).isEqualTo("\u6d4b");
        assertThat(parts.text("empty")).isEmpty();
        assertThat(parts.text("none")).isEmpty();
        assertThat(content(parts, "file")).isEqualTo("PK\r\n--xy\r\n");
        assertThat(parts.file("policy")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data;boundary=xyz",
                "Multipart/Form-Data; charset=UTF-8; boundary=\"xyz\"",
                "multipart/form-data; boundary=xyz; charset=UTF-8"
            })
    void the_boundary_is_found_however_it_is_written(String type) {
        assertThat(Multipart.is(type)).isTrue();
        assertThat(parse(type, part("name=\"a\"", "b") + "--xyz--").text("a")).isEqualTo("b");
    }

    @Test
    void other_bodies_are_none() {
        assertThat(Multipart.is(null)).isFalse();
        assertThat(Multipart.is("application/x-www-form-urlencoded")).isFalse();
        assertThat(Multipart.is("multipart/mixed; boundary=x")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no boundary at all",
                "--xyz",
                "--xyz\r\n",
                "?--xyz--",
                "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb",
                "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--xyz",
                "--xyz\r\nContent-Disposition: form-data\r\n\r\nb\r\n--xyz--",
                "--xyz\r\n\r\nb\r\n--xyz--",
                "--xyzContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--xyz--"
            })
    void a_broken_one_is_refused(String body) {
        assertThatThrownBy(() -> parse(TYPE, body)).isInstanceOf(InvalidRequest.class);
    }

    @Test
    void parts_heads_and_texts_are_bounded() {
        var many = new StringBuilder();
        for (int i = 0; i <= Multipart.MAX_PARTS; i++) {
            many.append(part("name=\"n" + i + "\"", "x"));
        }
        assertThatThrownBy(() -> parse(TYPE, many + "--xyz--")).hasMessageContaining("more than 16 parts");
        assertThatThrownBy(() ->
                        parse(TYPE, part("name=\"a\"\r\nX: " + "y".repeat(Multipart.MAX_PART_HEAD), "b") + "--xyz--"))
                .hasMessageContaining("head is not complete");
        assertThatThrownBy(() -> parse(TYPE, part("name=\"a\"", "b".repeat(Multipart.MAX_TEXT + 1)) + "--xyz--"))
                .hasMessageContaining("longer than 1024");
        assertThatThrownBy(() -> parse(TYPE, part("name=\"a\"", "b") + part("name=\"a\"", "c") + "--xyz--"))
                .hasMessageContaining("two parts");
        assertThatThrownBy(() -> parse("multipart/form-data; boundary=" + "x".repeat(71), "--x"))
                .hasMessageContaining("boundary");
        byte[] notText = (part("name=\"a\"", "?") + "--xyz--").getBytes(UTF_8);
        for (int i = 0; i < notText.length; i++) {
            if (notText[i] == '?') {
                notText[i] = (byte) 0xff;
            }
        }
        assertThatThrownBy(() -> new Multipart(TYPE, notText)).hasMessageContaining("not UTF-8");
    }

    @Test
    void whatever_comes_is_read_or_refused() {
        var random = new Random(3);
        byte[] whole = (part("name=\"policy\"", "SKIP") + part("name=\"file\"; filename=\"a\"", "PK") + "--xyz--")
                .getBytes(UTF_8);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] body = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int k = random.nextInt(3); k > 0 && body.length > 0; k--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(new Multipart(TYPE, body).text("policy").length()).isLessThan(whole.length);
            } catch (InvalidRequest e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1, 20_000);
    }
}
