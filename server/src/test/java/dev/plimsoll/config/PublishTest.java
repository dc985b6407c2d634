package dev.plimsoll.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.store.Write.Author;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishTest {
    private static final ConfigKey APP = ConfigKey.of("", "DEFAULT_GROUP", "app.yaml");
    private static final Author ALICE = new Author("alice", "10.0.0.1");

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t ", "\u2003\u3000"})
    void blank_content_is_refused(String content) {
        assertThatThrownBy(() -> Publish.of(APP, content, "text", ALICE))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageStartingWith("content is blank : ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", " \u00e9 ", "\u6587", "\u007f"})
    void anything_visible_is_content(String content) {
        assertThat(Publish.of(APP, content, "text", ALICE).content())
                .isEqualTo(content.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"yaml,yaml", "properties,properties", "unset,unset", "toml,toml", "YAML,text", "exe,text", "'',text"})
    void unknown_types_are_text(String given, String kept) {
        assertThat(Publish.of(APP, "a: 1", given, ALICE).type()).isEqualTo(kept);
    }

    @Test
    void describing_fields_have_a_length() {
        assertRefused(with("d".repeat(129), "", "", "", "", ""), "too long desc, over 128");
        assertRefused(with("", "u".repeat(33), "", "", "", ""), "too long use, over 32");
        assertRefused(with("", "", "e".repeat(33), "", "", ""), "too long effect, over 32");
        assertRefused(with("", "", "", "s".repeat(32769), "", ""), "too long schema, over 32768");
        assertRefused(with("", "", "", "", "k".repeat(4097), ""), "too long encryptedDataKey, over 4096");
        assertRefused(with("", "", "", "", "", "a".repeat(129)), "too long appName, over 128");
        assertThat(with("d".repeat(128), "u".repeat(32), "e".repeat(32), "s".repeat(32768), "", "")
                        .create())
                .isNotNull();
    }

    @Test
    void tags_are_few_and_short() {
        assertThat(tagged(" a, b,,c ").tags()).isEqualTo("a,b,c");
        assertThat(tagged("1,2,3,4," + "t".repeat(64)).tags()).endsWith("t".repeat(64));
        assertRefused(() -> tagged("1,2,3,4,5,6"), "too much config_tags, over 5");
        assertRefused(() -> tagged("t".repeat(65)), "too long tag, over 64");
        assertRefused(() -> tagged(",".repeat(100_000)), "too long config_tags, over 330");
    }

    @Test
    void author_has_a_length() {
        assertRefused(
                () -> Publish.of(APP, "a", "text", new Author("u".repeat(513), "")), "too long src_user, over 512");
    }

    @Test
    void blank_md5_expects_nothing() {
        assertThat(Publish.of(APP, "a", "text", ALICE).expecting(" ").casMd5()).isNull();
    }

    private interface Creation {
        Publish create();
    }

    private static Creation with(
            String desc, String use, String effect, String schema, String encryptedDataKey, String appName) {
        return () -> new Publish(
                APP, new byte[] {'a'}, "text", appName, desc, "", use, effect, schema, encryptedDataKey, null, ALICE);
    }

    private static Publish tagged(String tags) {
        return new Publish(APP, new byte[] {'a'}, "text", "", "", tags, "", "", "", "", null, ALICE);
    }

    private static void assertRefused(Creation creation, String message) {
        assertThatThrownBy(creation::create).isInstanceOf(InvalidRequest.class).hasMessage(message);
    }
}
