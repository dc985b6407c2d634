package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What operators read about settings is what the table in the code says. */
class SettingsDocTest {
    private static String row(Setting<?> setting) {
        String names =
                setting.referenceNames().stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
        String variable = "PLIMSOLL_"
                + setting.name().toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        return "| `" + setting.name() + "` | `" + variable + "` | `" + setting.standard() + "` | " + setting.says()
                + " | " + setting.kind().expected() + " | " + names + " |";
    }

    @Test
    void the_document_shows_every_setting_as_it_is_and_no_other() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("..", "docs", "SETTINGS.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(
                        KnownSettings.ALL.stream().map(SettingsDocTest::row).toList());
    }

    @Test
    void the_shipped_settings_file_shows_defaults_and_changes_nothing() throws IOException {
        Path shipped = Path.of("src", "dist", "conf", "plimsoll.properties");
        String text = Files.readString(shipped);
        var asShipped = new Properties();
        asShipped.load(new StringReader(text));
        assertThat(asShipped).isEmpty();

        var shown = new Properties();
        shown.load(new StringReader(text.replaceAll("(?m)^#(?=[a-z])", "")));
        assertThat(shown)
                .containsExactlyInAnyOrderEntriesOf(
                        KnownSettings.ALL.stream().collect(Collectors.toMap(Setting::name, Setting::standard)));
        Path uncommented = Files.createTempFile("plimsoll", ".properties");
        try (var writer = Files.newBufferedWriter(uncommented)) {
            shown.store(writer, null);
        }
        Values values = Values.read(List.of("--config", uncommented.toString()), Map.of());
        KnownSettings.ALL.forEach(setting -> assertThat((Object) values.get(setting))
                .isEqualTo(Values.read(List.of(), Map.of()).get(setting)));
        Files.delete(uncommented);
    }
}
