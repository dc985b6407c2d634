package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.http.ArchiveMetadata.Item;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.store.ConfigHead;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveMetadataTest {
    private static Map<String, Item> parse(String yaml) {
        return ArchiveMetadata.parse(yaml, 100);
    }

    private static Item one(String fields) {
        return Objects.requireNonNull(
                parse("metadata:\n- dataId: d\n  group: g\n" + fields.indent(2)).get("g/d"));
    }

    private static ConfigHead head(String group, String dataId, String app, String desc, String type) {
        return new ConfigHead("public", group, dataId, "m", 1, type, app, desc, "", "", "", "", "", 1, 2);
    }

    @Test
    void what_the_reference_writes_is_read() {
        assertThat(parse(Zips.METADATA))
                .containsOnly(
                        Map.entry("PG/probe.d1", new Item("PG", "probe.d1", "app1", "d", "properties")),
                        Map.entry("PG/probe.xml", new Item("PG", "probe.xml", "", "", "xml")));
    }

    @Test
    void what_is_written_has_the_bytes_of_the_reference() {
        assertThat("metadata:\n"
                        + ArchiveMetadata.item(head("PG", "probe.d1", "app1", "d", "properties"))
                        + ArchiveMetadata.item(head("PG", "probe.xml", "", "", "xml")))
                .isEqualTo(Zips.METADATA);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "true",
                "No",
                "null",
                "123",
                "1.5",
                "-",
                "a: b",
                "a #b",
                "'",
                "it's",
                "\"",
                "\\",
                " x ",
                "#",
                "\u6d4b\u8bd5",
                "two\nlines",
                "tab\t",
                "\ud83d\ude00",
                "a:",
                "- a",
                "!x",
                "*",
                "\u0007",
                "{a}",
                "~"
            })
    void every_text_comes_back_as_it_was(String text) {
        String yaml = "metadata:\n" + ArchiveMetadata.item(head("123", "a.b", text, text, "yaml"));
        assertThat(parse(yaml)).containsOnly(Map.entry("123/a.b", new Item("123", "a.b", text, text, "yaml")));
    }

    @Test
    void long_texts_may_be_folded_as_the_references_writer_folds_them() {
        assertThat(one("type: text\ndesc: one two\n  three\n  four\nappName: x").desc())
                .isEqualTo("one two three four");
        assertThat(one("type: text\ndesc: 'one\n\n  two ''three''\n  four'").desc())
                .isEqualTo("one\ntwo 'three' four");
        assertThat(one("type: text\ndesc: \"one\\\n  \\ two\\ttab \\u6d4b \\x41\"")
                        .desc())
                .isEqualTo("one two\ttab \u6d4b A");
    }

    @Test
    void yaml_that_others_write_is_read_as_well() {
        String yaml =
                String.join("\r\n", "# by hand", "---", "metadata: # all", "  -", "    group: g", "    dataId: d # x");
        assertThat(parse(yaml + "\r\n    type: ''\r\n"))
                .containsOnly(Map.entry("g/d", new Item("g", "d", null, "", "")));
        assertThat(parse("metadata: []")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "other: x",
                "metadata: x",
                "metadata:\n  x: y",
                "metadata:\n- dataId: d",
                "metadata:\n- dataId: d\n  group: g",
                "metadata:\n- dataId: d\n  group: g\n  type: !!javax.script.ScriptEngineManager [x]",
                "!!com.example.Evil\nmetadata:\n- dataId: d",
                "metadata:\n- dataId: &a d\n  group: g\n  type: t",
                "metadata:\n- {dataId: d, group: g, type: t}",
                "metadata:\n- dataId: 'd\n  group: g\n  type: t",
                "metadata:\n- dataId: \"\\q\"\n  group: g\n  type: t",
                "metadata:\n- dataId: \"\\ud83d\"\n  group: g\n  type: t",
                "metadata:\n- dataId: \"\\u00\n  group: g\n  type: t",
                "metadata:\n- just text"
            })
    void anything_else_is_refused(String yaml) {
        assertThatThrownBy(() -> parse(yaml)).isInstanceOf(InvalidRequest.class);
    }

    @Test
    void items_and_texts_are_bounded() {
        assertThat(parse("metadata:\n" + items(100))).hasSize(100);
        assertThatThrownBy(() -> parse("metadata:\n" + items(101))).hasMessageContaining("at most 100 items");
        assertThatThrownBy(() -> one("type: t\ndesc: " + "x".repeat(1_025))).hasMessageContaining("1024 characters");
        assertThatThrownBy(() -> one("type: t\ndesc: 'x" + "\n  y".repeat(1_000) + "'"))
                .hasMessageContaining("1024 characters");
    }

    /** Each line an object, or each quote a copy of all behind it, and one archive would stop the server. */
    @Test
    void lines_and_quotes_without_end_cost_no_more_than_their_bytes() {
        assertThat(parse("metadata:\n" + " \n".repeat(2 << 20))).isEmpty();
        assertThatThrownBy(() -> one("type: t\ndesc: '" + "''".repeat(1 << 20) + "'"))
                .hasMessageContaining("1024 characters");
        assertThat(one("type: t\n" + "x: y\n".repeat(1_000) + "desc: d").desc()).isEqualTo("d");
        assertThat(ArchiveMetadata.parseOld(" \n".repeat(2 << 20), 1)).isEmpty();
        assertThatThrownBy(() -> ArchiveMetadata.parseOld("k" + "=".repeat(4 << 20), 1))
                .hasMessageContaining("key=value");
        assertThatThrownBy(() -> ArchiveMetadata.parseOld("a=1\nb=2\nc=3", 2)).hasMessageContaining("at most 2 lines");
    }

    @Test
    void the_old_form_leaves_out_a_name_that_would_make_it_unreadable() {
        assertThat(ArchiveMetadata.oldLine(head("PG", "a", "x=y", "", ""))).isEmpty();
        assertThat(ArchiveMetadata.oldLine(head("PG", "a", "x\ny", "", ""))).isEmpty();
    }

    private static String items(int count) {
        var items = new StringBuilder();
        for (int i = 0; i < count; i++) {
            items.append("- dataId: x").append(i).append("\n  group: g\n  type: t\n");
        }
        return items.toString();
    }

    @Test
    void the_old_form_has_a_tilde_for_the_last_dot() {
        assertThat(ArchiveMetadata.oldLine(head("PG", "a.b.yaml", "app1", "", "yaml")))
                .isEqualTo("PG.a.b~yaml.app=app1\r\n");
        assertThat(ArchiveMetadata.oldLine(head("PG", "plain", "app1", "", ""))).isEqualTo("PG.plain.app=app1\r\n");
        assertThat(ArchiveMetadata.oldLine(head("PG", "plain", "", "", ""))).isEmpty();
        assertThat(ArchiveMetadata.parseOld("PG.a.b~yaml.app=app1\r\nPG.plain.app=app2\r\n", 2))
                .containsOnly(Map.entry("PG.a.b~yaml.app", "app1"), Map.entry("PG.plain.app", "app2"));
        assertThatThrownBy(() -> ArchiveMetadata.parseOld("PG.a.app", 2)).isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> ArchiveMetadata.parseOld("a=b=c", 2)).isInstanceOf(InvalidRequest.class);
    }
}
