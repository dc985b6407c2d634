package dev.plimsoll.store;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceIdTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "\u2003", "\u0001", "public", " public\t", "PUBLIC", "Public", "null", "NULL", " Null "
            })
    void the_public_namespace_has_many_names(String name) {
        assertThat(NamespaceId.of(name)).isEqualTo("public");
        assertThat(NamespaceId.isPublic(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "DEV", "publics", "nul", "pub lic", "public\u2003"})
    void all_others_have_one(String name) {
        assertThat(NamespaceId.of(" " + name + "\n")).isEqualTo(name);
        assertThat(NamespaceId.isPublic(name)).isFalse();
    }

    @Property
    void an_id_is_its_own_name_and_never_empty(@ForAll String name) {
        String id = NamespaceId.of(name);
        assertThat(id).isNotEmpty();
        assertThat(NamespaceId.of(id)).isEqualTo(id);
    }
}
