package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import org.junit.jupiter.api.Test;

class ParametersTest {
    @Test
    void a_name_may_have_no_value_an_empty_one_and_signs_of_equality_in_it() {
        var parameters = Parameters.parse("a&b=&c=1=2&&=x&d", "a=3&e", 9);
        assertThat(parameters.all("a")).containsExactly("", "3");
        assertThat(parameters.first("b")).isEmpty();
        assertThat(parameters.first("c")).isEqualTo("1=2");
        assertThat(parameters.first("")).isEqualTo("x");
        assertThat(parameters.first("d")).isEmpty();
        assertThat(parameters.first("e")).isEmpty();
        assertThat(parameters.first("f")).isNull();
    }

    @Test
    void there_are_so_many_and_no_more() {
        assertThat(Parameters.parse("a&b", "c", 3).first("c")).isEmpty();
        assertThatThrownBy(() -> Parameters.parse("a&b", "c&d", 3)).isInstanceOf(InvalidRequest.class);
    }

    /** Looking for the sign of equality behind each of the names would read the rest a thousand times. */
    @Test
    void a_body_of_megabytes_without_a_value_is_read_in_one_pass() {
        String rest = "x".repeat(10 << 20);
        assertThat(Parameters.parse("", "a&".repeat(999) + rest, 1_000).all("a"))
                .hasSize(999);
    }
}
