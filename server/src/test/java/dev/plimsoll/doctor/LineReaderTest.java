package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {
    private static List<String> lines(String text, int longest) throws IOException {
        var reader = new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), longest);
        var lines = new ArrayList<String>();
        while (reader.next()) {
            lines.add(reader.text());
        }
        return lines;
    }

    @Test
    void lines_end_with_line_feeds_of_either_kind_or_the_end() throws IOException {
        assertThat(lines("one\r\n\ntwo\nthree", 100)).containsExactly("one", "", "two", "three");
        assertThat(lines("", 100)).isEmpty();
    }

    @Test
    void a_line_longer_than_the_bound_keeps_its_beginning_and_the_next_line_is_whole() throws IOException {
        assertThat(lines("x".repeat(1_000_000) + "\nafter\n", 50)).containsExactly("x".repeat(50), "after");
    }

    @Test
    void lines_across_the_borders_of_chunks_stay_whole() throws IOException {
        String text = "a line of thirty-one characters\n".repeat(10_000);

        assertThat(lines(text, 100)).hasSize(10_000).allMatch("a line of thirty-one characters"::equals);
    }
}
