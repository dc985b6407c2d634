package dev.plimsoll.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceKeyTest {
    @Test
    void empty_parts_mean_the_defaults() {
        var key = new ServiceKey(" ", "", "orders");
        assertThat(key).isEqualTo(new ServiceKey("public", "DEFAULT_GROUP", "orders"));
        assertThat(key.joined()).isEqualTo("DEFAULT_GROUP@@orders");
        assertThat(new ServiceKey("NULL", "\u0001", "orders")).isEqualTo(key);
    }

    @Test
    void longest_names_are_allowed() {
        var key = new ServiceKey("n".repeat(64), "g".repeat(128), "s".repeat(512));
        assertThat(key.name()).hasSize(512);
    }

    @ParameterizedTest
    @CsvSource({"65,1,1,namespaceId,64", "1,129,1,group,128", "1,1,513,serviceName,512"})
    void longer_names_are_refused(int namespace, int group, int name, String param, int max) {
        assertThatThrownBy(() -> new ServiceKey("n".repeat(namespace), "g".repeat(group), "s".repeat(name)))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("Param '" + param + "' is illegal, the param length should not exceed " + max + ".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "a/b", "a@b", "名", "a\u0000b"})
    void odd_namespaces_are_refused(String namespace) {
        assertThatThrownBy(() -> new ServiceKey(namespace, "", "orders"))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("Param 'namespaceId' is illegal, illegal characters should not appear in the param.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a@@b", "a b", "组"})
    void odd_groups_are_refused(String group) {
        assertThatThrownBy(() -> new ServiceKey("", group, "orders"))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("'group' is illegal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "@orders", "a@@b", "or ders", "服务", "a\tb"})
    void odd_names_are_refused(String name) {
        assertThatThrownBy(() -> new ServiceKey("", "", name))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("'serviceName' is illegal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"providers:com.acme.Api:1.0:", "a@b", "a/b", "a%b", "é"})
    void names_that_clients_use_are_allowed(String name) {
        assertThat(new ServiceKey("a_b-C", "a.b:c-d_E", name).name()).isEqualTo(name);
    }
}
