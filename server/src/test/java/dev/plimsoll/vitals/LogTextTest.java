package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LogTextTest {
    @Test
    void what_is_fit_stays_the_same_object() {
        String text = "orders@10.0.0.1:8080 \u00e9\u4e2d";
        assertThat(LogText.line(text)).isSameAs(text);
        assertThat(LogText.word("orders@@x")).isEqualTo("orders@@x");
        assertThat(LogText.word("")).isEqualTo("-");
        assertThat(LogText.line("")).isEmpty();
    }

    @Test
    void nothing_ends_a_field() {
        assertThat(LogText.word("a b\tc\"d=e")).isEqualTo("a_b_c_d_e");
        assertThat(LogText.line("a b\tc\"d=e")).isEqualTo("a b_c\"d=e");
    }

    @Property
    void nothing_ends_a_line(@ForAll char any) {
        String line = LogText.line("x" + any + "y");
        assertThat(line.lines()).hasSize(1);
        assertThat(line).hasSize(3).doesNotContainPattern("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]");
        assertThat(LogText.word("x" + any + "y")).hasSize(3).doesNotContainPattern("[\\s\\p{Cntrl}\\u0080-\\u009f\"=]");
    }
}
