package dev.plimsoll.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigKeyTest {
    private static final String GROUP = "DEFAULT_GROUP";

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "  ", "public", " public ", "Public", "null"})
    void absent_empty_and_public_are_one_namespace(String namespace) {
        assertThat(ConfigKey.of(namespace, GROUP, "app.yaml")).isEqualTo(new ConfigKey("public", GROUP, "app.yaml"));
    }

    @Test
    void other_namespaces_are_trimmed_and_told_apart() {
        assertThat(ConfigKey.of(" dev ", GROUP, "a").namespace()).isEqualTo("dev");
        assertThat(ConfigKey.of("dev", GROUP, "a")).isNotEqualTo(ConfigKey.of("Dev", GROUP, "a"));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "a b", "a/b", "名", "a+b", "a\u0000"})
    void names_of_other_characters_are_refused(String name) {
        String shown = name == null ? "" : name;
        assertThatThrownBy(() -> ConfigKey.of("", GROUP, name))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("invalid dataId : " + shown);
        assertThatThrownBy(() -> ConfigKey.of("", name, "a"))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("invalid group : " + shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "a:b", "a/b", "名"})
    void namespaces_of_other_characters_are_refused(String namespace) {
        assertThatThrownBy(() -> ConfigKey.of(namespace, GROUP, "a"))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("Param check invalid:Param 'namespaceId/tenant' is illegal,"
                        + " illegal characters should not appear in the param.");
    }

    @Test
    void names_have_a_length_and_a_refusal_never_repeats_a_long_one() {
        assertThat(ConfigKey.of("n".repeat(64), "g".repeat(128), "d".repeat(256)))
                .isNotNull();
        assertThatThrownBy(() -> ConfigKey.of("", GROUP, "d".repeat(257)))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("Param check invalid:Param 'dataId' is illegal, the param length should not exceed 256.");
        assertThatThrownBy(() -> ConfigKey.of("", "g".repeat(129), "d"))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("Param check invalid:Param 'group' is illegal, the param length should not exceed 128.");
        assertThatThrownBy(() -> ConfigKey.of("n".repeat(65), GROUP, "d"))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage(
                        "Param check invalid:Param 'namespaceId/tenant' is illegal, the param length should not exceed 64.");
    }

    @Test
    void group_key_leaves_the_public_namespace_out() {
        assertThat(ConfigKey.of("", GROUP, "app.yaml").groupKey()).isEqualTo("app.yaml+DEFAULT_GROUP");
        assertThat(ConfigKey.of("dev", GROUP, "app.yaml").groupKey()).isEqualTo("app.yaml+DEFAULT_GROUP+dev");
    }
}
